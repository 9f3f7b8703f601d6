//! Activation functions.
#![expect(clippy::inline_always, reason = "kernels take on the instructions of whoever calls")]

use super::elementwise::GradientSource;
use super::math::exp;
use crate::Tensor;

/// `sqrt(2 / pi)`, from the tanh approximation of GELU.
const GELU_SCALE: f32 = 0.797_884_6;
/// The coefficient of the cubic term in the same formula.
const GELU_CUBIC: f32 = 0.044_715;

impl Tensor {
    /// `max(0, x)` of each element; NaN stays NaN. The gradient at 0 is 0.
    pub fn relu(&self) -> Tensor {
        let relu = |x: f32| if x < 0.0 { 0.0 } else { x };
        self.apply(relu, GradientSource::Output, |y, grad| if y <= 0.0 { 0.0 } else { grad })
    }

    /// The Gaussian error linear unit of each element, in the tanh approximation
    /// (within 5e-4 of the exact function, which uses erf):
    /// `x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3)))`.
    ///
    /// Source: Hendrycks and Gimpel, "Gaussian Error Linear Units" (2016),
    /// section 2. GPT-2 uses this approximation.
    pub fn gelu(&self) -> Tensor {
        self.apply_kernel(gelu, GradientSource::Input, |x, grad| grad * gelu_derivative(x))
    }
}

/// Computed as `x / (1 + e^(-2 u))`, which equals `x / 2 * (1 + tanh(u))` and
/// loses no digits where tanh is close to -1.
#[inline(always)]
fn gelu(x: f32) -> f32 {
    x / (1.0 + exp(-2.0 * inner(x)))
}

#[inline(always)]
fn gelu_derivative(x: f32) -> f32 {
    // Beyond this it is 0 or 1 in f32, and the cube could overflow.
    let x = x.clamp(-10.0, 10.0);
    let sigmoid = 1.0 / (1.0 + exp(-2.0 * inner(x)));
    let inner_derivative = GELU_SCALE * (1.0 + 3.0 * GELU_CUBIC * x * x);
    sigmoid + 2.0 * x * sigmoid * (1.0 - sigmoid) * inner_derivative
}

#[inline(always)]
fn inner(x: f32) -> f32 {
    GELU_SCALE * (x + GELU_CUBIC * x * x * x)
}
