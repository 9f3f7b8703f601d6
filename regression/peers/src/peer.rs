//! A peer: a framework's process, and what to call it.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use crate::process::{Process, Took, this_program};
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
    process: Process,
}

impl Peer {
    /// Starts a contender. `python` is the interpreter for `PyTorch`,
    /// `processor` the one that single-threaded contenders stay on.
    pub fn start(contender: Contender, python: &Path, processor: usize) -> Result<Self> {
        let mut command = match contender.framework {
            Framework::Ours => this_program(&["worker", "ours"])?,
            Framework::Candle => this_program(&["worker", "candle"])?,
            Framework::PyTorch => {
                let mut command = Command::new(python);
                let threads = if contender.threads == Threads::One { "1" } else { "0" };
                command.args(["-c", PYTHON_WORKER, threads]);
                command
            }
        };
        let mut processors = Vec::new();
        if contender.threads == Threads::One {
            // candle looks at these two.
            command.env("RAYON_NUM_THREADS", "1").env("CANDLE_NUM_THREADS", "1");
            processors.push(processor);
        }
        Ok(Self { contender, process: Process::start(command, &processors)? })
    }

    /// Sends a request and waits for the answer.
    ///
    /// # Errors
    /// When the peer says that it failed, or says nothing any more.
    pub fn ask(&mut self, request: &Request) -> Result<Answer> {
        self.process.ask(request)
    }

    /// Has it compute `repetitions` times.
    pub fn time(&mut self, task: Task, repetitions: usize) -> Result<Took> {
        match self.ask(&Request::Time { task, repetitions })? {
            Answer::Took { cpu, wall } => Ok(Took { cpu, wall }),
            other => bail!("answered {other:?} instead of times"),
        }
    }
}
