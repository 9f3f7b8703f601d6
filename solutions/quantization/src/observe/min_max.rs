//! The whole range.

// BEGIN SOLUTION: -
use crate::QuantError;
// END SOLUTION
use crate::{Observer, Result, Scheme};
use tinytorch::Tensor;

/// The smallest and the largest number of all batches. A single outlier decides.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MinMaxObserver {
    /// The range so far.
    range: Option<(f32, f32)>,
}

impl Observer for MinMaxObserver {
    fn observe(&mut self, batch: &Tensor) -> Result<()> {
        // BEGIN SOLUTION: widen the range
        let elements = crate::params::finite_elements("MinMaxObserver::observe", batch)?;
        let (low, high) = super::ends(&elements);
        let (lowest, highest) = self.range.unwrap_or((low, high));
        self.range = Some((low.min(lowest), high.max(highest)));
        Ok(())
        // END SOLUTION
    }

    fn range(&self, _scheme: Scheme) -> Result<(f32, f32)> {
        // BEGIN SOLUTION: the range, if there is one
        self.range.ok_or(QuantError::NoData { operation: "MinMaxObserver::range" })
        // END SOLUTION
    }
}
