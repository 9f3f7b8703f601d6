//! A forward pass of the real model, part by part: each intermediate tensor, with its shape in
//! letters.

use std::error::Error;

use super::units;
use tinytorch::models::{Gpt, GptConfig};
use tinytorch::nn::{KeyValue, Linear, MultiHeadAttention, TransformerBlock};
use tinytorch::{Layer, Result, Rng, Tensor};

/// One tensor in the forward pass.
pub(crate) struct TraceStep {
    /// For example `blocks.0.scores`.
    pub(crate) name: String,
    /// Its shape in letters, separated by spaces: `B H T S`.
    pub(crate) letters: &'static str,
    pub(crate) tensor: Tensor,
    /// The work to compute it: 2 for each multiply-accumulate of a matrix product, 1 for each
    /// addition of a bias, 0 for everything else.
    pub(crate) flops: u64,
}

impl TraceStep {
    /// The shape in letters: `[B, T, D]`. Without a cache, S is T.
    pub(crate) fn label(&self) -> String {
        format!("[{}]", self.letters.replace('S', "T").replace(' ', ", "))
    }

    /// The shape in numbers: `8 x 256 x 64`.
    pub(crate) fn numbers(&self) -> String {
        let axes: Vec<String> = self.tensor.shape().iter().map(usize::to_string).collect();
        axes.join(" \u{d7} ")
    }

    /// The shape in numbers and the size in bytes: `8 x 256 x 64: 512 KiB`.
    pub(crate) fn size(&self) -> String {
        format!("{}: {}", self.numbers(), units::bytes(self.tensor.nbytes()))
    }
}

/// All tensors in order of execution.
pub(crate) struct ForwardTrace {
    sizes: AxisSizes,
    pub(crate) steps: Vec<TraceStep>,
}

/// The lengths that the letters stand for.
#[derive(Clone)]
pub(crate) struct AxisSizes {
    pub(crate) batch: usize,
    pub(crate) tokens: usize,
    /// Tokens seen: the cached ones and the new ones.
    pub(crate) seen: usize,
    pub(crate) config: GptConfig,
}

impl AxisSizes {
    /// The length of the axis with this letter.
    pub(crate) fn of(&self, letter: &str) -> usize {
        let config = &self.config;
        match letter {
            "B" => self.batch,
            "T" => self.tokens,
            "S" => self.seen,
            "V" => config.vocab_size,
            "D" => config.d_model,
            "4D" => 4 * config.d_model,
            "H" => config.n_heads,
            "Dh" => config.d_model / config.n_heads,
            other => unreachable!("no axis has the letter {other}"),
        }
    }

    fn shape(&self, letters: &str) -> Vec<usize> {
        letters.split(' ').map(|letter| self.of(letter)).collect()
    }
}

impl ForwardTrace {
    pub(crate) fn sizes(&self) -> &AxisSizes {
        &self.sizes
    }

    /// The step with this name.
    ///
    /// # Panics
    /// If there is none: a picture uses a tensor that the model does not have.
    pub(crate) fn step(&self, name: &str) -> &TraceStep {
        let step = self.steps.iter().find(|step| step.name == name);
        step.unwrap_or_else(|| panic!("no tensor is called {name}"))
    }

    /// The FLOPs of all steps whose names have this prefix.
    pub(crate) fn flops(&self, prefix: &str) -> u64 {
        let steps = self.steps.iter().filter(|step| step.name.starts_with(prefix));
        steps.map(|step| step.flops).sum()
    }

    /// Records a tensor, whose shape must match the letters.
    fn note(&mut self, name: &str, letters: &'static str, tensor: &Tensor, flops: u64) {
        assert_eq!(tensor.shape(), self.sizes.shape(letters), "{name} is not [{letters}]");
        self.steps.push(TraceStep {
            name: name.to_string(),
            letters,
            tensor: tensor.clone(),
            flops,
        });
    }

    fn linear(
        &mut self,
        name: &str,
        letters: &'static str,
        layer: &Linear,
        x: &Tensor,
    ) -> Result<Tensor> {
        let output = layer.forward(x)?;
        let flops = output.len() * (2 * layer.in_features() + usize::from(layer.bias().is_some()));
        self.note(name, letters, &output, flops as u64);
        Ok(output)
    }

    fn product(
        &mut self,
        name: &str,
        letters: &'static str,
        a: &Tensor,
        b: &Tensor,
    ) -> Result<Tensor> {
        let output = a.bmm(b)?;
        let inner = a.shape()[a.ndim() - 1];
        self.note(name, letters, &output, (2 * inner * output.len()) as u64);
        Ok(output)
    }
}

/// Arbitrary ids: the shapes do not depend on them.
pub(crate) fn example_ids(config: &GptConfig, batch: usize, tokens: usize) -> Vec<Vec<usize>> {
    let mut rng = Rng::new(5);
    (0..batch).map(|_| (0..tokens).map(|_| rng.below(config.vocab_size)).collect()).collect()
}

