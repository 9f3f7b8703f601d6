//! A small GPT: a decoder-only transformer over token ids.

use crate::layer::{parameters_of, parameters_of_mut, specs_of};
use crate::nn::{Embedding, KeyValue, LayerNorm, Linear, TransformerBlock, ids_from_tensor};
use crate::{Layer, NamedSpec, Result, Rng, Tensor, TensorError};

/// The sizes of a [`Gpt`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GptConfig {
    /// Number of different tokens.
    pub vocab_size: usize,
    /// Maximum sequence length, including cached tokens.
    pub max_seq_len: usize,
    /// Width D of the model.
    pub d_model: usize,
    /// Heads of each attention; must divide `d_model`.
    pub n_heads: usize,
    /// Number of blocks.
    pub n_layers: usize,
}

impl GptConfig {
    fn check(&self) -> Result<()> {
        let sizes = [
            ("vocab_size", self.vocab_size),
            ("max_seq_len", self.max_seq_len),
            ("d_model", self.d_model),
            ("n_layers", self.n_layers),
        ];
        match sizes.iter().find(|(_, size)| *size == 0) {
            Some((name, _)) => Err(TensorError::config("gpt", format!("{name} must not be 0"))),
            None => Ok(()),
        }
    }
}

/// Token and learned position embeddings, blocks, a normalization, and a linear layer that
/// scores each token: `tok_emb`, `pos_emb`, `blocks.0.ln1`, ..., `ln_f`, `head`. The
/// [guide](crate::guide::gpt) shows how tensors flow through it.
///
/// ```
/// use tinytorch::Rng;
/// use tinytorch::models::{Gpt, GptConfig};
///
/// let config =
///     GptConfig { vocab_size: 12, max_seq_len: 8, d_model: 16, n_heads: 4, n_layers: 2 };
/// let gpt = Gpt::new(config, &mut Rng::new(3))?;
/// let all_at_once = gpt.forward_ids(&[vec![4, 7, 1]])?;
///
/// // The same in two steps: the second one needs only the new token.
/// let (_, cache) = gpt.forward_cached(&[vec![4, 7]], None)?;
/// let (last, _) = gpt.forward_cached(&[vec![1]], Some(&cache))?;
/// assert!(last.allclose(&all_at_once.slice_axis(1, 2, 3)?, 1e-5, 1e-5));
/// # Ok::<(), tinytorch::TensorError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Gpt {
    config: GptConfig,
    tok_emb: Embedding,
    pos_emb: Embedding,
    blocks: Vec<TransformerBlock>,
    ln_f: LayerNorm,
    head: Linear,
}

impl Gpt {
    /// Random weights.
    ///
    /// # Errors
    /// When a size is 0, or `n_heads` does not divide `d_model`.
    pub fn new(config: GptConfig, rng: &mut Rng) -> Result<Self> {
        config.check()?;
        let width = config.d_model;
        let heads = config.n_heads;
        let tok_emb = Embedding::new(config.vocab_size, width, rng);
        let pos_emb = Embedding::new(config.max_seq_len, width, rng);
        let blocks: Result<_> =
            (0..config.n_layers).map(|_| TransformerBlock::new(width, heads, rng)).collect();
        Ok(Self {
            tok_emb,
            pos_emb,
            blocks: blocks?,
            ln_f: LayerNorm::new(width, 1e-5),
            head: Linear::new(width, config.vocab_size, false, rng),
            config,
        })
    }

    /// The sizes of this model.
    pub fn config(&self) -> &GptConfig {
        &self.config
    }

    /// The table of token vectors, `[vocab_size, D]`.
    pub fn token_embedding(&self) -> &Embedding {
        &self.tok_emb
    }

    /// The table of position vectors, `[max_seq_len, D]`.
    pub fn position_embedding(&self) -> &Embedding {
        &self.pos_emb
    }

    /// The blocks, first to last.
    pub fn blocks(&self) -> &[TransformerBlock] {
        &self.blocks
    }

    /// The normalization after the last block.
    pub fn final_norm(&self) -> &LayerNorm {
        &self.ln_f
    }

    /// The linear layer that scores each token, without bias.
    pub fn head(&self) -> &Linear {
        &self.head
    }

    /// The scores for the next token, at each position of each sequence.
    ///
    /// # Shapes
    /// B sequences of T ids to `[B, T, vocab_size]`.
    ///
    /// # Errors
    /// When there are no sequences, their lengths differ, T exceeds `max_seq_len`, or an
    /// id is not in the vocabulary.
    pub fn forward_ids(&self, ids: &[Vec<usize>]) -> Result<Tensor> {
        let (logits, _) = self.forward_cached(ids, None)?;
        Ok(logits)
    }

