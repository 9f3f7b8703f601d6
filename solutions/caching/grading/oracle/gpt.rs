//! The model in f64, as plain loops that follow its description. It uses no tensors and no views of
//! heads, and shares no code with the reference.

use super::trained;
use crate::contract::{Model, Sizes};
use std::collections::HashMap;

/// A model's weights in f64.
pub struct Gpt {
    /// The sizes of the model.
    pub sizes: Sizes,
    weights: HashMap<String, Vec<f64>>,
}

/// The keys and values of a sequence that each layer has seen; each row is `d_model` long.
#[derive(Clone)]
pub struct Seen(pub Vec<[Vec<Vec<f64>>; 2]>);

/// One sequence, token by token.
#[derive(Clone)]
pub struct Sequence<'a> {
    gpt: &'a Gpt,
    /// The keys and values of its tokens.
    pub seen: Seen,
}

impl Gpt {
    /// The same model that the submission gets.
    pub fn new(model: Model) -> Self {
        let (sizes, weights) = match model {
            Model::Drawn(sizes, seed) => (sizes, course_data::drawn_weights(sizes, seed)),
            Model::Trained => {
                let names = course_data::parameters(trained::SIZES);
                (trained::SIZES, names.iter().map(|(name, _)| trained::parameter(name)).collect())
            }
        };
        let names = course_data::parameters(sizes).into_iter().map(|(name, _)| name);
        let wide = |weight: Vec<f32>| weight.into_iter().map(f64::from).collect();
        Self { sizes, weights: names.zip(weights.into_iter().map(wide)).collect() }
    }

    /// The state before the first token.
    pub fn nothing(&self) -> Seen {
        Seen((0..self.sizes.n_layers).map(|_| [Vec::new(), Vec::new()]).collect())
    }

    /// A sequence without tokens.
    pub fn sequence(&self) -> Sequence<'_> {
        Sequence { gpt: self, seen: self.nothing() }
    }

    /// The scores at each position of a whole sequence.
    pub fn logits(&self, ids: &[usize]) -> Vec<Vec<f64>> {
        let mut sequence = self.sequence();
        ids.iter().map(|id| sequence.next(*id)).collect()
    }

    /// The scores after one more token.
    pub fn next(&self, Seen(layers): &mut Seen, id: usize) -> Vec<f64> {
        let d = self.sizes.d_model;
        let position = layers[0][0].len();
        let row = |table: &str, at: usize| {
            &self.weight(table, "weight").expect("a table")[at * d..(at + 1) * d]
        };
        let mut x = add(row("tok_emb", id), row("pos_emb", position));
        for (block, [keys, values]) in layers.iter_mut().enumerate() {
            let normal = self.norm(&format!("blocks.{block}.ln1"), &x);
            let projected = |name: &str| self.projected(block, name, &normal);
            keys.push(projected("key"));
            values.push(projected("value"));
            let joined = attend(&projected("query"), keys, values, self.sizes.n_heads);
            let attended = self.linear(&format!("blocks.{block}.attn.output"), &joined);
            x = self.mlp(block, &add(&x, &attended));
        }
        self.linear("head", &self.norm("ln_f", &x))
    }

    /// Attention of block `block` on `[T][D]`, causal.
    pub fn attention(&self, block: usize, input: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let [queries, keys, values] = ["query", "key", "value"].map(|name| {
            input.iter().map(|row| self.projected(block, name, row)).collect::<Vec<_>>()
        });
        let tokens = queries.iter().enumerate().map(|(t, query)| {
            let joined = attend(query, &keys[..=t], &values[..=t], self.sizes.n_heads);
            self.linear(&format!("blocks.{block}.attn.output"), &joined)
        });
        tokens.collect()
    }

    /// A projection of block `block`, such as `key`, of one row.
    pub fn projected(&self, block: usize, projection: &str, row: &[f64]) -> Vec<f64> {
        self.linear(&format!("blocks.{block}.attn.{projection}"), row)
    }

    /// Block `block` on `[T][D]`, causal.
    pub fn block(&self, block: usize, input: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let normal: Vec<_> =
            input.iter().map(|row| self.norm(&format!("blocks.{block}.ln1"), row)).collect();
        let attended = self.attention(block, &normal);
        input.iter().zip(attended).map(|(x, y)| self.mlp(block, &add(x, &y))).collect()
    }

    /// `x + fc2(gelu(fc1(ln2(x))))`.
    fn mlp(&self, block: usize, x: &[f64]) -> Vec<f64> {
        let normal = self.norm(&format!("blocks.{block}.ln2"), x);
        let mut hidden = self.linear(&format!("blocks.{block}.mlp.fc1"), &normal);
        for x in &mut hidden {
            *x = gelu(*x);
        }
        add(x, &self.linear(&format!("blocks.{block}.mlp.fc2"), &hidden))
    }

    fn weight(&self, name: &str, kind: &str) -> Option<&[f64]> {
        self.weights.get(&format!("{name}.{kind}")).map(Vec::as_slice)
    }

    fn linear(&self, name: &str, x: &[f64]) -> Vec<f64> {
        let weight = self.weight(name, "weight").expect("a weight of that name");
        let width = weight.len() / x.len();
        let mut y = self.weight(name, "bias").map_or_else(|| vec![0.0; width], <[f64]>::to_vec);
        for (x, row) in x.iter().zip(weight.chunks_exact(width)) {
            y.iter_mut().zip(row).for_each(|(y, w)| *y += x * w);
        }
        y
    }

    fn norm(&self, name: &str, x: &[f64]) -> Vec<f64> {
        let count = x.len() as f64;
        let mean = x.iter().sum::<f64>() / count;
        let variance = x.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / count;
        let scale = 1.0 / (variance + 1e-5).sqrt();
        let [weight, bias] =
            ["weight", "bias"].map(|kind| self.weight(name, kind).expect("a normalization"));
        let parameters = weight.iter().zip(bias);
        x.iter().zip(parameters).map(|(x, (w, b))| (x - mean) * scale * w + b).collect()
    }
}

