//! Scales for few bits, and how good they are.

// BEGIN SOLUTION: -
use crate::{QuantError, QuantParams};
// END SOLUTION
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
    // BEGIN SOLUTION: collect the elements of each channel; for each channel, the error of each range
    const OPERATION: &str = "search_params";
    let refuse = |reason| Err(QuantError::BadValue { operation: OPERATION, reason });
    if !scheme.checked()?.is_symmetric() {
        return refuse(format!("the scheme {scheme:?} must be symmetric"));
    }
    let shape = tensor.shape();
    let elements = crate::params::finite_elements(OPERATION, tensor)?;
    match granularity {
        Granularity::PerTensor => Ok(TensorParams::per_tensor(best_range(&elements, scheme)?)),
        Granularity::PerChannel { axis } if axis < shape.len() => {
            let inner: usize = shape[axis + 1..].iter().product();
            let mut channels = vec![Vec::new(); shape[axis]];
            for (at, x) in elements.into_iter().enumerate() {
                channels[at / inner % shape[axis]].push(x);
            }
            let params = channels.iter().map(|channel| best_range(channel, scheme));
            TensorParams::per_channel(axis, params.collect::<Result<_>>()?)
        }
        Granularity::PerChannel { axis } => refuse(format!("{shape:?} has no axis {axis}")),
    }
    // END SOLUTION
}
// BEGIN SOLUTION: -

/// The range with the least squared error for these numbers.
fn best_range(numbers: &[f32], scheme: Scheme) -> Result<QuantParams> {
    let widest = numbers.iter().fold(0.0_f32, |most, x| most.max(x.abs()));
    let range = |fiftieths: u32| {
        let end = (f64::from(widest) * (f64::from(fiftieths) / 50.0)) as f32;
        QuantParams::from_range(-end, end, scheme)
    };
    let mut best = range(50)?;
    let mut least = squared_error(numbers, best);
    for fiftieths in (10..50).rev() {
        let params = range(fiftieths)?;
        let error = squared_error(numbers, params);
        if error < least {
            best = params;
            least = error;
        }
    }
    Ok(best)
}

fn squared_error(numbers: &[f32], params: QuantParams) -> f64 {
    let errors = numbers.iter().map(|&x| {
        let error = f64::from(x) - f64::from(params.dequantize(params.quantize(x)));
        error * error
    });
    errors.sum()
}
// END SOLUTION

/// The signal-to-noise ratio in decibels: `10 log10(sum x^2 / sum (x - y)^2)`, in `f64`; infinite if there is no noise. A
/// bit more halves the noise's amplitude: about 6 dB.
///
/// # Errors
/// Of `signal_to_noise_db`: [`ShapeMismatch`](crate::QuantError::ShapeMismatch) with the shapes of signal and approximation;
/// [`Empty`](crate::QuantError::Empty) and [`NotFinite`](crate::QuantError::NotFinite) for either;
/// [`BadValue`](crate::QuantError::BadValue) when all elements of the signal are 0.
pub fn signal_to_noise_db(signal: &Tensor, approximation: &Tensor) -> Result<f64> {
    // BEGIN SOLUTION: two sums and a logarithm
    const OPERATION: &str = "signal_to_noise_db";
    if signal.shape() != approximation.shape() {
        return Err(QuantError::ShapeMismatch {
            operation: OPERATION,
            left: signal.shape().to_vec(),
            right: approximation.shape().to_vec(),
            reason: "an approximation has the shape of its signal".to_owned(),
        });
    }
    let signal = crate::params::finite_elements(OPERATION, signal)?;
    let approximation = crate::params::finite_elements(OPERATION, approximation)?;
    let square = |x: f64| x * x;
    let power: f64 = signal.iter().map(|&x| square(f64::from(x))).sum();
    let pairs = signal.iter().zip(&approximation);
    let noise: f64 = pairs.map(|(&x, &y)| square(f64::from(x) - f64::from(y))).sum();
    if power == 0.0 {
        let reason = "the signal is 0 everywhere".to_owned();
        return Err(QuantError::BadValue { operation: OPERATION, reason });
    }
    Ok(10.0 * (power / noise).log10())
    // END SOLUTION
}
