//! Every module's hidden cases, as one table. The build script finds them in
//! `solutions/<slug>/hidden/mod.rs`: a new module needs no edit here.
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
    /// Its hidden cases, in the order in which they are written.
    pub cases: fn() -> Vec<Case>,
    /// Its timed cases: those of `hidden/timed.rs`, where there is one.
    pub timed: &'static [TimedCase],
    /// Hash of the hidden files and of the judge, as they were when this was built: what a result
    /// depends on is what ran, not what lies on the disk by then.
    pub content: &'static str,
    /// `hidden/contract.rs` as it was when this was built: a driver must be built from the same, or the
    /// two do not understand each other.
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
