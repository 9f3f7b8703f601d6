//! Exact memory counts, for each thread by itself and for the whole process.
//!
//! The allocator passes every request to the system's and counts it: in
//! thread-local cells for [`counters`], which other threads do not disturb, and
//! in two atomics for [`process_counters`], which no thread escapes. There is no
//! lock, and an allocation costs a few nanoseconds more.
//!
//! ```
//! use tinytorch::alloc::{counters, reset_peak};
//!
//! reset_peak();
//! let before = counters();
//! let block: Vec<u8> = Vec::with_capacity(1000);
//! assert_eq!(counters().live_bytes - before.live_bytes, 1000);
//! drop(block);
//! assert_eq!(counters().live_bytes, before.live_bytes);
//! assert_eq!(counters().peak_bytes - before.live_bytes, 1000);
//! ```

#![expect(
    unsafe_code,
    reason = "GlobalAlloc is an unsafe trait: only through it can allocations be counted"
)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Declared in the library, so every program that links `tinytorch` gets exact
/// counts without doing anything. A program can have only one global allocator,
/// so no other crate may declare one.
#[global_allocator]
static GLOBAL: CountingAllocator = CountingAllocator;

/// The system allocator with counters.
///
/// The counts are the requested bytes, without what the system adds for alignment
/// and bookkeeping. A reallocation counts as one allocation and adds only the
/// bytes that the block grew by (0 if it shrank): a vector that doubles until it
/// holds 1024 bytes has a total of 1024.
#[derive(Clone, Copy, Debug)]
pub struct CountingAllocator;

/// Memory counts of one thread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Bytes allocated minus bytes freed by this thread. If this thread frees
    /// memory that another thread allocated, that is subtracted too, but the
    /// count never goes below 0. The difference between two readings is exact
    /// unless older memory, or memory of another thread, was freed in between.
    pub live_bytes: usize,
    /// The largest `live_bytes` since the last [`reset_peak`], or since the
    /// thread started.
    pub peak_bytes: usize,
    /// All bytes ever allocated, freed or not.
    pub total_bytes: usize,
    /// How often memory was allocated or reallocated.
    pub allocations: usize,
}

/// What all threads of the process have allocated together, those that have
/// ended too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ProcessCounters {
    /// All bytes ever allocated, freed or not.
    pub total_bytes: usize,
    /// How often memory was allocated or reallocated.
    pub allocations: usize,
}

/// Each a count by itself: nothing else is ordered by them.
static PROCESS_TOTAL: AtomicUsize = AtomicUsize::new(0);
static PROCESS_ALLOCATIONS: AtomicUsize = AtomicUsize::new(0);

struct ThreadCounts {
    live: Cell<usize>,
    peak: Cell<usize>,
    total: Cell<usize>,
    allocations: Cell<usize>,
}

thread_local! {
    // `const` and without a destructor: reading it never allocates (which would
    // call this allocator again) and works until the thread has ended.
    static COUNTS: ThreadCounts = const {
        ThreadCounts {
            live: Cell::new(0),
            peak: Cell::new(0),
            total: Cell::new(0),
            allocations: Cell::new(0),
        }
    };
}

impl ThreadCounts {
    fn allocated(&self, bytes: usize) {
        self.add_live(bytes);
        self.grew(bytes);
    }

    fn freed(&self, bytes: usize) {
        // Not below 0: every new thread starts by freeing memory that its parent
        // allocated, and a negative count would hide that much of the thread's
        // own memory.
        self.live.set(self.live.get().saturating_sub(bytes));
    }

    fn reallocated(&self, old_bytes: usize, new_bytes: usize) {
        self.add_live(new_bytes.saturating_sub(old_bytes));
        self.freed(old_bytes.saturating_sub(new_bytes));
        self.grew(new_bytes.saturating_sub(old_bytes));
    }

    fn add_live(&self, bytes: usize) {
        let live = self.live.get().saturating_add(bytes);
        self.live.set(live);
        self.peak.set(self.peak.get().max(live));
    }

