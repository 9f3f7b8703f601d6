//! One block of a transformer.

use super::{Gelu, KeyValue, LayerNorm, Linear, MultiHeadAttention};
use crate::layer::{parameters_of, parameters_of_mut, specs_of};
use crate::{Layer, NamedSpec, Result, Rng, Tensor};

/// The number that the block's normalizations add to the variance.
const EPS: f32 = 1e-5;

/// Attention, then two linear layers with a GELU between them, four times as
/// wide inside. Each of the two parts normalizes its input and adds its output
/// to it: `x + attn(ln1(x))`, then `x + mlp(ln2(x))`.
///
/// Source: the block of GPT-2 (Radford et al., 2019).
#[derive(Clone, Debug)]
pub struct TransformerBlock {
    ln1: LayerNorm,
    attn: MultiHeadAttention,
    ln2: LayerNorm,
    fc1: Linear,
    fc2: Linear,
}

impl TransformerBlock {
    /// Random weights.
    ///
    /// # Errors
    /// When `n_heads` is 0 or does not divide `d_model`.
    pub fn new(d_model: usize, n_heads: usize, rng: &mut Rng) -> Result<Self> {
        Ok(Self {
            ln1: LayerNorm::new(d_model, EPS),
            attn: MultiHeadAttention::new(d_model, n_heads, rng)?,
            ln2: LayerNorm::new(d_model, EPS),
            fc1: Linear::new(d_model, 4 * d_model, true, rng),
            fc2: Linear::new(4 * d_model, d_model, true, rng),
        })
    }

    /// The normalization before the attention.
    pub fn ln1(&self) -> &LayerNorm {
        &self.ln1
    }

    /// The attention.
    pub fn attn(&self) -> &MultiHeadAttention {
        &self.attn
    }

    /// The normalization before the linear layers.
    pub fn ln2(&self) -> &LayerNorm {
        &self.ln2
    }

    /// The linear layer from D to 4 D.
    pub fn fc1(&self) -> &Linear {
        &self.fc1
    }

    /// The linear layer from 4 D to D.
    pub fn fc2(&self) -> &Linear {
        &self.fc2
    }

    /// The causal block on new tokens, given the keys and values of the earlier
    /// ones. Also returns all keys and values, for the next call.
    ///
    /// # Shapes
    /// `[B, T, D]` to `[B, T, D]`; keys and values as in
    /// [`MultiHeadAttention::forward`].
    ///
    /// # Errors
    /// When the input is not `[B, T, D]` or `past_kv` does not fit it.
    pub fn forward_cached(
        &self,
        input: &Tensor,
        past_kv: Option<&KeyValue>,
    ) -> Result<(Tensor, KeyValue)> {
        let (attended, seen) = self.attn.forward(&self.ln1.forward(input)?, past_kv, true)?;
        let input = input.add(&attended)?;
        let hidden = self.fc1.forward(&self.ln2.forward(&input)?)?.gelu();
        Ok((input.add(&self.fc2.forward(&hidden)?)?, seen))
    }

    fn leaves(&self) -> [(&'static str, &dyn Layer); 6] {
        [
            ("ln1", &self.ln1),
            ("attn", &self.attn),
            ("ln2", &self.ln2),
            ("mlp.fc1", &self.fc1),
            ("mlp.gelu", &Gelu),
            ("mlp.fc2", &self.fc2),
        ]
    }
}

impl Layer for TransformerBlock {
    /// # Shapes
    /// `[B, T, D]` to `[B, T, D]`, causal.
    fn forward(&self, input: &Tensor) -> Result<Tensor> {
        let (output, _) = self.forward_cached(input, None)?;
        Ok(output)
    }

    fn specs(&self) -> Vec<NamedSpec> {
        let named = self.leaves().map(|(name, layer)| specs_of(name, layer));
        named.into_iter().flatten().collect()
    }

    fn parameters(&self) -> Vec<(String, &Tensor)> {
        let named = self.leaves().map(|(name, layer)| parameters_of(name, layer));
        named.into_iter().flatten().collect()
    }

    fn parameters_mut(&mut self) -> Vec<(String, &mut Tensor)> {
        let leaves: [(&str, &mut dyn Layer); 5] = [
            ("ln1", &mut self.ln1),
            ("attn", &mut self.attn),
            ("ln2", &mut self.ln2),
            ("mlp.fc1", &mut self.fc1),
            ("mlp.fc2", &mut self.fc2),
        ];
        let named = leaves.map(|(name, layer)| parameters_of_mut(name, layer));
        named.into_iter().flatten().collect()
    }
}
