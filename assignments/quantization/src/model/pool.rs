//! Pooling of codes.

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
    let _ = (&input, &kernel, &stride); // Not used yet: goes with the todo!.
    todo!("the largest code of each window")
}
