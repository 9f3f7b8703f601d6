//! The convolution of an image of codes with packed filters.

use crate::{Codes, ConvShape, QuantizedTensor, Result, Window};
use tinytorch::Tensor;

/// Filters in the order in which the kernel reads them.
#[derive(Clone, Debug)]
pub struct PackedFilters {
    /// `[filters, channels, kernel height, kernel width]`.
    shape: [usize; 4],
}

impl PackedFilters {
    /// Packs filters. Their scales are not kept.
    ///
    /// # Shapes
    /// `[filters, channels, kernel height, kernel width]`, of a symmetric scheme.
    ///
    /// # Errors
    /// Of `PackedFilters::new`: [`ShapeMismatch`](crate::QuantError::ShapeMismatch) of the shape and `[]` when there are not
    /// four axes; [`BadValue`](crate::QuantError::BadValue) when the scheme is not symmetric.
    pub fn new(weight: &QuantizedTensor) -> Result<Self> {
        let _ = &weight; // Not used yet: goes with the todo!.
        todo!(
            "one copy of the weights, in the order of the kernel, and the sum of each filter's weights"
        )
    }

    /// The sums of a convolution, with codes of `zero_point` around each image, minus the zero point times the sum of the
    /// filter's weights; modulo 2^32. The same on every processor.
    ///
    /// # Shapes
    /// Images `[images, channels, height, width]`, row by row, to `[images, filters, output height, output width]`:
    /// `shape` names all of them.
    ///
    /// # Errors
    /// Of `PackedFilters::convolve`: [`ShapeMismatch`](crate::QuantError::ShapeMismatch) when the codes do not fill the images
    /// of `shape` (`[number of codes]` and the shape of the images), or the filters are not those of `shape` (the shapes
    /// of both); [`BadValue`](crate::QuantError::BadValue) when the zero point does not fit into the type of the codes.
    pub fn convolve(&self, images: &Codes, zero_point: i32, shape: &ConvShape) -> Result<Vec<i32>> {
        let _ = (&images, &zero_point, &shape); // Not used yet: goes with the todo!.
        todo!("the kernel, and the correction by the sums of the weights")
    }

    /// `[filters, channels, kernel height, kernel width]`. Given.
    pub const fn shape(&self) -> [usize; 4] {
        self.shape
    }
}

/// A convolution that takes and gives `f32` and multiplies bytes; as [`Int8Linear`](crate::Int8Linear), with the range of
/// all images of a call.
#[derive(Clone, Debug)]
pub struct Int8Conv2d {
    packed: PackedFilters,
    window: Window,
    /// One for each filter.
    scales: Vec<f32>,
    bias: Option<Vec<f32>>,
}

impl Int8Conv2d {
    /// Quantizes filters, [`Scheme::SYMMETRIC_I8`](crate::Scheme::SYMMETRIC_I8) for each of them, and packs them.
    ///
    /// # Shapes
    /// Weight `[filters, channels, kernel height, kernel width]`, bias `[filters]`.
    ///
    /// # Errors
    /// Of `Int8Conv2d::new`: [`ShapeMismatch`](crate::QuantError::ShapeMismatch) of weight and bias when the weight does not
    /// have four axes or the bias another length; [`BadValue`](crate::QuantError::BadValue) when a stride or a side of the
    /// kernel is 0; [`SumTooLong`](crate::QuantError::SumTooLong) for more than 66,311 products in a sum; of
    /// `TensorParams::of_tensor` for weights that are empty or not finite.
    pub fn new(weight: &Tensor, bias: Option<&[f32]>, window: Window) -> Result<Self> {
        let _ = (&weight, &bias, &window); // Not used yet: goes with the todo!.
        todo!("quantize, then pack")
    }

    /// The output in `f32`.
    ///
    /// # Shapes
    /// `[images, channels, height, width]` to `[images, filters, output height, output width]`.
    ///
    /// # Errors
    /// Of `Int8Conv2d::forward`: [`Empty`](crate::QuantError::Empty), those of [`ConvShape::new`],
    /// [`NotFinite`](crate::QuantError::NotFinite).
    pub fn forward(&self, input: &Tensor) -> Result<Tensor> {
        let _ = (&self.packed, &self.window, &self.scales, &self.bias, &input);
        todo!("measure the range, quantize, convolve, and scale")
    }
}
