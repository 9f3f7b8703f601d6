//! The subcommand `training`: inference and training steps of three models.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::agree::{self, Agreement};
use crate::exchange::{self, Arrays};
use crate::measure::{self, Plan};
use crate::peer::{CONTENDERS, Contender, Framework, Peer, Threads};
use crate::problem::{self, Problem};
use crate::process;
use crate::protocol::{AdamW, Answer, Request, Task};
use crate::report::{Outcome, Report, Row};

/// What to measure, and how long.
#[derive(Clone, Debug)]
pub struct Options {
    /// The Python interpreter that has `PyTorch`.
    pub python: PathBuf,
    /// Only models of these names; all if empty.
    pub models: Vec<String>,
    /// Only these tasks.
    pub tasks: Vec<Task>,
    /// Rounds and their length.
    pub plan: Plan,
    /// Leave out those that use all threads.
    pub one_thread: bool,
}

/// For the check. The usual `eps` of 1e-8 would turn the rounding of gradients that
/// are zero in exact arithmetic into updates of full size.
pub const CHECKED: AdamW =
    AdamW { lr: 1e-3, beta1: 0.9, beta2: 0.999, eps: 1e-5, weight_decay: 0.01 };

/// For timing: the same work, but thousands of steps hardly move the weights.
pub const TIMED: AdamW = AdamW { lr: 1e-7, ..CHECKED };

/// Steps before the parameters are compared.
const CHECKED_STEPS: usize = 3;

/// Measures everything. What goes wrong with a contender is part of the report.
pub fn run(options: &Options) -> Result<Report> {
    let mut report = Report::new(options.plan);
    let folder = tempfile::tempdir()?;
    for problem in problem::chosen(&options.models)? {
        let file = folder.path().join("problem.safetensors");
        exchange::save(&file, &problem.arrays(7)?)?;
        for &task in &options.tasks {
            eprintln!("{} {}: starting the peers", problem.name, task.name());
            // What was measured before is worth keeping.
            match row(&problem, task, &file, options, &mut report) {
                Ok(row) => report.rows.push(row),
                Err(e) => report.failures.push(format!("{} {}: {e:#}", problem.name, task.name())),
            }
        }
    }
    Ok(report)
}

/// One model, one task.
fn row(
    problem: &Problem,
    task: Task,
    file: &Path,
    options: &Options,
    report: &mut Report,
) -> Result<Row> {
    let processor = process::last_processors(1)?[0];
    let contenders = CONTENDERS.iter().filter(|c| !options.one_thread || c.threads == Threads::One);
    let mut outcomes: Vec<_> = contenders.map(|&c| Outcome::new(c)).collect();
    let mut peers: Vec<Peer> = Vec::new();
    let mut reference = None;
    for outcome in &mut outcomes {
        let contender = outcome.contender;
        let ready = Peer::start(contender, &options.python, processor).and_then(|mut peer| {
            let version = load(&mut peer, problem, file, CHECKED)?;
            let agreement = check(&mut peer, task, file, &mut reference)?;
            load(&mut peer, problem, file, TIMED)?;
            Ok((peer, version, agreement))
        });
        match ready {
            Ok((peer, version, agreement)) => {
                report.saw(&version);
                outcome.agreement = agreement;
                peers.push(peer);
            }
            Err(error) => outcome.problem = Some(explain(contender, &error)),
        }
    }
    let ours_is_there = peers.first().is_some_and(|p| p.contender.framework == Framework::Ours);
    if ours_is_there {
        measure_all(&mut peers, task, options.plan, &mut outcomes)?;
    }
    Ok(Row { model: problem.name, title: problem.title.clone(), task, outcomes })
}

fn measure_all(peers: &mut [Peer], task: Task, plan: Plan, outcomes: &mut [Outcome]) -> Result<()> {
    let names: Vec<_> = peers.iter().map(|peer| peer.contender.label()).collect();
    let time = |i: usize, repetitions| peers[i].time(task, repetitions);
    let samples = measure::rounds(&names, plan, time, |round| {
        eprint!("\r  round {} of {} ", round + 1, plan.rounds);
    })?;
    eprintln!();
    let ours = &samples[0];
    for (peer, theirs) in peers.iter().zip(&samples) {
        let Some(outcome) = outcomes.iter_mut().find(|o| o.contender == peer.contender) else {
            continue;
        };
        let threads = peer.contender.threads;
        let seconds = if threads == Threads::One { &theirs.cpu } else { &theirs.wall };
        outcome.seconds = Some(measure::median(seconds));
        if peer.contender.framework != Framework::Ours {
            outcome.ratio = Some(measure::ratio(ours, theirs, threads)?);
        }
    }
    Ok(())
}

fn load(peer: &mut Peer, problem: &Problem, file: &Path, adamw: AdamW) -> Result<String> {
    let architecture = problem.architecture.clone();
    match peer.ask(&Request::Load { architecture, file: file.to_path_buf(), adamw })? {
        Answer::Ready { version, .. } => Ok(version),
        other => bail!("answered {other:?} instead of its version"),
    }
}

/// Has the peer compute once, and compares with what we computed: `reference`,
/// which the first one, ours, sets.
fn check(
    peer: &mut Peer,
    task: Task,
    file: &Path,
    reference: &mut Option<Arrays>,
) -> Result<Option<Agreement>> {
    let file = file.with_file_name("check.safetensors");
    peer.ask(&Request::Check { task, steps: CHECKED_STEPS, file: file.clone() })?;
    let arrays = exchange::load(&file)?;
    match reference {
        Some(ours) => Ok(Some(agree::compare(ours, &arrays)?)),
        None if peer.contender.framework == Framework::Ours => {
            *reference = Some(arrays);
            Ok(None)
        }
        None => bail!("tinytorch gave nothing to compare with"),
    }
}

/// An error, and for what is not there how to get it.
fn explain(contender: Contender, error: &anyhow::Error) -> String {
    let text = format!("{error:#}");
    let missing = text.contains("not installed") || text.contains("cannot be started");
    if contender.framework == Framework::PyTorch && missing {
        return "not installed: python3 -m venv VENV && VENV/bin/pip install torch numpy, \
                then --python VENV/bin/python"
            .to_string();
    }
    text
}
