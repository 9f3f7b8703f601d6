//! Table of every module's hidden cases. The build script finds them in
//! `solutions/<slug>/hidden/mod.rs`, so a new module needs no edit here.
//!
//! Each module is public under its slug, with its contract: `profiling::contract::Client`.

pub use grader_judge::Module;
use grader_protocol::Transport;

include!(concat!(env!("OUT_DIR"), "/modules.rs"));

/// Every module with hidden cases, by slug.
pub fn modules() -> &'static [Module] {
    MODULES
}

/// The module called `slug`.
pub fn module(slug: &str) -> Option<&'static Module> {
    Module::named(modules(), slug)
}

/// [`Module::rehearse`] of the module called `slug`.
///
/// # Errors
/// Names the cases that did not pass, or reports that there are none.
pub fn rehearse(slug: &str, wire: &mut dyn Transport) -> Result<(), String> {
    module(slug).ok_or_else(|| format!("there is no module `{slug}`"))?.rehearse(wire)
}
