//! The product of a matrix of codes and a packed matrix of weights.

// BEGIN SOLUTION: -
use super::encode::{Element, Encoding};
use super::finish::{Finish, Floats, Integers, Requantized, stored};
use super::panels::Panels;
use super::product::Product;
use super::range::{contiguous, dynamic_params};
use crate::{Granularity, QuantError, QuantParams, Requantizer, Scheme, TensorParams, quantize};
use tinytorch::simd::IntArch;
// END SOLUTION
use crate::{Codes, QuantizedTensor, Result};
use tinytorch::Tensor;

/// Weights of a linear layer in the order in which the kernel reads them.
#[derive(Clone, Debug)]
pub struct PackedMatrix {
    inputs: usize,
    outputs: usize,
    // BEGIN INSTRUCTOR
    panels: Panels,
    // END INSTRUCTOR
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
        // BEGIN SOLUTION: one copy of the weights, in the order of the kernel, and the sum of each output's weights
        let symmetric = check_weight("PackedMatrix::new", weight, 2)?;
        let [inputs, outputs] = [0, 1].map(|axis| symmetric.shape()[axis]);
        let codes = weight_codes(symmetric);
        let panels = Panels::new(IntArch::new(), [outputs, inputs.div_ceil(4)], |output, input| {
            if input < inputs { codes[input * outputs + output] } else { 0 }
        });
        Ok(Self { inputs, outputs, panels })
        // END SOLUTION
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
        // BEGIN SOLUTION: the kernel, and the correction by the sums of the weights
        self.check(input)?;
        let finish = |zero_point| Integers { corrections: self.panels.corrections(zero_point) };
        Ok(self.run(input, zero_point, finish))
        // END SOLUTION
    }

    // BEGIN SOLUTION: -
    /// The codes of a layer's output.
    pub(crate) fn requantize(
        &self,
        input: &Codes,
        zero_point: i32,
        bias: &[i32],
        requantizer: &Requantizer,
    ) -> Result<Codes> {
        self.check(input)?;
        let finish =
            |zero_point| Requantized::new(self.panels.corrections(zero_point), bias, requantizer);
        let bytes = self.run(input, zero_point, finish);
        Ok(stored(bytes, requantizer.output().scheme()))
    }

    fn check(&self, input: &Codes) -> Result<()> {
        if !input.len().is_multiple_of(self.inputs) {
            let left = vec![input.len()];
            let right = vec![self.inputs, self.outputs];
            let reason = format!("the codes must fill rows of {}", self.inputs);
            let operation = "PackedMatrix::multiply";
            return Err(QuantError::ShapeMismatch { operation, left, right, reason });
        }
        Ok(())
    }

    /// Multiplies codes as bytes without sign: those of a signed scheme and their zero point are moved by 128.
    fn run<F: Finish>(
        &self,
        input: &Codes,
        zero_point: i32,
        finish: impl Fn(i32) -> F,
    ) -> Vec<F::Result> {
        match input {
            Codes::U8(codes) => {
                self.product(codes, Encoding::none(zero_point), &finish(zero_point))
            }
            Codes::I8(codes) => {
                let zero_point = zero_point.wrapping_add(128);
                self.product(codes, Encoding::none(zero_point), &finish(zero_point))
            }
        }
    }

    fn product<T: Element, F: Finish>(
        &self,
        input: &[T],
        encoding: Encoding,
        finish: &F,
    ) -> Vec<F::Result> {
        let inputs = self.inputs;
        let mut results = vec![F::Result::default(); input.len() / inputs * self.outputs];
        let panels = &self.panels;
        panels.arch.dispatch(Product {
            panels,
            input,
            inputs,
            encoding,
            finish,
            results: &mut results,
        });
        results
    }
    // END SOLUTION

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
        // BEGIN SOLUTION: quantize, then pack
        const OPERATION: &str = "Int8Linear::new";
        check_float_weight(OPERATION, weight, 2, 1, bias)?;
        let params = TensorParams::of_tensor(
            weight,
            Scheme::SYMMETRIC_I8,
            Granularity::PerChannel { axis: 1 },
        )?;
        check_length(OPERATION, weight.shape()[0])?;
        let packed = PackedMatrix::new(&quantize(weight, &params)?)?;
        let scales = params.channels().iter().map(QuantParams::scale).collect();
        Ok(Self { packed, scales, bias: bias.map(<[f32]>::to_vec) })
        // END SOLUTION
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
        // BEGIN SOLUTION: measure the range, quantize, multiply, and scale
        const OPERATION: &str = "Int8Linear::forward";
        let [inputs, outputs] = [self.packed.inputs(), self.packed.outputs()];
        if input.is_empty() {
            let shape = input.shape().to_vec();
            return Err(QuantError::Empty { operation: OPERATION, shape });
        }
        if input.shape().last() != Some(&inputs) {
            let left = input.shape().to_vec();
            let right = vec![inputs, outputs];
            let reason = format!("the last axis of the input must be {inputs} long");
            return Err(QuantError::ShapeMismatch { operation: OPERATION, left, right, reason });
        }
        let elements = contiguous(input);
        let params = dynamic_params(OPERATION, input, &elements)?;
        let finish = Floats {
            corrections: self.packed.panels.corrections(params.zero_point()),
            scales: self.scales.iter().map(|scale| params.scale() * scale).collect(),
            bias: self.bias.clone().unwrap_or_else(|| vec![0.0; outputs]),
        };
        let results = self.packed.product(&elements, Encoding::new(params), &finish);
        let (_, batch) = input.shape().split_last().unwrap_or((&0, &[]));
        let shape = [batch, &[outputs]].concat();
        Ok(Tensor::from_vec(results, &shape)?)
        // END SOLUTION
    }
}

