//! What each layer costs a submission, in milliseconds: the section of `grader/FIGURES.md`. Run with nothing
//! else on the machine, as root (an ordinary user has no cgroup); it takes some four minutes:
//!
//! `cargo run --release -p regression --example layer_costs [rounds]`
//!
//! A layer that can be switched off is measured with it and without, in rounds, and the difference of each
//! pair is looked at. Where a whole submission is too noisy to show a millisecond, the part concerned is
//! measured as well, times how often a submission does it. The other layers are timed directly.

mod direct;
mod pairs;
mod peeled;
mod wire;

use grader_pipeline::Grader;
use grader_pipeline::collect::{self, CollectedSources};
use regression::{grader, root};

/// Rounds of what takes milliseconds; what takes seconds has a sixteenth of them.
const ROUNDS: usize = 100;

fn main() {
    // Started in a sandbox, this very program is a driver that answers with what it was asked.
    if grader_driver::serve(|| |request: &[u8]| request.to_vec()).is_ok() {
        return;
    }
    let rounds = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(ROUNDS);
    let few = (rounds / 16).max(6);
    let cpus = std::thread::available_parallelism();
    let asked = wire::asked(&reference("profiling"));
    println!("## What each layer costs\n");
    println!(
        "Milliseconds per submission, the reference of `profiling` ({} processes, {} requests): median of the \
         differences with the layer and without, pair by pair, and its 95 % interval (by the sign test). {rounds} \
         rounds of processes and requests, {few} of whole submissions, in turning order; {} CPUs; sandbox: {}. \
         `cargo run --release -p regression --example layer_costs`\n",
        asked.processes,
        asked.requests,
        cpus.map_or(0, usize::from),
        grader("profiling").sandbox.level(),
    );
    println!("| layer | its processes, started and ended | all of it: compiled and driven |");
    println!("|---|---|---|");
    peeled::run(&asked, rounds, few);
    println!("\n| layer | measured as | ms per submission |\n|---|---|---|");
    wire::run(&asked, rounds);
    peeled::link_check(few);
    direct::run(rounds);
}

/// The honest solution of a module: what it is graded with, and its sources.
pub struct ReferenceSolution {
    grader: Grader,
    sources: CollectedSources,
}

/// The reference of `module`.
///
/// # Panics
/// Where it cannot be collected.
pub fn reference(module: &str) -> ReferenceSolution {
    let grader = grader(module).clone();
    let found = collect::single(&root().join("solutions").join(module)).expect("the reference");
    let sources = grader.collect(&found).sources.unwrap_or_else(|_| panic!("{module} is refused"));
    ReferenceSolution { grader, sources }
}
