//! Scales for few bits, and how good they are.

use crate::{Granularity, Result, Scheme, TensorParams};
use tinytorch::Tensor;

/// Of the ranges from `-f m` to `f m`, with m the largest absolute value and f = 1, 0.98, 0.96, ..., 0.2, the one with the
/// least sum of squared errors (in `f64`; of equals the widest), for the whole tensor or for each channel. With few bits
/// it pays to cut off the largest numbers: all others are rounded more finely.
///
/// # Errors
/// Of `search_params`: [`BadValue`](crate::QuantError::BadValue) unless the scheme is symmetric, or when the tensor does not have
/// the channel axis; [`Empty`](crate::QuantError::Empty), [`NotFinite`](crate::QuantError::NotFinite).
/// [`BadBits`](crate::QuantError::BadBits).
pub fn search_params(
    tensor: &Tensor,
    scheme: Scheme,
    granularity: Granularity,
) -> Result<TensorParams> {
    // BEGIN SOLUTION: for each channel, the error of each range
    let _ = (tensor, scheme, granularity);
    todo!()
    // END SOLUTION
}

/// The signal-to-noise ratio in decibels: `10 log10(sum x^2 / sum (x - y)^2)`, in `f64`; infinite if there is no noise. A
/// bit more halves the noise's amplitude: about 6 dB.
///
/// # Errors
/// Of `signal_to_noise_db`: [`ShapeMismatch`](crate::QuantError::ShapeMismatch), [`Empty`](crate::QuantError::Empty),
/// [`NotFinite`](crate::QuantError::NotFinite), [`BadValue`](crate::QuantError::BadValue) when there is no signal.
pub fn signal_to_noise_db(signal: &Tensor, approximation: &Tensor) -> Result<f64> {
    // BEGIN SOLUTION: two sums and a logarithm
    let _ = (signal, approximation);
    todo!()
    // END SOLUTION
}
