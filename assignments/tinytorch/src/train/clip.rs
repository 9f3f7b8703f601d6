//! Gradient clipping.

use super::optimizer::{elements_mut, first_non_finite, gradient_of, non_finite_gradient};
use crate::autograd::Gradients;
use crate::ops::rows::elements;
use crate::{Result, Tensor};

/// Scales all gradients by one factor, so that their global L2 norm (that of all
/// elements of all parameters as one vector) is at most `max_norm`. Shorter
/// gradients do not change. Returns the norm before clipping.
///
/// Source: Pascanu, Mikolov, Bengio, "On the difficulty of training recurrent
/// neural networks" (2013), algorithm 1, with 1e-6 added to the divisor as in
/// `torch.nn.utils.clip_grad_norm_`.
///
/// # Errors
/// Names the first parameter that has no gradient or whose gradient is not finite:
/// no factor makes a NaN usable.
///
/// ```
/// use tinytorch::{Tensor, train::clip_grad_norm};
///
/// let x = Tensor::from_vec(vec![3.0, 4.0], &[2])?.requires_grad();
/// let mut gradients = x.mul(&x)?.mul_scalar(0.5).sum_all().backward()?;
/// let norm = clip_grad_norm(&[("x".to_string(), &x)], &mut gradients, 1.0)?;
/// assert_eq!(norm, 5.0);
/// let clipped = Tensor::from_vec(vec![0.6, 0.8], &[2])?;
/// assert!(gradients.get(&x).unwrap().allclose(&clipped, 1e-6, 0.0));
/// # Ok::<(), tinytorch::TensorError>(())
/// ```
pub fn clip_grad_norm(
    parameters: &[(String, &Tensor)],
    gradients: &mut Gradients,
    max_norm: f64,
) -> Result<f64> {
    let norm = grad_norm(parameters, gradients)?;
    let factor = max_norm / (norm + 1e-6);
    if factor < 1.0 {
        for (_, parameter) in parameters {
            if let Some(gradient) = gradients.get_mut(parameter) {
                for g in elements_mut(gradient) {
                    *g *= factor as f32;
                }
            }
        }
    }
    Ok(norm)
}

/// The global L2 norm of all gradients.
///
/// # Errors
/// Like [`clip_grad_norm`].
pub fn grad_norm(parameters: &[(String, &Tensor)], gradients: &Gradients) -> Result<f64> {
    const OP: &str = "clip_grad_norm";
    let mut total = 0.0;
    for (name, parameter) in parameters {
        let gradient = elements(gradient_of(OP, name, parameter, gradients)?);
        if let Some(at) = first_non_finite(&gradient) {
            return Err(non_finite_gradient(OP, name, &gradient, at));
        }
        total += sum_of_squares(&gradient);
    }
    Ok(total.sqrt())
}

/// In f64, where no square of an f32 overflows. Eight parallel sums, because a
/// single one would wait for each addition; the order is the same on every
/// machine.
fn sum_of_squares(elements: &[f32]) -> f64 {
    let (groups, rest) = elements.as_chunks::<8>();
    let mut sums = [0.0; 8];
    for group in groups {
        for (sum, &x) in sums.iter_mut().zip(group) {
            *sum += f64::from(x) * f64::from(x);
        }
    }
    let rest: f64 = rest.iter().map(|&x| f64::from(x) * f64::from(x)).sum();
    sums.iter().sum::<f64>() + rest
}
