//! When the pairs are looked at, and how sure one must be at each look.
//!
//! Looking ten times at intervals of 99 % is wrong in 6.2 % of all measurements (3.1 % on each
//! side) when the true ratio lies at the gate, and not in 1 %: each look is another chance to err.
//! Here every look spends a tenth or so of a total instead. With [`ONE_SIDED`] at each of the ten,
//! the chance that *any* of them errs to a given side is 0.082 % for normal noise (12 million
//! simulated measurements), so that a measurement that is repeated once if it stays undecided is
//! wrong in at most 0.16 %.
//!
//! Noise is not always normal. `examples/errors.rs` simulates ten kinds, 200,000 verdicts each. At the
//! gate, where errors are likeliest, and with a scatter of 5 % a pair, heavy tails, outliers, skew,
//! bursts, drift, trends and effects of position err in 0.2 % at most, and pairs that repeat 60 % of
//! the deviation before in 0.8 %; 10 % away from the gate, none of them errs. With a scatter of 20 % a
//! pair, skew errs in 2.2 % and such repetition in 4.3 % at the gate, and in 0.02 % and 0.26 % when
//! 10 % away.

/// After how many pairs the interval is looked at.
pub const LOOKS: [usize; 10] = [5, 8, 12, 16, 24, 32, 48, 64, 96, 128];

/// The chance that one look errs to one side, for normal noise.
pub const ONE_SIDED: f64 = 1e-4;

/// How many standard errors the interval reaches to each side at each of [`LOOKS`]: the quantiles
/// of Student's t distribution at `1 - ONE_SIDED` with one degree of freedom less than pairs.
pub const CRITICAL: [f64; 10] =
    [13.0337, 7.0634, 5.4528, 4.8800, 4.4152, 4.2155, 4.0343, 3.9499, 3.8694, 3.8305];

/// What no number of pairs averages away, as a logarithm: the clock's and the caches' own bias
/// between two conditions was within 2 % where it was measured. The interval reaches this much
/// further, and a fluke of five nearly equal pairs decides nothing within it.
pub const ALLOWANCE: f64 = 0.02;

/// Whether the interval is looked at after this many pairs.
pub fn is_look(pairs: usize) -> bool {
    LOOKS.contains(&pairs)
}

/// The number of standard errors at the look after `pairs` pairs.
pub(crate) fn critical(pairs: usize) -> Option<f64> {
    LOOKS.iter().position(|look| *look == pairs).map(|at| CRITICAL[at])
}
