use tinytorch::alloc::{Counters, counters, raise_peak, reset_peak};

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
        let saved = reset_peak();
        let Counters { live_bytes, total_bytes, allocations, .. } = counters();
        std::hint::black_box(f());
        let end = counters();
        raise_peak(saved);
        MemoryStats {
            baseline_bytes: live_bytes,
            peak_bytes: end.peak_bytes - live_bytes,
            allocated_bytes: end.total_bytes - total_bytes,
            allocations: end.allocations - allocations,
            leaked_bytes: end.live_bytes.saturating_sub(live_bytes),
        }
    }
}
