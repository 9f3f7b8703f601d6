//! A module as the grader needs it: its name, its cases, and the contract that they use.

use crate::{Case, CaseRun, Suite, SuiteError, TaskBudget, TimedCase, run_suite};
use grader_model::Outcome;
use grader_protocol::Transport;

/// Arbitrary seeds. Several, because each draws different inputs.
const REHEARSAL_SEEDS: [u64; 4] = [0, 1, 0x5eed, u64::MAX];

/// A module of a course, with its hidden cases. A program lists the modules that it can grade; every other
/// crate receives them as values.
#[derive(Clone, Copy, Debug)]
pub struct Module {
    /// Its folder in `solutions/`.
    pub slug: &'static str,
    /// Its hidden cases, in source order.
    pub cases: fn() -> Vec<Case>,
    /// Its timed cases; empty if nothing is timed.
    pub timed: &'static [TimedCase],
    /// Hash of the hidden files and of the judge at build time. A result depends on the code that
    /// ran, which may differ from the files now on disk.
    pub content: &'static str,
    /// The source of the contract at build time. A driver must be built from the same contract to be
    /// compatible.
    pub contract: &'static str,
}

impl Module {
    /// The module called `slug` among `modules`.
    pub fn named<'a>(modules: &'a [Self], slug: &str) -> Option<&'a Self> {
        modules.iter().find(|module| module.slug == slug)
    }

    /// Its cases, parents first.
    ///
    /// # Errors
    /// When two cases have one name, or a parent does not exist.
    pub fn suite(&self) -> Result<Suite, SuiteError> {
        Suite::new((self.cases)())?.with_timed(self.timed.to_vec())
    }

    /// Runs the hidden cases over `wire`, once for each of a few seeds. There is no confinement, so use this
    /// for trusted code only.
    ///
    /// # Errors
    /// Names the cases that did not pass, or reports that there are none.
    pub fn rehearse(&self, wire: &mut dyn Transport) -> Result<(), String> {
        let slug = self.slug;
        let suite = self.suite().map_err(|error| format!("{slug}: {error}"))?;
        for seed in REHEARSAL_SEEDS {
            let runs = run_suite(&suite, wire, TaskBudget::UNLIMITED, seed, &mut ());
            let failed: Vec<&CaseRun> =
                runs.iter().filter(|run| run.outcome != Outcome::Pass).collect();
            if runs.is_empty() || !failed.is_empty() {
                return Err(format!("{slug}, {} cases, seed {seed}: {failed:#?}", runs.len()));
            }
        }
        Ok(())
    }
}
