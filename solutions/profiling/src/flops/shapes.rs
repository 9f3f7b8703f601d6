//! Input and output shapes.

// BEGIN SOLUTION: -
use crate::{ProfileError, Result};
use tinytorch::LayerSpec;
// END SOLUTION

/// The sizes of a 2-D convolution. Pairs are (height, width).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConvShape {
    /// Channels of the input.
    pub in_channels: usize,
    /// Channels of the output: the number of filters.
    pub out_channels: usize,
    /// Size of a filter.
    pub kernel: (usize, usize),
    /// Steps between windows.
    pub stride: (usize, usize),
    /// Zeros added on each side.
    pub padding: (usize, usize),
    /// Whether a bias is added.
    pub bias: bool,
}

// BEGIN SOLUTION: -
pub(super) fn mismatch(operation: &'static str, expected: String, got: &[usize]) -> ProfileError {
    ProfileError::Shape { operation, expected, got: got.to_vec() }
}

/// The number of elements of a shape.
pub(super) fn product(shape: &[usize]) -> u64 {
    shape.iter().map(|&size| size as u64).product()
}

/// All dimensions but the last, which must be `last`.
pub(super) fn check_last<'a>(
    operation: &'static str,
    input: &'a [usize],
    last: usize,
) -> Result<&'a [usize]> {
    match input.split_last() {
        Some((&size, leading)) if size == last => Ok(leading),
        _ => Err(mismatch(operation, format!("[.., {last}]"), input)),
    }
}

pub(super) fn conv_output(input: &[usize], conv: &ConvShape) -> Result<[usize; 4]> {
    let [n, c, h, w] = image("conv2d", input)?;
    if c != conv.in_channels {
        let expected = format!("[N, {}, H, W]", conv.in_channels);
        return Err(mismatch("conv2d", expected, input));
    }
    let height = windows(h, conv.kernel.0, conv.stride.0, conv.padding.0);
    let width = windows(w, conv.kernel.1, conv.stride.1, conv.padding.1);
    match (height, width) {
        (Some(height), Some(width)) => Ok([n, conv.out_channels, height, width]),
        _ => Err(no_window("conv2d", input)),
    }
}

pub(super) fn pool_output(
    input: &[usize],
    kernel: (usize, usize),
    stride: (usize, usize),
) -> Result<[usize; 4]> {
    let [n, c, h, w] = image("max_pool2d", input)?;
    match (windows(h, kernel.0, stride.0, 0), windows(w, kernel.1, stride.1, 0)) {
        (Some(height), Some(width)) => Ok([n, c, height, width]),
        _ => Err(no_window("max_pool2d", input)),
    }
}

pub(super) fn flattened(input: &[usize]) -> Result<Vec<usize>> {
    match input.split_first() {
        Some((&n, rest)) => Ok(vec![n, rest.iter().product()]),
        None => Err(mismatch("flatten", "[N, ..]".to_string(), input)),
    }
}

/// Ids to rows. Directly after another embedding: rows to which the second table's rows are
/// added.
pub(super) fn looked_up(
    input: &[usize],
    dim: usize,
    previous: Option<&LayerSpec>,
) -> Result<Vec<usize>> {
    if let Some(LayerSpec::Embedding { .. }) = previous {
        check_last("embedding", input, dim)?;
        return Ok(input.to_vec());
    }
    Ok([input, &[dim]].concat())
}

fn image(operation: &'static str, input: &[usize]) -> Result<[usize; 4]> {
    let four = <[usize; 4]>::try_from(input);
    four.map_err(|_| mismatch(operation, "[N, C, H, W]".to_string(), input))
}

/// The number of windows along one axis; `None` if no window fits or there is no valid count.
fn windows(size: usize, kernel: usize, stride: usize, padding: usize) -> Option<usize> {
    if kernel == 0 {
        return None;
    }
    let room = (size + 2 * padding).checked_sub(kernel)?;
    Some(room.checked_div(stride)? + 1)
}

fn no_window(operation: &'static str, input: &[usize]) -> ProfileError {
    let expected = "kernel and stride of at least 1, and an image as large as the kernel";
    mismatch(operation, expected.to_string(), input)
}
// END SOLUTION
