//! candle's way to the next token: its cache of keys and values, its kernels.

use std::hint::black_box;

use anyhow::Result;
use candle_core::{Device, IndexOp, Module, Tensor};
use candle_nn::kv_cache::KvCache;
use candle_nn::{Linear, ops};

use super::super::subject::Subject;
use super::parts;
use crate::exchange::{Array, Arrays};
use crate::worker::candle::{Parameters, get, linear, parameter};

const EPS: f32 = 1e-5;

/// A model, the keys and values of the tokens before, and the new one.
pub struct Candle {
    tok_emb: Tensor,
    pos_emb: Tensor,
    blocks: Vec<Block>,
    ln_f: [Tensor; 2],
    head: Linear,
    past: Vec<KvCache>,
    last: Tensor,
}

struct Block {
    ln1: [Tensor; 2],
    /// Query, key and value in one product, which is faster.
    qkv: Linear,
    output: Linear,
    ln2: [Tensor; 2],
    fc1: Linear,
    fc2: Linear,
    heads: usize,
}

impl Candle {
    /// Builds the model and computes the tokens before the new one.
    pub fn load(arrays: &Arrays) -> Result<Self> {
        let (config, before, last) = parts(arrays)?;
        let named = arrays.iter().filter_map(|(name, array)| {
            let name = name.strip_prefix("param.")?;
            Some(parameter(name, array).map(|tensor| (name.to_string(), tensor)))
        });
        let p: Parameters = named.collect::<Result<_>>()?;
        let blocks =
            (0..config.n_layers).map(|i| Block::new(&format!("blocks.{i}"), config.n_heads, &p));
        let ids = |ids: &[usize]| {
            let ids: Vec<_> = ids.iter().map(|&id| id as u32).collect();
            Tensor::new(ids, &Device::Cpu)
        };
        let mut model = Self {
            tok_emb: get(&p, "tok_emb.weight")?,
            pos_emb: get(&p, "pos_emb.weight")?,
            blocks: blocks.collect::<Result<_>>()?,
            ln_f: norm(&p, "ln_f")?,
            head: linear(&p, "head")?,
            past: vec![KvCache::new(2, config.max_seq_len); config.n_layers],
            last: ids(&[last])?,
        };
        let mut past = model.past.clone();
        model.forward(&ids(&before)?, &mut past)?;
        model.past = past;
        Ok(model)
    }

    /// The scores after each of the new tokens, whose keys and values are kept.
    fn forward(&self, ids: &Tensor, past: &mut [KvCache]) -> candle_core::Result<Tensor> {
        let (start, tokens) = (past[0].current_seq_len(), ids.dim(0)?);
        let positions = self.pos_emb.narrow(0, start, tokens)?;
        let mut x = (self.tok_emb.index_select(ids, 0)? + positions)?;
        for (block, past) in self.blocks.iter().zip(past) {
            x = block.forward(&x, past)?;
        }
        self.head.forward(&ops::layer_norm(&x, &self.ln_f[0], &self.ln_f[1], EPS)?)
    }

    /// A clone of the cache shares the memory, but counts its tokens itself: the
    /// new token is put into the same place each time.
    fn next(&self) -> candle_core::Result<Tensor> {
        self.forward(&self.last, &mut self.past.clone())
    }
}

impl Subject for Candle {
    fn compute(&mut self) -> Result<()> {
        black_box(self.next()?);
        Ok(())
    }

    fn output(&mut self) -> Result<Arrays> {
        let logits = self.next()?.i(0)?.to_vec1()?;
        Ok(Arrays::from([("output".to_string(), Array::floats(&[logits.len()], logits))]))
    }
}

fn norm(p: &Parameters, name: &str) -> Result<[Tensor; 2]> {
    Ok([get(p, &format!("{name}.weight"))?, get(p, &format!("{name}.bias"))?])
}

impl Block {
    fn new(name: &str, heads: usize, p: &Parameters) -> Result<Self> {
        let joined = |part: &str| {
            let parts = ["query", "key", "value"];
            let parts = parts.map(|layer| get(p, &format!("{name}.attn.{layer}.{part}")));
            let [query, key, value] = parts;
            anyhow::Ok(Tensor::cat(&[query?, key?, value?], 0)?)
        };
        let layer = |part: &str| linear(p, &format!("{name}.{part}"));
        Ok(Self {
            ln1: norm(p, &format!("{name}.ln1"))?,
            qkv: Linear::new(joined("weight")?, Some(joined("bias")?)),
            output: layer("attn.output")?,
            ln2: norm(p, &format!("{name}.ln2"))?,
            fc1: layer("mlp.fc1")?,
            fc2: layer("mlp.fc2")?,
            heads,
        })
    }

    fn forward(&self, x: &Tensor, past: &mut KvCache) -> candle_core::Result<Tensor> {
        let attended = self.attend(&ops::layer_norm(x, &self.ln1[0], &self.ln1[1], EPS)?, past)?;
        let x = (x + attended)?;
        let hidden = self.fc1.forward(&ops::layer_norm(&x, &self.ln2[0], &self.ln2[1], EPS)?)?;
        // `gelu` is the tanh approximation.
        &x + self.fc2.forward(&hidden.gelu()?)?
    }

    fn attend(&self, x: &Tensor, past: &mut KvCache) -> candle_core::Result<Tensor> {
        let (tokens, width) = x.dims2()?;
        let head_dim = width / self.heads;
        // `[3, H, T, Dh]`
        let qkv = self.qkv.forward(x)?.reshape((tokens, 3, self.heads, head_dim))?;
        let qkv = qkv.permute((1, 2, 0, 3))?.contiguous()?;
        let (key, value) = past.append(&qkv.narrow(0, 1, 1)?, &qkv.narrow(0, 2, 1)?)?;
        let scale = 1.0 / (head_dim as f64).sqrt();
        let mut scores = (qkv.narrow(0, 0, 1)?.matmul(&key.t()?)? * scale)?;
        if tokens > 1 {
            scores = scores.broadcast_add(&causal_mask(tokens)?)?;
        }
        let joined = ops::softmax_last_dim(&scores)?.matmul(&value)?.transpose(1, 2)?;
        self.output.forward(&joined.reshape((tokens, width))?)
    }
}

/// 0, and minus infinity where a token would look ahead; the first token is the
/// first of all.
fn causal_mask(tokens: usize) -> candle_core::Result<Tensor> {
    let row = |i| (0..tokens).map(move |j| if j > i { f32::NEG_INFINITY } else { 0.0 });
    let mask: Vec<f32> = (0..tokens).flat_map(row).collect();
    Tensor::from_vec(mask, (tokens, tokens), &Device::Cpu)
}
