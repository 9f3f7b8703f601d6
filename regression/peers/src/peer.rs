//! A peer: a process that computes, and what to call it.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::protocol::{Answer, Request, Task};

/// Where the Python worker is. It is read when this program is compiled, so
/// that the program works from anywhere.
const PYTHON_WORKER: &str = include_str!("../python/worker.py");

/// Whose time, in which units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Threads {
    /// One thread on one processor; the process's CPU clock.
    One,
    /// As many as the framework takes by itself; the wall clock.
    Default,
}

/// A framework and its number of threads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contender {
    /// The framework.
    pub framework: Framework,
    /// Its threads.
    pub threads: Threads,
}

/// Who takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framework {
    /// tinytorch.
    Ours,
    /// candle.
    Candle,
    /// `PyTorch`.
    PyTorch,
}

/// Everyone, ours first.
pub const CONTENDERS: [Contender; 5] = [
    Contender { framework: Framework::Ours, threads: Threads::One },
    Contender { framework: Framework::Candle, threads: Threads::One },
    Contender { framework: Framework::PyTorch, threads: Threads::One },
    Contender { framework: Framework::Candle, threads: Threads::Default },
    Contender { framework: Framework::PyTorch, threads: Threads::Default },
];

impl Contender {
    /// Short: `candle, all threads`.
    pub fn label(self) -> String {
        let name = match self.framework {
            Framework::Ours => "tinytorch",
            Framework::Candle => "candle",
            Framework::PyTorch => "PyTorch",
        };
        match self.threads {
            Threads::One => name.to_string(),
            Threads::Default => format!("{name}, all threads"),
        }
    }
}

/// A running process of a contender.
pub struct Peer {
    /// Who it is.
    pub contender: Contender,
    child: Child,
    requests: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

/// Seconds that a number of repetitions took.
#[derive(Clone, Copy, Debug)]
pub struct Took {
    /// Of the process's CPU clock.
    pub cpu: f64,
    /// Of the wall clock.
    pub wall: f64,
}

impl Peer {
    /// Starts a contender. `python` is the interpreter for `PyTorch`,
    /// `processor` the one that single-threaded contenders stay on.
    pub fn start(contender: Contender, python: &Path, processor: usize) -> Result<Self> {
        let mut command = match contender.framework {
            Framework::Ours => worker("ours")?,
            Framework::Candle => worker("candle")?,
            Framework::PyTorch => {
                let mut command = Command::new(python);
                let threads = if contender.threads == Threads::One { "1" } else { "0" };
                command.args(["-c", PYTHON_WORKER, threads]);
                command
            }
        };
        if contender.threads == Threads::One {
            // candle looks at these two.
            command.env("RAYON_NUM_THREADS", "1").env("CANDLE_NUM_THREADS", "1");
        }
        let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = pipes.spawn().context("cannot be started")?;
        if contender.threads == Threads::One {
            pin(&child, processor)?;
        }
        let requests = child.stdin.take();
        let answers = BufReader::new(child.stdout.take().context("no pipe to read from")?);
        Ok(Self { contender, child, requests, answers })
    }

    /// Sends a request and waits for the answer.
    ///
    /// # Errors
    /// When the peer says that it failed, or says nothing any more.
    pub fn ask(&mut self, request: &Request) -> Result<Answer> {
        let line = serde_json::to_string(request)?;
        let requests = self.requests.as_mut().context("already closed")?;
        // If this fails, the peer may have said why before it went.
        let sent = writeln!(requests, "{line}");
        let mut answer = String::new();
        if self.answers.read_line(&mut answer)? == 0 {
            sent?;
            bail!("it ended without an answer");
        }
        let answer = serde_json::from_str(&answer)
            .with_context(|| format!("its answer was not understood: {answer}"))?;
        match answer {
            Answer::Failed { error } => bail!(error),
            answer => Ok(answer),
        }
    }

    /// Has it compute `repetitions` times.
    pub fn time(&mut self, task: Task, repetitions: usize) -> Result<Took> {
        match self.ask(&Request::Time { task, repetitions })? {
            Answer::Took { cpu, wall } => Ok(Took { cpu, wall }),
            other => bail!("answered {other:?} instead of times"),
        }
    }
}

impl Drop for Peer {
    /// The end of its input ends a peer.
    fn drop(&mut self) {
        self.requests = None;
        let _ = self.child.wait();
    }
}

/// This program again, as a worker.
fn worker(framework: &str) -> Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["worker", framework]);
    Ok(command)
}

/// Keeps a process, and the threads it will start, on one processor.
fn pin(child: &Child, processor: usize) -> Result<()> {
    let mut processors = rustix::thread::CpuSet::new();
    processors.set(processor);
    let pid = rustix::process::Pid::from_child(child);
    Ok(rustix::thread::sched_setaffinity(Some(pid), &processors)?)
}

/// The last processor that this process may use: the first ones get more of
/// the system's own work.
pub fn last_processor() -> Result<usize> {
    let allowed = rustix::thread::sched_getaffinity(None)?;
    let last = (0..rustix::thread::CpuSet::MAX_CPU).rev().find(|&cpu| allowed.is_set(cpu));
    last.context("no processor is allowed")
}
