//! The range with the least squared error.

// BEGIN SOLUTION: -
use crate::{QuantError, QuantParams};
// END SOLUTION
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
        // BEGIN SOLUTION: check the number of bins, and start with the least width
        if (16..=65_536).contains(&bins) {
            let counts = BTreeMap::new();
            return Ok(Self { bins, width_exponent: f32::MIN_EXP - 1, counts, ends: None });
        }
        let reason = format!("{bins} bins: use 16 to 65,536");
        Err(QuantError::BadValue { operation: "HistogramObserver::new", reason })
        // END SOLUTION
    }
}

impl Observer for HistogramObserver {
    fn observe(&mut self, batch: &Tensor) -> Result<()> {
        // BEGIN SOLUTION: widen the bins until the batch fits, then count
        let elements = crate::params::finite_elements("HistogramObserver::observe", batch)?;
        let (low, high) = super::ends(&elements);
        let (lowest, highest) = self.ends.unwrap_or((0.0, 0.0));
        let (low, high) = (low.min(lowest), high.max(highest));
        self.ends = Some((low, high));
        while self.position(high) - self.position(low) >= self.bins as f64 {
            self.double_width();
        }
        for x in elements.into_iter().filter(|x| *x != 0.0) {
            *self.counts.entry(self.position(x) as i64).or_default() += 1;
        }
        Ok(())
        // END SOLUTION
    }

    fn range(&self, scheme: Scheme) -> Result<(f32, f32)> {
        // BEGIN SOLUTION: try ranges, and keep the one with the least error
        let no_data = QuantError::NoData { operation: "HistogramObserver::range" };
        let (low, high) = self.ends.ok_or(no_data)?;
        let middles = self.middles(low, high);
        let mut best = (f64::INFINITY, (low, high));
        for low in fractions(low) {
            for high in fractions(high) {
                let params = QuantParams::from_range(low, high, scheme)?;
                let error = squared_error(&middles, params);
                if error < best.0 {
                    best = (error, (low, high));
                }
            }
        }
        Ok(best.1)
        // END SOLUTION
    }
}

// BEGIN SOLUTION: -
impl HistogramObserver {
    fn width(&self) -> f64 {
        f64::from(self.width_exponent).exp2()
    }

    /// The index of the bin that holds a number. Before the width is found, it may exceed every integer type.
    fn position(&self, x: f32) -> f64 {
        (f64::from(x) / self.width()).floor()
    }

    fn double_width(&mut self) {
        self.width_exponent += 1;
        for (bin, count) in std::mem::take(&mut self.counts) {
            *self.counts.entry(bin.div_euclid(2)).or_default() += count;
        }
    }

    /// The number that stands for each bin, and the bin's count.
    fn middles(&self, low: f32, high: f32) -> Vec<(f32, f64)> {
        let middle = |bin: i64| ((bin as f64 + 0.5) * self.width()) as f32;
        let of_bin = |(bin, count): (&i64, &u64)| (middle(*bin).clamp(low, high), *count as f64);
        self.counts.iter().map(of_bin).collect()
    }
}

/// The ends to try: fractions of one end of the data. The only fraction of 0 is 0.
fn fractions(end: f32) -> Vec<f32> {
    let count = if end == 0.0 { 1 } else { 33 };
    let fraction = |k: i32| (f64::from(end) * (f64::from(-k) / 4.0).exp2()) as f32;
    (0..count).map(fraction).collect()
}

/// The sum of squared errors of numbers that each occur some number of times.
fn squared_error(numbers: &[(f32, f64)], params: QuantParams) -> f64 {
    let error = |x: f32| f64::from(x) - f64::from(params.dequantize(params.quantize(x)));
    numbers.iter().map(|(x, count)| count * error(*x).powi(2)).sum()
}
// END SOLUTION
