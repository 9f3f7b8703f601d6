//! Arithmetic with broadcasting.

use super::elementwise::{map, zip};
use crate::autograd::unbroadcast;
use crate::{Result, Tensor};

impl Tensor {
    /// Element-wise sum, with broadcasting.
    ///
    /// # Shapes
    /// Shapes are aligned at their last axis. Where the lengths differ, one of
    /// them must be 1 or missing, and that tensor is repeated along the axis:
    /// `[4, 1, 3] + [2, 3]` gives `[4, 2, 3]`.
    ///
    /// # Errors
    /// When the shapes do not broadcast.
    pub fn add(&self, other: &Tensor) -> Result<Tensor> {
        let sum = zip("add", self, other, |a, b| a + b)?;
        Ok(sum.record([self, other], |needs| {
            let shapes = [self.shape().to_vec(), other.shape().to_vec()];
            Box::new(move |grad| {
                let [left, right] = &shapes;
                Ok(vec![
                    needs[0].then(|| unbroadcast(grad, left)),
                    needs[1].then(|| unbroadcast(grad, right)),
                ])
            })
        }))
    }

    /// Element-wise difference, with broadcasting as in [`add`](Tensor::add).
    ///
    /// # Errors
    /// When the shapes do not broadcast.
    pub fn sub(&self, other: &Tensor) -> Result<Tensor> {
        let difference = zip("sub", self, other, |a, b| a - b)?;
        Ok(difference.record([self, other], |needs| {
            let shapes = [self.shape().to_vec(), other.shape().to_vec()];
            Box::new(move |grad| {
                let [left, right] = &shapes;
                Ok(vec![
                    needs[0].then(|| unbroadcast(grad, left)),
                    needs[1].then(|| unbroadcast(grad, right).mul_scalar(-1.0)),
                ])
            })
        }))
    }

    /// Element-wise product, with broadcasting as in [`add`](Tensor::add).
    ///
    /// # Errors
    /// When the shapes do not broadcast.
    pub fn mul(&self, other: &Tensor) -> Result<Tensor> {
        let product = zip("mul", self, other, |a, b| a * b)?;
        Ok(product.record([self, other], |needs| {
            let shapes = [self.shape().to_vec(), other.shape().to_vec()];
            // Each factor is kept only if the other one needs a gradient.
            let left = needs[1].then(|| self.detach());
            let right = needs[0].then(|| other.detach());
            Box::new(move |grad| {
                let share = |factor: &Option<Tensor>, shape: &[usize]| -> Result<_> {
                    let Some(factor) = factor else { return Ok(None) };
                    Ok(Some(unbroadcast(&grad.mul(factor)?, shape)))
                };
                Ok(vec![share(&right, &shapes[0])?, share(&left, &shapes[1])?])
            })
        }))
    }

    /// Element-wise quotient, with broadcasting as in [`add`](Tensor::add).
    /// A division by zero follows IEEE 754 (infinite or NaN).
    ///
    /// # Errors
    /// When the shapes do not broadcast.
    pub fn div(&self, other: &Tensor) -> Result<Tensor> {
        let quotient = zip("div", self, other, |a, b| a / b)?;
        Ok(quotient.record_with_output([self, other], |needs, quotient| {
            let shape = self.shape().to_vec();
            let right = other.detach();
            let quotient = needs[1].then_some(quotient);
            Box::new(move |grad| {
                let left_share = grad.div(&right)?;
                // d(a / b) / db = -(a / b) / b
                let right_share = match &quotient {
                    None => None,
                    Some(q) => {
                        let share = zip("div", &left_share, q, |g, q| -g * q)?;
                        Some(unbroadcast(&share, right.shape()))
                    }
                };
                Ok(vec![needs[0].then(|| unbroadcast(&left_share, &shape)), right_share])
            })
        }))
    }

    /// Adds one number to each element.
    pub fn add_scalar(&self, value: f32) -> Tensor {
        map(self, move |x| x + value)
            .record([self], |_| Box::new(|grad| Ok(vec![Some(grad.clone())])))
    }

    /// Multiplies each element by one number.
    pub fn mul_scalar(&self, value: f32) -> Tensor {
        map(self, move |x| x * value)
            .record([self], |_| Box::new(move |grad| Ok(vec![Some(grad.mul_scalar(value))])))
    }
}