/// The forward pass on new tokens, given the keys and values of the earlier ones.
///
/// # Errors
/// If the parts do not give the same result as the model.
pub(crate) fn forward(
    gpt: &Gpt,
    ids: &[Vec<usize>],
    past: Option<&[KeyValue]>,
) -> std::result::Result<ForwardTrace, Box<dyn Error>> {
    let (batch, tokens) = (ids.len(), ids[0].len());
    let seen = tokens + past.map_or(0, |past| past[0].k.shape()[2]);
    let sizes = AxisSizes { batch, tokens, seen, config: gpt.config().clone() };
    let mut trace = ForwardTrace { sizes, steps: Vec::new() };

    let mut x = embed(&mut trace, gpt, ids)?;
    for (i, layers) in gpt.blocks().iter().enumerate() {
        x = block(&mut trace, &format!("blocks.{i}"), layers, &x, past.map(|past| &past[i]))?;
    }
    let normed = gpt.final_norm().forward(&x)?;
    trace.note("ln_f", "B T D", &normed, 0);
    let logits = trace.linear("head", "B T V", gpt.head(), &normed)?;

    let (whole, _) = gpt.forward_cached(ids, past)?;
    // Summation in another order gives other rounding errors, in proportion to the largest score.
    let largest = whole.to_vec().into_iter().fold(1.0, |most: f32, score| most.max(score.abs()));
    if !logits.allclose(&whole, 1e-4, 1e-4 * largest) {
        return Err("the model taken apart does not compute what the model computes".into());
    }
    Ok(trace)
}

fn embed(trace: &mut ForwardTrace, gpt: &Gpt, ids: &[Vec<usize>]) -> Result<Tensor> {
    let AxisSizes { batch, tokens, seen, .. } = trace.sizes;
    let values = ids.concat().iter().map(|&id| id as f32).collect();
    trace.note("ids", "B T", &Tensor::from_vec(values, &[batch, tokens])?, 0);
    let vectors = gpt.token_embedding().forward_ids(&ids.concat(), &[batch, tokens])?;
    trace.note("tok_emb", "B T D", &vectors, 0);
    let positions = gpt.position_embedding().weight().slice_axis(0, seen - tokens, seen)?;
    trace.note("pos_emb", "T D", &positions, 0);
    let x = vectors.add(&positions)?;
    trace.note("embedded", "B T D", &x, 0);
    Ok(x)
}

fn block(
    trace: &mut ForwardTrace,
    name: &str,
    layers: &TransformerBlock,
    x: &Tensor,
    past: Option<&KeyValue>,
) -> Result<Tensor> {
    let named = |part: &str| format!("{name}.{part}");
    let normed = layers.ln1().forward(x)?;
    trace.note(&named("ln1"), "B T D", &normed, 0);
    let attended = attention(trace, name, layers.attn(), &normed, past)?;
    let x = x.add(&attended)?;
    trace.note(&named("x1"), "B T D", &x, 0);

    let normed = layers.ln2().forward(&x)?;
    trace.note(&named("ln2"), "B T D", &normed, 0);
    let wide = trace.linear(&named("fc1"), "B T 4D", layers.fc1(), &normed)?;
    let active = wide.gelu();
    trace.note(&named("gelu"), "B T 4D", &active, 0);
    let narrow = trace.linear(&named("fc2"), "B T D", layers.fc2(), &active)?;
    let x = x.add(&narrow)?;
    trace.note(&named("x2"), "B T D", &x, 0);
    Ok(x)
}

fn attention(
    trace: &mut ForwardTrace,
    name: &str,
    layer: &MultiHeadAttention,
    x: &Tensor,
    past: Option<&KeyValue>,
) -> Result<Tensor> {
    let named = |part: &str| format!("{name}.{part}");
    let AxisSizes { batch, tokens, seen, .. } = trace.sizes;
    let (heads, width) = (layer.n_heads(), layer.head_dim());
    let mut split = |part: &str, projection: &Linear| -> Result<Tensor> {
        let joined = trace.linear(&named(part), "B T D", projection, x)?;
        let head = joined.reshape(&[batch, tokens, heads, width])?.transpose(1, 2)?;
        trace.note(&named(&format!("{part}.heads")), "B H T Dh", &head, 0);
        Ok(head)
    };
    let query = split("query", layer.query())?;
    let mut key = split("key", layer.key())?;
    let mut value = split("value", layer.value())?;
    if let Some(past) = past {
        key = Tensor::concat(&[past.k.clone(), key], 2)?;
        value = Tensor::concat(&[past.v.clone(), value], 2)?;
    }
    trace.note(&named("keys"), "B H S Dh", &key, 0);
    trace.note(&named("values"), "B H S Dh", &value, 0);

    let scores = trace.product(&named("scores"), "B H T S", &query, &key.transpose(2, 3)?)?;
    let scaled = scores.mul_scalar(1.0 / (width as f32).sqrt());
    let masked = scaled.add(&causal_mask(tokens, seen)?)?;
    trace.note(&named("masked"), "B H T S", &masked, 0);
    let weights = masked.softmax(3)?;
    trace.note(&named("softmax"), "B H T S", &weights, 0);
    let summed = trace.product(&named("summed"), "B H T Dh", &weights, &value)?;
    let joined = summed.transpose(1, 2)?.reshape(&[batch, tokens, heads * width])?;
    trace.note(&named("joined"), "B T D", &joined, 0);
    trace.linear(&named("output"), "B T D", layer.output(), &joined)
}

/// Minus infinity where a token would see a later one, otherwise 0.
fn causal_mask(tokens: usize, seen: usize) -> Result<Tensor> {
    let ahead = |i: usize, j: usize| j > seen - tokens + i;
    let cell = |at: usize| if ahead(at / seen, at % seen) { f32::NEG_INFINITY } else { 0.0 };
    Tensor::from_vec((0..tokens * seen).map(cell).collect(), &[tokens, seen])
}
