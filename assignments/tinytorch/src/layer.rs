//! The interface of every layer, and a plain description of each kind.

mod load;

pub use load::{assign, load_parameters};

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
    /// When the input's shape or values do not fit the layer.
    fn forward(&self, input: &Tensor) -> Result<Tensor>;

    /// The layers that this layer is made of, leaf by leaf in order of execution. A
    /// single leaf has an empty name; its container names it, with a dot for each level:
    /// `blocks.0.attn`. The additions of residual connections are not leaves.
    fn specs(&self) -> Vec<NamedSpec>;

    /// The trainable tensors with their names, in the order of execution:
    /// `weight` and `bias` for a leaf, `blocks.0.ln1.weight` inside a model.
    fn parameters(&self) -> Vec<(String, &Tensor)>;

    /// The same tensors in the same order under the same names, mutable: for an
    /// optimizer, or to load a trained model. Their shapes must not change.
    fn parameters_mut(&mut self) -> Vec<(String, &mut Tensor)>;

    /// Switches this layer and all layers inside it to training or use. Only
    /// [`Dropout`](crate::nn::Dropout) behaves differently. A new layer is in
    /// [`Mode::Eval`].
    fn set_mode(&mut self, _mode: Mode) {}
}

/// The mode of a layer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Use: the output depends only on the input and the parameters.
    #[default]
    Eval,
    /// Training.
    Train {
        /// The number of the optimization step. Each step drops different elements, and
        /// the same step always drops the same ones, so a resumed training gives the same
        /// bits.
        step: u64,
    },
}

/// Makes every parameter a leaf, so that later computations with the layer are recorded.
/// Parameters that are already tracked do not change.
///
/// ```
/// use tinytorch::nn::Linear;
/// use tinytorch::{Layer, Rng, Tensor, layer};
///
/// let mut linear = Linear::new(3, 2, true, &mut Rng::new(1));
/// layer::track(&mut linear);
/// let loss = linear.forward(&Tensor::ones(&[4, 3]))?.sum_all();
/// let gradients = loss.backward()?;
/// let bias = linear.bias().and_then(|bias| gradients.get(bias));
/// assert_eq!(bias.map(Tensor::to_vec), Some(vec![4.0, 4.0]));
/// # Ok::<(), tinytorch::TensorError>(())
/// ```
pub fn track(layer: &mut dyn Layer) {
    for (_, parameter) in layer.parameters_mut() {
        if !parameter.tracks_grad() {
            *parameter = parameter.detach().requires_grad();
        }
    }
}

/// Makes every parameter an ordinary tensor again: later computations with the layer are
/// not recorded. The elements do not change.
pub fn untrack(layer: &mut dyn Layer) {
    for (_, parameter) in layer.parameters_mut() {
        *parameter = parameter.detach();
    }
}

/// A leaf of a model, with its name in the model.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedSpec {
    /// The name with a dot for each level; empty for a single leaf.
    pub name: String,
    /// The leaf's kind and sizes.
    pub spec: LayerSpec,
}

/// A layer's sizes: enough to count its parameters and its work.
#[derive(Clone, Debug, PartialEq)]
pub enum LayerSpec {
    /// `x W + b`: `[..., in_features]` to `[..., out_features]`.
    Linear {
        /// Length of the input's last axis.
        in_features: usize,
        /// Length of the output's last axis.
        out_features: usize,
        /// Whether there is a `b`.
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
        /// Whether each output channel has a bias.
        bias: bool,
    },
    /// The maximum of each window.
    MaxPool2d {
        /// Height and width of a window.
        kernel: (usize, usize),
        /// Steps between windows, down and across.
        stride: (usize, usize),
    },
    /// All axes but the first merged into one.
    Flatten,
    /// `max(0, x)`.
    Relu,
    /// GELU, tanh approximation.
    Gelu,
    /// Softmax over the last axis.
    Softmax,
    /// One row of a table per id.
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

/// The specs of a leaf: only itself, without a name.
pub(crate) fn leaf(spec: LayerSpec) -> Vec<NamedSpec> {
    let name = String::new();
    vec![NamedSpec { name, spec }]
}

/// A layer's specs, named as part of a container that calls it `name`.
pub(crate) fn specs_of(name: &str, layer: &dyn Layer) -> Vec<NamedSpec> {
    let specs = layer.specs().into_iter();
    let named =
        specs.map(|NamedSpec { name: inner, spec }| NamedSpec { name: dotted(name, &inner), spec });
    named.collect()
}

/// A layer's parameters, named as part of a container that calls it `name`.
pub(crate) fn parameters_of<'a>(name: &str, layer: &'a dyn Layer) -> Vec<(String, &'a Tensor)> {
    let parameters = layer.parameters().into_iter();
    parameters.map(|(inner, tensor)| (dotted(name, &inner), tensor)).collect()
}

/// Like [`parameters_of`], but mutable.
pub(crate) fn parameters_of_mut<'a>(
    name: &str,
    layer: &'a mut dyn Layer,
) -> Vec<(String, &'a mut Tensor)> {
    let parameters = layer.parameters_mut().into_iter();
    parameters.map(|(inner, tensor)| (dotted(name, &inner), tensor)).collect()
}

fn dotted(outer: &str, inner: &str) -> String {
    match (outer, inner) {
        (name, "") | ("", name) => name.to_string(),
        (outer, inner) => format!("{outer}.{inner}"),
    }
}
