//! Who takes part, each as a process of its own.

use std::path::Path;
use std::process::Command;

use anyhow::Result;
use serde::Serialize;

use crate::process::this_program;

/// The Python worker of the subcommand `reference`, read when this program is compiled.
pub const REFERENCE_SCRIPT: &str =
    concat!(include_str!("../../python/subject.py"), include_str!("../../python/reference.py"));

/// Someone who computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Contender {
    /// As it is shown.
    pub name: &'static str,
    /// What its process is told to be, in words that are separated by spaces.
    pub worker: &'static str,
    /// Threads that it may use, each on a processor of its own. With more than
    /// one, the wall clock counts.
    pub threads: usize,
    /// The program, if it is one in Python.
    #[serde(skip)]
    pub script: Option<&'static str>,
}

impl Contender {
    /// One thread, in Rust.
    pub const fn new(name: &'static str, worker: &'static str) -> Self {
        Self { name, worker, threads: 1, script: None }
    }

    /// One thread, by a Python program.
    pub const fn python(name: &'static str, worker: &'static str, script: &'static str) -> Self {
        Self { name, worker, threads: 1, script: Some(script) }
    }

    /// With this many threads.
    #[must_use]
    pub const fn threads(self, threads: usize) -> Self {
        Self { threads, ..self }
    }

    /// How its process is started.
    pub fn command(self, python: &Path) -> Result<Command> {
        let mut command = if let Some(script) = self.script {
            let mut command = Command::new(python);
            command.args(["-c", script]).args(self.worker.split(' '));
            command
        } else {
            this_program(&["reference-worker", self.worker])?
        };
        // Whichever of these a library looks at.
        for variable in ["RAYON", "CANDLE", "OPENBLAS", "OMP", "MKL"] {
            command.env(format!("{variable}_NUM_THREADS"), self.threads.to_string());
        }
        Ok(command)
    }
}
