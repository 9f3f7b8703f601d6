//! Task `linear`: a linear layer that computes in integers.

// BEGIN SOLUTION: -
use crate::{Codes, Granularity, QuantError, TensorParams};
// END SOLUTION
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
        // BEGIN SOLUTION: check, round the bias to integers, and make the requantizer
        let parts = LayerParts {
            operation: "QuantizedLinear::new",
            weight: &weight,
            axes: 2,
            channel_axis: 1,
            bias,
            input,
        };
        parts.check_shapes()?;
        let (bias, requantizer) = parts.integers(output)?;
        Ok(Self { weight, bias, input, requantizer, packed: None })
        // END SOLUTION
    }

    /// The layer followed by a `ReLU`, which costs nothing: no code is below the zero point.
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
        // BEGIN SOLUTION: check the input; a packed layer asks its packed matrix, any other computes the sums in loops
        self.check_input(input)?;
        let [inputs, outputs] = [0, 1].map(|axis| self.weight.shape()[axis]);
        let zero_point = self.input.zero_point();
        if let Some(packed) = &self.packed {
            let mut sums = packed.multiply(input.codes(), zero_point)?;
            for row in sums.chunks_exact_mut(outputs) {
                for (sum, bias) in row.iter_mut().zip(&self.bias) {
                    *sum += bias;
                }
            }
            return Ok(sums);
        }
        let weight = self.weight.codes().to_vec();
        let mut sums = Vec::with_capacity(input.codes().len() / inputs * outputs);
        for row in input.codes().to_vec().chunks_exact(inputs) {
            let mut of_row = self.bias.clone();
            for (code, weight) in row.iter().zip(weight.chunks_exact(outputs)) {
                for (sum, weight) in of_row.iter_mut().zip(weight) {
                    *sum += (code - zero_point) * weight;
                }
            }
            sums.extend(of_row);
        }
        Ok(sums)
        // END SOLUTION
    }

    /// The codes of the output.
    ///
    /// # Shapes
    /// `[..., inputs]` to `[..., outputs]`.
    ///
    /// # Errors
    /// Those of [`accumulate`](Self::accumulate).
    pub fn forward(&self, input: &QuantizedTensor) -> Result<QuantizedTensor> {
        // BEGIN SOLUTION: requantize the sums, channel by channel
        let outputs = self.bias.len();
        let output = self.requantizer.output();
        let (_, batch) = input.shape().split_last().unwrap_or((&0, &[]));
        let shape = [batch, &[outputs]].concat();
        let codes = if let Some(packed) = &self.packed {
            self.check_input(input)?;
            let zero_point = self.input.zero_point();
            packed.requantize(input.codes(), zero_point, &self.bias, &self.requantizer)?
        } else {
            let sums = self.accumulate(input)?;
            let codes = sums.iter().enumerate();
            let codes = codes.map(|(at, &sum)| self.requantizer.requantize(at % outputs, sum));
            Codes::new(codes, output.scheme())
        };
        QuantizedTensor::from_codes(codes, &shape, TensorParams::per_tensor(output))
        // END SOLUTION
    }

    // BEGIN SOLUTION: -
    fn check_input(&self, input: &QuantizedTensor) -> Result<()> {
        const OPERATION: &str = "QuantizedLinear::accumulate";
        let inputs = self.weight.shape()[0];
        if input.shape().last() != Some(&inputs) {
            let left = input.shape().to_vec();
            let right = self.weight.shape().to_vec();
            let reason = format!("the last axis of the input must be {inputs} long");
            return Err(QuantError::ShapeMismatch { operation: OPERATION, left, right, reason });
        }
        check_input(OPERATION, input, self.input)
    }
    // END SOLUTION

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

// BEGIN SOLUTION: -
/// The parts that a linear layer and a convolution check and convert in the same way.
pub(crate) struct LayerParts<'a> {
    pub operation: &'static str,
    pub weight: &'a QuantizedTensor,
    /// The number of axes that the weight must have.
    pub axes: usize,
    /// The axis of the outputs.
    pub channel_axis: usize,
    pub bias: Option<&'a [f32]>,
    pub input: QuantParams,
}

