//! Task `memory`: how much memory a function needs at once, and what it keeps.

use std::hint::black_box;
use tinytorch::alloc::{Counters, counters, raise_peak, reset_peak};

/// What a function did with memory, on its own thread. All counts are exact: they come from the
/// allocator, and they are the same on every run and every machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemoryStats {
    /// Bytes that were live before the function was called.
    pub baseline_bytes: usize,
    /// The most that was live at any moment of the call, **above the baseline**.
    pub peak_bytes: usize,
    /// All bytes allocated during the call, freed again or not.
    pub allocated_bytes: usize,
    /// How often memory was allocated (or reallocated) during the call.
    pub allocations: usize,
    /// Bytes above the baseline that were still live after the call and after its result was
    /// dropped. 0 when more was freed than allocated.
    pub leaked_bytes: usize,
}

/// Counts what a function allocates, by `tinytorch`'s counting allocator
/// ([`tinytorch::alloc`]; read its documentation first).
#[derive(Clone, Copy, Debug, Default)]
pub struct MemoryProfiler;

impl MemoryProfiler {
    /// A profiler.
    pub fn new() -> Self {
        Self
    }

    /// Calls `f` once and says what it did with memory.
    ///
    /// The result of `f` is dropped before the last reading: what a function returns is not
    /// leaked. The profiler itself allocates nothing between its readings. Memory that other
    /// threads allocate is not seen.
    ///
    /// Measurements may be nested: `f` may call `profile` too. There is only one peak to each
    /// thread, so whoever resets it must raise it again to at least what it was before, or the
    /// measurement outside sees too low a peak.
    ///
    /// ```
    /// use profiling::MemoryProfiler;
    ///
    /// let stats = MemoryProfiler::new().profile(|| vec![0_u8; 1000]);
    /// assert_eq!((stats.peak_bytes, stats.leaked_bytes), (1000, 0));
    /// ```
    pub fn profile<R>(&self, f: impl FnOnce() -> R) -> MemoryStats {
        let reading = MemoryReading::start();
        drop(black_box(f()));
        reading.stats()
    }
}

/// A measurement that is under way. When it is dropped, even by a panic, the thread's peak becomes
/// again what a measurement around this one has to see.
#[derive(Debug)]
pub(crate) struct MemoryReading {
    outer_peak: usize,
    before: Counters,
}

impl MemoryReading {
    /// Starts a new peak here.
    pub(crate) fn start() -> Self {
        let outer_peak = reset_peak();
        Self { outer_peak, before: counters() }
    }

    /// What has happened since the start.
    pub(crate) fn stats(&self) -> MemoryStats {
        let (before, now) = (self.before, counters());
        MemoryStats {
            baseline_bytes: before.live_bytes,
            peak_bytes: now.peak_bytes - before.live_bytes,
            allocated_bytes: now.total_bytes - before.total_bytes,
            allocations: now.allocations - before.allocations,
            leaked_bytes: now.live_bytes.saturating_sub(before.live_bytes),
        }
    }
}

impl Drop for MemoryReading {
    fn drop(&mut self) {
        raise_peak(self.outer_peak);
    }
}
