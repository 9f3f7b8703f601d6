//! What was measured, kept cell by cell: a run that is ended early loses one of them.

use crate::gates::GateTally;
use crate::load::LoadCondition;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// What one condition and one true ratio came to.
#[derive(Serialize, Deserialize)]
pub struct ProofCell {
    /// What else ran.
    pub condition: String,
    /// The true ratio.
    pub truth: f64,
    /// The geometric mean of all pairs over the truth.
    pub bias: f64,
    /// The standard deviation of the pairs' logarithms.
    pub scatter: f64,
    /// Elapsed seconds of all of it.
    pub seconds: f64,
    /// Tasks that wanted a CPU in the last minute, this program's own one or two among them: whether
    /// "idle" is true.
    pub machine_load: f64,
    /// The gates around it.
    pub gates: Vec<GateTally>,
}

/// The cells so far, and the file they are in.
pub struct CellFile {
    pub all: Vec<ProofCell>,
    path: PathBuf,
}

impl CellFile {
    /// Reads what an earlier run has left in `folder`, as far as it has as many verdicts a gate.
    pub fn open(folder: &Path, verdicts: u32, again: bool) -> Self {
        let path = folder.join("timing.json");
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let mut all: Vec<ProofCell> = serde_json::from_str(&text).unwrap_or_default();
        all.retain(|cell| !again && cell.gates.iter().all(|gate| gate.verdicts == verdicts));
        Self { all, path }
    }

    /// Whether this one was measured already.
    pub fn has(&self, condition: LoadCondition, ratio: u32) -> bool {
        let truth = f64::from(ratio).to_bits();
        self.all
            .iter()
            .any(|cell| cell.condition == condition.words() && cell.truth.to_bits() == truth)
    }

    /// Adds one and writes them all.
    pub fn push(&mut self, cell: ProofCell) {
        self.all.push(cell);
        let text = serde_json::to_string_pretty(&self.all).expect("numbers");
        std::fs::write(&self.path, text + "\n").expect("the file can be written");
    }
}
