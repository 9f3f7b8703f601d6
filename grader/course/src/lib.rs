//! Defines a course: its configuration, and the assignments generated from its solutions.
//!
//! Two entry points:
//! - [`config`] reads `config/course.yaml` and `config/modules/<slug>.yaml`, and reports all
//!   mistakes in a file at once, each with its line;
//! - [`release`] generates the students' files from `solutions/<slug>/` and checks that they
//!   contain no answer.
//!
//! [`variant`] reads the known-wrong variants of a module.
//!
//! This crate runs no student code, starts no process and does not know about grades.

pub mod config;
pub mod located;
mod nearest;
pub mod release;
mod root;
pub mod variant;

pub use root::{RootNotFound, find_root};
