use std::hint::black_box;
use tinytorch::alloc::{counters, raise_peak, reset_peak};

// "_bytes" everywhere is noise, and this one is a peak above all
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemoryStats {
    pub baseline_bytes: usize,
    pub peak: usize,
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
        let outside = reset_peak();
        let a = counters();
        {
            let result = f();
            black_box(&result);
        }
        let b = counters();
        raise_peak(outside);
        MemoryStats {
            baseline_bytes: a.live_bytes,
            peak: b.peak_bytes - a.live_bytes,
            allocated_bytes: b.total_bytes - a.total_bytes,
            allocations: b.allocations - a.allocations,
            leaked_bytes: b.live_bytes.saturating_sub(a.live_bytes),
        }
    }
}
