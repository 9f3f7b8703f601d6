//! Task `analysis`, second part: fits a growth law to measurements.

// BEGIN SOLUTION: -
use crate::CacheError;
// END SOLUTION
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
        // BEGIN SOLUTION: the law
        self.factor * x.powf(self.exponent)
        // END SOLUTION
    }
}

/// The power law that best fits points `(x, y)`: the straight line through `(ln x, ln y)` with the smallest
/// sum of squared vertical distances.
///
/// # Errors
/// [`CacheError::BadData`](crate::CacheError::BadData) when a number is not finite and above 0, or fewer
/// than two points differ in x.
pub fn fit_growth(points: &[(f64, f64)]) -> Result<Growth> {
    // BEGIN SOLUTION: least squares in logarithms
    let refuse = |reason| Err(CacheError::BadData { reason });
    let usable = |number: f64| number.is_finite() && number > 0.0;
    if let Some((x, y)) = points.iter().find(|(x, y)| !(usable(*x) && usable(*y))) {
        return refuse(format!("the point ({x}, {y}) has no logarithms"));
    }
    if !points.iter().any(|(x, _)| *x != points[0].0) {
        return refuse("two points of different x are needed at least".into());
    }
    let logs: Vec<(f64, f64)> = points.iter().map(|(x, y)| (x.ln(), y.ln())).collect();
    let n = logs.len() as f64;
    let mean_x = logs.iter().map(|(x, _)| x).sum::<f64>() / n;
    let mean_y = logs.iter().map(|(_, y)| y).sum::<f64>() / n;
    let sum = |term: &dyn Fn(f64, f64) -> f64| -> f64 {
        logs.iter().map(|(x, y)| term(x - mean_x, y - mean_y)).sum()
    };
    let exponent = sum(&|x, y| x * y) / sum(&|x, _| x * x);
    let residual = sum(&|x, y| (y - exponent * x).powi(2));
    let total = sum(&|_, y| y * y);
    let r_squared = if total > 0.0 { 1.0 - residual / total } else { 1.0 };
    Ok(Growth { exponent, factor: (mean_y - exponent * mean_x).exp(), r_squared })
    // END SOLUTION
}
