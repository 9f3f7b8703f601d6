//! Task `params`: scale and zero point.

mod tensor;

use crate::{QuantError, Result, Scheme};
#[allow(unused_imports, reason = "unused until the tasks that read tensors are written")]
pub(crate) use tensor::finite_elements;
pub use tensor::{Granularity, TensorParams};

/// How numbers become codes: `x ~ scale (code - zero_point)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct QuantParams {
    scale: f32,
    zero_point: i32,
    scheme: Scheme,
}

impl QuantParams {
    /// Parameters from their parts. Given.
    ///
    /// # Errors
    /// [`QuantError::BadBits`]; [`QuantError::BadValue`] of `QuantParams::new` when the scale is not a normal number
    /// above 0, the zero point is no code of the scheme, or a symmetric scheme has a zero point other than 0.
    pub fn new(scale: f32, zero_point: i32, scheme: Scheme) -> Result<Self> {
        let scheme = scheme.checked()?;
        let refuse =
            |reason: String| Err(QuantError::BadValue { operation: "QuantParams::new", reason });
        if !(scale.is_normal() && scale > 0.0) {
            return refuse(format!("the scale {scale} must be a normal number above 0"));
        }
        if zero_point < scheme.min() || zero_point > scheme.max() {
            return refuse(format!("the zero point {zero_point} is no code of {scheme:?}"));
        }
        if scheme.is_symmetric() && zero_point != 0 {
            return refuse(format!("the zero point {zero_point} of a symmetric scheme must be 0"));
        }
        Ok(Self { scale, zero_point, scheme })
    }

    /// The parameters with which the codes just cover the range from `low` to `high`.
    ///
    /// The range is first widened to hold 0, because 0 must have a code that stands for exactly 0: padding and the
    /// results of a rectifier are zeros. Then, in `f64`:
    /// - symmetric: scale = max(-low, high) / max code, and the zero point is 0;
    /// - otherwise: scale = (high - low) / (max code - min code), and the zero point is min code - low / scale, rounded
    ///   to the nearest integer (ties to even).
    ///
    /// The scale is rounded to `f32` before it is used for the zero point. One below [`f32::MIN_POSITIVE`] is replaced
    /// by that number, so that 1 / scale is finite. The range from 0 to 0 has scale 1.
    ///
    /// # Errors
    /// [`QuantError::BadBits`]; [`QuantError::BadRange`] of `QuantParams::from_range` when an end is NaN or infinite, or
    /// `low` is above `high`.
    ///
    /// Source: Jacob et al., "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only
    /// Inference" (2018), sections 2.1 and 3.
    pub fn from_range(low: f32, high: f32, scheme: Scheme) -> Result<Self> {
        // BEGIN SOLUTION: check the range, widen it to hold 0, and compute the scale before the zero point
        let scheme = scheme.checked()?;
        if !(low.is_finite() && high.is_finite() && low <= high) {
            return Err(QuantError::BadRange { operation: "QuantParams::from_range", low, high });
        }
        let low = f64::from(low.min(0.0));
        let high = f64::from(high.max(0.0));
        if low == high {
            let zero_point = if scheme.is_symmetric() { 0 } else { scheme.min() };
            return Self::new(1.0, zero_point, scheme);
        }
        if scheme.is_symmetric() {
            let scale = high.max(-low) / f64::from(scheme.max());
            return Self::new((scale as f32).max(f32::MIN_POSITIVE), 0, scheme);
        }
        let steps = f64::from(scheme.max() - scheme.min());
        let scale = (((high - low) / steps) as f32).max(f32::MIN_POSITIVE);
        let zero_point = f64::from(scheme.min()) - low / f64::from(scale);
        let zero_point = zero_point.round_ties_even() as i32;
        Self::new(scale, zero_point.clamp(scheme.min(), scheme.max()), scheme)
        // END SOLUTION
    }

    /// The distance between the numbers of neighbouring codes. Given.
    pub const fn scale(&self) -> f32 {
        self.scale
    }

    /// The code of 0. Given.
    pub const fn zero_point(&self) -> i32 {
        self.zero_point
    }

    /// Which integers are codes. Given.
    pub const fn scheme(&self) -> Scheme {
        self.scheme
    }
}
