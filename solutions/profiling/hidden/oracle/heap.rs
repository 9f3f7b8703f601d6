//! A model of the heap: what the allocator should have counted, from the steps alone.

use super::super::contract::MemoryStep;
use std::collections::HashMap;

/// Live bytes, their peak and totals. Counts what steps allocate and nothing else.
#[derive(Clone, Debug, Default)]
pub struct Heap {
    slots: HashMap<usize, usize>,
    live: usize,
    /// The most that was live at once.
    pub peak: usize,
    /// All that was allocated, freed or not.
    pub total: usize,
    /// How many allocations.
    pub allocations: usize,
    /// Allocated by [`MemoryStep::Leak`].
    pub leaked: usize,
}

impl Heap {
    /// The heap after `steps`.
    pub fn after(steps: &[MemoryStep]) -> Self {
        let mut heap = Self::default();
        for step in steps {
            heap.step(*step);
        }
        heap
    }

    fn step(&mut self, step: MemoryStep) {
        match step {
            MemoryStep::Allocate { slot, bytes } => {
                self.free(slot);
                self.allocate(bytes);
                self.slots.insert(slot, bytes);
            }
            MemoryStep::Free { slot } => self.free(slot),
            MemoryStep::Leak { bytes } => {
                self.allocate(bytes);
                self.leaked += bytes;
            }
            MemoryStep::Zeros { .. } => unreachable!("a tensor's size is not known exactly"),
        }
    }

    fn allocate(&mut self, bytes: usize) {
        self.live += bytes;
        self.peak = self.peak.max(self.live);
        self.total += bytes;
        self.allocations += 1;
    }

    fn free(&mut self, slot: usize) {
        self.live -= self.slots.remove(&slot).unwrap_or(0);
    }
}
