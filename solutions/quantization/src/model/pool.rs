//! Pooling of codes.

// BEGIN SOLUTION: -
use crate::{Codes, Granularity, QuantError};
// END SOLUTION
use crate::{QuantizedTensor, Result};

/// The largest code of each window, without padding. Larger codes stand for larger numbers, so the result has the
/// parameters of the input.
///
/// # Shapes
/// `[n, channels, height, width]` to `[n, channels, oh, ow]`, where oh = (height - kernel height) / stride + 1, rounded
/// down.
///
/// # Errors
/// Of `max_pool`: [`ShapeMismatch`](crate::QuantError::ShapeMismatch) of the input's shape and the kernel when there are not
/// four axes or the kernel is larger than the image; [`BadValue`](crate::QuantError::BadValue) when a stride or a side of the
/// kernel is 0, or the input has parameters for each channel.
pub fn max_pool(
    input: &QuantizedTensor,
    kernel: (usize, usize),
    stride: (usize, usize),
) -> Result<QuantizedTensor> {
    // BEGIN SOLUTION: the largest code of each window
    const OPERATION: &str = "max_pool";
    let refuse = |reason: String| Err(QuantError::BadValue { operation: OPERATION, reason });
    let mismatch = |reason: &str| {
        let left = input.shape().to_vec();
        let right = vec![kernel.0, kernel.1];
        let reason = reason.to_owned();
        Err(QuantError::ShapeMismatch { operation: OPERATION, left, right, reason })
    };
    let &[images, channels, height, width] = input.shape() else {
        return mismatch("the input must have 4 axes");
    };
    if [kernel.0, kernel.1, stride.0, stride.1].contains(&0) {
        return refuse(format!("kernel {kernel:?} and stride {stride:?} must be at least (1, 1)"));
    }
    if input.params().granularity() != Granularity::PerTensor {
        return refuse("all codes must have the same parameters".to_owned());
    }
    if kernel.0 > height || kernel.1 > width {
        return mismatch("the kernel is larger than the image");
    }
    let output = [(height - kernel.0) / stride.0 + 1, (width - kernel.1) / stride.1 + 1];
    let mut largest = Vec::with_capacity(images * channels * output[0] * output[1]);
    for plane in 0..images * channels {
        for (oy, ox) in (0..output[0]).flat_map(|oy| (0..output[1]).map(move |ox| (oy, ox))) {
            let rows = (0..kernel.0).map(|ky| plane * height + oy * stride.0 + ky);
            let window =
                rows.flat_map(|row| (0..kernel.1).map(move |kx| row * width + ox * stride.1 + kx));
            largest.extend(window.map(|at| input.codes().at(at)).max());
        }
    }
    let codes = Codes::new(largest, input.params().scheme());
    let shape = [images, channels, output[0], output[1]];
    QuantizedTensor::from_codes(codes, &shape, input.params().clone())
    // END SOLUTION
}
