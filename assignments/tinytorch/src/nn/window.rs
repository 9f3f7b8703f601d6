//! The number of windows along an axis, for convolution and pooling.

use crate::{Result, TensorError};

/// How windows move over an image.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    pub(crate) kernel: (usize, usize),
    pub(crate) stride: (usize, usize),
    pub(crate) padding: (usize, usize),
}

impl Window {
    /// Rejects an empty kernel and a stride of 0.
    pub(crate) fn checked(self, op: &'static str) -> Result<Self> {
        let kernel = self.kernel;
        let stride = self.stride;
        if kernel.0 == 0 || kernel.1 == 0 {
            let reason = format!("the kernel {kernel:?} must be at least (1, 1)");
            return Err(TensorError::config(op, reason));
        }
        if stride.0 == 0 || stride.1 == 0 {
            let reason = format!("the stride {stride:?} must be at least (1, 1)");
            return Err(TensorError::config(op, reason));
        }
        Ok(self)
    }

    /// Height and width of the output for an image `[n, c, h, w]`: in each
    /// direction `(size + 2 padding - kernel) / stride + 1`, rounded down.
    pub(crate) fn output_size(&self, op: &'static str, shape: &[usize]) -> Result<(usize, usize)> {
        let &[_, _, h, w] = shape else {
            let reason = "the input must be [n, channels, height, width]".to_string();
            return Err(TensorError::shape(op, shape, reason));
        };
        let height = windows(h, self.kernel.0, self.stride.0, self.padding.0);
        let width = windows(w, self.kernel.1, self.stride.1, self.padding.1);
        height.zip(width).ok_or_else(|| {
            let kernel = self.kernel;
            let padding = self.padding;
            let reason = format!(
                "the kernel {kernel:?} does not fit into the image ({h}, {w}) with padding {padding:?}"
            );
            TensorError::shape(op, shape, reason)
        })
    }
}

fn windows(size: usize, kernel: usize, stride: usize, padding: usize) -> Option<usize> {
    let padded = padding.checked_mul(2)?.checked_add(size)?;
    Some(padded.checked_sub(kernel)? / stride + 1)
}
