//! Task `memory`: how much memory a function needs at once, and what it keeps.

use std::hint::black_box;
use tinytorch::alloc::{self, Counters};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemoryStats {
    pub baseline_bytes: usize,
    pub peak_bytes: usize,
    pub allocated_bytes: usize,
    pub allocations: usize,
    pub leaked_bytes: usize,
}

impl MemoryStats {
    /// What happened between two readings of the counters.
    pub(crate) fn between(then: &Counters, now: &Counters) -> Self {
        let base = then.live_bytes;
        Self {
            baseline_bytes: base,
            peak_bytes: now.peak_bytes.saturating_sub(base),
            allocated_bytes: now.total_bytes - then.total_bytes,
            allocations: now.allocations - then.allocations,
            leaked_bytes: now.live_bytes.saturating_sub(base),
        }
    }
}

#[derive(Clone, Copy, Debug, Default)]
pub struct MemoryProfiler;

impl MemoryProfiler {
    pub fn new() -> Self {
        Self
    }

    pub fn profile<R>(&self, f: impl FnOnce() -> R) -> MemoryStats {
        let peak_so_far = alloc::reset_peak();
        let then = alloc::counters();
        // The braces end the life of the result before the next reading.
        {
            let _result = black_box(f());
        }
        let now = alloc::counters();
        // Maybe somebody outside is measuring as well.
        alloc::raise_peak(peak_so_far);
        MemoryStats::between(&then, &now)
    }
}
