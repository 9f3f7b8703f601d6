//! The histogram observer by its definition: from all numbers at once, without merging any bins.

use super::affine;
use crate::contract::Scheme;
use std::collections::HashMap;

/// Numbers that were observed, and their histogram.
pub struct Histogram {
    /// The smallest of 0 and all numbers, and the largest.
    pub ends: (f32, f32),
    /// A number for each bin that is not empty, and the bin's count.
    pub middles: Vec<(f32, f64)>,
}

impl Histogram {
    /// The histogram of numbers in at most `bins` bins.
    pub fn new(numbers: &[f32], bins: usize) -> Self {
        let low = numbers.iter().fold(0.0_f32, |low, x| low.min(*x));
        let high = numbers.iter().fold(0.0_f32, |high, x| high.max(*x));
        let bin = |x: f32, width: f64| (f64::from(x) / width).floor();
        let width = (-126..=127)
            .map(|exponent| 2.0_f64.powi(exponent))
            .find(|width| bin(high, *width) - bin(low, *width) + 1.0 <= bins as f64)
            .expect("16 bins of 2^125 hold all numbers");
        let mut counts: HashMap<i64, f64> = HashMap::new();
        for x in numbers.iter().filter(|x| **x != 0.0) {
            *counts.entry(bin(*x, width) as i64).or_default() += 1.0;
        }
        let middle = |bin: i64| (bin as f64 + 0.5) * width;
        let limited = |x: f64| x.max(f64::from(low)).min(f64::from(high)) as f32;
        let of_bin = |(bin, count)| (limited(middle(bin)), count);
        Self { ends: (low, high), middles: counts.into_iter().map(of_bin).collect() }
    }

    /// The squared error of a range.
    pub fn error(&self, range: (f32, f32), scheme: Scheme) -> f64 {
        squared_error(self.middles.iter().copied(), range, scheme)
    }

    /// All ranges to try.
    pub fn candidates(&self) -> Vec<(f32, f32)> {
        let factor = |k: i32| 2.0_f64.powf(-f64::from(k) / 4.0);
        let fraction = |end: f32, k: i32| (f64::from(end) * factor(k)) as f32;
        let (low, high) = self.ends;
        (0..=32)
            .flat_map(|i| (0..=32).map(move |j| (fraction(low, i), fraction(high, j))))
            .collect()
    }

    /// The least error of any range that is tried.
    pub fn least_error(&self, scheme: Scheme) -> f64 {
        let errors = self.candidates().into_iter().map(|range| self.error(range, scheme));
        errors.fold(f64::INFINITY, f64::min)
    }
}

/// The sum of the squared errors of numbers that each occur some number of times.
pub fn squared_error(
    numbers: impl Iterator<Item = (f32, f64)>,
    (low, high): (f32, f32),
    scheme: Scheme,
) -> f64 {
    let params = affine::params(low, high, scheme);
    let error = |x: f32| f64::from(x) - f64::from(affine::number(params, affine::code(params, x)));
    numbers.map(|(x, count)| count * error(x) * error(x)).sum()
}
