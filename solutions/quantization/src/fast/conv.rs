//! The convolution of an image of codes with packed filters.

// BEGIN SOLUTION: -
use super::linear::{check_float_weight, check_length, check_weight, dynamic_codes};
use crate::{Granularity, QuantError, QuantParams, Scheme, TensorParams, quantize};
// END SOLUTION
use crate::{Codes, ConvShape, QuantizedTensor, Result, Window};
use tinytorch::Tensor;

/// Filters in the order in which the kernel reads them.
#[derive(Clone, Debug)]
pub struct PackedFilters {
    /// `[filters, channels, kernel height, kernel width]`.
    shape: [usize; 4],
    // BEGIN INSTRUCTOR
    /// Row by row.
    weights: Vec<i32>,
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
        Ok(Self { shape, weights: symmetric.codes().to_vec() })
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
    /// of both).
    pub fn convolve(&self, images: &Codes, zero_point: i32, shape: &ConvShape) -> Result<Vec<i32>> {
        // BEGIN SOLUTION: the kernel, and the correction by the sums of the weights
        self.check(images, shape)?;
        let images = images.to_vec();
        let mut sums = Vec::with_capacity(shape.output_shape().iter().product());
        for image in images.chunks_exact(shape.channels * shape.image.0 * shape.image.1) {
            for filter in self.weights.chunks_exact(shape.filter_len()) {
                for position in 0..shape.positions() {
                    let at = (position / shape.output.1, position % shape.output.1);
                    let pixels = window(image, at, zero_point, shape);
                    let products = pixels.zip(filter).map(|(code, w)| (code - zero_point) * w);
                    sums.push(products.fold(0, i32::wrapping_add));
                }
            }
        }
        Ok(sums)
        // END SOLUTION
    }

    // BEGIN SOLUTION: -
    fn check(&self, images: &Codes, shape: &ConvShape) -> Result<()> {
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
        let (params, codes) = dynamic_codes(OPERATION, input)?;
        let sums = self.packed.convolve(&codes, params.zero_point(), &shape)?;
        let output = sums.iter().enumerate().map(|(at, &sum)| {
            let filter = at / shape.positions() % shape.filters;
            let scaled = sum as f32 * (params.scale() * self.scales[filter]);
            self.bias.as_ref().map_or(scaled, |bias| scaled + bias[filter])
        });
        Ok(Tensor::from_vec(output.collect(), &shape.output_shape())?)
        // END SOLUTION
    }
}

// BEGIN SOLUTION: -
/// The codes under the kernel in the window `at`, with the zero point in the padding.
fn window(
    image: &[i32],
    at: (usize, usize),
    zero_point: i32,
    shape: &ConvShape,
) -> impl Iterator<Item = i32> {
    let (h, w) = shape.image;
    let (kh, kw) = shape.kernel;
    let Window { stride, padding } = shape.window;
    (0..shape.filter_len()).map(move |k| {
        let y = ConvShape::pixel(h, at.0, k / kw % kh, stride.0, padding.0);
        let x = ConvShape::pixel(w, at.1, k % kw, stride.1, padding.1);
        let pixel = y.zip(x).map(|(y, x)| image[(k / (kh * kw) * h + y) * w + x]);
        pixel.unwrap_or(zero_point)
    })
}
// END SOLUTION
