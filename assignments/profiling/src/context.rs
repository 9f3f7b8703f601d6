//! Task `context`: time, memory and FLOPs of a piece of code, and the rates that follow from them.

use crate::MemoryStats;
use tinytorch::clock::{Clock, MonotonicClock};

/// Measures from its creation until [`finish`](Self::finish).
///
/// FLOPs and bytes moved cannot be observed from outside: report them with
/// [`add_flops`](Self::add_flops) and [`add_bytes`](Self::add_bytes).
///
/// ```
/// use profiling::ProfilerContext;
///
/// let mut context = ProfilerContext::new("dot product");
/// let (a, b) = (vec![1.0_f64; 1000], vec![2.0; 1000]);
/// let dot: f64 = a.iter().zip(&b).map(|(a, b)| a * b).sum();
/// context.add_flops(2 * 1000);
/// context.add_bytes(2 * 1000 * 8);
/// let report = context.finish();
/// assert_eq!(report.arithmetic_intensity(), Some(0.125));
/// println!("{dot}\n{}", report.render());
/// ```
#[derive(Debug)]
pub struct ProfilerContext<C: Clock = MonotonicClock> {
    name: String,
    clock: C,
    // Add the fields that you need.
}

impl ProfilerContext {
    /// Starts measuring on the operating system's monotonic clock.
    pub fn new(name: &str) -> Self {
        Self::with_clock(name, MonotonicClock::new())
    }
}

impl<C: Clock> ProfilerContext<C> {
    /// Starts measuring on the given clock.
    ///
    /// The context's own allocations, its name for example, are not part of the measurement: read
    /// the memory counters after them, and the clock last of all.
    pub fn with_clock(name: &str, clock: C) -> Self {
        let _ = (&name, &clock); // Not used yet: goes with the todo!.
        todo!("allocate, then start the memory reading, then read the clock")
    }

    /// Adds to the FLOPs. Saturates instead of overflowing.
    pub fn add_flops(&mut self, flops: u64) {
        let _ = &flops; // Not used yet: goes with the todo!.
        todo!("add, saturating")
    }

    /// Adds to the bytes moved between memory and processor. Saturates instead of overflowing.
    pub fn add_bytes(&mut self, bytes: u64) {
        let _ = &bytes; // Not used yet: goes with the todo!.
        todo!("add, saturating")
    }

    /// Stops measuring. Reads the clock first, because reading everything else takes time.
    pub fn finish(self) -> ProfileReport {
        let _ = (&self.clock, &self.name); // Not used yet: goes with the todo!.
        todo!("read the clock, then the memory, and put the report together")
    }
}

/// The result of a [`ProfilerContext`].
#[derive(Clone, Debug, PartialEq)]
pub struct ProfileReport {
    /// The context's name.
    pub name: String,
    /// Time from start to finish.
    pub seconds: f64,
    /// Memory from start to finish.
    pub memory: MemoryStats,
    /// All FLOPs that were added.
    pub flops: u64,
    /// All bytes that were added.
    pub bytes_moved: u64,
}

impl ProfileReport {
    /// Achieved speed: 10^9 FLOPs per second. `None` if no time passed.
    pub fn gflops(&self) -> Option<f64> {
        todo!("FLOPs over seconds, in billions, where that is defined")
    }

    /// FLOPs per byte moved. In the roofline model, it decides whether memory or arithmetic is the
    /// limit. `None` if no bytes were moved.
    ///
    /// Source: Williams, Waterman, Patterson, "Roofline" (2009), where it is called operational
    /// intensity.
    pub fn arithmetic_intensity(&self) -> Option<f64> {
        todo!("FLOPs over bytes moved, where that is defined")
    }

    /// The report as text: six lines without a final newline, with `n/a` for a rate that is
    /// undefined:
    ///
    /// ```text
    /// == mlp, batch 32 ==
    /// time         0.002500 s
    /// memory peak  4096 B (leaked 0 B in 12 allocations)
    /// flops        5000000
    /// GFLOP/s      2.000
    /// intensity    0.250 FLOP/B
    /// ```
    ///
    /// Labels fill 12 columns, then a space. Seconds have 6 decimals, rates 3.
    pub fn render(&self) -> String {
        todo!("format the six lines")
    }
}
