//! What is said to a peer and what it answers: one line of JSON each.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::problem::Architecture;

/// What can be timed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// The forward pass, without a graph.
    Inference,
    /// Forward, cross-entropy, backward, `AdamW` update.
    Training,
}

impl Task {
    /// As it is shown.
    pub fn name(self) -> &'static str {
        match self {
            Task::Inference => "inference",
            Task::Training => "training step",
        }
    }
}

/// The hyperparameters of `AdamW`, decoupled weight decay on every parameter.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct AdamW {
    /// Learning rate.
    pub lr: f64,
    /// Decay of the first moment.
    pub beta1: f64,
    /// Decay of the second moment.
    pub beta2: f64,
    /// Added to the root of the second moment.
    pub eps: f64,
    /// Decoupled weight decay.
    pub weight_decay: f64,
}

/// A request, one line.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Request {
    /// Build a model with the weights, the batch and the targets of a file.
    Load {
        /// The model's sizes.
        architecture: Architecture,
        /// Where the arrays are.
        file: PathBuf,
        /// For the optimizer.
        adamw: AdamW,
    },
    /// Compute once and write what came out: `output`; or `loss`, `grad.*` of
    /// the first step, and `param.*` after `steps` steps.
    Check {
        /// What to compute.
        task: Task,
        /// Training steps.
        steps: usize,
        /// Where to write it.
        file: PathBuf,
    },
    /// Compute `repetitions` times.
    Time {
        /// What to compute.
        task: Task,
        /// How often.
        repetitions: usize,
    },
}

/// An answer, one line.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Answer {
    /// It took so many seconds, all repetitions together.
    Took {
        /// Of the process's CPU clock, all threads together.
        cpu: f64,
        /// Of the wall clock.
        wall: f64,
    },
    /// Loaded, by this version.
    Ready {
        /// Name and version of the framework.
        version: String,
        /// Threads it uses.
        threads: usize,
    },
    /// Done.
    Done {
        /// Always true.
        done: bool,
    },
    /// It cannot be done.
    Failed {
        /// Why.
        error: String,
    },
}
