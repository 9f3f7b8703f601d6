//! Other systems: nothing can be confined, so nothing is run.

use crate::command::{
    ConfinedCommand, ConfinementLayer, ConfinementLevel, LayerStatus, ProbeOptions, ProcessResult,
    ThreadsAt,
};
use crate::error::{SandboxError, UnavailableSandbox};

const REFUSAL: &str = "untrusted code can be confined on Linux only (x86_64 or aarch64): \
                       run the grader in a Linux virtual machine or container";

/// A sandbox, of which there is none on this system.
#[derive(Debug, Clone)]
pub struct Sandbox {
    never: std::convert::Infallible,
}

impl Sandbox {
    /// Refuses, whatever the options.
    pub fn probe(_options: ProbeOptions) -> Result<Self, UnavailableSandbox> {
        let missing = |layer| LayerStatus {
            layer,
            available: false,
            detail: "not on this system".into(),
            fix: Some(REFUSAL.into()),
        };
        Err(UnavailableSandbox {
            reason: REFUSAL.into(),
            layers: ConfinementLayer::ALL.map(missing).to_vec(),
        })
    }

    /// Never called.
    pub fn level(&self) -> ConfinementLevel {
        match self.never {}
    }

    /// Never called.
    pub fn layers(&self) -> &[LayerStatus] {
        match self.never {}
    }

    /// Never called.
    pub fn relocates(&self) -> bool {
        match self.never {}
    }

    /// Never called.
    pub fn spawn(&self, _command: &ConfinedCommand) -> Result<ConfinedChild, SandboxError> {
        match self.never {}
    }

    /// Never called.
    pub fn run(&self, _command: &ConfinedCommand) -> Result<ProcessResult, SandboxError> {
        match self.never {}
    }
}

/// A running process, of which there is none on this system.
#[derive(Debug)]
pub struct ConfinedChild {
    never: std::convert::Infallible,
}

impl ConfinedChild {
    /// Never called.
    #[cfg(unix)]
    pub fn socket(&mut self) -> Option<&mut std::os::unix::net::UnixStream> {
        match self.never {}
    }

    /// Never called.
    pub fn kill(&mut self) {
        match self.never {}
    }

    /// Never called.
    pub fn wait(self) -> Result<ProcessResult, SandboxError> {
        match self.never {}
    }

    /// Never called.
    pub fn cpu_time(&self) -> Option<std::time::Duration> {
        match self.never {}
    }

    /// Never called.
    pub fn freeze(&mut self) -> bool {
        match self.never {}
    }

    /// Never called.
    pub fn thaw(&mut self) -> bool {
        match self.never {}
    }
    /// Never called.
    pub fn clock(&self) -> Option<std::time::Duration> {
        match self.never {}
    }

    /// Never called.
    pub fn threads(&self) -> ThreadWatch {
        match self.never {}
    }

    /// Never called.
    pub fn run_on(&mut self, _cpus: &[usize]) -> bool {
        match self.never {}
    }
}

/// The threads of a process, of which there is none on this system.
#[derive(Debug)]
pub struct ThreadWatch {
    never: std::convert::Infallible,
}

impl ThreadWatch {
    /// Never called.
    pub fn look(&mut self) -> Option<ThreadsAt> {
        match self.never {}
    }
}

/// None that would be known here.
pub fn allowed_cpus() -> Vec<usize> {
    Vec::new()
}

/// Not here.
pub fn bind_this_thread(_cpus: &[usize]) -> bool {
    false
}
