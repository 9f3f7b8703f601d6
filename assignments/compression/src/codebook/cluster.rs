//! Values that stand for many numbers.

use crate::Result;
use tinytorch::Layer;

/// A few values, ascending, one of which stands for each number.
#[derive(Clone, Debug, PartialEq)]
pub struct Codebook {
    values: Vec<f32>,
}

impl Codebook {
    /// At most `2^bits` values for these numbers: if the numbers have no more different values, exactly these; else those of
    /// k-means. It starts with values that are evenly spaced from the least number to the largest, both included. Each round
    /// assigns every number to the [`nearest`](Codebook::nearest) value and moves each value to the mean of its numbers, in
    /// `f64`; a value without numbers is dropped. It ends after `rounds` rounds, or when no value moves.
    ///
    /// # Errors
    /// [`BadValue`](crate::CompressionError::BadValue) of `Codebook::fit` if `bits` is not between 1 and 8, without numbers, and
    /// for a number that is not finite.
    ///
    /// Source: Lloyd, "Least Squares Quantization in PCM" (1982); the start is that of Han et al., "Deep Compression" (2016).
    pub fn fit(numbers: &[f32], bits: u32, rounds: usize) -> Result<Self> {
        let _ = (&numbers, &bits, &rounds); // Not used yet: goes with the todo!.
        todo!("different values first, then rounds of means")
    }

    /// The values, ascending, none twice. Given.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// The index of the nearest value; of two that are equally near, the lower one.
    pub fn nearest(&self, number: f32) -> usize {
        let _ = &number; // Not used yet: goes with the todo!.
        todo!("compare with the two neighbours")
    }

    /// One more round for these numbers: each value becomes the mean of the numbers nearest to it; one without numbers stays as
    /// it is.
    #[must_use]
    pub fn refine(&self, numbers: &[f32]) -> Self {
        let _ = &numbers; // Not used yet: goes with the todo!.
        todo!("means")
    }
}

/// Replaces each non-zero element of each [weight](crate::weights) by the nearest value of a codebook of `2^bits(name)` values that is
/// fitted to them in at most 30 rounds. Zeros stay zeros, and other parameters do not change. A weight of zeros has no codebook.
///
/// # Errors
/// Those of [`Codebook::fit`]; the model does not change.
pub fn shared_values<M: Layer>(model: &mut M, bits: impl Fn(&str) -> u32) -> Result<()> {
    let _ = (&model, &bits); // Not used yet: goes with the todo!.
    todo!("for each weight, its non-zero elements")
}
