//! The other end of the pipe: a process that loads a problem, shows its result,
//! and computes as often as it is told. `python/subject.py` does the same.

use std::io::{BufRead, Write};
use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use tinytorch::clock::Clock;

use super::{decode, products};
use crate::clock::CpuClock;
use crate::exchange::{self, Arrays};
use crate::int8;
use crate::protocol::Answer;
use crate::worker::locked_version;

/// A request, one line.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Request {
    /// Read a problem.
    Load {
        /// Where its arrays are.
        file: PathBuf,
    },
    /// Compute once and write the result.
    Check {
        /// Where to write it.
        file: PathBuf,
    },
    /// Compute so many times.
    Time {
        /// How often.
        repetitions: usize,
    },
}

/// Something that computes the same again and again.
pub trait Subject {
    /// Computes once; what is timed.
    fn compute(&mut self) -> Result<()>;

    /// Computes once, and gives the result as `output`.
    fn output(&mut self) -> Result<Arrays>;
}

/// A subject by the name of its worker.
fn make(worker: &str, arrays: &Arrays) -> Result<Box<dyn Subject>> {
    if let Some(subject) = products::subjects::make(worker, arrays) {
        return subject;
    }
    if let Some(subject) = decode::make(worker, arrays) {
        return subject;
    }
    match int8::subjects::make(worker, arrays) {
        Some(subject) => subject,
        None => bail!("there is no worker `{worker}`"),
    }
}

/// Name and version of the library behind a worker, as the lock file has them;
/// nothing for the course's own.
fn version(worker: &str) -> String {
    let crates: &[&str] = match worker {
        "ndarray" => &["ndarray", "matrixmultiply"],
        "nalgebra" => &["nalgebra"],
        "faer" => &["faer"],
        "gemm" => &["candle-core", "gemm"],
        "candle-decode" => &["candle-core"],
        _ => &[],
    };
    let named = crates.iter().map(|name| format!("{name} {}", locked_version(name)));
    named.collect::<Vec<_>>().join(" with ")
}

/// Answers requests until there are no more.
pub fn serve(worker: &str) -> Result<()> {
    let mut subject = None;
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let answer = serde_json::from_str(&line?)
            .map_err(anyhow::Error::from)
            .and_then(|request| answer(worker, &mut subject, request));
        let answer = answer.unwrap_or_else(|e| Answer::Failed { error: format!("{e:#}") });
        writeln!(out, "{}", serde_json::to_string(&answer)?)?;
        out.flush()?;
    }
    Ok(())
}

fn answer(
    worker: &str,
    subject: &mut Option<Box<dyn Subject>>,
    request: Request,
) -> Result<Answer> {
    if let Request::Load { file } = request {
        *subject = Some(make(worker, &exchange::load(&file)?)?);
        return Ok(Answer::Ready { version: version(worker), threads: 1 });
    }
    let subject = subject.as_mut().context("nothing is loaded")?;
    match request {
        Request::Load { .. } => bail!("answered above"),
        Request::Check { file } => {
            exchange::save(&file, &subject.output()?)?;
            Ok(Answer::Done { done: true })
        }
        Request::Time { repetitions } => time(subject.as_mut(), repetitions),
    }
}

fn time(subject: &mut dyn Subject, repetitions: usize) -> Result<Answer> {
    if repetitions > 1 {
        subject.compute()?; // the caches were somebody else's
    }
    let (cpu, wall) = (CpuClock.now(), Instant::now());
    for _ in 0..repetitions {
        subject.compute()?;
    }
    let wall = wall.elapsed().as_secs_f64();
    Ok(Answer::Took { cpu: CpuClock.now().saturating_sub(cpu).as_secs_f64(), wall })
}
