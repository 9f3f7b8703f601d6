//! From `solutions/` to `assignments/`: generates the students' files from the solutions.
//!
//! ```text
//! generate      one module, in memory          write   update assignments/
//! assignments   all of them, in memory         check   is assignments/ up to date?
//! leaks         does it hold an answer?        export  a workspace to hand out
//! ```
//!
//! The marker grammar is at the top of `markers.rs`.

use std::collections::BTreeMap;
use std::path::PathBuf;

mod drift;
mod errors;
mod export;
mod fields;
mod handout;
mod leaks;
mod manifest;
mod markers;
mod module;
mod regions;
mod rules;
mod secrets;
mod strip;
mod stub;
mod tokens;
mod unused;
mod workspace;
mod write;

pub use drift::{DriftEntry, DriftKind, HandoutDrift, check};
pub use errors::ReleaseErrors;
pub use export::export;
pub use leaks::{SecretLeak, leaks};
pub use module::generate;
pub use workspace::assignments;
pub use write::{WriteChanges, write};

/// Files in memory: relative path -> content, sorted by path.
pub type ReleaseTree = BTreeMap<PathBuf, Vec<u8>>;
