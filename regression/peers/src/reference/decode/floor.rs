//! What a token cannot do without: reading each weight, key and value once. Their
//! sum, with the widest vector instructions, over a buffer of the same size.
//!
//! Whatever of the buffer stays in a cache from one time to the next does so for
//! a model's weights, too; so the floor is that of these sizes on this machine.
#![expect(clippy::inline_always, reason = "kernels take on the instructions of whoever calls")]

use std::hint::black_box;

use anyhow::{Context, Result, ensure};
use tinytorch::simd::{Arch, Simd, WithSimd};

use super::super::subject::Subject;
use super::parts;
use crate::exchange::{Array, Arrays};

/// Bytes of a cache line, where the buffer begins.
const LINE: usize = 64;

/// Bytes that are read for one token: all weights but the embeddings, of which a
/// row is read, and the keys and values of all tokens.
pub fn bytes(arrays: &Arrays) -> Result<usize> {
    let (config, before, _) = parts(arrays)?;
    let parameters = arrays.iter().filter(|(name, _)| name.starts_with("param."));
    let weights = parameters.map(|(name, array)| {
        let rows = if name.contains("_emb") { 1 } else { array.shape[0] };
        rows * array.shape[1..].iter().product::<usize>()
    });
    let kept = 2 * config.n_layers * (before.len() + 1) * config.d_model;
    Ok(size_of::<f32>() * (weights.sum::<usize>() + kept))
}

/// A buffer of ones.
pub struct Floor {
    buffer: Vec<f32>,
    count: usize,
}

impl Floor {
    /// As large as the problem needs.
    pub fn load(arrays: &Arrays) -> Result<Self> {
        let count = bytes(arrays)? / size_of::<f32>();
        Ok(Self { buffer: vec![1.0; count + LINE / size_of::<f32>()], count })
    }

    fn sum(&self) -> f32 {
        let start = self.buffer.as_ptr().align_offset(LINE);
        Arch::new().dispatch(Sum(&self.buffer[start..start + self.count]))
    }
}

impl Subject for Floor {
    fn compute(&mut self) -> Result<()> {
        black_box(black_box(&*self).sum());
        Ok(())
    }

    /// The sum and what it has to be.
    fn output(&mut self) -> Result<Arrays> {
        let output = Array::floats(&[2], vec![self.sum(), self.count as f32]);
        Ok(Arrays::from([("output".to_string(), output)]))
    }
}

/// That nothing was left out.
pub fn check(output: &Array) -> Result<f64> {
    let values = output.as_floats()?;
    let (sum, count) = values.first().zip(values.get(1)).context("no sum and count")?;
    let error = f64::from((sum - count).abs() / count);
    ensure!(error < 1e-6, "summed up {sum} instead of {count} ones");
    Ok(error)
}

struct Sum<'a>(&'a [f32]);

impl WithSimd for Sum<'_> {
    type Output = f32;

    /// Eight sums, so that no addition waits for the one before.
    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> f32 {
        let (registers, rest) = S::as_simd_f32s(self.0);
        let (groups, few) = registers.as_chunks::<8>();
        let mut sums = [simd.splat_f32s(0.0); 8];
        for group in groups {
            for (sum, x) in sums.iter_mut().zip(group) {
                *sum = simd.add_f32s(*sum, *x);
            }
        }
        for (sum, x) in sums.iter_mut().zip(few) {
            *sum = simd.add_f32s(*sum, *x);
        }
        let sums = sums.iter().map(|sum| simd.reduce_sum_f32s(*sum));
        sums.sum::<f32>() + rest.iter().sum::<f32>()
    }
}