    /// The scores at the new positions only, given the keys and values of the earlier
    /// tokens (one entry per block, as returned by the previous call). Also returns all
    /// keys and values, for the next call.
    ///
    /// # Shapes
    /// B sequences of T new ids to `[B, T, vocab_size]`; keys and values
    /// `[B, H, S, Dh]` in, `[B, H, S + T, Dh]` out.
    ///
    /// # Errors
    /// Like [`forward_ids`](Gpt::forward_ids), where `S + T` must not exceed
    /// `max_seq_len`; also when `past` does not fit the model or the batch.
    pub fn forward_cached(
        &self,
        ids: &[Vec<usize>],
        past: Option<&[KeyValue]>,
    ) -> Result<(Tensor, Vec<KeyValue>)> {
        let tokens = same_length(ids)?;
        let start = self.past_len(past)?;
        let mut hidden = self.embed(ids, tokens, start)?;
        let mut seen = Vec::with_capacity(self.blocks.len());
        for (i, block) in self.blocks.iter().enumerate() {
            let (output, kv) = block
                .forward_cached(&hidden, past.map(|past| &past[i]))
                .map_err(|e| e.in_layer(&format!("blocks.{i}")))?;
            hidden = output;
            seen.push(kv);
        }
        let logits = self.head.forward(&self.ln_f.forward(&hidden)?)?;
        Ok((logits, seen))
    }

    /// Token vectors plus the vectors of positions `start..start + tokens`.
    fn embed(&self, ids: &[Vec<usize>], tokens: usize, start: usize) -> Result<Tensor> {
        let end = start + tokens;
        let longest = self.config.max_seq_len;
        if end > longest {
            let reason = format!(
                "{tokens} new tokens after {start} cached ones exceed max_seq_len {longest}"
            );
            return Err(TensorError::shape("gpt", &[ids.len(), tokens], reason));
        }
        let vectors = self.tok_emb.forward_ids(&ids.concat(), &[ids.len(), tokens])?;
        vectors.add(&self.pos_emb.weight().slice_axis(0, start, end)?)
    }

    /// The number of tokens in the cached keys and values.
    fn past_len(&self, past: Option<&[KeyValue]>) -> Result<usize> {
        let Some(past) = past else { return Ok(0) };
        if past.len() != self.blocks.len() {
            let got = past.len();
            let blocks = self.blocks.len();
            let reason =
                format!("past has keys and values of {got} blocks, the model has {blocks}");
            return Err(TensorError::config("gpt", reason));
        }
        let first = past[0].k.shape();
        match past.iter().find(|kv| kv.k.shape() != first) {
            Some(other) => {
                let reason = "the blocks' past keys differ in shape".to_string();
                Err(TensorError::mismatch("gpt", first, other.k.shape(), reason))
            }
            None => Ok(first.get(2).copied().unwrap_or(0)),
        }
    }

    /// The top-level parts of the model in order of execution.
    fn parts(&self) -> Vec<(String, &dyn Layer)> {
        let mut parts: Vec<(String, &dyn Layer)> =
            vec![("tok_emb".to_string(), &self.tok_emb), ("pos_emb".to_string(), &self.pos_emb)];
        for (i, block) in self.blocks.iter().enumerate() {
            parts.push((format!("blocks.{i}"), block));
        }
        parts.push(("ln_f".to_string(), &self.ln_f));
        parts.push(("head".to_string(), &self.head));
        parts
    }
}

/// The length of all sequences.
fn same_length(ids: &[Vec<usize>]) -> Result<usize> {
    let Some(first) = ids.first() else {
        let reason = "needs at least one sequence of ids".to_string();
        return Err(TensorError::config("gpt", reason));
    };
    match ids.iter().position(|row| row.len() != first.len()) {
        Some(at) => {
            let reason = format!("sequence {at} has another length than sequence 0");
            Err(TensorError::mismatch("gpt", &[first.len()], &[ids[at].len()], reason))
        }
        None => Ok(first.len()),
    }
}

impl Layer for Gpt {
    /// # Shapes
    /// Ids as whole numbers, `[B, T]`, to `[B, T, vocab_size]`.
    fn forward(&self, input: &Tensor) -> Result<Tensor> {
        let &[batch, tokens] = input.shape() else {
            let reason = "the ids must be [B, T]".to_string();
            return Err(TensorError::shape("gpt", input.shape(), reason));
        };
        let ids = ids_from_tensor("gpt", input)?;
        let rows = (0..batch).map(|b| ids[b * tokens..(b + 1) * tokens].to_vec());
        self.forward_ids(&rows.collect::<Vec<_>>())
    }

    fn specs(&self) -> Vec<NamedSpec> {
        let parts = self.parts();
        parts.iter().flat_map(|(name, part)| specs_of(name, *part)).collect()
    }

    fn parameters(&self) -> Vec<(String, &Tensor)> {
        let parts = self.parts();
        parts.iter().flat_map(|(name, part)| parameters_of(name, *part)).collect()
    }

    fn parameters_mut(&mut self) -> Vec<(String, &mut Tensor)> {
        let mut all = parameters_of_mut("tok_emb", &mut self.tok_emb);
        all.extend(parameters_of_mut("pos_emb", &mut self.pos_emb));
        for (i, block) in self.blocks.iter_mut().enumerate() {
            all.extend(parameters_of_mut(&format!("blocks.{i}"), block));
        }
        all.extend(parameters_of_mut("ln_f", &mut self.ln_f));
        all.extend(parameters_of_mut("head", &mut self.head));
        all
    }
}
