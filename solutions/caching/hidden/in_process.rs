//! The hidden suite on the reference, without a sandbox: everything has to pass.

use grader_judge::{CaseRun, run_suite};
use grader_model::Outcome;
use grader_modules::caching::contract;
use grader_protocol::InProcess;

mod driver;

/// Any will do; a few, because each draws other inputs.
const SEEDS: [u64; 4] = [0, 1, 0x5eed, u64::MAX];

fn run(seed: u64) -> Vec<CaseRun> {
    let suite = grader_modules::suite("caching").expect("the module is there");
    let suite = suite.expect("the suite can be sorted");
    let mut student = driver::Student;
    let mut wire = InProcess::new(|request| contract::dispatch(&mut student, request));
    run_suite(&suite, &mut wire, seed, &mut ())
}

#[test]
fn the_reference_passes_every_hidden_case() {
    for seed in SEEDS {
        let runs = run(seed);
        assert!(!runs.is_empty(), "there are no hidden cases");
        let failed: Vec<_> = runs.iter().filter(|run| run.outcome != Outcome::Pass).collect();
        assert!(failed.is_empty(), "seed {seed}: {failed:#?}");
    }
}
