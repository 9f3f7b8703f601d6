//! The sizes of a convolution. Given.

use crate::{QuantError, Result};

/// How the windows of a convolution move over an image. Pairs are (down, across).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Steps between windows.
    pub stride: (usize, usize),
    /// Zeros added on each side: above and below, left and right.
    pub padding: (usize, usize),
}

impl Default for Window {
    /// Stride 1, no padding.
    fn default() -> Self {
        Self { stride: (1, 1), padding: (0, 0) }
    }
}

/// The sizes of a convolution whose operands fit together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConvShape {
    /// Images in the batch.
    pub images: usize,
    /// Channels of an image, which are those of a filter.
    pub channels: usize,
    /// Height and width of an image, without padding.
    pub image: (usize, usize),
    /// Number of filters.
    pub filters: usize,
    /// Height and width of a filter.
    pub kernel: (usize, usize),
    /// Height and width of the output: in each direction (size + 2 padding - kernel) / stride + 1,
    /// rounded down.
    pub output: (usize, usize),
    /// How the windows move.
    pub window: Window,
}

impl ConvShape {
    /// Checks the sizes of `operation` for an input and a weight of these shapes.
    ///
    /// # Shapes
    /// Input `[images, channels, height, width]`, weight `[filters, channels, kernel height, kernel
    /// width]`.
    ///
    /// # Errors
    /// [`QuantError::BadValue`] when a stride or a side of the kernel is 0,
    /// [`QuantError::ShapeMismatch`] when the shapes do not have four axes, their channels differ, or
    /// the kernel is larger than the padded image.
    pub fn new(
        operation: &'static str,
        input: &[usize],
        weight: &[usize],
        window: Window,
    ) -> Result<Self> {
        let refuse = |reason: String| {
            let left = input.to_vec();
            let right = weight.to_vec();
            Err(QuantError::ShapeMismatch { operation, left, right, reason })
        };
        let (&[images, channels, h, w], &[filters, filter_channels, kh, kw]) = (input, weight)
        else {
            return refuse("both must have 4 axes".into());
        };
        if kh * kw * window.stride.0 * window.stride.1 == 0 {
            let kernel = (kh, kw);
            let stride = window.stride;
            let reason = format!("kernel {kernel:?} and stride {stride:?} must be at least (1, 1)");
            return Err(QuantError::BadValue { operation, reason });
        }
        if channels != filter_channels {
            return refuse(format!("channels {channels} and {filter_channels} differ"));
        }
        let positions = |size: usize, kernel: usize, stride: usize, padding: usize| {
            let padded = padding.checked_mul(2)?.checked_add(size)?;
            Some(padded.checked_sub(kernel)? / stride + 1)
        };
        let down = positions(h, kh, window.stride.0, window.padding.0);
        let across = positions(w, kw, window.stride.1, window.padding.1);
        let Some(output) = down.zip(across) else {
            return refuse(format!("the kernel exceeds the image, padded by {:?}", window.padding));
        };
        let image = (h, w);
        let kernel = (kh, kw);
        Ok(Self { images, channels, image, filters, kernel, output, window })
    }

    /// The shape of the output: `[images, filters, output height, output width]`.
    pub fn output_shape(&self) -> [usize; 4] {
        [self.images, self.filters, self.output.0, self.output.1]
    }

    /// Weights of one filter: the number of products in one output element's sum.
    pub fn filter_len(&self) -> usize {
        self.channels * self.kernel.0 * self.kernel.1
    }

    /// Windows of one image: the number of elements in one filter's output.
    pub fn positions(&self) -> usize {
        self.output.0 * self.output.1
    }

    /// The row (or column) of the image under position `k` of the kernel in window `o`; `None` in the
    /// padding.
    pub fn pixel(size: usize, o: usize, k: usize, stride: usize, padding: usize) -> Option<usize> {
        (o * stride + k).checked_sub(padding).filter(|&at| at < size)
    }
}
