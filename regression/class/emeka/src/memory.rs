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
        let peak = reset_peak();
        let c0 = counters();
        drop(std::hint::black_box(f()));
        let c1 = counters();
        raise_peak(peak);
        MemoryStats {
            baseline_bytes: c0.live_bytes,
            peak_bytes: c1.peak_bytes - c0.live_bytes,
            allocated_bytes: c1.total_bytes - c0.total_bytes,
            allocations: c1.allocations - c0.allocations,
            leaked_bytes: c1.live_bytes.saturating_sub(c0.live_bytes),
        }
    }
}
