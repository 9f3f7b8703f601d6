//! The range with the least squared error.

use crate::{Observer, Result, Scheme};
use std::collections::BTreeMap;
use tinytorch::Tensor;

/// A histogram of all numbers of all batches, and the range whose codes have the least squared error for it: a narrow
/// range rounds finely and cuts off outliers, a wide one does the opposite.
///
/// **The histogram.** Bin i holds the numbers from i w up to, but not including, (i + 1) w. The width w is the least
/// power of two, at least [`f32::MIN_POSITIVE`], with which 0 and all numbers lie in at most `bins` neighbouring bins.
/// When a number does not fit, w is doubled, and bins 2i and 2i + 1 become bin i. So the histogram depends on the numbers
/// alone, and not on their order. Zeros are not counted: 0 has a code in every range, and no error.
///
/// **The ranges.** Let `low` be the smallest of 0 and all numbers, and `high` the largest. [`range`](Observer::range)
/// tries every pair from `f low` to `g high`, where f and g are of 1, 2^(-1/4), 2^(-2/4), ..., 2^-8, computed in `f64` and
/// rounded to `f32`. The smallest of them has few bins.
///
/// **The error** of a range is the sum, over all bins, of a bin's count times (x - y)^2, in `f64`, where x is the middle
/// of the bin, or `low` or `high` if that is nearer to 0, and y the number that x becomes by
/// [`quantize`](QuantParams::quantize) and [`dequantize`](QuantParams::dequantize) with the parameters of the range. Of
/// ranges with equal errors, the first is taken: both factors fall from 1, and g falls faster.
#[derive(Clone, Debug, PartialEq)]
pub struct HistogramObserver {
    /// At most so many bins.
    bins: usize,
    /// Log2 of the width of a bin.
    width_exponent: i32,
    /// How many numbers are in each bin, of the bins that are not empty.
    counts: BTreeMap<i64, u64>,
    /// The smallest of 0 and all numbers, and the largest; `None` before the first batch.
    ends: Option<(f32, f32)>,
}

impl HistogramObserver {
    /// A histogram of at most `bins` bins.
    ///
    /// # Errors
    /// [`QuantError::BadValue`] of `HistogramObserver::new` unless 16 <= bins <= 65,536.
    pub fn new(bins: usize) -> Result<Self> {
        let _ = &bins; // Not used yet: goes with the todo!.
        todo!("check the number of bins, and start with the least width")
    }
}

impl Observer for HistogramObserver {
    fn observe(&mut self, batch: &Tensor) -> Result<()> {
        let _ = (&self.ends, &self.bins, &self.counts, &batch);
        todo!("widen the bins until the batch fits, then count")
    }

    fn range(&self, scheme: Scheme) -> Result<(f32, f32)> {
        let _ = (&self.ends, &scheme); // Not used yet: goes with the todo!.
        todo!("try ranges, and keep the one with the least error")
    }
}
