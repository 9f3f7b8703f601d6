//! Processes and requests: what a submission does most.

use crate::ReferenceSolution;
use crate::pairs::{Estimate, rounds};
use grader_judge::{TaskBudget, run_suite};
use grader_pipeline::{DefenceLayer, Grader, Wire};
use grader_protocol::{CallCost, CallFailure, Transport};
use grader_sandbox::Sandbox;
use regression::grader;
use std::path::Path;
use std::time::Instant;

/// Requests of one sample.
const CALLS: usize = 400;
/// The rules of the wire that can be switched off.
const RULES: [(DefenceLayer, &str); 2] = [
    (DefenceLayer::OneReply, "nonce, and one reply each"),
    (DefenceLayer::CallLimits, "limits of a call"),
];

/// How often a submission does what is measured by itself.
pub struct RequestCounts {
    /// Confined processes: drivers, and calls of the compiler.
    pub processes: u32,
    /// Requests to drivers.
    pub requests: usize,
}

/// Counts requests on their way.
struct CountingWire<'a> {
    wire: Wire<'a>,
    requests: usize,
}

impl Transport for CountingWire<'_> {
    fn call(&mut self, request: &[u8]) -> Result<Vec<u8>, CallFailure> {
        self.requests += 1;
        self.wire.call(request)
    }

    fn refresh(&mut self) -> Result<(), CallFailure> {
        self.wire.refresh()
    }

    fn last_cost(&self) -> CallCost {
        self.wire.last_cost()
    }
}

/// Calls of the compiler: the library and the driver.
const COMPILED: u32 = 2;

/// Counts what the reference asks for.
pub fn asked(reference: &ReferenceSolution) -> RequestCounts {
    let work = tempfile::tempdir().expect("a folder");
    let driver = compiled(&reference.grader, reference, work.path());
    let (spent, requests) = driven(&reference.grader, &driver);
    RequestCounts { processes: spent.launches + COMPILED, requests }
}

/// The driver of the reference.
pub fn compiled(grader: &Grader, reference: &ReferenceSolution, work: &Path) -> std::path::PathBuf {
    let driver = grader.driver(&reference.sources, work).unwrap_or_else(|fault| panic!("{fault}"));
    driver.expect("the reference compiles")
}

/// Asks a driver all that a grading asks; what that cost, and the number of requests.
pub fn driven(grader: &Grader, driver: &Path) -> (grader_pipeline::DriveCost, usize) {
    let wire = Wire::new(&grader.sandbox, driver, &grader.module.rubric.limits, 1);
    let mut counted = CountingWire { wire, requests: 0 };
    let runs =
        run_suite(&grader.module.suite, &mut counted, &|_| TaskBudget::UNLIMITED, 5, &mut ());
    assert!(runs.iter().all(|run| run.failure.is_none()), "the reference passes");
    (counted.wire.finish().expect("an end"), counted.requests)
}

/// A wire to this very program, which echoes.
pub fn echo(sandbox: &Sandbox) -> Wire<'_> {
    let program = std::env::current_exe().expect("the program's own file");
    Wire::new(sandbox, &program, &grader("profiling").module.rubric.limits, 1)
}

/// Rows of the rules of the wire.
pub fn run(asked: &RequestCounts, many: usize) {
    let sandbox = &grader("profiling").sandbox;
    let mut wires: Vec<_> = std::iter::once(echo(sandbox))
        .chain(RULES.map(|(rule, _)| echo(sandbox).without(rule)))
        .collect();
    for wire in &mut wires {
        wire.call(&[7; 64]).expect("an echo");
    }
    let seconds = rounds(many, wires.len(), |at| {
        let start = Instant::now();
        for _ in 0..CALLS {
            wires[at].call(&[7; 64]).expect("an echo");
        }
        start.elapsed().as_secs_f64()
    });
    let times = asked.requests as f64 / CALLS as f64;
    for (at, (_, words)) in RULES.iter().enumerate() {
        let difference = Estimate::of_difference(&seconds[0], &seconds[at + 1]);
        println!(
            "| {words} | {} requests with and without | {} |",
            asked.requests,
            difference.ms(times)
        );
    }
    for wire in wires {
        wire.finish().expect("an end");
    }
}
