//! What is computed: three models, each with weights, a batch and targets that
//! are the same for everyone.

use anyhow::Result;
use serde::{Deserialize, Serialize};
use tinytorch::models::{Cnn, CnnConfig, Gpt, GptConfig, Mlp};
use tinytorch::{Layer, Rng, Tensor};

use crate::exchange::{Array, Arrays};

/// The sizes of a model, in words that every peer understands.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "model", rename_all = "snake_case")]
pub enum Architecture {
    /// Linear layers with a rectifier between each two.
    Mlp {
        /// Features, from input to output.
        sizes: Vec<usize>,
    },
    /// Two stages of convolution, rectifier and pooling, then a linear layer.
    Cnn {
        /// Channels of the images.
        in_channels: usize,
        /// Height and width of the images.
        image: (usize, usize),
        /// Output channels of the convolutions.
        channels: [usize; 2],
        /// Number of classes.
        classes: usize,
    },
    /// A decoder-only transformer.
    Gpt {
        /// Number of tokens.
        vocab_size: usize,
        /// The longest sequence.
        max_seq_len: usize,
        /// Width.
        d_model: usize,
        /// Heads of each attention.
        n_heads: usize,
        /// Number of blocks.
        n_layers: usize,
    },
}

/// Our model of an architecture. A GPT's forward pass takes ids, the others'
/// tensors, so they cannot hide behind one trait object.
#[expect(clippy::large_enum_variant, reason = "one is made, and then it stays where it is")]
pub enum Model {
    /// See [`Architecture::Mlp`].
    Mlp(Mlp),
    /// See [`Architecture::Cnn`].
    Cnn(Cnn),
    /// See [`Architecture::Gpt`].
    Gpt(Gpt),
}

impl Model {
    /// A model with random weights.
    pub fn new(architecture: &Architecture, rng: &mut Rng) -> Result<Self> {
        Ok(match *architecture {
            Architecture::Mlp { ref sizes } => Model::Mlp(Mlp::new(sizes, rng)?),
            Architecture::Cnn { in_channels, image, channels, classes } => {
                Model::Cnn(Cnn::new(CnnConfig { in_channels, image, channels, classes }, rng)?)
            }
            Architecture::Gpt { vocab_size, max_seq_len, d_model, n_heads, n_layers } => {
                let config = GptConfig { vocab_size, max_seq_len, d_model, n_heads, n_layers };
                Model::Gpt(Gpt::new(config, rng)?)
            }
        })
    }

    /// What all of them can do.
    pub fn layer(&self) -> &dyn Layer {
        match self {
            Model::Mlp(model) => model,
            Model::Cnn(model) => model,
            Model::Gpt(model) => model,
        }
    }

    /// As [`layer`](Model::layer), to change it.
    pub fn layer_mut(&mut self) -> &mut dyn Layer {
        match self {
            Model::Mlp(model) => model,
            Model::Cnn(model) => model,
            Model::Gpt(model) => model,
        }
    }
}

/// A model and the size of its batch.
#[derive(Clone, Debug)]
pub struct Problem {
    /// Short: `MLP`.
    pub name: &'static str,
    /// The sizes, for a reader.
    pub title: String,
    /// The sizes, for a peer.
    pub architecture: Architecture,
    /// Images or sequences at a time.
    pub batch: usize,
    /// Length of the sequences; 1 for images.
    pub tokens: usize,
}

/// Those of these names, whatever the case; all if there are no names.
pub fn chosen(names: &[String]) -> impl Iterator<Item = Problem> {
    let same = |problem: &Problem, name: &String| name.eq_ignore_ascii_case(problem.name);
    all().into_iter().filter(move |p| names.is_empty() || names.iter().any(|name| same(p, name)))
}

/// The three problems.
fn all() -> Vec<Problem> {
    let mlp = Architecture::Mlp { sizes: vec![784, 128, 64, 10] };
    let cnn =
        Architecture::Cnn { in_channels: 1, image: (28, 28), channels: [16, 32], classes: 10 };
    let gpt = Architecture::Gpt {
        vocab_size: 16,
        max_seq_len: 256,
        d_model: 128,
        n_heads: 4,
        n_layers: 3,
    };
    let problem = |name, title: &str, architecture, batch, tokens| Problem {
        name,
        title: title.to_string(),
        architecture,
        batch,
        tokens,
    };
    vec![
        problem("MLP", "784-128-64-10, batch 64", mlp, 64, 1),
        problem("CNN", "28x28, channels 1-16-32, batch 64", cnn, 64, 1),
        problem("GPT", "3 layers, width 128, 4 heads, batch 8 x 256 tokens", gpt, 8, 256),
    ]
}

impl Problem {
    /// Weights (`param.` and their name), `input` and `target`, from a seed.
    pub fn arrays(&self, seed: u64) -> Result<Arrays> {
        let mut rng = Rng::new(seed);
        let model = Model::new(&self.architecture, &mut rng)?;
        let mut arrays = Arrays::new();
        for (name, parameter) in model.layer().parameters() {
            // Biases start at 0 and normalizations at 1, which would hide a mix-up.
            let values = parameter.to_vec().into_iter().map(|v| v + 0.02 * rng.normal() as f32);
            let array = Array::floats(parameter.shape(), values.collect());
            arrays.insert(format!("param.{name}"), array);
        }
        arrays.insert("input".to_string(), self.input(&mut rng));
        let rows = self.batch * self.tokens;
        let targets: Vec<_> = (0..rows).map(|_| rng.below(self.classes())).collect();
        arrays.insert("target".to_string(), Array::ids(&[rows], &targets));
        Ok(arrays)
    }

    fn classes(&self) -> usize {
        match self.architecture {
            Architecture::Mlp { ref sizes } => sizes.last().copied().unwrap_or(1),
            Architecture::Cnn { classes, .. } => classes,
            Architecture::Gpt { vocab_size, .. } => vocab_size,
        }
    }

    fn input(&self, rng: &mut Rng) -> Array {
        let shape = match self.architecture {
            Architecture::Mlp { ref sizes } => vec![self.batch, sizes[0]],
            Architecture::Cnn { in_channels, image, .. } => {
                vec![self.batch, in_channels, image.0, image.1]
            }
            Architecture::Gpt { vocab_size, .. } => {
                let ids: Vec<_> =
                    (0..self.batch * self.tokens).map(|_| rng.below(vocab_size)).collect();
                return Array::ids(&[self.batch, self.tokens], &ids);
            }
        };
        Array::floats(&shape, Tensor::rand_uniform(&shape, 0.0, 1.0, rng).to_vec())
    }
}
