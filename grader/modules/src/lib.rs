//! Table of every module's hidden cases. The build script finds them in
//! `solutions/<slug>/hidden/mod.rs`, so a new module needs no edit here.
//!
//! Each module is public under its slug, with its contract: `profiling::contract::Client`.

mod rehearse;

use grader_judge::{Case, Suite, SuiteError, TimedCase};
pub use rehearse::rehearse;

include!(concat!(env!("OUT_DIR"), "/modules.rs"));

/// A module of the course that has hidden cases.
#[derive(Clone, Copy, Debug)]
pub struct Module {
    /// Its folder in `solutions/`.
    pub slug: &'static str,
    /// Its hidden cases, in source order.
    pub cases: fn() -> Vec<Case>,
    /// Its timed cases, from `hidden/timed.rs`; empty if that file does not exist.
    pub timed: &'static [TimedCase],
    /// Hash of the hidden files and of the judge at build time. A result depends on the code that
    /// ran, which may differ from the files now on disk.
    pub content: &'static str,
    /// `hidden/contract.rs` at build time. A driver must be built from the same contract to be
    /// compatible.
    pub contract: &'static str,
}

/// Every module with hidden cases, by slug.
pub fn modules() -> &'static [Module] {
    MODULES
}

/// The module called `slug`.
pub fn module(slug: &str) -> Option<&'static Module> {
    modules().iter().find(|module| module.slug == slug)
}

/// The suite of module `slug`, parents first; `None` if there is no such module.
pub fn suite(slug: &str) -> Option<Result<Suite, SuiteError>> {
    let module = module(slug)?;
    Some(Suite::new((module.cases)()).and_then(|suite| suite.with_timed(module.timed.to_vec())))
}