impl LayerParts<'_> {
    /// Checks the shapes of weight and bias.
    pub fn check_shapes(&self) -> Result<()> {
        let left = self.weight.shape().to_vec();
        let right: Vec<usize> = self.bias.iter().map(|bias| bias.len()).collect();
        let reason = if left.len() != self.axes {
            format!("the weight must have {} axes", self.axes)
        } else if self.bias.is_some_and(|bias| bias.len() != left[self.channel_axis]) {
            format!("the bias must have {} numbers", left[self.channel_axis])
        } else {
            return Ok(());
        };
        Err(QuantError::ShapeMismatch { operation: self.operation, left, right, reason })
    }

    /// The bias in units of a sum, and the requantizer. The shapes have been checked.
    pub fn integers(&self, output: QuantParams) -> Result<(Vec<i32>, Requantizer)> {
        self.check_weight()?;
        let units = self.units();
        let bias = self.bias(&units)?;
        let bias = self.check_sums(&bias)?;
        Ok((bias, Requantizer::new(&units, output, false)?))
    }

    fn check_weight(&self) -> Result<()> {
        let params = self.weight.params();
        let axis = self.channel_axis;
        let reason = if !params.scheme().is_symmetric() {
            format!("the weight's scheme must be symmetric, not {:?}", params.scheme())
        } else if !matches!(params.granularity(), Granularity::PerTensor)
            && params.granularity() != (Granularity::PerChannel { axis })
        {
            format!("the weight's channels must be along axis {axis}")
        } else {
            return Ok(());
        };
        Err(QuantError::BadValue { operation: self.operation, reason })
    }

    /// The number that a sum of 1 stands for, for each output.
    fn units(&self) -> Vec<f64> {
        let outputs = self.weight.shape()[self.channel_axis];
        let input_scale = f64::from(self.input.scale());
        let channels = self.weight.params().channels();
        let channels = channels.iter().cycle().take(outputs);
        channels.map(|params| input_scale * f64::from(params.scale())).collect()
    }

    /// The bias as whole numbers of units, which may exceed 32 bits.
    fn bias(&self, units: &[f64]) -> Result<Vec<i64>> {
        let Some(bias) = self.bias else { return Ok(vec![0; units.len()]) };
        if let Some(&value) = bias.iter().find(|x| !x.is_finite()) {
            let shape = vec![bias.len()];
            return Err(QuantError::NotFinite { operation: self.operation, shape, value });
        }
        let rounded = bias.iter().zip(units).map(|(&x, unit)| f64::from(x) / unit);
        Ok(rounded.map(|steps| steps.round_ties_even() as i64).collect())
    }

    /// Checks that no sum exceeds 32 bits, and returns the bias in as many.
    fn check_sums(&self, bias: &[i64]) -> Result<Vec<i32>> {
        let scheme = self.input.scheme();
        let zero_point = self.input.zero_point();
        let distance = (scheme.max() - zero_point).max(zero_point - scheme.min());
        let product = distance as usize * self.weight.params().scheme().max() as usize;
        let products = self.weight.codes().len() / bias.len();
        let largest = bias.iter().map(|x| x.unsigned_abs()).max().unwrap_or(0);
        let room = (i32::MAX as u64).checked_sub(largest);
        match room.map(|room| room as usize / product) {
            Some(limit) if products <= limit => Ok(bias.iter().map(|&x| x as i32).collect()),
            limit => Err(QuantError::SumTooLong {
                operation: self.operation,
                products,
                limit: limit.unwrap_or(0),
            }),
        }
    }
}

/// Checks that the codes of an input mean what a layer expects.
pub(crate) fn check_input(
    operation: &'static str,
    input: &QuantizedTensor,
    expected: QuantParams,
) -> Result<()> {
    if *input.params() == TensorParams::per_tensor(expected) {
        return Ok(());
    }
    let reason = format!("the input must have the parameters {expected:?}");
    Err(QuantError::BadValue { operation, reason })
}
// END SOLUTION
