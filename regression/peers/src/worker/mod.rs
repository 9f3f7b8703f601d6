//! The other end of the protocol: a process that computes what it is told to.
//! The Python worker in `python/worker.py` does the same.

#[cfg(feature = "frameworks")]
pub(crate) mod candle;
mod ours;

use std::hint::black_box;
use std::io::{BufRead, Write};
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result};
use tinytorch::clock::Clock;

use crate::clock::CpuClock;
use crate::exchange::{self, Arrays};
use crate::problem::Architecture;
use crate::protocol::{AdamW, Answer, Request, Task};

#[cfg(feature = "frameworks")]
pub use candle::Candle;
pub use ours::Ours;

/// A framework with a loaded model.
pub trait Framework {
    /// Builds the model.
    fn load(architecture: &Architecture, arrays: &Arrays, adamw: AdamW) -> Result<Self>
    where
        Self: Sized;

    /// Name and version, and the number of threads.
    fn version() -> (String, usize);

    /// The forward pass; what is timed.
    fn infer(&mut self) -> Result<()>;

    /// What the forward pass gives, as `output`.
    fn output(&mut self) -> Result<Arrays>;

    /// One training step; what is timed. Returns the loss before the update.
    fn step(&mut self) -> Result<f32>;

    /// `loss` and `grad.*`, without an update.
    fn gradients(&mut self) -> Result<Arrays>;

    /// `param.*`.
    fn parameters(&mut self) -> Result<Arrays>;
}

/// Answers requests until there are no more.
pub fn serve<F: Framework>() -> Result<()> {
    let mut framework: Option<F> = None;
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let answer = serde_json::from_str(&line?)
            .map_err(anyhow::Error::from)
            .and_then(|request| answer(&mut framework, request));
        let answer = answer.unwrap_or_else(|e| Answer::Failed { error: format!("{e:#}") });
        writeln!(out, "{}", serde_json::to_string(&answer)?)?;
        out.flush()?;
    }
    Ok(())
}

fn answer<F: Framework>(framework: &mut Option<F>, request: Request) -> Result<Answer> {
    if let Request::Load { architecture, file, adamw } = request {
        *framework = Some(F::load(&architecture, &exchange::load(&file)?, adamw)?);
        let (version, threads) = F::version();
        return Ok(Answer::Ready { version, threads });
    }
    let framework = framework.as_mut().context("nothing is loaded")?;
    match request {
        Request::Load { .. } => anyhow::bail!("answered above"),
        Request::Check { task, steps, file } => check(framework, task, steps, &file),
        Request::Time { task, repetitions } => time(framework, task, repetitions),
    }
}

fn check<F: Framework>(f: &mut F, task: Task, steps: usize, file: &Path) -> Result<Answer> {
    let arrays = match task {
        Task::Inference => f.output()?,
        Task::Training => {
            let mut arrays = f.gradients()?;
            for _ in 0..steps {
                f.step()?;
            }
            arrays.extend(f.parameters()?);
            arrays
        }
    };
    exchange::save(file, &arrays)?;
    Ok(Answer::Done { done: true })
}

fn time<F: Framework>(f: &mut F, task: Task, repetitions: usize) -> Result<Answer> {
    let mut once = || match task {
        Task::Inference => f.infer(),
        Task::Training => f.step().map(|loss| {
            black_box(loss);
        }),
    };
    if repetitions > 1 {
        once()?; // the caches were somebody else's
    }
    let (cpu, wall) = (CpuClock.now(), Instant::now());
    for _ in 0..repetitions {
        once()?;
    }
    let wall = wall.elapsed().as_secs_f64();
    Ok(Answer::Took { cpu: CpuClock.now().saturating_sub(cpu).as_secs_f64(), wall })
}

/// The version of a crate that was compiled in: what the lock file says.
pub(crate) fn locked_version(name: &str) -> &'static str {
    let lock = include_str!("../../Cargo.lock");
    let after = lock.split_once(&format!("name = \"{name}\"\nversion = \""));
    after.and_then(|(_, text)| text.split('"').next()).unwrap_or("of unknown version")
}
