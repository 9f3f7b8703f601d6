//! A range that follows the batches.

// BEGIN SOLUTION: -
use crate::QuantError;
// END SOLUTION
use crate::{Observer, Result, Scheme};
use tinytorch::Tensor;

/// An exponential moving average of each batch's smallest and largest number. It follows data that change, so the order
/// of the batches matters, and an outlier is forgotten in time.
#[derive(Clone, Debug, PartialEq)]
pub struct MovingAverageObserver {
    /// The weight of a new batch.
    momentum: f32,
    /// The range so far.
    range: Option<(f32, f32)>,
}

impl MovingAverageObserver {
    /// Each end becomes `(1 - momentum) end + momentum (the batch's end)`, computed in `f64` and rounded to `f32`; the first
    /// batch's ends are taken as they are. In this form no end overflows, and the lower end stays the lower one.
    ///
    /// # Errors
    /// [`QuantError::BadValue`] of `MovingAverageObserver::new` unless 0 < momentum <= 1.
    pub fn new(momentum: f32) -> Result<Self> {
        // BEGIN SOLUTION: check the momentum
        if momentum > 0.0 && momentum <= 1.0 {
            return Ok(Self { momentum, range: None });
        }
        let reason = format!("the momentum {momentum} must be above 0 and at most 1");
        Err(QuantError::BadValue { operation: "MovingAverageObserver::new", reason })
        // END SOLUTION
    }
}

impl Observer for MovingAverageObserver {
    fn observe(&mut self, batch: &Tensor) -> Result<()> {
        // BEGIN SOLUTION: move each end towards the batch's
        let elements = crate::params::finite_elements("MovingAverageObserver::observe", batch)?;
        let (low, high) = super::ends(&elements);
        let momentum = f64::from(self.momentum);
        let moved = |end: f32, of_batch: f32| {
            ((1.0 - momentum) * f64::from(end) + momentum * f64::from(of_batch)) as f32
        };
        self.range = Some(match self.range {
            None => (low, high),
            Some((lowest, highest)) => (moved(lowest, low), moved(highest, high)),
        });
        Ok(())
        // END SOLUTION
    }

    fn range(&self, _scheme: Scheme) -> Result<(f32, f32)> {
        // BEGIN SOLUTION: the range, if there is one
        self.range.ok_or(QuantError::NoData { operation: "MovingAverageObserver::range" })
        // END SOLUTION
    }
}
