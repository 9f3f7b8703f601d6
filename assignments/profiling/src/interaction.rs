//! Task `compare`, second half: whether two optimizations combine.

use crate::Result;

/// How two optimizations interact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InteractionKind {
    /// The speedups multiply: each optimization speeds up the remaining time by its full factor.
    Multiply,
    /// The saved seconds add up: the optimizations affect different parts of the program.
    Add,
    /// Both together are no better than the better one alone.
    Cancel,
    /// Better than the better one alone, but less than predicted.
    Partial,
    /// More than predicted: one makes the other more effective.
    Synergy,
}

/// Two optimizations, separately and together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interaction {
    /// Baseline time over time with A alone.
    pub speedup_a: f64,
    /// Baseline time over time with B alone.
    pub speedup_b: f64,
    /// Baseline time over time with both.
    pub speedup_both: f64,
    /// The speedup of both if speedups multiplied: `speedup_a` times `speedup_b`.
    pub if_multiplied: f64,
    /// The speedup of both if saved seconds added up: baseline / (a + b - baseline). `None` if no
    /// time would be left.
    pub if_added: Option<f64>,
    /// The case that applies.
    pub kind: InteractionKind,
}

/// Classifies how two optimizations interact, from four times.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InteractionAnalyzer {
    tolerance: f64,
}

impl InteractionAnalyzer {
    /// An analyzer that treats speedups as equal when they differ by no more than this relative
    /// `tolerance`: 0.05 for 5 %.
    ///
    /// # Errors
    /// [`ProfileError::BadTolerance`](crate::ProfileError::BadTolerance) when it is negative,
    /// infinite or NaN.
    pub fn new(tolerance: f64) -> Result<Self> {
        let _ = &tolerance; // Not used yet: goes with the todo!.
        todo!("check the tolerance")
    }

    /// Analyzes the seconds of the baseline, of A alone, of B alone and of both together.
    ///
    /// Speedups are ratios, so they are compared as ratios: x matches y when |ln(x / y)| <= ln(1 +
    /// tolerance), which treats 2 vs. 1 like 1 vs. 2. The kind is the first that applies, where
    /// `both` is the speedup of both together:
    ///
    /// 1. `Cancel` when both <= max(A, B) (1 + tolerance);
    /// 2. `Multiply` or `Add` when both matches that prediction; if it matches both predictions,
    ///    the closer one by |ln|, and `Multiply` if they are equally close;
    /// 3. `Synergy` when both exceeds the predictions (`if_added` only if it exists);
    /// 4. `Partial`.
    ///
    /// # Errors
    /// [`ProfileError::BadSample`](crate::ProfileError::BadSample) for the first time, counted 0 to
    /// 3, that is NaN, infinite, negative or 0.
    pub fn analyze(&self, baseline: f64, a: f64, b: f64, both: f64) -> Result<Interaction> {
        let _ = (&baseline, &a, &b, &both); // Not used yet: goes with the todo!.
        todo!("check the times, compute speedups and both predictions, and classify")
    }
}
