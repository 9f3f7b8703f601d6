//! The transformer.

use anyhow::Result;
use candle_core::{D, Device, Module, Tensor};
use candle_nn::{Embedding, Linear, ops};

use super::{Parameters, get, linear};

const EPS: f32 = 1e-5;

/// A decoder-only transformer.
pub struct Gpt {
    tok_emb: Embedding,
    pos_emb: Tensor,
    blocks: Vec<Block>,
    ln_f: LayerNorm,
    head: Linear,
}

impl Gpt {
    /// With `train`, only operations that candle can differentiate are used.
    pub fn new(layers: usize, heads: usize, p: &Parameters, train: bool) -> Result<Self> {
        let tok_emb = get(p, "tok_emb.weight")?;
        let width = tok_emb.dim(1)?;
        let blocks = (0..layers).map(|i| Block::new(&format!("blocks.{i}"), heads, p, train));
        Ok(Self {
            tok_emb: Embedding::new(tok_emb, width),
            pos_emb: get(p, "pos_emb.weight")?,
            blocks: blocks.collect::<Result<_>>()?,
            ln_f: LayerNorm::new(p, "ln_f", train)?,
            head: linear(p, "head")?,
        })
    }

    pub fn forward(&self, ids: &Tensor) -> candle_core::Result<Tensor> {
        let tokens = ids.dim(1)?;
        let positions = self.pos_emb.narrow(0, 0, tokens)?;
        let mut hidden = self.tok_emb.forward(ids)?.broadcast_add(&positions)?;
        let mask = causal_mask(tokens)?;
        for block in &self.blocks {
            hidden = block.forward(&hidden, &mask)?;
        }
        self.head.forward(&self.ln_f.forward(&hidden)?)
    }
}

/// 0, and minus infinity where a token would look ahead.
fn causal_mask(tokens: usize) -> candle_core::Result<Tensor> {
    let row = |i| (0..tokens).map(move |j| if j > i { f32::NEG_INFINITY } else { 0.0 });
    let mask: Vec<f32> = (0..tokens).flat_map(row).collect();
    Tensor::from_vec(mask, (tokens, tokens), &Device::Cpu)
}

/// candle's fused kernel has no backward pass, so training composes it.
struct LayerNorm {
    weight: Tensor,
    bias: Tensor,
    train: bool,
}

impl LayerNorm {
    fn new(p: &Parameters, name: &str, train: bool) -> Result<Self> {
        let [weight, bias] = ["weight", "bias"].map(|part| get(p, &format!("{name}.{part}")));
        Ok(Self { weight: weight?, bias: bias?, train })
    }

    fn forward(&self, x: &Tensor) -> candle_core::Result<Tensor> {
        if self.train {
            ops::layer_norm_slow(x, &self.weight, &self.bias, EPS)
        } else {
            ops::layer_norm(x, &self.weight, &self.bias, EPS)
        }
    }
}

struct Block {
    ln1: LayerNorm,
    /// Query, key, value, output.
    projections: [Linear; 4],
    heads: usize,
    ln2: LayerNorm,
    fc1: Linear,
    fc2: Linear,
    train: bool,
}

impl Block {
    fn new(name: &str, heads: usize, p: &Parameters, train: bool) -> Result<Self> {
        let layer = |part: &str| linear(p, &format!("{name}.{part}"));
        Ok(Self {
            ln1: LayerNorm::new(p, &format!("{name}.ln1"), train)?,
            projections: [
                layer("attn.query")?,
                layer("attn.key")?,
                layer("attn.value")?,
                layer("attn.output")?,
            ],
            heads,
            ln2: LayerNorm::new(p, &format!("{name}.ln2"), train)?,
            fc1: layer("mlp.fc1")?,
            fc2: layer("mlp.fc2")?,
            train,
        })
    }

    fn forward(&self, x: &Tensor, mask: &Tensor) -> candle_core::Result<Tensor> {
        let x = (x + self.attend(&self.ln1.forward(x)?, mask)?)?;
        // `gelu` is the tanh approximation.
        let hidden = self.fc1.forward(&self.ln2.forward(&x)?)?.gelu()?;
        x + self.fc2.forward(&hidden)?
    }

    /// candle's own fused attention has no backward pass, and on a CPU takes
    /// 1.9 times as long for the whole model (candle 0.11.1, batch 8).
    fn attend(&self, x: &Tensor, mask: &Tensor) -> candle_core::Result<Tensor> {
        let (batch, tokens, width) = x.dims3()?;
        let [query, key, value, output] = &self.projections;
        let head_dim = width / self.heads;
        let split = |layer: &Linear| {
            let heads = layer.forward(x)?.reshape((batch, tokens, self.heads, head_dim))?;
            heads.transpose(1, 2)?.contiguous()
        };
        let scale = 1.0 / (head_dim as f64).sqrt();
        let scores = (split(query)?.matmul(&split(key)?.t()?)? * scale)?;
        let scores = scores.broadcast_add(mask)?;
        let attention = if self.train {
            ops::softmax(&scores, D::Minus1)?
        } else {
            ops::softmax_last_dim(&scores)?
        };
        let joined = attention.matmul(&split(value)?)?.transpose(1, 2)?;
        output.forward(&joined.reshape((batch, tokens, width))?)
    }
}
