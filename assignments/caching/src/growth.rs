//! Task `analysis`, second part: fits a growth law to measurements.

use crate::Result;

/// A power law, `y = factor * x^exponent`. Exponent 1 is linear, 2 quadratic, 0 constant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Growth {
    /// The power of x.
    pub exponent: f64,
    /// y at x = 1.
    pub factor: f64,
    /// The share of the variance of ln y that the law explains, at most 1. It is 1 if all y are equal.
    pub r_squared: f64,
}

impl Growth {
    /// The law's value at `x`.
    pub fn predict(&self, x: f64) -> f64 {
        let _ = &x; // Not used yet: goes with the todo!.
        todo!("the law")
    }
}

/// The power law that best fits points `(x, y)`: the straight line through `(ln x, ln y)` with the smallest
/// sum of squared vertical distances.
///
/// # Errors
/// [`CacheError::BadData`](crate::CacheError::BadData) when a number is not finite and above 0, or fewer
/// than two points differ in x.
pub fn fit_growth(points: &[(f64, f64)]) -> Result<Growth> {
    let _ = &points; // Not used yet: goes with the todo!.
    todo!("least squares in logarithms")
}
