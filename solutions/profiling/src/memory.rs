//! Task `memory`: the peak memory of a function, and the memory it keeps.

// BEGIN SOLUTION: -
use std::hint::black_box;
use tinytorch::alloc::{Counters, counters, raise_peak, reset_peak};
// END SOLUTION

/// A function's memory use on its own thread. All counts are exact: they come from the allocator and are the
/// same on every run and every machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemoryStats {
    /// Bytes that were live before the function was called.
    pub baseline_bytes: usize,
    /// The maximum of live bytes during the call, **above the baseline**.
    pub peak_bytes: usize,
    /// All bytes allocated during the call, including those freed again.
    pub allocated_bytes: usize,
    /// How often memory was allocated (or reallocated) during the call.
    pub allocations: usize,
    /// Bytes above the baseline that were still live after the call and after its result was dropped. 0 if
    /// more was freed than allocated.
    pub leaked_bytes: usize,
}

/// Counts a function's allocations with `tinytorch`'s counting allocator ([`tinytorch::alloc`]; read its
/// documentation first).
#[derive(Clone, Copy, Debug, Default)]
pub struct MemoryProfiler;

impl MemoryProfiler {
    /// A profiler.
    pub fn new() -> Self {
        Self
    }

    /// Calls `f` once and returns its memory use.
    ///
    /// The result of `f` is dropped before the last reading, so a returned value does not count as leaked.
    /// The profiler itself allocates nothing between its readings. Allocations of other threads are not
    /// counted.
    ///
    /// Measurements may be nested: `f` may call `profile` too. Each thread has only one peak, so code that
    /// resets it must later raise it to at least its old value; otherwise the outer measurement gets too low
    /// a peak.
    ///
    /// ```
    /// use profiling::MemoryProfiler;
    ///
    /// let stats = MemoryProfiler::new().profile(|| vec![0_u8; 1000]);
    /// assert_eq!((stats.peak_bytes, stats.leaked_bytes), (1000, 0));
    /// ```
    pub fn profile<R>(&self, f: impl FnOnce() -> R) -> MemoryStats {
        // BEGIN SOLUTION: reset the peak, call f, drop its result, and compare the counters before and after
        let reading = MemoryReading::start();
        drop(black_box(f()));
        reading.stats()
        // END SOLUTION
    }
}

// BEGIN SOLUTION: -
/// A running measurement. When it is dropped, even by a panic, it restores the thread's peak for an
/// enclosing measurement.
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

    /// The memory use since the start.
    pub(crate) fn stats(&self) -> MemoryStats {
        let before = self.before;
        let now = counters();
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
// END SOLUTION
