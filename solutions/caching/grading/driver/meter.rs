//! How much memory a call takes, on whichever thread.

#![allow(dead_code, reason = "unused when the tasks that it counts for are missing")]

use std::cell::Cell;
use tinytorch::alloc::{counters, process_counters};

/// Threads of the driver's own may allocate this many bytes during a call: it is not counted. What a call must not
/// copy is a hundred times as large.
const OF_THE_DRIVER: usize = 4096;

/// Counts the bytes that calls allocate. What other threads allocate is counted whenever they do: after a call has
/// returned it counts for the next one.
pub(super) struct Meter {
    /// What other threads had allocated when a call was counted last.
    of_others: Cell<usize>,
}

impl Meter {
    /// To be made before the first call of a cache, on the thread that makes the calls.
    pub(super) fn new() -> Self {
        Self { of_others: Cell::new(allocated_by_others()) }
    }

    /// What a call gives, and the bytes that were allocated for it, freed or not.
    pub(super) fn of<T, E>(&self, call: impl FnOnce() -> Result<T, E>) -> Result<(T, usize), E> {
        let before = counters().total_bytes;
        let given = call()?;
        let own = counters().total_bytes.wrapping_sub(before);
        let others = allocated_by_others();
        let of_others = others.wrapping_sub(self.of_others.replace(others));
        Ok((given, own.saturating_add(of_others.saturating_sub(OF_THE_DRIVER))))
    }
}

fn allocated_by_others() -> usize {
    process_counters().total_bytes.wrapping_sub(counters().total_bytes)
}
