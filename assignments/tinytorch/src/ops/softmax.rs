//! Softmax and its logarithm.

use ndarray::{ArrayD, Axis};

use super::reduce::max_along;
use crate::{Result, Tensor};

impl Tensor {
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
        Ok(Tensor::from_array(result).record_with_output([self], |_, softmax| {
            Box::new(move |grad| {
                // dx = y (g - sum(g y))
                let weighted = &grad.data * &softmax.data;
                let sums = weighted.sum_axis(Axis(axis)).insert_axis(Axis(axis));
                let share = weighted - &softmax.data * &sums;
                Ok(vec![Some(Tensor::from_array(share))])
            })
        }))
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
        Ok(Tensor::from_array(result).record_with_output([self], |_, logarithms| {
            Box::new(move |grad| {
                // dx = g - softmax(x) sum(g)
                let sums = grad.data.sum_axis(Axis(axis)).insert_axis(Axis(axis));
                let share = &grad.data - logarithms.data.mapv(f32::exp) * &sums;
                Ok(vec![Some(Tensor::from_array(share))])
            })
        }))
    }

    /// Each element minus the largest one along `axis`.
    fn shifted_by_max(&self, axis: usize) -> ArrayD<f32> {
        &self.data - &max_along(self, axis).insert_axis(Axis(axis))
    }
}
