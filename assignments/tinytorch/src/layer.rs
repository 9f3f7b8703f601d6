//! What every layer can do, and the plain description of what it is.

use crate::{Result, Tensor};

/// A function with parameters, from a tensor to a tensor.
///
/// ```
/// use tinytorch::nn::{Linear, Relu, Sequential};
/// use tinytorch::{Layer, LayerSpec, Rng, Tensor};
///
/// let mut rng = Rng::new(1);
/// let model = Sequential::new(vec![
///     ("fc".to_string(), Box::new(Linear::new(3, 2, true, &mut rng)) as Box<dyn Layer>),
///     ("relu".to_string(), Box::new(Relu)),
/// ]);
/// assert_eq!(model.forward(&Tensor::ones(&[5, 3]))?.shape(), [5, 2]);
/// assert_eq!(model.specs()[1].name, "relu");
/// assert_eq!(model.parameters()[0].0, "fc.weight");
/// # Ok::<(), tinytorch::TensorError>(())
/// ```
pub trait Layer {
    /// The layer's output.
    ///
    /// # Errors
    /// When the input's shape or values do not suit the layer.
    fn forward(&self, input: &Tensor) -> Result<Tensor>;

    /// What the layer is made of, leaf by leaf in the order of execution. A
    /// leaf alone has an empty name; whoever holds it gives it one, with dots
    /// for each level: `blocks.0.attn`. Additions of residual connections are
    /// not leaves.
    fn specs(&self) -> Vec<NamedSpec>;

    /// The trainable tensors with their names, in the order of execution:
    /// `weight` and `bias` for a leaf, `blocks.0.ln1.weight` inside a model.
    fn parameters(&self) -> Vec<(String, &Tensor)>;
}

/// A leaf of a model, with its name there.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedSpec {
    /// The name with dots for each level; empty for a leaf alone.
    pub name: String,
    /// What the leaf is.
    pub spec: LayerSpec,
}

/// What a layer is, in numbers: enough to count its parameters and its work.
#[derive(Clone, Debug, PartialEq)]
pub enum LayerSpec {
    /// `x W + b`: `[..., in_features]` to `[..., out_features]`.
    Linear {
        /// Length of the input's last axis.
        in_features: usize,
        /// Length of the output's last axis.
        out_features: usize,
        /// Whether `b` is there.
        bias: bool,
    },
    /// `[n, in_channels, h, w]` to `[n, out_channels, oh, ow]`.
    Conv2d {
        /// Channels of the input.
        in_channels: usize,
        /// Channels of the output: the number of filters.
        out_channels: usize,
        /// Height and width of a filter.
        kernel: (usize, usize),
        /// Steps between windows, down and across.
        stride: (usize, usize),
        /// Zeros added on each side, above and below, left and right.
        padding: (usize, usize),
        /// Whether a number is added to each output channel.
        bias: bool,
    },
    /// The largest number of each window.
    MaxPool2d {
        /// Height and width of a window.
        kernel: (usize, usize),
        /// Steps between windows, down and across.
        stride: (usize, usize),
    },
    /// All axes but the first into one.
    Flatten,
    /// `max(0, x)`.
    Relu,
    /// GELU, tanh approximation.
    Gelu,
    /// Softmax over the last axis.
    Softmax,
    /// A row of a table for each id.
    Embedding {
        /// Number of rows.
        vocab_size: usize,
        /// Length of a row.
        dim: usize,
    },
    /// Normalization over the last axis, with a weight and a bias.
    LayerNorm {
        /// Length of the last axis.
        dim: usize,
    },
    /// Multi-head self-attention with four projections `[d_model, d_model]`,
    /// each with a bias: query, key, value and output.
    Attention {
        /// Length of the last axis, of input and output.
        d_model: usize,
        /// Number of heads, of `d_model / n_heads` each.
        n_heads: usize,
    },
}

/// The specs of a leaf: itself, without a name.
pub(crate) fn leaf(spec: LayerSpec) -> Vec<NamedSpec> {
    let name = String::new();
    vec![NamedSpec { name, spec }]
}

/// A layer's specs, named as part of whoever holds it as `name`.
pub(crate) fn specs_of(name: &str, layer: &dyn Layer) -> Vec<NamedSpec> {
    let specs = layer.specs().into_iter();
    let named =
        specs.map(|NamedSpec { name: inner, spec }| NamedSpec { name: dotted(name, &inner), spec });
    named.collect()
}

/// A layer's parameters, named as part of whoever holds it as `name`.
pub(crate) fn parameters_of<'a>(name: &str, layer: &'a dyn Layer) -> Vec<(String, &'a Tensor)> {
    let parameters = layer.parameters().into_iter();
    parameters.map(|(inner, tensor)| (dotted(name, &inner), tensor)).collect()
}

fn dotted(outer: &str, inner: &str) -> String {
    match (outer, inner) {
        (name, "") | ("", name) => name.to_string(),
        (outer, inner) => format!("{outer}.{inner}"),
    }
}
