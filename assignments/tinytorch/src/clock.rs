//! Time behind a trait, so that code that measures time can be tested without waiting.

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// A source of time.
pub trait Clock {
    /// The time since an arbitrary start, which is fixed for a clock and its clones.
    /// Only differences are meaningful; they are never negative.
    fn now(&self) -> Duration;
}

impl<C: Clock + ?Sized> Clock for &C {
    fn now(&self) -> Duration {
        (**self).now()
    }
}

/// The operating system's monotonic clock; it starts at 0 when it is created.
#[derive(Clone, Copy, Debug)]
pub struct MonotonicClock {
    start: Instant,
}

impl MonotonicClock {
    /// A clock that starts now.
    pub fn new() -> Self {
        Self { start: Instant::now() }
    }
}

impl Default for MonotonicClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for MonotonicClock {
    fn now(&self) -> Duration {
        self.start.elapsed()
    }
}

/// A clock that moves only when [`advance`](ManualClock::advance) is called, for
/// tests. Clones share the time.
///
/// ```
/// use std::time::Duration;
/// use tinytorch::clock::{Clock, ManualClock};
///
/// let clock = ManualClock::new();
/// let seen_by_a_timer = clock.clone();
/// clock.advance(Duration::from_millis(3));
/// assert_eq!(seen_by_a_timer.now(), Duration::from_millis(3));
/// ```
#[derive(Clone, Debug, Default)]
pub struct ManualClock {
    now: Rc<Cell<Duration>>,
}

impl ManualClock {
    /// A clock at 0.
    pub fn new() -> Self {
        Self::default()
    }

    /// Moves this clock and its clones forward.
    pub fn advance(&self, by: Duration) {
        self.now.set(self.now.get().saturating_add(by));
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Duration {
        self.now.get()
    }
}
