//! Element by element: arithmetic with broadcasting, and functions of one number.

use crate::autograd::unbroadcast;
use crate::{Result, Tensor, TensorError};

impl Tensor {
    /// Element-wise sum, with broadcasting.
    ///
    /// # Shapes
    /// Shapes are aligned at their last axis. Where the lengths differ, one of
    /// them must be 1 or missing, and is repeated: `[4, 1, 3] + [2, 3]` gives
    /// `[4, 2, 3]`.
    ///
    /// # Errors
    /// When the shapes do not broadcast.
    pub fn add(&self, other: &Tensor) -> Result<Tensor> {
        broadcast_shape("add", self.shape(), other.shape())?;
        Ok(Tensor::from_array(&self.data + &other.data))
    }

    /// Element-wise difference, with broadcasting as in [`add`](Tensor::add).
    ///
    /// # Errors
    /// When the shapes do not broadcast.
    pub fn sub(&self, other: &Tensor) -> Result<Tensor> {
        broadcast_shape("sub", self.shape(), other.shape())?;
        Ok(Tensor::from_array(&self.data - &other.data))
    }

    /// Element-wise product, with broadcasting as in [`add`](Tensor::add).
    ///
    /// # Errors
    /// When the shapes do not broadcast.
    pub fn mul(&self, other: &Tensor) -> Result<Tensor> {
        broadcast_shape("mul", self.shape(), other.shape())?;
        let product = Tensor::from_array(&self.data * &other.data);
        Ok(product.record([self, other], |needs| {
            let (left, right) = (self.detach(), other.detach());
            Box::new(move |grad| {
                let share = |other: &Tensor, shape: &[usize]| -> Result<Tensor> {
                    Ok(unbroadcast(&grad.mul(other)?, shape))
                };
                Ok(vec![
                    needs[0].then(|| share(&right, left.shape())).transpose()?,
                    needs[1].then(|| share(&left, right.shape())).transpose()?,
                ])
            })
        }))
    }

    /// Element-wise quotient, with broadcasting as in [`add`](Tensor::add).
    /// A division by zero follows IEEE 754 (infinite or NaN).
    ///
    /// # Errors
    /// When the shapes do not broadcast.
    pub fn div(&self, other: &Tensor) -> Result<Tensor> {
        broadcast_shape("div", self.shape(), other.shape())?;
        Ok(Tensor::from_array(&self.data / &other.data))
    }

    /// Adds one number to each element.
    pub fn add_scalar(&self, value: f32) -> Tensor {
        Tensor::from_array(&self.data + value)
    }

    /// Multiplies each element by one number.
    pub fn mul_scalar(&self, value: f32) -> Tensor {
        Tensor::from_array(&self.data * value)
            .record([self], |_| Box::new(move |grad| Ok(vec![Some(grad.mul_scalar(value))])))
    }

    /// e to the power of each element.
    pub fn exp(&self) -> Tensor {
        Tensor::from_array(self.data.mapv(f32::exp))
    }

    /// The natural logarithm of each element; NaN below 0.
    pub fn ln(&self) -> Tensor {
        Tensor::from_array(self.data.mapv(f32::ln))
    }

    /// The square root of each element; NaN below 0.
    pub fn sqrt(&self) -> Tensor {
        Tensor::from_array(self.data.mapv(f32::sqrt))
    }

    /// The hyperbolic tangent of each element.
    pub fn tanh(&self) -> Tensor {
        Tensor::from_array(self.data.mapv(f32::tanh))
    }

    /// `f` of each element.
    ///
    /// # Cost
    /// One call through a function pointer for each element: it takes no
    /// closure with captures, so that it is compiled once.
    pub fn map(&self, f: fn(f32) -> f32) -> Tensor {
        Tensor::from_array(self.data.mapv(f))
    }
}

/// The shape that two shapes broadcast to.
pub(crate) fn broadcast_shape(
    op: &'static str,
    left: &[usize],
    right: &[usize],
) -> Result<Vec<usize>> {
    let ndim = left.len().max(right.len());
    // Missing leading axes count as length 1.
    let length = |shape: &[usize], axis: usize| {
        let missing = ndim - shape.len();
        if axis < missing { 1 } else { shape[axis - missing] }
    };
    (0..ndim)
        .map(|axis| match (length(left, axis), length(right, axis)) {
            (a, b) if a == b => Ok(a),
            (1, n) | (n, 1) => Ok(n),
            (a, b) => {
                let from_end = ndim - axis;
                let reason = format!(
                    "lengths {a} and {b} on axis -{from_end} do not broadcast: equal, or one of them 1"
                );
                Err(TensorError::mismatch(op, left, right, reason))
            }
        })
        .collect()
}
