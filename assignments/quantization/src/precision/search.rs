//! Scales for few bits, and how good they are.

use crate::{Granularity, Result, Scheme, TensorParams};
use tinytorch::Tensor;

/// Of the ranges from `-f m` to `f m`, with m the largest absolute value and f = 50/50, 49/50, ..., 10/50, the one with
/// the least sum of squared errors (of equals the widest), for the whole tensor or for each channel. With few bits it pays
/// to cut off the largest numbers: all others are rounded more finely.
///
/// `f m` is computed in `f64` and rounded to `f32`; the parameters of a range are those of [`QuantParams::from_range`](crate::QuantParams::from_range). An
/// error is the difference between a number and what its code stands for; it is squared and added in `f64`. The tensor may
/// be a view.
///
/// # Errors
/// [`BadBits`](crate::QuantError::BadBits); of `search_params`: [`BadValue`](crate::QuantError::BadValue) unless the scheme is
/// symmetric, or when the tensor does not have the channel axis; [`Empty`](crate::QuantError::Empty),
/// [`NotFinite`](crate::QuantError::NotFinite).
///
/// # Cost
/// 41 times that of quantizing the tensor.
pub fn search_params(
    tensor: &Tensor,
    scheme: Scheme,
    granularity: Granularity,
) -> Result<TensorParams> {
    let _ = (&tensor, &scheme, &granularity); // Not used yet: goes with the todo!.
    todo!("collect the elements of each channel; for each channel, the error of each range")
}

/// The signal-to-noise ratio in decibels: `10 log10(sum x^2 / sum (x - y)^2)`, in `f64`; infinite if there is no noise. A
/// bit more halves the noise's amplitude: about 6 dB.
///
/// # Errors
/// Of `signal_to_noise_db`: [`ShapeMismatch`](crate::QuantError::ShapeMismatch) with the shapes of signal and approximation;
/// [`Empty`](crate::QuantError::Empty) and [`NotFinite`](crate::QuantError::NotFinite) for either;
/// [`BadValue`](crate::QuantError::BadValue) when all elements of the signal are 0.
pub fn signal_to_noise_db(signal: &Tensor, approximation: &Tensor) -> Result<f64> {
    let _ = (&signal, &approximation); // Not used yet: goes with the todo!.
    todo!("two sums and a logarithm")
}
