//! Values that stand for many numbers.

// BEGIN SOLUTION: -
use crate::{CompressionError, weights};
use tinytorch::{Tensor, layer};
// END SOLUTION
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
        // BEGIN SOLUTION: different values first, then rounds of means
        if !(1..=8).contains(&bits) {
            return bad(format!("{bits} bits: use 1 to 8"));
        }
        if let Some(x) = numbers.iter().find(|x| !x.is_finite()) {
            return bad(format!("the number {x}: use finite numbers"));
        }
        let mut different = numbers.to_vec();
        different.sort_unstable_by(f32::total_cmp);
        different.dedup();
        let (Some(least), Some(largest)) = (different.first(), different.last()) else {
            return bad("no numbers: a codebook needs at least one".to_owned());
        };
        let most = 1 << bits;
        if different.len() <= most {
            return Ok(Self { values: different });
        }
        let (least, largest) = (f64::from(*least), f64::from(*largest));
        let step = (largest - least) / (most - 1) as f64;
        let values = (0..most).map(|at| (least + step * at as f64) as f32).collect();
        let mut book = Self { values };
        for _ in 0..rounds {
            let next = Self { values: book.means(numbers).into_iter().flatten().collect() };
            if next == book {
                break;
            }
            book = next;
        }
        Ok(book)
        // END SOLUTION
    }

    /// The values, ascending, none twice. Given.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// The index of the nearest value; of two that are equally near, the lower one.
    pub fn nearest(&self, number: f32) -> usize {
        // BEGIN SOLUTION: compare with the two neighbours
        let above = self.values.partition_point(|value| *value < number);
        match (above.checked_sub(1), self.values.get(above)) {
            (None, _) => 0,
            (Some(below), None) => below,
            (Some(below), Some(value)) => {
                let middle = f64::midpoint(f64::from(self.values[below]), f64::from(*value));
                if f64::from(number) <= middle { below } else { above }
            }
        }
        // END SOLUTION
    }

    /// One more round for these numbers: each value becomes the mean of the numbers nearest to it; one without numbers stays as
    /// it is.
    #[must_use]
    pub fn refine(&self, numbers: &[f32]) -> Self {
        // BEGIN SOLUTION: means
        let means = self.means(numbers).into_iter();
        let values = means.zip(&self.values).map(|(mean, value)| mean.unwrap_or(*value));
        Self { values: values.collect() }
        // END SOLUTION
    }
    // BEGIN SOLUTION: -

    /// The mean of the numbers nearest to each value, if there are any.
    fn means(&self, numbers: &[f32]) -> Vec<Option<f32>> {
        let mut sums = vec![(0.0, 0_usize); self.values.len()];
        for x in numbers {
            let (sum, count) = &mut sums[self.nearest(*x)];
            *sum += f64::from(*x);
            *count += 1;
        }
        let mean = |(sum, count): (f64, usize)| (count > 0).then(|| (sum / count as f64) as f32);
        sums.into_iter().map(mean).collect()
    }

    /// The nearest values in the place of what is not 0.
    pub(crate) fn replace(&self, mut numbers: Vec<f32>, shape: &[usize]) -> Result<Tensor> {
        for x in &mut numbers {
            if *x != 0.0 {
                *x = self.values[self.nearest(*x)];
            }
        }
        Ok(Tensor::from_vec(numbers, shape)?)
    }
    // END SOLUTION
}

/// Replaces each non-zero element of each [weight](crate::weights) by the nearest value of a codebook of `2^bits(name)` values that is
/// fitted to them in at most 30 rounds. Zeros stay zeros, and other parameters do not change. A weight of zeros has no codebook.
///
/// # Errors
/// Those of [`Codebook::fit`]; the model does not change.
pub fn shared_values<M: Layer>(model: &mut M, bits: impl Fn(&str) -> u32) -> Result<()> {
    // BEGIN SOLUTION: for each weight, its non-zero elements
    let mut shared = Vec::new();
    for (name, weight) in weights(model) {
        let numbers = weight.to_vec();
        let used: Vec<f32> = numbers.iter().copied().filter(|x| *x != 0.0).collect();
        if !used.is_empty() {
            let book = Codebook::fit(&used, bits(&name), ROUNDS)?;
            shared.push((name, book.replace(numbers, weight.shape())?));
        }
    }
    for (name, parameter) in model.parameters_mut() {
        if let Some((_, tensor)) = shared.iter().find(|(other, _)| *other == name) {
            layer::assign(parameter, tensor.clone())?;
        }
    }
    Ok(())
    // END SOLUTION
}
// BEGIN SOLUTION: -

/// Rounds of k-means at most.
pub(crate) const ROUNDS: usize = 30;

fn bad(reason: String) -> Result<Codebook> {
    Err(CompressionError::value("Codebook::fit", reason))
}
// END SOLUTION
