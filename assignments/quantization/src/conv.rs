//! Task `conv`: a convolution that computes in integers.

mod shape;

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
        let _ = (&weight, &bias, &window, &input, &output); // Not used yet: goes with the todo!.
        todo!("as for a linear layer")
    }

    /// The convolution followed by a `ReLU`.
    #[must_use]
    pub fn with_relu(self) -> Self {
        todo!("a requantizer with a `ReLU`")
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
        let _ = (&self.packed, &input); // Not used yet: goes with the todo!.
        todo!(
            "check the input; a packed layer asks its packed filters, any other computes the sums in loops"
        )
    }

    /// The codes of the output.
    ///
    /// # Shapes
    /// `[images, channels, height, width]` to `[images, filters, output height, output width]`.
    ///
    /// # Errors
    /// Those of [`accumulate`](Self::accumulate).
    pub fn forward(&self, input: &QuantizedTensor) -> Result<QuantizedTensor> {
        let _ = (&self.packed, &input); // Not used yet: goes with the todo!.
        todo!("requantize the sums of each filter")
    }

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
