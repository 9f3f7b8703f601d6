//! Multi-head self-attention, with or without cached keys and values.

use super::Linear;
use super::scaled_dot_product::{AttentionInputs, attend};
use crate::layer::{leaf, parameters_of, parameters_of_mut};
use crate::{Layer, LayerSpec, NamedSpec, Result, Rng, Tensor, TensorError};

/// The keys and values of the tokens seen so far, in one attention layer.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyValue {
    /// Keys, `[B, H, S, Dh]`.
    pub k: Tensor,
    /// Values, `[B, H, S, Dh]`.
    pub v: Tensor,
}

/// Self-attention with `n_heads` heads of width `d_model / n_heads`.
///
/// Four projections `[D, D]` with a bias: query, key, value and output.
///
/// Source: Vaswani et al., "Attention Is All You Need" (2017), 3.2.
#[derive(Clone, Debug)]
pub struct MultiHeadAttention {
    query: Linear,
    key: Linear,
    value: Linear,
    output: Linear,
    n_heads: usize,
}

impl MultiHeadAttention {
    /// Random projections.
    ///
    /// # Errors
    /// When `n_heads` is 0 or does not divide `d_model`.
    pub fn new(d_model: usize, n_heads: usize, rng: &mut Rng) -> Result<Self> {
        let [query, key, value, output] =
            std::array::from_fn(|_| Linear::new(d_model, d_model, true, rng));
        Self::from_projections(query, key, value, output, n_heads)
    }

    /// Attention with the given projections.
    ///
    /// # Errors
    /// When a projection is not `[D, D]` with a bias, or `n_heads` is 0 or
    /// does not divide D.
    pub fn from_projections(
        query: Linear,
        key: Linear,
        value: Linear,
        output: Linear,
        n_heads: usize,
    ) -> Result<Self> {
        let d_model = query.in_features();
        for projection in [&query, &key, &value, &output] {
            let shape = projection.weight().shape();
            if *shape != [d_model, d_model] || projection.bias().is_none() {
                let reason = format!("each projection must be [{d_model}, {d_model}] with a bias");
                return Err(TensorError::shape("attention", shape, reason));
            }
        }
        if n_heads == 0 || !d_model.is_multiple_of(n_heads) {
            let reason = format!("n_heads {n_heads} must divide d_model {d_model}");
            return Err(TensorError::config("attention", reason));
        }
        Ok(Self { query, key, value, output, n_heads })
    }

    /// The width of input and output.
    pub fn d_model(&self) -> usize {
        self.query.in_features()
    }

    /// The number of heads.
    pub fn n_heads(&self) -> usize {
        self.n_heads
    }

    /// The width of a head.
    pub fn head_dim(&self) -> usize {
        self.d_model() / self.n_heads
    }

    /// The projection to queries.
    pub fn query(&self) -> &Linear {
        &self.query
    }

    /// The projection to keys.
    pub fn key(&self) -> &Linear {
        &self.key
    }

    /// The projection to values.
    pub fn value(&self) -> &Linear {
        &self.value
    }

    /// The projection after the heads are joined.
    pub fn output(&self) -> &Linear {
        &self.output
    }

    /// Attention of the new tokens to the earlier ones (`past`) and to
    /// themselves. Also returns all keys and values, for the next call.
    ///
    /// With `causal`, a token does not see later ones. The first new token
    /// directly follows the last token of `past`.
    ///
    /// # Shapes
    /// `[B, T, D]` to `[B, T, D]`; keys and values `[B, H, S, Dh]` in,
    /// `[B, H, S + T, Dh]` out.
    ///
    /// # Errors
    /// When the input is not `[B, T, D]` or `past` does not fit it.
    ///
    /// # Cost
    /// `4 B T D^2 + 2 B T (S + T) D` multiply-adds, and a copy of all keys and
    /// values.
    pub fn forward(
        &self,
        input: &Tensor,
        past: Option<&KeyValue>,
        causal: bool,
    ) -> Result<(Tensor, KeyValue)> {
        self.check_input(input)?;
        let query = self.split_heads(&self.query.forward(input)?)?;
        let key = self.split_heads(&self.key.forward(input)?)?;
        let value = self.split_heads(&self.value.forward(input)?)?;
        let seen = match past {
            Some(past) => self.append(past, key, value)?,
            None => KeyValue { k: key, v: value },
        };

        let KeyValue { k, v } = seen.clone();
        let joined = attend(&AttentionInputs { query, key: k, value: v, causal })?;
        Ok((self.output.forward(&joined)?, seen))
    }

    fn check_input(&self, input: &Tensor) -> Result<()> {
        match *input.shape() {
            [_, _, width] if width == self.d_model() => Ok(()),
            _ => {
                let reason = format!("the input must be [B, T, {}]", self.d_model());
                Err(TensorError::shape("attention", input.shape(), reason))
            }
        }
    }

    /// `[B, T, D]` to `[B, H, T, Dh]`.
    fn split_heads(&self, tensor: &Tensor) -> Result<Tensor> {
        let batch = tensor.shape()[0];
        let tokens = tensor.shape()[1];
        tensor.reshape(&[batch, tokens, self.n_heads, self.head_dim()])?.transpose(1, 2)
    }

    fn append(&self, past: &KeyValue, key: Tensor, value: Tensor) -> Result<KeyValue> {
        for (old, new) in [(&past.k, &key), (&past.v, &value)] {
            let batch = new.shape()[0];
            let heads = self.n_heads;
            let width = self.head_dim();
            let fits = matches!(*old.shape(), [b, h, s, w]
                if (b, h, w) == (batch, heads, width) && s == past.k.shape()[2]);
            if !fits {
                let reason =
                    format!("past keys and values must be [{batch}, {heads}, S, {width}], same S");
                return Err(TensorError::mismatch("attention", old.shape(), new.shape(), reason));
            }
        }
        Ok(KeyValue {
            k: Tensor::concat(&[past.k.clone(), key], 2)?,
            v: Tensor::concat(&[past.v.clone(), value], 2)?,
        })
    }
}

impl Layer for MultiHeadAttention {
    /// Causal, without cached tokens, as in all models of this course.
    fn forward(&self, input: &Tensor) -> Result<Tensor> {
        let (output, _) = self.forward(input, None, true)?;
        Ok(output)
    }

    fn specs(&self) -> Vec<NamedSpec> {
        let d_model = self.d_model();
        let n_heads = self.n_heads;
        leaf(LayerSpec::Attention { d_model, n_heads })
    }

    fn parameters(&self) -> Vec<(String, &Tensor)> {
        let projections = [
            ("query", &self.query),
            ("key", &self.key),
            ("value", &self.value),
            ("output", &self.output),
        ];
        let named = projections.map(|(name, layer)| parameters_of(name, layer));
        named.into_iter().flatten().collect()
    }

    fn parameters_mut(&mut self) -> Vec<(String, &mut Tensor)> {
        let projections = [
            ("query", &mut self.query),
            ("key", &mut self.key),
            ("value", &mut self.value),
            ("output", &mut self.output),
        ];
        let named = projections.map(|(name, layer)| parameters_of_mut(name, layer));
        named.into_iter().flatten().collect()
    }
}
