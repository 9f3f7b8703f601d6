//! The hidden suite on the reference, without a sandbox: everything has to pass.

use grader_modules::scratch::contract;
use grader_protocol::InProcess;

mod driver;

#[test]
fn the_reference_passes_every_hidden_case() {
    let mut student = driver::Student;
    let mut wire = InProcess::new(|request| contract::dispatch(&mut student, request));
    grader_modules::rehearse("scratch", &mut wire).unwrap_or_else(|why| panic!("{why}"));
}
