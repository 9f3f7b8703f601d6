//! Layers of the sandbox, and what can be switched off while compiling.

use crate::pairs::{Estimate, rounds};
use crate::wire::{RequestCounts, compiled, driven, echo};
use crate::{ReferenceSolution, reference};
use grader_pipeline::{DefenceLayer, Grader};
use grader_protocol::Transport;
use grader_sandbox::{ConfinementLayer, ProbeOptions, Sandbox};
use std::time::Instant;

/// What is switched off, one at a time; rlimits too, as the cgroup limits as well.
const LAYERS: [ConfinementLayer; 5] = [
    ConfinementLayer::Namespaces,
    ConfinementLayer::Landlock,
    ConfinementLayer::Seccomp,
    ConfinementLayer::Cgroup,
    ConfinementLayer::Rlimits,
];
/// Processes of one sample.
const PROCESSES: u32 = 5;

/// Rows of the sandbox's layers and of the lint.
pub fn run(asked: &RequestCounts, many: usize, few: usize) {
    let whole = reference("profiling");
    let sandboxes: Vec<_> = std::iter::once(Vec::new())
        .chain(LAYERS.map(|layer| vec![layer]))
        .map(|without| {
            Sandbox::probe(ProbeOptions { trust: true, without, ..ProbeOptions::default() })
        })
        .collect();
    let there = |at: usize| sandboxes[at].as_ref().ok();
    let spawned = rounds(many, sandboxes.len(), |at| there(at).map_or(f64::NAN, one_process));
    let lint = LAYERS.len() + 1;
    let taken = rounds(few, lint + 1, |at| {
        if at == lint {
            let module = whole.grader.module.clone().without(DefenceLayer::UnsafeLint);
            return submission(&Grader { module, ..whole.grader.clone() }, &whole);
        }
        let sandbox = there(at).cloned();
        sandbox.map_or(f64::NAN, |sandbox| {
            submission(&Grader { sandbox, ..whole.grader.clone() }, &whole)
        })
    });
    let times = f64::from(asked.processes);
    for (at, layer) in LAYERS.iter().enumerate() {
        let of_processes = Estimate::of_difference(&spawned[0], &spawned[at + 1]).ms(times);
        let of_all = Estimate::of_difference(&taken[0], &taken[at + 1]).ms(1.0);
        println!("| {} | {of_processes} | {of_all} |", layer.name());
    }
    println!(
        "| lint against `unsafe` | - | {} |",
        Estimate::of_difference(&taken[0], &taken[lint]).ms(1.0)
    );
    let processes = Estimate::of(spawned[0].clone());
    let all = Estimate::of(taken[0].clone());
    println!("| (all of it, with all layers) | {} | {} |", processes.ms(times), all.ms(1.0));
}

/// The row of the link check: in the module whose kernels it is for, which compiles a third crate for it.
pub fn link_check(few: usize) {
    let whole = reference("acceleration");
    let module = whole.grader.module.clone().without(DefenceLayer::LinkCheck);
    let graders = [whole.grader.clone(), Grader { module, ..whole.grader.clone() }];
    let seconds = rounds(few, 2, |at| {
        let work = tempfile::tempdir().expect("a folder");
        let start = Instant::now();
        compiled(&graders[at], &whole, work.path());
        start.elapsed().as_secs_f64()
    });
    let difference = Estimate::of_difference(&seconds[0], &seconds[1]);
    println!("| link check | `acceleration` compiled with and without | {} |", difference.ms(1.0));
}

/// Seconds of a process that is started, asked once and ended.
fn one_process(sandbox: &Sandbox) -> f64 {
    let start = Instant::now();
    for _ in 0..PROCESSES {
        let mut wire = echo(sandbox);
        wire.call(b"x").expect("an echo");
        wire.finish().expect("an end");
    }
    start.elapsed().as_secs_f64() / f64::from(PROCESSES)
}

/// Seconds of compiling the reference and asking it everything.
fn submission(grader: &Grader, whole: &ReferenceSolution) -> f64 {
    let work = tempfile::tempdir().expect("a folder");
    let start = Instant::now();
    let driver = compiled(grader, whole, work.path());
    driven(grader, &driver);
    start.elapsed().as_secs_f64()
}