// BEGIN SOLUTION: -
/// A weight of `axes` axes and a symmetric scheme.
pub(super) fn check_weight<'a>(
    operation: &'static str,
    weight: &'a QuantizedTensor,
    axes: usize,
) -> Result<&'a QuantizedTensor> {
    if weight.shape().len() != axes {
        let left = weight.shape().to_vec();
        let reason = format!("the weight must have {axes} axes");
        return Err(QuantError::ShapeMismatch { operation, left, right: vec![], reason });
    }
    if !weight.params().scheme().is_symmetric() {
        let reason = format!("the scheme {:?} must be symmetric", weight.params().scheme());
        return Err(QuantError::BadValue { operation, reason });
    }
    Ok(weight)
}

/// Checks the axes of a weight in `f32`, and the length of a bias.
pub(super) fn check_float_weight(
    operation: &'static str,
    weight: &Tensor,
    axes: usize,
    channel_axis: usize,
    bias: Option<&[f32]>,
) -> Result<()> {
    let left = weight.shape().to_vec();
    let right: Vec<usize> = bias.iter().map(|bias| bias.len()).collect();
    let reason = if left.len() != axes {
        format!("the weight must have {axes} axes")
    } else if bias.is_some_and(|bias| bias.len() != left[channel_axis]) {
        format!("the bias must have {} numbers", left[channel_axis])
    } else {
        return Ok(());
    };
    Err(QuantError::ShapeMismatch { operation, left, right, reason })
}

/// Checks that a sum of products of 255 and 127 fits into an `i32`.
pub(super) fn check_length(operation: &'static str, products: usize) -> Result<()> {
    let limit = (i32::MAX / (255 * 127)) as usize;
    if products <= limit {
        return Ok(());
    }
    Err(QuantError::SumTooLong { operation, products, limit })
}

/// The codes of a weight of a symmetric scheme.
pub(super) fn weight_codes(weight: &QuantizedTensor) -> Vec<i8> {
    match weight.codes() {
        Codes::I8(codes) => codes.clone(),
        Codes::U8(codes) => codes.iter().map(|code| code.cast_signed()).collect(),
    }
}
// END SOLUTION
