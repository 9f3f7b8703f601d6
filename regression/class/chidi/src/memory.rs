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
        let outer = reset_peak();
        let before = counters();
        std::hint::black_box(f());
        let after = counters();
        raise_peak(outer);

        let mut stats = MemoryStats::default();
        stats.baseline_bytes = before.live_bytes;
        stats.peak_bytes = after.peak_bytes - before.live_bytes;
        stats.allocated_bytes = after.total_bytes - before.total_bytes;
        stats.allocations = after.allocations - before.allocations;
        stats.leaked_bytes = after.live_bytes.saturating_sub(before.live_bytes);
        stats
    }
}
