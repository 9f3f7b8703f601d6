//! Functions of a single number, element by element.

use super::elementwise::GradientSource;
use super::math;
use crate::Tensor;
use crate::autograd::records;

impl Tensor {
    /// e to the power of each element.
    pub fn exp(&self) -> Tensor {
        self.apply_kernel(math::exp, GradientSource::Output, |y, grad| grad * y)
    }

    /// The natural logarithm of each element; NaN below 0.
    pub fn ln(&self) -> Tensor {
        self.apply_kernel(math::ln, GradientSource::Input, |x, grad| grad / x)
    }

    /// The square root of each element; NaN below 0. Its gradient at 0 is
    /// infinite.
    pub fn sqrt(&self) -> Tensor {
        self.apply(f32::sqrt, GradientSource::Output, |y, grad| grad * 0.5 / y)
    }

    /// The hyperbolic tangent of each element.
    pub fn tanh(&self) -> Tensor {
        self.apply_kernel(math::tanh, GradientSource::Output, |y, grad| grad * (1.0 - y * y))
    }

    /// `f` of each element. The derivative of `f` is unknown, so this cannot be
    /// part of a graph.
    ///
    /// # Panics
    /// When the tensor is tracked, outside
    /// [`no_grad`](crate::autograd::no_grad): its gradient would be lost
    /// silently. If that is what you want, call [`detach`](Tensor::detach)
    /// first.
    ///
    /// # Cost
    /// One call through a function pointer per element. `map` takes no
    /// capturing closure, so it is compiled only once.
    pub fn map(&self, f: fn(f32) -> f32) -> Tensor {
        assert!(
            !records([self]),
            "map: {:?}: the derivative of the function is not known; detach the tensor first, \
             or compute inside no_grad",
            self.shape()
        );
        Tensor::from_array(self.data.mapv(f))
    }
}
