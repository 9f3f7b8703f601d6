//! How much memory a call takes, on whichever thread.

use std::cell::Cell;
use tinytorch::alloc::{counters, process_counters};

/// Threads of the driver's own may allocate this many bytes during a call: it is not counted. A call that copies what
/// it must not copy allocates a hundred times as many.
const OF_THE_DRIVER: usize = 4096;

/// Counts the bytes that calls allocate. The bytes of other threads count when they appear: after a call has returned,
/// for the next one.
pub struct Meter {
    /// The bytes that other threads had allocated when a call was counted last.
    of_others: Cell<usize>,
}

impl Default for Meter {
    /// To be made before the first call, on the thread that makes the calls.
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
