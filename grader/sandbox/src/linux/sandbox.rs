//! The probed sandbox, from which processes are started.

use std::sync::Arc;

use tracing::debug;

use crate::command::{ConfinedCommand, ConfinementLevel, LayerStatus, ProbeOptions, ProcessResult};
use crate::error::{SandboxError, UnavailableSandbox};
use crate::linux::child::ConfinedChild;
use crate::linux::machine::MachineFacts;
use crate::linux::probe;
use crate::linux::spawn;

/// A way to run confined processes that was seen to work on this machine. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Sandbox {
    probed: Arc<ProbedSandbox>,
}

#[derive(Debug)]
struct ProbedSandbox {
    machine: MachineFacts,
    level: ConfinementLevel,
    layers: Vec<LayerStatus>,
}

impl Sandbox {
    /// Finds the strongest level that `options` accept, by running `true` at it. Also removes what
    /// graders that were killed have left behind.
    ///
    /// # Errors
    /// [`UnavailableSandbox`] names the missing layers and how to fix them.
    ///
    /// # Cost
    /// About four spawns.
    #[expect(clippy::needless_pass_by_value, reason = "options are written in place by callers")]
    pub fn probe(options: ProbeOptions) -> Result<Self, UnavailableSandbox> {
        let (machine, level, layers) = probe::probe(&options)?;
        for LayerStatus { layer, available, detail, .. } in &layers {
            debug!(layer = layer.name(), available, detail, "sandbox layer");
        }
        debug!(%level, "sandbox chosen");
        Ok(Self { probed: Arc::new(ProbedSandbox { machine, level, layers }) })
    }

    /// The level that was reached.
    pub fn level(&self) -> ConfinementLevel {
        self.probed.level
    }

    /// What was found about each layer.
    pub fn layers(&self) -> &[LayerStatus] {
        &self.probed.layers
    }

    /// Whether a [`crate::BindMount`] may appear inside at another path than its own, and `/tmp` is the
    /// scratch space. Else the scratch space is the folder named by `TMPDIR`.
    pub fn relocates(&self) -> bool {
        self.probed.machine.features.namespaces
    }

    /// Starts a process; returns once its program runs.
    ///
    /// # Errors
    /// Only for faults of the grader, the command or the machine, never for anything that untrusted
    /// code did.
    pub fn spawn(&self, command: &ConfinedCommand) -> Result<ConfinedChild, SandboxError> {
        spawn::spawn(&self.probed.machine, command)
    }

    /// Starts a process and waits for its end.
    ///
    /// # Errors
    /// As [`Sandbox::spawn`].
    pub fn run(&self, command: &ConfinedCommand) -> Result<ProcessResult, SandboxError> {
        self.spawn(command)?.wait()
    }
}
