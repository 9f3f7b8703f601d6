//! The memory that a call allocates, on all threads.

use std::cell::Cell;
use tinytorch::alloc::{counters, process_counters};

/// The bytes that the driver's own threads may allocate during a call without being counted. A forbidden copy of a
/// model or a cache has a hundred times as many.
const OF_THE_DRIVER: usize = 4096;

/// Counts the bytes that calls allocate. The bytes of other threads count when they appear: after a call has returned,
/// for the next one.
pub struct Meter {
    /// The bytes that other threads had allocated at the last count.
    of_others: Cell<usize>,
}

impl Default for Meter {
    /// Create it before the first call, on the thread that makes the calls.
    fn default() -> Self {
        Self { of_others: Cell::new(allocated_by_others()) }
    }
}

impl Meter {
    /// The result of a call, and the bytes that were allocated for it, freed or not.
    ///
    /// # Errors
    /// Those of the call.
    pub fn count<T, E>(&self, call: impl FnOnce() -> Result<T, E>) -> Result<(T, usize), E> {
        let before = counters().total_bytes;
        let value = call()?;
        let own = counters().total_bytes.wrapping_sub(before);
        let others = allocated_by_others();
        let of_others = others.wrapping_sub(self.of_others.replace(others));
        Ok((value, own.saturating_add(of_others.saturating_sub(OF_THE_DRIVER))))
    }
}

fn allocated_by_others() -> usize {
    process_counters().total_bytes.wrapping_sub(counters().total_bytes)
}
