use tinytorch::alloc;

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
        let remember = alloc::reset_peak();
        let a = alloc::counters();
        let r = f();
        let _ = std::hint::black_box(&r);
        drop(r);
        let b = alloc::counters();
        alloc::raise_peak(remember);

        let baseline_bytes = a.live_bytes;
        MemoryStats {
            baseline_bytes,
            peak_bytes: b.peak_bytes - baseline_bytes,
            allocated_bytes: b.total_bytes - a.total_bytes,
            allocations: b.allocations - a.allocations,
            leaked_bytes: b.live_bytes.max(baseline_bytes) - baseline_bytes,
        }
    }
}
