//! What a course *is*: its configuration, and the assignments made from its solutions.
//!
//! Two doors:
//! - [`config`] reads `config/course.yaml` and `config/modules/<slug>.yaml`, and reports every mistake
//!   in a file at once, each at its line;
//! - [`release`] turns `solutions/<slug>/` into what students get, and proves that it holds no answer.
//!
//! This crate runs no student code, starts no process and knows nothing of grades.

pub mod config;
pub mod located;
mod nearest;
pub mod release;
mod root;

pub use root::{RootNotFound, find_root};
