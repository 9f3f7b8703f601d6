//! A range that follows the batches.

use crate::{Observer, Result, Scheme};
use tinytorch::Tensor;

/// An exponential moving average of each batch's smallest and largest number. It follows data that change, so the order
/// of the batches matters, and an outlier is forgotten in time.
#[derive(Clone, Debug, PartialEq)]
pub struct MovingAverageObserver {
    /// The weight of a new batch.
    momentum: f32,
    range: Option<(f32, f32)>,
}

impl MovingAverageObserver {
    /// Each end becomes `end + momentum (batch's end - end)`; the first batch's ends are taken as they are.
    ///
    /// # Errors
    /// [`BadValue`](crate::QuantError::BadValue) of `MovingAverageObserver::new` unless 0 < momentum <= 1.
    pub fn new(momentum: f32) -> Result<Self> {
        // BEGIN SOLUTION: check the momentum
        let _ = momentum;
        todo!()
        // END SOLUTION
    }
}

impl Observer for MovingAverageObserver {
    fn observe(&mut self, batch: &Tensor) -> Result<()> {
        // BEGIN SOLUTION: move each end towards the batch's
        let _ = (batch, self.momentum, &mut self.range);
        todo!()
        // END SOLUTION
    }

    fn range(&self, _scheme: Scheme) -> Result<(f32, f32)> {
        // BEGIN SOLUTION: the range, if there is one
        todo!()
        // END SOLUTION
    }
}
