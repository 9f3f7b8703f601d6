//! The hidden suite on the reference, without a sandbox.

use grader_judge::run_suite;
use grader_model::Outcome;
use grader_modules::scratch::contract;
use grader_protocol::InProcess;

mod driver;

#[test]
fn the_reference_passes_every_hidden_case() {
    let suite = grader_modules::suite("scratch").expect("is there").expect("can be sorted");
    let mut student = driver::Student;
    let mut wire = InProcess::new(|request| contract::dispatch(&mut student, request));
    let runs = run_suite(&suite, &mut wire, 1, &mut ());
    assert!(runs.iter().all(|run| run.outcome == Outcome::Pass), "{runs:#?}");
}
