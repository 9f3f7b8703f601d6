//! Task `spans`: where in a program the time is spent.

use tinytorch::clock::{Clock, MonotonicClock};

/// Measures named pieces of code, which can be nested.
///
/// ```
/// use profiling::PerformanceProfiler;
///
/// let mut profiler = PerformanceProfiler::new();
/// let sum = profiler.span("step", |p| {
///     let data = p.span("load", |_| vec![1.0_f64; 1000]);
///     p.span("compute", |_| data.iter().sum::<f64>())
/// });
/// assert_eq!(sum, 1000.0);
/// println!("{}", profiler.report().render());
/// ```
#[derive(Debug)]
pub struct PerformanceProfiler<C: Clock = MonotonicClock> {
    clock: C,
    // Add the fields that you need.
}

impl Default for PerformanceProfiler {
    fn default() -> Self {
        Self::new()
    }
}

impl PerformanceProfiler {
    /// A profiler on the operating system's monotonic clock.
    pub fn new() -> Self {
        Self::with_clock(MonotonicClock::new())
    }
}

impl<C: Clock> PerformanceProfiler<C> {
    /// A profiler on the given clock.
    pub fn with_clock(clock: C) -> Self {
        let _ = &clock; // Not used yet: goes with the todo!.
        todo!("a profiler without any spans")
    }

    /// Runs `f` as a span called `name`, and returns its result. Spans that `f` opens, on the
    /// profiler it receives, are children of this one.
    ///
    /// A span is identified by its path, the names from the root to it. If it is opened again under
    /// the same parent, its calls and time are added to the existing span. The same name under
    /// another parent is a different span.
    pub fn span<R>(&mut self, name: &str, f: impl FnOnce(&mut Self) -> R) -> R {
        let _ = (&self.clock, &name, &f); // Not used yet: goes with the todo!.
        todo!("find or add the span under the open one, open it, time f, close it")
    }

    /// The measurements so far. For an open span, only earlier, completed calls count, so call this
    /// when all spans are closed.
    pub fn report(&self) -> SpanReport {
        todo!("go through the tree from the roots, a parent before its children")
    }
}

/// All spans of one path.
#[derive(Clone, Debug, PartialEq)]
pub struct SpanRow {
    /// The names from the root, joined with `/`.
    pub path: String,
    /// The nesting depth: 0 for a root.
    pub depth: usize,
    /// How often it was closed.
    pub calls: usize,
    /// Seconds inside, children included.
    pub total_s: f64,
    /// Seconds inside, children excluded: `total_s` minus the children's `total_s`.
    pub own_s: f64,
    /// `own_s` as a fraction of the time of all roots. Own times count each second only once, so
    /// the shares of all rows add up to 1.
    pub share: f64,
}

/// The time of all spans.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SpanReport {
    /// Each parent comes directly before its children, and children are in the order of first
    /// opening. All shares are 0 if the roots took no time.
    pub rows: Vec<SpanRow>,
}

impl SpanReport {
    /// Seconds of all roots together.
    pub fn total_s(&self) -> f64 {
        todo!("add up the roots")
    }

    /// The report as text, without a final newline:
    ///
    /// ```text
    /// step                          2 x   0.010000 s   10.0 %
    ///   load                        2 x   0.003000 s   30.0 %
    ///   compute                     4 x   0.006000 s   60.0 %
    /// total                               0.010000 s  100.0 %
    /// ```
    ///
    /// Each row: two spaces per level of depth and the span's own name, together 24 columns; a
    /// space; the calls in 6 columns; ` x `; `total_s` in 10 columns with 6 decimals; ` s `; the
    /// share in percent in 6 columns with 1 decimal; ` %`. The last line: `total` in 24 columns, a
    /// space, 6 empty columns, 3 spaces, then [`total_s`](Self::total_s) and the sum of all shares,
    /// formatted like the rows.
    pub fn render(&self) -> String {
        todo!("format a line for each row, then the total")
    }
}
