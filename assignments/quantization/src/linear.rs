//! Task `linear`: a linear layer that computes in integers.

use crate::{PackedMatrix, QuantParams, QuantizedTensor, Requantizer, Result};

/// `y = x W + b` in integers: codes of 8 bits, sums of 32.
///
/// With `x ~ sx (a - za)` and `W ~ sw[j] w`, the sum of output j in units of `sx sw[j]` is `sum_k (a_k - za) w_kj + b_j`.
/// It equals `sum_k a_k w_kj - za sum_k w_kj + b_j`, in which the second sum depends on the weights alone.
#[derive(Clone, Debug)]
pub struct QuantizedLinear {
    /// `[inputs, outputs]`.
    weight: QuantizedTensor,
    /// In units of `sx sw[j]`, one for each output.
    bias: Vec<i32>,
    input: QuantParams,
    requantizer: Requantizer,
    /// The weights in the order of task `fast`, once the layer is packed.
    packed: Option<PackedMatrix>,
}

impl QuantizedLinear {
    /// A layer whose input and output have codes of these parameters. A bias is rounded to units of `sx sw[j]`, computed
    /// in `f64` (ties to even). No bias means zeros.
    ///
    /// # Shapes
    /// Weight `[inputs, outputs]` as in [`tinytorch::nn::Linear`], of a symmetric scheme, per tensor or per channel of
    /// axis 1; bias `[outputs]`.
    ///
    /// # Errors
    /// Of `QuantizedLinear::new`, in this order:
    /// - [`ShapeMismatch`](crate::QuantError::ShapeMismatch) when the weight does not have two axes, or the bias
    ///   another length: the shapes of weight and bias (`[]` if there is none);
    /// - [`BadValue`](crate::QuantError::BadValue) when the weight's scheme is not symmetric, or its channels are not
    ///   along axis 1;
    /// - [`NotFinite`](crate::QuantError::NotFinite) for a bias that is not finite, with the bias's shape;
    /// - [`SumTooLong`](crate::QuantError::SumTooLong) when a sum may exceed 32 bits: with d the largest distance of a
    ///   code of the input from its zero point and c the highest code of the weights, if d c inputs + max |bias| > 2^31 - 1,
    ///   the bias in units of a sum. Its limit is the largest number of inputs for which that does not happen (0 if there
    ///   is none);
    /// - [`BadValue`](crate::QuantError::BadValue) of `Multiplier::new`.
    pub fn new(
        weight: QuantizedTensor,
        bias: Option<&[f32]>,
        input: QuantParams,
        output: QuantParams,
    ) -> Result<Self> {
        let _ = (&weight, &bias, &input, &output); // Not used yet: goes with the todo!.
        todo!("check, round the bias to integers, and make the requantizer")
    }

    /// The layer followed by a `ReLU`, which costs nothing: no code is below the zero point.
    #[must_use]
    pub fn with_relu(self) -> Self {
        todo!("a requantizer with a `ReLU`")
    }

    /// The sums of 32 bits, with the zero point of the input and the bias: exact integers.
    ///
    /// # Shapes
    /// Input `[..., inputs]` to `[..., outputs]`, row by row.
    ///
    /// # Errors
    /// Of `QuantizedLinear::accumulate`: [`ShapeMismatch`](crate::QuantError::ShapeMismatch) of the input's and the
    /// weight's shape when the last axis has another length; [`BadValue`](crate::QuantError::BadValue) when the input's
    /// parameters are not those of the layer.
    ///
    /// # Cost
    /// One product of two bytes for each multiply-accumulate.
    pub fn accumulate(&self, input: &QuantizedTensor) -> Result<Vec<i32>> {
        let _ = (&self.packed, &input); // Not used yet: goes with the todo!.
        todo!(
            "check the input; a packed layer asks its packed matrix, any other computes the sums in loops"
        )
    }

    /// The codes of the output.
    ///
    /// # Shapes
    /// `[..., inputs]` to `[..., outputs]`.
    ///
    /// # Errors
    /// Those of [`accumulate`](Self::accumulate).
    pub fn forward(&self, input: &QuantizedTensor) -> Result<QuantizedTensor> {
        let _ = (&self.packed, &input); // Not used yet: goes with the todo!.
        todo!("requantize the sums, channel by channel")
    }

    /// The same layer with packed weights: the same sums, computed by the kernel of task `fast`. Given.
    ///
    /// # Errors
    /// Those of [`PackedMatrix::new`].
    pub fn packed(self) -> Result<Self> {
        let packed = PackedMatrix::new(&self.weight)?;
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

    /// The parameters of the input. Given.
    pub const fn input(&self) -> QuantParams {
        self.input
    }

    /// What turns sums into codes. Given.
    pub const fn requantizer(&self) -> &Requantizer {
        &self.requantizer
    }

    /// Bytes that have to be stored: the weights, four for each bias, eight each for the parameters of input and output.
    /// Given.
    pub fn nbytes(&self) -> usize {
        self.weight.nbytes() + 4 * self.bias.len() + 16
    }
}
