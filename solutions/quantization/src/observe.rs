//! Task `observe`: ranges of activations, from calibration data.

mod histogram;
mod min_max;
mod moving_average;
mod percentile;

use crate::{QuantParams, Result, Scheme};
use tinytorch::Tensor;

pub use histogram::HistogramObserver;
pub use min_max::MinMaxObserver;
pub use moving_average::MovingAverageObserver;
pub use percentile::PercentileObserver;

/// Watches batches of calibration data, and proposes a range for them.
pub trait Observer {
    /// Takes in a batch. A batch that is refused leaves the observer as it was.
    ///
    /// # Errors
    /// [`Empty`](crate::QuantError::Empty) and [`NotFinite`](crate::QuantError::NotFinite), of the observer's `observe`,
    /// such as `MinMaxObserver::observe`.
    fn observe(&mut self, batch: &Tensor) -> Result<()>;

    /// The range to cover with codes of `scheme`.
    ///
    /// # Errors
    /// [`NoData`](crate::QuantError::NoData) of the observer's `range`, such as `MinMaxObserver::range`;
    /// [`BadBits`](crate::QuantError::BadBits) where the range depends on the scheme.
    fn range(&self, scheme: Scheme) -> Result<(f32, f32)>;

    /// The parameters of that range. Given.
    ///
    /// # Errors
    /// Those of [`range`](Self::range) and [`QuantParams::from_range`].
    fn params(&self, scheme: Scheme) -> Result<QuantParams> {
        let (low, high) = self.range(scheme)?;
        QuantParams::from_range(low, high, scheme)
    }
}

// BEGIN SOLUTION: -
/// The smallest and the largest element.
fn ends(elements: &[f32]) -> (f32, f32) {
    let low = elements.iter().copied().fold(f32::INFINITY, f32::min);
    let high = elements.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    (low, high)
}
// END SOLUTION
