//! The fully connected layer.

use crate::autograd::BackwardFn;
use crate::layer::leaf;
use crate::{Layer, LayerSpec, NamedSpec, Result, Rng, Tensor, TensorError};

/// `x W + b`, on the last axis.
///
/// # Shapes
/// Weight `[in_features, out_features]` (as in the product, not transposed), bias
/// `[out_features]`.
#[derive(Clone, Debug)]
pub struct Linear {
    weight: Tensor,
    bias: Option<Tensor>,
}

impl Linear {
    /// Random weights (normal, variance `1 / in_features`, so that the output
    /// varies about as much as the input), bias 0.
    ///
    /// Source: `LeCun`, Bottou, Orr, Müller, "Efficient `BackProp`" (1998), 4.6.
    pub fn new(in_features: usize, out_features: usize, bias: bool, rng: &mut Rng) -> Self {
        let std = (1.0 / in_features.max(1) as f32).sqrt();
        Self {
            weight: Tensor::randn(&[in_features, out_features], std, rng),
            bias: bias.then(|| Tensor::zeros(&[out_features])),
        }
    }

    /// A layer with the given weight and bias.
    ///
    /// # Shapes
    /// `[in_features, out_features]` and `[out_features]`.
    ///
    /// # Errors
    /// When the weight is not a matrix or the bias does not fit it.
    pub fn from_parameters(weight: Tensor, bias: Option<Tensor>) -> Result<Self> {
        if weight.ndim() != 2 {
            let reason = "the weight must be [in_features, out_features]".to_string();
            return Err(TensorError::shape("linear", weight.shape(), reason));
        }
        if let Some(b) = bias.as_ref().filter(|b| *b.shape() != weight.shape()[1..]) {
            let reason = format!("the bias must be [{}]", weight.shape()[1]);
            return Err(TensorError::mismatch("linear", weight.shape(), b.shape(), reason));
        }
        Ok(Self { weight, bias })
    }

    /// The weight, `[in_features, out_features]`.
    pub fn weight(&self) -> &Tensor {
        &self.weight
    }

    /// The bias, `[out_features]`, if there is one.
    pub fn bias(&self) -> Option<&Tensor> {
        self.bias.as_ref()
    }

    /// Length of the input's last axis.
    pub fn in_features(&self) -> usize {
        self.weight.shape()[0]
    }

    /// Length of the output's last axis.
    pub fn out_features(&self) -> usize {
        self.weight.shape()[1]
    }
}

impl Linear {
    /// The whole layer is one node of the graph. `rows` is the input as a matrix.
    fn recorded(&self, output: Tensor, input: &Tensor, rows: Tensor) -> Tensor {
        let shares = |needs| shares(needs, rows, self.weight.detach(), input.shape().to_vec());
        match &self.bias {
            Some(bias) => output.record([input, &self.weight, bias], shares),
            None => output.record([input, &self.weight], |[x, w]| shares([x, w, false])),
        }
    }
}

/// The gradients of input `G W^T`, weight `X^T G` and bias (the sum of the rows
/// of `G`), where `G` is the gradient of the output as a matrix.
fn shares(needs: [bool; 3], rows: Tensor, weight: Tensor, shape: Vec<usize>) -> BackwardFn {
    Box::new(move |grad| {
        let grad = grad.reshape(&[rows.shape()[0], weight.shape()[1]])?;
        let input = needs[0].then(|| grad.matmul(&weight.t()?)?.reshape(&shape));
        let weight = needs[1].then(|| rows.t()?.matmul(&grad));
        let bias = needs[2].then(|| grad.sum_axis(0));
        Ok(vec![input.transpose()?, weight.transpose()?, bias.transpose()?])
    })
}

impl Layer for Linear {
    /// # Shapes
    /// `[..., in_features]` to `[..., out_features]`, with any leading axes.
    ///
    /// # Cost
    /// One matrix product, with all leading axes merged into rows.
    fn forward(&self, input: &Tensor) -> Result<Tensor> {
        let features = self.in_features();
        let shape = input.shape();
        if shape.last() != Some(&features) {
            let reason = format!("the last dimension must be in_features, {features}");
            return Err(TensorError::mismatch("linear", shape, self.weight.shape(), reason));
        }
        let leading = &shape[..shape.len() - 1];
        let rows = input.detach().reshape(&[leading.iter().product(), features])?;
        let mut output = rows.matmul(&self.weight.detach())?;
        if let Some(bias) = &self.bias {
            output.data += &bias.data; // in place: the elements are not shared
        }
        let output = output.reshape(&[leading, &[self.out_features()]].concat())?;
        Ok(self.recorded(output, input, rows))
    }

    fn specs(&self) -> Vec<NamedSpec> {
        leaf(LayerSpec::Linear {
            in_features: self.in_features(),
            out_features: self.out_features(),
            bias: self.bias.is_some(),
        })
    }

    fn parameters(&self) -> Vec<(String, &Tensor)> {
        let weight = std::iter::once(("weight".to_string(), &self.weight));
        let bias = self.bias.iter().map(|bias| ("bias".to_string(), bias));
        weight.chain(bias).collect()
    }

    fn parameters_mut(&mut self) -> Vec<(String, &mut Tensor)> {
        let weight = std::iter::once(("weight".to_string(), &mut self.weight));
        let bias = self.bias.iter_mut().map(|bias| ("bias".to_string(), bias));
        weight.chain(bias).collect()
    }
}