impl Sequence<'_> {
    /// The scores after one more token.
    pub fn next(&mut self, id: usize) -> Vec<f64> {
        self.gpt.next(&mut self.seen, id)
    }
}

impl Seen {
    /// Keeps only the first `len` tokens.
    pub fn truncate(&mut self, len: usize) {
        self.0.iter_mut().flatten().for_each(|rows| rows.truncate(len));
    }
}

/// Attention of one token to some rows, with all heads concatenated.
pub fn attend(query: &[f64], keys: &[Vec<f64>], values: &[Vec<f64>], heads: usize) -> Vec<f64> {
    let width = query.len() / heads;
    let mut joined = vec![0.0; query.len()];
    for head in 0..heads {
        let columns = head * width..(head + 1) * width;
        let scores = keys.iter().map(|key| {
            let pairs = query[columns.clone()].iter().zip(&key[columns.clone()]);
            pairs.map(|(q, k)| q * k).sum::<f64>() / (width as f64).sqrt()
        });
        let scores: Vec<f64> = scores.collect();
        let top = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let weights: Vec<f64> = scores.iter().map(|score| (score - top).exp()).collect();
        let total: f64 = weights.iter().sum();
        for (weight, value) in weights.iter().zip(values) {
            let out = joined[columns.clone()].iter_mut().zip(&value[columns.clone()]);
            out.for_each(|(out, v)| *out += weight / total * v);
        }
    }
    joined
}

fn add(x: &[f64], y: &[f64]) -> Vec<f64> {
    x.iter().zip(y).map(|(x, y)| x + y).collect()
}

/// The tanh approximation.
fn gelu(x: f64) -> f64 {
    let inner = (2.0 / std::f64::consts::PI).sqrt() * (x + 0.044_715 * x.powi(3));
    0.5 * x * (1.0 + inner.tanh())
}
