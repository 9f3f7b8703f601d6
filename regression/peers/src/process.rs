//! A process that is asked over a pipe, one line of JSON each way.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use serde::Serialize;

use crate::protocol::Answer;

/// A running process.
pub struct Process {
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

impl Process {
    /// Starts it on these processors; on any if there are none.
    pub fn start(mut command: Command, processors: &[usize]) -> Result<Self> {
        let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = pipes.spawn().context("cannot be started")?;
        if !processors.is_empty() {
            pin(&child, processors)?;
        }
        let requests = child.stdin.take();
        let answers = BufReader::new(child.stdout.take().context("no pipe to read from")?);
        Ok(Self { child, requests, answers })
    }

    /// Sends a request and waits for the answer.
    ///
    /// # Errors
    /// When the process says that it failed, or says nothing any more.
    pub fn ask(&mut self, request: &impl Serialize) -> Result<Answer> {
        let line = serde_json::to_string(request)?;
        let requests = self.requests.as_mut().context("already closed")?;
        // If this fails, the process may have said why before it went.
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
}

impl Drop for Process {
    /// The end of its input ends it.
    fn drop(&mut self) {
        self.requests = None;
        let _ = self.child.wait();
    }
}

/// This program again, as a worker.
pub fn this_program(arguments: &[&str]) -> Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(arguments);
    Ok(command)
}

/// Keeps a process, and the threads it will start, on some processors.
fn pin(child: &Child, processors: &[usize]) -> Result<()> {
    let mut set = rustix::thread::CpuSet::new();
    for &processor in processors {
        set.set(processor);
    }
    let pid = rustix::process::Pid::from_child(child);
    Ok(rustix::thread::sched_setaffinity(Some(pid), &set)?)
}

/// The last processors that this process may use: the first ones get more of
/// the system's own work.
pub fn last_processors(count: usize) -> Result<Vec<usize>> {
    let allowed = rustix::thread::sched_getaffinity(None)?;
    let last = (0..rustix::thread::CpuSet::MAX_CPU).rev().filter(|&cpu| allowed.is_set(cpu));
    let last: Vec<_> = last.take(count).collect();
    ensure!(last.len() == count, "needs {count} processors, {} are allowed", last.len());
    Ok(last)
}