    fn grew(&self, bytes: usize) {
        self.total.set(self.total.get().wrapping_add(bytes));
        self.allocations.set(self.allocations.get().wrapping_add(1));
    }
}

/// Adds an allocation of `bytes`, or a growth by them, to the counts of the
/// process.
fn count_for_process(bytes: usize) {
    PROCESS_TOTAL.fetch_add(bytes, Ordering::Relaxed);
    PROCESS_ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
}

/// Runs `f` on this thread's counts. Never panics: should the counts be gone
/// while the thread ends, nothing is counted.
fn with_counts<T: Default>(f: impl FnOnce(&ThreadCounts) -> T) -> T {
    COUNTS.try_with(f).unwrap_or_default()
}

// SAFETY: each method passes its arguments unchanged to the system allocator and
// returns its result, so the contract of `GlobalAlloc` holds because the system
// allocator keeps it. Counting neither allocates nor panics.
unsafe impl GlobalAlloc for CountingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller guarantees a layout of non-zero size.
        let block = unsafe { System.alloc(layout) };
        if !block.is_null() {
            count_for_process(layout.size());
            with_counts(|counts| counts.allocated(layout.size()));
        }
        block
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller guarantees a layout of non-zero size.
        let block = unsafe { System.alloc_zeroed(layout) };
        if !block.is_null() {
            count_for_process(layout.size());
            with_counts(|counts| counts.allocated(layout.size()));
        }
        block
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller guarantees that `block` came from this allocator,
        // which got it from the system allocator with the same layout.
        unsafe { System.dealloc(block, layout) };
        with_counts(|counts| counts.freed(layout.size()));
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: as for `dealloc`; the caller also guarantees that `new_size`
        // is not zero and does not overflow when rounded up to the alignment.
        let moved = unsafe { System.realloc(block, layout, new_size) };
        if !moved.is_null() {
            count_for_process(new_size.saturating_sub(layout.size()));
            with_counts(|counts| counts.reallocated(layout.size(), new_size));
        }
        moved
    }
}

/// The current thread's counts so far.
pub fn counters() -> Counters {
    with_counts(|counts| Counters {
        live_bytes: counts.live.get(),
        peak_bytes: counts.peak.get(),
        total_bytes: counts.total.get(),
        allocations: counts.allocations.get(),
    })
}

/// What all threads of this process have allocated up to now. A thread that
/// allocates meanwhile is counted by a later reading at the latest.
///
/// ```
/// use tinytorch::alloc::{counters, process_counters};
///
/// let (own, all) = (counters(), process_counters());
/// std::thread::spawn(|| Vec::<u8>::with_capacity(5000)).join().unwrap();
/// assert!(process_counters().total_bytes - all.total_bytes >= 5000);
/// assert!(counters().total_bytes - own.total_bytes < 5000);
/// ```
pub fn process_counters() -> ProcessCounters {
    ProcessCounters {
        total_bytes: PROCESS_TOTAL.load(Ordering::Relaxed),
        allocations: PROCESS_ALLOCATIONS.load(Ordering::Relaxed),
    }
}

/// Starts a new peak at what is live now, and returns the peak up to now: give
/// that to [`raise_peak`] when the measurement is over, and a measurement
/// around this one stays right.
///
/// ```
/// use tinytorch::alloc::{counters, raise_peak, reset_peak};
///
/// let outer_peak = reset_peak();
/// let start = counters().live_bytes;
/// drop(vec![0_u8; 4096]);
/// assert_eq!(counters().peak_bytes - start, 4096);
/// raise_peak(outer_peak);
/// ```
pub fn reset_peak() -> usize {
    with_counts(|counts| counts.peak.replace(counts.live.get()))
}

/// Raises the peak to `to` if it is lower. Ends a nested measurement.
pub fn raise_peak(to: usize) {
    with_counts(|counts| counts.peak.set(counts.peak.get().max(to)));
}
