//! Task `conv`: a convolution that computes in integers.

mod shape;

// BEGIN SOLUTION: -
use crate::linear::{LayerParts, check_input};
use crate::{Codes, QuantError, TensorParams};
// END SOLUTION
use crate::{PackedFilters, QuantParams, QuantizedTensor, Requantizer, Result};
pub use shape::{ConvShape, Window};

/// A convolution in integers. Around the image, codes are the input's *zero point*: they stand for 0.
#[derive(Clone, Debug)]
pub struct QuantizedConv2d {
    /// `[filters, channels, kernel height, kernel width]`.
    weight: QuantizedTensor,
    /// In units of a sum, one for each filter.
    bias: Vec<i32>,
    window: Window,
    input: QuantParams,
    requantizer: Requantizer,
    /// The weights in the order of task `fast`, once the layer is packed.
    packed: Option<PackedFilters>,
}

impl QuantizedConv2d {
    /// A convolution whose input and output have codes of these parameters; bias as in
    /// [`QuantizedLinear::new`](crate::QuantizedLinear::new).
    ///
    /// # Shapes
    /// Weight `[filters, channels, kernel height, kernel width]` as in [`tinytorch::nn::Conv2d`], of a symmetric scheme,
    /// per tensor or per channel of axis 0; bias `[filters]`.
    ///
    /// # Errors
    /// Of `QuantizedConv2d::new`, in the order and with the meaning of [`QuantizedLinear::new`](crate::QuantizedLinear::new);
    /// a weight must have four axes, its channels are along axis 0, and a sum has channels x kernel height x kernel width
    /// products. [`BadValue`](crate::QuantError::BadValue) when a stride is 0 (checked after the shapes).
    pub fn new(
        weight: QuantizedTensor,
        bias: Option<&[f32]>,
        window: Window,
        input: QuantParams,
        output: QuantParams,
    ) -> Result<Self> {
        // BEGIN SOLUTION: as for a linear layer
        const OPERATION: &str = "QuantizedConv2d::new";
        let parts = LayerParts {
            operation: OPERATION,
            weight: &weight,
            axes: 4,
            channel_axis: 0,
            bias,
            input,
        };
        parts.check_shapes()?;
        if window.stride.0 * window.stride.1 == 0 {
            let reason = format!("the stride {:?} must be at least (1, 1)", window.stride);
            return Err(QuantError::BadValue { operation: OPERATION, reason });
        }
        let (bias, requantizer) = parts.integers(output)?;
        Ok(Self { weight, bias, window, input, requantizer, packed: None })
        // END SOLUTION
    }

    /// The convolution followed by a `ReLU`.
    #[must_use]
    pub fn with_relu(self) -> Self {
        // BEGIN SOLUTION: a requantizer with a `ReLU`
        let requantizer = self.requantizer.with_relu();
        Self { requantizer, ..self }
        // END SOLUTION
    }

    /// The sums of 32 bits, with the zero point of the input and the bias: exact integers.
    ///
    /// # Shapes
    /// Input `[images, channels, height, width]` to `[images, filters, output height, output width]`, row by row.
    ///
    /// # Errors
    /// Of `QuantizedConv2d::accumulate`: those of [`ConvShape::new`]; [`BadValue`](crate::QuantError::BadValue) when the
    /// input's parameters are not those of the layer.
    pub fn accumulate(&self, input: &QuantizedTensor) -> Result<Vec<i32>> {
        // BEGIN SOLUTION: check the input; a packed layer asks its packed filters, any other computes the sums in loops
        let shape = self.shape(input)?;
        let mut sums = match &self.packed {
            Some(packed) => packed.convolve(input.codes(), self.input.zero_point(), &shape)?,
            None => self.products(input.codes(), &shape),
        };
        for (at, plane) in sums.chunks_exact_mut(shape.positions()).enumerate() {
            let bias = self.bias[at % shape.filters];
            for sum in plane {
                *sum += bias;
            }
        }
        Ok(sums)
        // END SOLUTION
    }

