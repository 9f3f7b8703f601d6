//! A range that leaves out the rarest numbers.

// BEGIN SOLUTION: -
use crate::QuantError;
// END SOLUTION
use crate::{Observer, Result, Scheme};
use tinytorch::Tensor;

/// The range between two percentiles of all numbers of all batches. It keeps every number.
#[derive(Clone, Debug, PartialEq)]
pub struct PercentileObserver {
    percent: f64,
    values: Vec<f32>,
}

impl PercentileObserver {
    /// The range from percentile `100 - percent` to percentile `percent`: with 99.9, one of a thousand numbers may lie
    /// outside on each side. Between two numbers, a percentile is interpolated linearly in `f64`: with the n numbers in
    /// order, percentile p is at position (n - 1) p / 100, counted from 0.
    ///
    /// # Errors
    /// [`QuantError::BadValue`] of `PercentileObserver::new` unless 50 < percent <= 100.
    ///
    /// Source of the percentile: Hyndman and Fan, "Sample Quantiles in Statistical Packages" (1996), definition 7.
    pub fn new(percent: f64) -> Result<Self> {
        // BEGIN SOLUTION: check the percentage
        if percent > 50.0 && percent <= 100.0 {
            return Ok(Self { percent, values: Vec::new() });
        }
        let reason = format!("{percent} percent must be above 50 and at most 100");
        Err(QuantError::BadValue { operation: "PercentileObserver::new", reason })
        // END SOLUTION
    }
}

impl Observer for PercentileObserver {
    fn observe(&mut self, batch: &Tensor) -> Result<()> {
        // BEGIN SOLUTION: keep the numbers
        let elements = crate::params::finite_elements("PercentileObserver::observe", batch)?;
        self.values.extend(elements);
        Ok(())
        // END SOLUTION
    }

    fn range(&self, _scheme: Scheme) -> Result<(f32, f32)> {
        // BEGIN SOLUTION: sort a copy and interpolate
        if self.values.is_empty() {
            return Err(QuantError::NoData { operation: "PercentileObserver::range" });
        }
        let mut sorted = self.values.clone();
        sorted.sort_by(f32::total_cmp);
        Ok((percentile(&sorted, 100.0 - self.percent), percentile(&sorted, self.percent)))
        // END SOLUTION
    }
}

// BEGIN SOLUTION: -
/// A percentile of numbers in order.
fn percentile(sorted: &[f32], percent: f64) -> f32 {
    let last = sorted.len() - 1;
    let position = last as f64 * percent / 100.0;
    let at = (position as usize).min(last);
    let below = f64::from(sorted[at]);
    let above = f64::from(sorted[(at + 1).min(last)]);
    (below + (above - below) * (position - at as f64)) as f32
}
// END SOLUTION
