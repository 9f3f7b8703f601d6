//! Draws fresh inputs from the secret seed.

use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;
use std::ops::RangeInclusive;

/// The inputs of one case, drawn from (secret seed, case name). They can be reproduced with the
/// seed, cannot be predicted without it, and do not depend on the order of the cases.
pub struct Draw {
    rng: ChaCha12Rng,
}

impl Draw {
    /// The inputs of case `name` under `seed`.
    pub fn new(seed: u64, name: &str) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("grader case inputs v1");
        hasher.update(&seed.to_le_bytes()).update(name.as_bytes());
        Self { rng: ChaCha12Rng::from_seed(*hasher.finalize().as_bytes()) }
    }

    /// An integer in the range.
    pub fn int(&mut self, range: RangeInclusive<usize>) -> usize {
        self.rng.random_range(range)
    }

    /// A number in `[low, high)`.
    pub fn real(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.rng.random::<f64>()
    }

    /// `count` numbers in `[low, high)`.
    pub fn reals(&mut self, count: usize, low: f64, high: f64) -> Vec<f64> {
        (0..count).map(|_| self.real(low, high)).collect()
    }

    /// A number from the standard normal distribution (Box-Muller method).
    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.rng.random::<f64>()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.rng.random::<f64>()).cos()
    }

    /// One element of `choices`.
    ///
    /// # Panics
    /// If `choices` is empty.
    pub fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.int(0..=choices.len() - 1)]
    }

    /// Shuffles in place (Fisher-Yates method).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.int(0..=last));
        }
    }

    /// 64 random bits, for example to seed another generator.
    pub fn bits(&mut self) -> u64 {
        self.rng.next_u64()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_depend_on_seed_and_name_alone() {
        let reals = |seed, name| Draw::new(seed, name).reals(4, 0.0, 1.0);
        assert_eq!(reals(1, "a"), reals(1, "a"));
        assert_ne!(reals(1, "a"), reals(2, "a"));
        assert_ne!(reals(1, "a"), reals(1, "b"));
    }

    #[test]
    fn normal_has_mean_zero_and_deviation_one() {
        let mut draw = Draw::new(7, "normal");
        let samples: Vec<f64> = (0..20_000).map(|_| draw.normal()).collect();
        let mean = samples.iter().sum::<f64>() / 20_000.0;
        let variance = samples.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 19_999.0;
        assert!(mean.abs() < 0.03 && (variance - 1.0).abs() < 0.05, "{mean} {variance}");
    }
}
