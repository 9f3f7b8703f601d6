//! What is computed: three models, each with weights, a batch and targets that
//! are the same for everyone.

use anyhow::Result;
use serde::{Deserialize, Serialize};
use tinytorch::models::{Cnn, CnnConfig, Gpt, GptConfig, Mlp};
use tinytorch::{Layer, Rng, Tensor, pretrained};

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
pub fn chosen(names: &[String]) -> Result<Vec<Problem>> {
    let mut problems = all()?;
    problems.retain(|problem| {
        names.is_empty() || names.iter().any(|name| name.eq_ignore_ascii_case(problem.name))
    });
    Ok(problems)
}

/// The course's three trained models, and the GPT twice as wide, all with random
/// weights: as they are when a training begins.
fn all() -> Result<Vec<Problem>> {
    let (cnn, gpt) = (pretrained::cnn()?, pretrained::gpt()?);
    let wide = GptConfig { d_model: 2 * gpt.config().d_model, ..gpt.config().clone() };
    Ok(vec![
        Problem::images("MLP", Architecture::Mlp { sizes: vec![784, 128, 64, 10] }),
        Problem::images("CNN", Architecture::of_cnn(cnn.config())),
        Problem::sequences("GPT", gpt.config()),
        Problem::sequences("GPT-wide", &wide),
    ])
}

impl Architecture {
    fn of_cnn(config: &CnnConfig) -> Self {
        let CnnConfig { in_channels, image, channels, classes } = *config;
        Architecture::Cnn { in_channels, image, channels, classes }
    }

    fn of_gpt(config: &GptConfig) -> Self {
        let GptConfig { vocab_size, max_seq_len, d_model, n_heads, n_layers } = *config;
        Architecture::Gpt { vocab_size, max_seq_len, d_model, n_heads, n_layers }
    }

    fn title(&self) -> String {
        match self {
            Architecture::Mlp { sizes } => {
                sizes.iter().map(ToString::to_string).collect::<Vec<_>>().join("-")
            }
            Architecture::Cnn { in_channels, image: (h, w), channels: [first, second], .. } => {
                format!("{h}x{w}, channels {in_channels}-{first}-{second}")
            }
            Architecture::Gpt { d_model, n_heads, n_layers, .. } => {
                format!("{n_layers} layers, width {d_model}, {n_heads} heads")
            }
        }
    }
}

impl Problem {
    fn images(name: &'static str, architecture: Architecture) -> Self {
        let batch = 64;
        let title = format!("{}, batch {batch}", architecture.title());
        Self { name, title, architecture, batch, tokens: 1 }
    }

    /// Sequences as long as the model takes.
    fn sequences(name: &'static str, config: &GptConfig) -> Self {
        let (architecture, batch, tokens) = (Architecture::of_gpt(config), 8, config.max_seq_len);
        let title = format!("{}, batch {batch} x {tokens} tokens", architecture.title());
        Self { name, title, architecture, batch, tokens }
    }

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
