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
        MemoryProfiler
    }

    pub fn profile<R>(&self, f: impl FnOnce() -> R) -> MemoryStats {
        let old_peak = reset_peak();
        let start = counters();
        let result = f();
        drop(result);
        let end = counters();
        raise_peak(old_peak);
        let mut leaked = 0;
        if end.live_bytes > start.live_bytes {
            leaked = end.live_bytes - start.live_bytes;
        }
        MemoryStats {
            baseline_bytes: start.live_bytes,
            peak_bytes: end.peak_bytes - start.live_bytes,
            allocated_bytes: end.total_bytes - start.total_bytes,
            allocations: end.allocations - start.allocations,
            leaked_bytes: leaked,
        }
    }
}
