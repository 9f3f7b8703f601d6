//! What a call may allocate.

use std::cell::Cell;
use tinytorch::alloc::{counters, reset_peak};

/// A bound on memory as a function of the input's length, in bytes.
#[derive(Clone, Copy, Debug)]
pub struct MemoryAllowance {
    /// For an empty input, at the same time.
    pub fixed: usize,
    /// For each byte of the input, at the same time.
    pub live_per_byte: usize,
    /// For an empty input, freed again or not.
    pub total_fixed: usize,
    /// For each byte of the input, freed again or not: a bound on work that needs no clock.
    pub total_per_byte: usize,
}

impl MemoryAllowance {
    /// Runs `call` on an input of `length` bytes.
    ///
    /// # Panics
    /// When it allocates more than allowed.
    pub fn hold<T>(self, what: &str, length: usize, call: impl FnOnce() -> T) -> T {
        reset_peak();
        let before = counters();
        let result = call();
        let after = counters();
        let peak = after.peak_bytes - before.live_bytes;
        let total = after.total_bytes - before.total_bytes;
        let most_live = self.fixed + self.live_per_byte * length;
        let most_total = self.total_fixed + self.total_per_byte * length;
        assert!(peak <= most_live, "{what}: {peak} bytes at once for an input of {length}");
        assert!(total <= most_total, "{what}: {total} bytes in all for an input of {length}");
        result
    }
}

/// Runs after which nothing is set up any more: what is kept from then on is growth.
const WARM_UP: u64 = 2000;
/// What may still come: a regular expression compiled, a table filled, in bytes.
const SETTLING: usize = 64 << 10;

thread_local! {
    /// Runs so far, and the most bytes that were live after one of the first.
    static SEEN: Cell<(u64, usize)> = const { Cell::new((0, 0)) };
}

/// Notes what is live between two runs of a target on this thread.
///
/// # Panics
/// When more is kept than after the first runs.
pub fn between_runs() {
    let live = counters().live_bytes;
    let (runs, most) = SEEN.get();
    SEEN.set((runs + 1, if runs < WARM_UP { most.max(live) } else { most }));
    let kept = live.saturating_sub(most);
    assert!(runs < WARM_UP || kept <= SETTLING, "{kept} bytes more are kept after {runs} runs");
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIGHT: MemoryAllowance =
        MemoryAllowance { fixed: 100, live_per_byte: 2, total_fixed: 800, total_per_byte: 4 };

    #[test]
    fn what_is_allowed_passes() {
        assert_eq!(TIGHT.hold("a copy", 1000, || vec![0_u8; 2000].len()), 2000);
    }

    #[test]
    #[should_panic(expected = "at once")]
    fn too_much_at_once_is_seen() {
        TIGHT.hold("a copy", 1000, || vec![0_u8; 2101]);
    }

    #[test]
    #[should_panic(expected = "in all")]
    fn too_much_work_is_seen() {
        TIGHT.hold("copies", 1000, || (0..10).map(|_| vec![0_u8; 1000].len()).sum::<usize>());
    }

    #[test]
    #[should_panic(expected = "bytes more are kept")]
    fn growth_is_seen() {
        let mut kept = Vec::new();
        for run in 0..2 * WARM_UP {
            kept.push(vec![0_u8; if run < WARM_UP { 1 } else { 100 }]);
            between_runs();
        }
    }
}
