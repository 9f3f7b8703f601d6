//! Task `memory`.

use super::contract::{Memory, MemoryStep};
use super::steps::{Slots, block};
use profiling::{MemoryProfiler, MemoryStats};

pub(super) fn profile(steps: &[MemoryStep]) -> Memory {
    let mut slots = Slots::for_steps(steps);
    let stats = MemoryProfiler::new().profile(|| {
        slots.run(steps);
        slots.clear();
    });
    memory(stats)
}

pub(super) fn nested(
    before: &[MemoryStep],
    inner: &[MemoryStep],
    after: &[MemoryStep],
) -> (Memory, Memory) {
    let profiler = MemoryProfiler::new();
    let mut slots = Slots::for_steps(before.iter().chain(inner).chain(after));
    let mut inner_stats = MemoryStats::default();
    let outer_stats = profiler.profile(|| {
        slots.run(before);
        inner_stats = profiler.profile(|| slots.run(inner));
        slots.run(after);
        slots.clear();
    });
    (memory(outer_stats), memory(inner_stats))
}

pub(super) fn returning(bytes: usize) -> Memory {
    memory(MemoryProfiler::new().profile(|| block(bytes)))
}

fn memory(stats: MemoryStats) -> Memory {
    Memory {
        baseline_bytes: stats.baseline_bytes,
        peak_bytes: stats.peak_bytes,
        allocated_bytes: stats.allocated_bytes,
        allocations: stats.allocations,
        leaked_bytes: stats.leaked_bytes,
    }
}