    /// The codes of the output.
    ///
    /// # Shapes
    /// `[images, channels, height, width]` to `[images, filters, output height, output width]`.
    ///
    /// # Errors
    /// Those of [`accumulate`](Self::accumulate).
    pub fn forward(&self, input: &QuantizedTensor) -> Result<QuantizedTensor> {
        // BEGIN SOLUTION: requantize the sums of each filter
        let shape = self.shape(input)?;
        let output = self.requantizer.output();
        let codes = if let Some(packed) = &self.packed {
            packed.requantize(input, &shape, &self.bias, &self.requantizer)?
        } else {
            let sums = self.accumulate(input)?;
            let filter = |at| at / shape.positions() % shape.filters;
            let codes = sums.iter().enumerate();
            let codes = codes.map(|(at, &sum)| self.requantizer.requantize(filter(at), sum));
            Codes::new(codes, output.scheme())
        };
        QuantizedTensor::from_codes(codes, &shape.output_shape(), TensorParams::per_tensor(output))
        // END SOLUTION
    }

    // BEGIN SOLUTION: -
    /// The sizes of the convolution of an input, if it fits the layer.
    fn shape(&self, input: &QuantizedTensor) -> Result<ConvShape> {
        let operation = "QuantizedConv2d::accumulate";
        let shape = ConvShape::new(operation, input.shape(), self.weight.shape(), self.window)?;
        check_input(operation, input, self.input)?;
        Ok(shape)
    }

    /// The sums without bias. A pixel of the padding has the code of the zero point, and so adds nothing.
    fn products(&self, images: &Codes, shape: &ConvShape) -> Vec<i32> {
        let weight = self.weight.codes().to_vec();
        let images = images.to_vec();
        let mut sums = Vec::with_capacity(shape.output_shape().iter().product());
        for image in images.chunks_exact(shape.channels * shape.image.0 * shape.image.1) {
            for filter in weight.chunks_exact(shape.filter_len()) {
                for down in 0..shape.output.0 {
                    for across in 0..shape.output.1 {
                        sums.push(self.sum(image, filter, (down, across), shape));
                    }
                }
            }
        }
        sums
    }

    /// The sum of one filter in one window.
    fn sum(&self, image: &[i32], filter: &[i32], at: (usize, usize), shape: &ConvShape) -> i32 {
        let (h, w) = shape.image;
        let (kh, kw) = shape.kernel;
        let Window { stride, padding } = self.window;
        let zero_point = self.input.zero_point();
        let mut sum = 0;
        for channel in 0..shape.channels {
            for ky in 0..kh {
                let Some(y) = ConvShape::pixel(h, at.0, ky, stride.0, padding.0) else { continue };
                for kx in 0..kw {
                    let Some(x) = ConvShape::pixel(w, at.1, kx, stride.1, padding.1) else {
                        continue;
                    };
                    let code = image[(channel * h + y) * w + x];
                    sum += (code - zero_point) * filter[(channel * kh + ky) * kw + kx];
                }
            }
        }
        sum
    }
    // END SOLUTION

    /// The same layer with packed weights: the same sums, computed by the kernel of task `fast`. Given.
    ///
    /// # Errors
    /// Those of [`PackedFilters::new`].
    pub fn packed(self) -> Result<Self> {
        let packed = PackedFilters::new(&self.weight)?;
        Ok(Self { packed: Some(packed), ..self })
    }

    /// The weights. Given.
    pub const fn weight(&self) -> &QuantizedTensor {
        &self.weight
    }

    /// The bias in units of a sum. Given.
    pub fn bias(&self) -> &[i32] {
        &self.bias
    }

    /// How the windows move. Given.
    pub const fn window(&self) -> Window {
        self.window
    }

    /// The parameters of the input. Given.
    pub const fn input(&self) -> QuantParams {
        self.input
    }

    /// What turns sums into codes. Given.
    pub const fn requantizer(&self) -> &Requantizer {
        &self.requantizer
    }

    /// Bytes that have to be stored, as in [`QuantizedLinear::nbytes`](crate::QuantizedLinear::nbytes). Given.
    pub fn nbytes(&self) -> usize {
        self.weight.nbytes() + 4 * self.bias.len() + 16
    }
}
