//! Scripted memory use, for tasks `memory` and `context`.

#![allow(dead_code, reason = "unused when both tasks are missing")]

use super::contract::MemoryStep;
use std::hint::black_box;
use tinytorch::Tensor;

/// The storage of the scripts' blocks. The table itself is allocated here, before anything is
/// measured.
pub(super) struct Slots(Vec<Option<Vec<u8>>>);

impl Slots {
    /// Enough slots for the steps.
    pub(super) fn for_steps<'a>(steps: impl IntoIterator<Item = &'a MemoryStep>) -> Self {
        let slots = steps.into_iter().map(|step| match step {
            MemoryStep::Allocate { slot, .. } | MemoryStep::Free { slot } => slot + 1,
            MemoryStep::Leak { .. } | MemoryStep::Zeros { .. } => 0,
        });
        Self(vec![None; slots.max().unwrap_or(0)])
    }

    /// Runs the steps in order.
    pub(super) fn run(&mut self, steps: &[MemoryStep]) {
        for step in steps {
            match *step {
                MemoryStep::Allocate { slot, bytes } => {
                    self.0[slot] = None;
                    self.0[slot] = Some(block(bytes));
                }
                MemoryStep::Free { slot } => self.0[slot] = None,
                MemoryStep::Leak { bytes } => std::mem::forget(block(bytes)),
                MemoryStep::Zeros { shape } => drop(black_box(Tensor::zeros(&shape))),
            }
        }
    }

    /// Frees every block, but not the table.
    pub(super) fn clear(&mut self) {
        self.0.fill(None);
    }
}

/// Uses `black_box`, because the optimizer may otherwise remove an unused allocation.
pub(super) fn block(bytes: usize) -> Vec<u8> {
    black_box(Vec::with_capacity(bytes))
}
