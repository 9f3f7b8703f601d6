//! Runs a module's hidden cases on its reference solution, in one process with the judge.

use grader_judge::{CaseRun, TaskBudget, run_suite};
use grader_model::Outcome;
use grader_protocol::Transport;

/// Arbitrary seeds. Several, because each draws different inputs.
const SEEDS: [u64; 4] = [0, 1, 0x5eed, u64::MAX];

/// Runs the hidden cases of module `slug` over `wire`, once for each of a few seeds. There is no
/// confinement, so use this for trusted code only.
///
/// # Errors
/// Names the cases that did not pass, or reports that there are none.
pub fn rehearse(slug: &str, wire: &mut dyn Transport) -> Result<(), String> {
    let suite = crate::suite(slug).ok_or_else(|| format!("there is no module `{slug}`"))?;
    let suite = suite.map_err(|error| error.to_string())?;
    for seed in SEEDS {
        let runs = run_suite(&suite, wire, TaskBudget::UNLIMITED, seed, &mut ());
        let failed: Vec<&CaseRun> =
            runs.iter().filter(|run| run.outcome != Outcome::Pass).collect();
        if runs.is_empty() || !failed.is_empty() {
            return Err(format!("{slug}, {} cases, seed {seed}: {failed:#?}", runs.len()));
        }
    }
    Ok(())
}
