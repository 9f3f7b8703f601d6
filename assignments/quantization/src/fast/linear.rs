//! The product of a matrix of codes and a packed matrix of weights.

use crate::{Codes, QuantizedTensor, Result};
use tinytorch::Tensor;

/// Weights of a linear layer in the order in which the kernel reads them.
#[derive(Clone, Debug)]
pub struct PackedMatrix {
    inputs: usize,
    outputs: usize,
}

impl PackedMatrix {
    /// Packs weights. Their scales are not kept.
    ///
    /// # Shapes
    /// `[inputs, outputs]`, of a symmetric scheme.
    ///
    /// # Errors
    /// Of `PackedMatrix::new`: [`ShapeMismatch`](crate::QuantError::ShapeMismatch) of the shape and `[]` when there are not
    /// two axes; [`BadValue`](crate::QuantError::BadValue) when the scheme is not symmetric.
    pub fn new(weight: &QuantizedTensor) -> Result<Self> {
        let _ = &weight; // Not used yet: goes with the todo!.
        todo!(
            "one copy of the weights, in the order of the kernel, and the sum of each output's weights"
        )
    }

    /// The sums `sum_k (input[i][k] - zero_point) weight[k][j]`, modulo 2^32: where the exact sum fits into an `i32`, this
    /// is it. The same on every processor.
    ///
    /// # Shapes
    /// Input `[rows, inputs]`, row by row, to `[rows, outputs]`.
    ///
    /// # Errors
    /// Of `PackedMatrix::multiply`: [`ShapeMismatch`](crate::QuantError::ShapeMismatch) of `[number of codes]` and
    /// `[inputs, outputs]` when the codes do not fill rows.
    ///
    /// # Cost
    /// One product of four bytes by four bytes, for each lane of a register, an instruction where the processor has it.
    pub fn multiply(&self, input: &Codes, zero_point: i32) -> Result<Vec<i32>> {
        let _ = (&input, &zero_point); // Not used yet: goes with the todo!.
        todo!("the kernel, and the correction by the sums of the weights")
    }

    /// Rows of the packed matrix. Given.
    pub const fn inputs(&self) -> usize {
        self.inputs
    }

    /// Columns of the packed matrix. Given.
    pub const fn outputs(&self) -> usize {
        self.outputs
    }
}

/// A linear layer that takes and gives `f32` and multiplies bytes.
///
/// For each call, the range of the whole input is measured ([`QuantParams::from_range`](crate::QuantParams::from_range) of
/// its smallest and largest element, [`Scheme::U8`](crate::Scheme::U8)) and the input is quantized with it. Then
/// `y_ij = sum_ij (sx sw_j) + b_j`, in `f32`: the exact sum is rounded to `f32` and multiplied by the product of the two
/// scales, then the bias is added; no fused multiply-add.
#[derive(Clone, Debug)]
pub struct Int8Linear {
    packed: PackedMatrix,
    /// One for each output.
    scales: Vec<f32>,
    bias: Option<Vec<f32>>,
}

impl Int8Linear {
    /// Quantizes weights, [`Scheme::SYMMETRIC_I8`](crate::Scheme::SYMMETRIC_I8) for each output, and packs them.
    ///
    /// # Shapes
    /// Weight `[inputs, outputs]`, bias `[outputs]`.
    ///
    /// # Errors
    /// Of `Int8Linear::new`: [`ShapeMismatch`](crate::QuantError::ShapeMismatch) of weight and bias when the weight does not
    /// have two axes or the bias another length; [`SumTooLong`](crate::QuantError::SumTooLong) for more than 66,311 inputs
    /// (255 x 127 x inputs must fit into an `i32`); of `TensorParams::of_tensor` for weights that are empty or not finite.
    pub fn new(weight: &Tensor, bias: Option<&[f32]>) -> Result<Self> {
        let _ = (&weight, &bias); // Not used yet: goes with the todo!.
        todo!("quantize, then pack")
    }

    /// The output in `f32`.
    ///
    /// # Shapes
    /// `[..., inputs]` to `[..., outputs]`.
    ///
    /// # Errors
    /// Of `Int8Linear::forward`: [`Empty`](crate::QuantError::Empty), [`ShapeMismatch`](crate::QuantError::ShapeMismatch) of the
    /// input's shape and `[inputs, outputs]`, [`NotFinite`](crate::QuantError::NotFinite).
    pub fn forward(&self, input: &Tensor) -> Result<Tensor> {
        let _ = (&self.packed, &self.scales, &self.bias, &input);
        todo!("measure the range, quantize, multiply, and scale")
    }
}
