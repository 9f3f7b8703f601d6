//! One problem and everyone who computes it: started, checked, measured in turn.

use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::Serialize;

use super::contender::Contender;
use super::subject::Request;
use crate::exchange::{self, Array};
use crate::measure::{self, Plan, Ratio, Samples};
use crate::peer::Threads;
use crate::process::{Process, Took, last_processors};
use crate::protocol::Answer;

/// What became of a contender.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    /// Who.
    pub contender: Contender,
    /// Median seconds of one computation: CPU time for one thread, else wall.
    pub seconds: Option<f64>,
    /// The largest error of its result, in whatever unit the check has.
    pub error: Option<f64>,
    /// Name and version of the library.
    pub version: Option<String>,
    /// Why there is nothing.
    pub problem: Option<String>,
    /// Seconds by round.
    #[serde(skip)]
    samples: Option<Samples>,
}

impl Outcome {
    fn new(contender: Contender) -> Self {
        let (seconds, error, version, problem, samples) = (None, None, None, None, None);
        Self { contender, seconds, error, version, problem, samples }
    }
}

/// Everyone's outcomes on one problem.
#[derive(Clone, Debug, Serialize)]
pub struct Field {
    /// One for each contender.
    pub outcomes: Vec<Outcome>,
}

impl Field {
    /// Starts everyone on the problem in `file`, has each result checked, and
    /// measures in turn those who passed.
    ///
    /// `check` returns how large a result's error is, or why it is no result.
    pub fn measure(
        contenders: &[Contender],
        file: &Path,
        (python, plan): (&Path, Plan),
        check: impl Fn(Contender, &Array) -> Result<f64>,
    ) -> Result<Self> {
        let mut field = Self { outcomes: Vec::new() };
        let mut processes = Vec::new();
        for &contender in contenders {
            let mut outcome = Outcome::new(contender);
            match start(contender, file, python, &check) {
                Ok((process, version, error)) => {
                    outcome.version = version;
                    outcome.error = Some(error);
                    processes.push((field.outcomes.len(), process));
                }
                Err(error) => outcome.problem = Some(explain(contender, &error)),
            }
            field.outcomes.push(outcome);
        }
        let present: Vec<_> = processes.iter().map(|(at, _)| *at).collect();
        let names: Vec<_> =
            present.iter().map(|&at| field.outcomes[at].contender.name.to_string()).collect();
        let time = |i: usize, repetitions| time(&mut processes[i].1, repetitions);
        let samples = measure::rounds(&names, plan, time, |round| {
            eprint!("\r  round {} of {} ", round + 1, plan.rounds);
        })?;
        eprintln!();
        for (at, samples) in present.into_iter().zip(samples) {
            let outcome = &mut field.outcomes[at];
            let seconds = if outcome.contender.threads == 1 { &samples.cpu } else { &samples.wall };
            outcome.seconds = Some(measure::median(seconds));
            outcome.samples = Some(samples);
        }
        Ok(field)
    }

    /// The outcome of the contender of that name.
    pub fn of(&self, name: &str) -> Option<&Outcome> {
        self.outcomes.iter().find(|outcome| outcome.contender.name == name)
    }

    /// How many times as long `slow` takes as `fast`; nothing if one was not measured.
    pub fn ratio(&self, slow: &str, fast: &str) -> Option<Ratio> {
        let (slow, fast) = (self.of(slow)?, self.of(fast)?);
        let one = slow.contender.threads == 1 && fast.contender.threads == 1;
        let threads = if one { Threads::One } else { Threads::Default };
        measure::ratio(slow.samples.as_ref()?, fast.samples.as_ref()?, threads).ok()
    }
}

/// Names and versions of the libraries that took part.
pub fn versions<'a>(fields: impl Iterator<Item = &'a Field>) -> Vec<&'a str> {
    let mut versions: Vec<&str> = Vec::new();
    for version in fields.flat_map(|field| &field.outcomes).filter_map(|o| o.version.as_deref()) {
        if !versions.contains(&version) {
            versions.push(version);
        }
    }
    versions
}

/// Who did not take part, and why, a line each.
pub fn problems<'a>(fields: impl Iterator<Item = &'a Field>) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for outcome in fields.flat_map(|field| &field.outcomes) {
        if let Some(problem) = &outcome.problem {
            let line = format!("Left out: {} ({problem}).", outcome.contender.name);
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
    }
    lines
}

fn start(
    contender: Contender,
    file: &Path,
    python: &Path,
    check: impl Fn(Contender, &Array) -> Result<f64>,
) -> Result<(Process, Option<String>, f64)> {
    let processors = last_processors(contender.threads)?;
    let mut process = Process::start(contender.command(python)?, &processors)?;
    let version = match process.ask(&Request::Load { file: file.to_path_buf() })? {
        Answer::Ready { version, .. } => Some(version).filter(|version| !version.is_empty()),
        other => bail!("answered {other:?} instead of its version"),
    };
    let result = file.with_file_name("result.safetensors");
    process.ask(&Request::Check { file: result.clone() })?;
    let arrays = exchange::load(&result)?;
    let error = check(contender, arrays.get("output").context("no output")?)?;
    Ok((process, version, error))
}

fn time(process: &mut Process, repetitions: usize) -> Result<Took> {
    match process.ask(&Request::Time { repetitions })? {
        Answer::Took { cpu, wall } => Ok(Took { cpu, wall }),
        other => bail!("answered {other:?} instead of times"),
    }
}

/// An error, and for what is not there how to get it.
fn explain(contender: Contender, error: &anyhow::Error) -> String {
    let text = format!("{error:#}");
    let missing = text.contains("not installed") || text.contains("cannot be started");
    if contender.script.is_some() && missing {
        return "not installed: python3 -m venv VENV && \
                VENV/bin/pip install torch numpy onnx onnxruntime, then --python VENV/bin/python"
            .to_string();
    }
    text
}
