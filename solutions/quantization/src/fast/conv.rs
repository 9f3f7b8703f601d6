//! The convolution of an image of codes with packed filters.

// BEGIN SOLUTION: -
use super::correlation::Correlation;
use super::encode::{Element, Encoding};
use super::finish::{Finish, Floats, Integers, Requantized, stored};
use super::linear::{check_float_weight, check_length, check_weight, weight_codes};
use super::panels::Panels;
use super::range::{contiguous, dynamic_params};
use crate::{Granularity, QuantError, QuantParams, Requantizer, Scheme, TensorParams, quantize};
use tinytorch::simd::IntArch;
// END SOLUTION
use crate::{Codes, ConvShape, QuantizedTensor, Result, Window};
use tinytorch::Tensor;

/// Filters in the order in which the kernel reads them.
#[derive(Clone, Debug)]
pub struct PackedFilters {
    /// `[filters, channels, kernel height, kernel width]`.
    shape: [usize; 4],
    // BEGIN INSTRUCTOR
    panels: Panels,
    // END INSTRUCTOR
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
        // BEGIN SOLUTION: one copy of the weights, in the order of the kernel, and the sum of each filter's weights
        let symmetric = check_weight("PackedFilters::new", weight, 4)?;
        let shape = [0, 1, 2, 3].map(|axis| symmetric.shape()[axis]);
        let codes = weight_codes(symmetric);
        let [filters, channels, kh, kw] = shape;
        let kernel = kh * kw;
        let steps = channels.div_ceil(4) * kernel;
        let panels = Panels::new(IntArch::new(), [filters, steps], |filter, at| {
            // Step by step: four channels at one position of the kernel.
            let channel = at / 4 / kernel * 4 + at % 4;
            let position = at / 4 % kernel;
            if channel < channels {
                codes[(filter * channels + channel) * kernel + position]
            } else {
                0
            }
        });
        Ok(Self { shape, panels })
        // END SOLUTION
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
        // BEGIN SOLUTION: the kernel, and the correction by the sums of the weights
        self.check(images, zero_point, shape)?;
        let finish = |zero_point| Integers { corrections: self.panels.corrections(zero_point) };
        Ok(self.run(images, zero_point, shape, finish))
        // END SOLUTION
    }

    // BEGIN SOLUTION: -
    /// The codes of a layer's output.
    pub(crate) fn requantize(
        &self,
        images: &QuantizedTensor,
        shape: &ConvShape,
        bias: &[i32],
        requantizer: &Requantizer,
    ) -> Result<Codes> {
        let zero_point = images.params().channels()[0].zero_point();
        self.check(images.codes(), zero_point, shape)?;
        let finish =
            |zero_point| Requantized::new(self.panels.corrections(zero_point), bias, requantizer);
        let bytes = self.run(images.codes(), zero_point, shape, finish);
        Ok(stored(bytes, requantizer.output().scheme()))
    }

    /// Convolves codes as bytes without sign: those of a signed scheme and their zero point are moved by 128.
    fn run<F: Finish>(
        &self,
        images: &Codes,
        zero_point: i32,
        shape: &ConvShape,
        finish: impl Fn(i32) -> F,
    ) -> Vec<F::Result> {
        match images {
            Codes::U8(codes) => {
                let encoding = Encoding::none(zero_point);
                self.correlation(codes, encoding, shape, &finish(zero_point))
            }
            Codes::I8(codes) => {
                let zero_point = zero_point.wrapping_add(128);
                let encoding = Encoding::none(zero_point);
                self.correlation(codes, encoding, shape, &finish(zero_point))
            }
        }
    }

    fn correlation<T: Element, F: Finish>(
        &self,
        images: &[T],
        encoding: Encoding,
        shape: &ConvShape,
        finish: &F,
    ) -> Vec<F::Result> {
        let mut results = vec![F::Result::default(); shape.output_shape().iter().product()];
        let panels = &self.panels;
        let shape = *shape;
        panels.arch.dispatch(Correlation {
            panels,
            shape,
            images,
            encoding,
            finish,
            results: &mut results,
        });
        results
    }

    fn check(&self, images: &Codes, zero_point: i32, shape: &ConvShape) -> Result<()> {
        let operation = "PackedFilters::convolve";
        let batch = vec![shape.images, shape.channels, shape.image.0, shape.image.1];
        let filters = vec![shape.filters, shape.channels, shape.kernel.0, shape.kernel.1];
        if batch.iter().product::<usize>() != images.len() {
            let left = vec![images.len()];
            let reason = "the codes must fill the images".to_owned();
            return Err(QuantError::ShapeMismatch { operation, left, right: batch, reason });
        }
        if filters != self.shape {
            let left = self.shape.to_vec();
            let reason = "the filters must be those that were packed".to_owned();
            return Err(QuantError::ShapeMismatch { operation, left, right: filters, reason });
        }
        let is_code = match images {
            Codes::U8(_) => u8::try_from(zero_point).is_ok(),
            Codes::I8(_) => i8::try_from(zero_point).is_ok(),
        };
        if !is_code {
            let reason = format!("the zero point {zero_point} must fit into a byte, as codes do");
            return Err(QuantError::BadValue { operation, reason });
        }
        Ok(())
    }
    // END SOLUTION

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
        // BEGIN SOLUTION: quantize, then pack
        const OPERATION: &str = "Int8Conv2d::new";
        check_float_weight(OPERATION, weight, 4, 0, bias)?;
        let [kh, kw] = [2, 3].map(|axis| weight.shape()[axis]);
        if kh * kw * window.stride.0 * window.stride.1 == 0 {
            let stride = window.stride;
            let reason = format!("kernel {:?} and stride {stride:?} must be at least 1", (kh, kw));
            return Err(QuantError::BadValue { operation: OPERATION, reason });
        }
        let per_filter = Granularity::PerChannel { axis: 0 };
        let params = TensorParams::of_tensor(weight, Scheme::SYMMETRIC_I8, per_filter)?;
        check_length(OPERATION, weight.shape()[1..].iter().product())?;
        let packed = PackedFilters::new(&quantize(weight, &params)?)?;
        let scales = params.channels().iter().map(QuantParams::scale).collect();
        Ok(Self { packed, window, scales, bias: bias.map(<[f32]>::to_vec) })
        // END SOLUTION
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
        // BEGIN SOLUTION: measure the range, quantize, convolve, and scale
        const OPERATION: &str = "Int8Conv2d::forward";
        if input.is_empty() {
            let shape = input.shape().to_vec();
            return Err(QuantError::Empty { operation: OPERATION, shape });
        }
        let shape = ConvShape::new(OPERATION, input.shape(), &self.packed.shape, self.window)?;
        let elements = contiguous(input);
        let params = dynamic_params(OPERATION, input, &elements)?;
        let finish = Floats {
            corrections: self.packed.panels.corrections(params.zero_point()),
            scales: self.scales.iter().map(|scale| params.scale() * scale).collect(),
            bias: self.bias.clone().unwrap_or_else(|| vec![0.0; shape.filters]),
        };
        let results = self.packed.correlation(&elements, Encoding::new(params), &shape, &finish);
        Ok(Tensor::from_vec(results, &shape.output_shape())?)
        // END SOLUTION
    }
}
