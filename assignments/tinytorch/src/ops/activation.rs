//! The functions between layers.

use ndarray::{ArrayD, Axis};

use super::reduce::max_along;
use crate::{Result, Tensor};

/// sqrt(2 / pi), of the tanh approximation of GELU.
const GELU_SCALE: f32 = 0.797_884_6;

impl Tensor {
    /// `max(0, x)` of each element; NaN stays NaN.
    pub fn relu(&self) -> Tensor {
        Tensor::from_array(self.data.mapv(|x| if x < 0.0 { 0.0 } else { x }))
    }

    /// The Gaussian error linear unit of each element, in its tanh
    /// approximation (within 5e-4 of the exact one that uses erf):
    /// `x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3)))`.
    ///
    /// Source: Hendrycks and Gimpel, "Gaussian Error Linear Units" (2016),
    /// section 2. GPT-2 uses the same one.
    pub fn gelu(&self) -> Tensor {
        Tensor::from_array(self.data.mapv(|x| {
            let inner = GELU_SCALE * (x + 0.044_715 * x * x * x);
            0.5 * x * (1.0 + inner.tanh())
        }))
    }

    /// `exp(x) / sum(exp(x))` along `axis`: numbers between 0 and 1 that add up
    /// to 1. The largest element is subtracted first, so that nothing overflows.
    ///
    /// # Shapes
    /// The shape stays.
    ///
    /// # Errors
    /// When there is no such axis.
    pub fn softmax(&self, axis: usize) -> Result<Tensor> {
        self.check_axis("softmax", axis)?;
        let mut result = self.shifted_by_max(axis);
        result.mapv_inplace(f32::exp);
        let sums = result.sum_axis(Axis(axis)).insert_axis(Axis(axis));
        result /= &sums;
        Ok(Tensor::from_array(result))
    }

    /// The logarithm of [`softmax`](Tensor::softmax), exact also where the
    /// softmax itself would round to 0.
    ///
    /// # Shapes
    /// The shape stays.
    ///
    /// # Errors
    /// When there is no such axis.
    pub fn log_softmax(&self, axis: usize) -> Result<Tensor> {
        self.check_axis("log_softmax", axis)?;
        let mut result = self.shifted_by_max(axis);
        let mut sums = result.mapv(f32::exp).sum_axis(Axis(axis));
        sums.mapv_inplace(f32::ln);
        result -= &sums.insert_axis(Axis(axis));
        Ok(Tensor::from_array(result))
    }

    /// Each element minus the largest one along `axis`.
    fn shifted_by_max(&self, axis: usize) -> ArrayD<f32> {
        &self.data - &max_along(self, axis).insert_axis(Axis(axis))
    }
}
