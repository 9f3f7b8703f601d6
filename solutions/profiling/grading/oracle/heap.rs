//! A model of the heap: the allocator's expected counts, from the steps alone.

use crate::contract::MemoryStep;
use std::collections::HashMap;

/// Live bytes, their peak and totals, of the steps only.
#[derive(Clone, Debug, Default)]
pub struct Heap {
    slots: HashMap<usize, usize>,
    live: usize,
    /// The maximum of live bytes.
    pub peak: usize,
    /// All bytes allocated, freed or not.
    pub total: usize,
    /// Number of allocations.
    pub allocations: usize,
    /// Bytes allocated by [`MemoryStep::Leak`].
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
