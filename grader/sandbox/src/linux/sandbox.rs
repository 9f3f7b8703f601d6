//! The probed sandbox, from which processes are started.

use std::sync::Arc;

use tracing::debug;

use crate::command::{Command, Finished, LayerStatus, Level, Options};
use crate::error::{SandboxError, Unavailable};
use crate::linux::child::Child;
use crate::linux::machine::Machine;
use crate::linux::probe;
use crate::linux::spawn;

/// A way to run confined processes that was seen to work on this machine. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Sandbox {
    probed: Arc<Probed>,
}

#[derive(Debug)]
struct Probed {
    machine: Machine,
    level: Level,
    layers: Vec<LayerStatus>,
}

impl Sandbox {
    /// Finds the strongest level that `options` accept, by running `true` at it. Also removes what
    /// graders that were killed have left behind.
    ///
    /// # Errors
    /// [`Unavailable`] names the missing layers and how to mend them.
    ///
    /// # Cost
    /// About four spawns.
    #[expect(clippy::needless_pass_by_value, reason = "options are written in place by callers")]
    pub fn probe(options: Options) -> Result<Self, Unavailable> {
        let (machine, level, layers) = probe::probe(&options)?;
        for LayerStatus { layer, available, detail, .. } in &layers {
            debug!(layer = layer.name(), available, detail, "sandbox layer");
        }
        debug!(%level, "sandbox chosen");
        Ok(Self { probed: Arc::new(Probed { machine, level, layers }) })
    }

    /// The level that was reached.
    pub fn level(&self) -> Level {
        self.probed.level
    }

    /// What was found about each layer.
    pub fn layers(&self) -> &[LayerStatus] {
        &self.probed.layers
    }

    /// Whether a [`crate::Bind`] may appear inside at another path than its own, and `/tmp` is the
    /// scratch space. Else the scratch space is the folder named by `TMPDIR`.
    pub fn relocates(&self) -> bool {
        self.probed.machine.features.namespaces
    }

    /// Starts a process; returns once its program runs.
    ///
    /// # Errors
    /// Only for faults of the grader, the command or the machine, never for anything that untrusted
    /// code did.
    pub fn spawn(&self, command: &Command) -> Result<Child, SandboxError> {
        spawn::spawn(&self.probed.machine, command)
    }

    /// Starts a process and waits for its end.
    ///
    /// # Errors
    /// As [`Sandbox::spawn`].
    pub fn run(&self, command: &Command) -> Result<Finished, SandboxError> {
        self.spawn(command)?.wait()
    }
}
