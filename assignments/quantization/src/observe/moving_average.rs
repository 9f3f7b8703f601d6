//! A range that follows the batches.

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
        let _ = &momentum; // Not used yet: goes with the todo!.
        todo!("check the momentum")
    }
}

impl Observer for MovingAverageObserver {
    fn observe(&mut self, batch: &Tensor) -> Result<()> {
        let _ = (&self.momentum, &self.range, &batch); // Not used yet: goes with the todo!.
        todo!("move each end towards the batch's")
    }

    fn range(&self, _scheme: Scheme) -> Result<(f32, f32)> {
        let _ = &self.range; // Not used yet: goes with the todo!.
        todo!("the range, if there is one")
    }
}
