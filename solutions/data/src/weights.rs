//! GPTs whose weights are drawn from a seed: the judge's oracle, drivers and kernels make the same ones.

use crate::Sizes;

/// Names and shapes of a model's parameters, as in the foundation.
pub fn parameters(sizes: Sizes) -> Vec<(String, Vec<usize>)> {
    let Sizes { vocab_size, max_seq_len, d_model: d, n_layers, .. } = sizes;
    let mut all = vec![
        ("tok_emb.weight".to_string(), vec![vocab_size, d]),
        ("pos_emb.weight".to_string(), vec![max_seq_len, d]),
        ("ln_f.weight".to_string(), vec![d]),
        ("ln_f.bias".to_string(), vec![d]),
        ("head.weight".to_string(), vec![d, vocab_size]),
    ];
    for block in 0..n_layers {
        let mut add = |name: &str, shape: &[usize]| {
            all.push((format!("blocks.{block}.{name}"), shape.to_vec()));
        };
        for norm in ["ln1", "ln2"] {
            add(&format!("{norm}.weight"), &[d]);
            add(&format!("{norm}.bias"), &[d]);
        }
        for projection in ["query", "key", "value", "output"] {
            add(&format!("attn.{projection}.weight"), &[d, d]);
            add(&format!("attn.{projection}.bias"), &[d]);
        }
        for (name, from, to) in [("fc1", d, 4 * d), ("fc2", 4 * d, d)] {
            add(&format!("mlp.{name}.weight"), &[from, to]);
            add(&format!("mlp.{name}.bias"), &[to]);
        }
    }
    all
}

/// The weights of a drawn model, in the order of [`parameters`]. None is trivial: biases are not 0, and
/// the weights of normalizations are not 1.
pub fn drawn_weights(sizes: Sizes, seed: u64) -> Vec<Vec<f32>> {
    let mut state = seed;
    let mut uniform = move || {
        // SplitMix64 (Steele, Lea, Flood, 2014).
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 40) as f32 / (1_u32 << 23) as f32 - 1.0
    };
    let weights = parameters(sizes).into_iter().map(|(name, shape)| {
        // Uniform numbers from -a to a have variance a^2 / 3.
        let (middle, reach) = match (name.contains("ln"), name.ends_with("bias")) {
            (true, false) => (1.0, 0.5),
            (_, true) => (0.0, 0.5),
            _ if name.contains("emb") => (0.0, 1.0),
            _ => (0.0, (3.0 / shape[0] as f32).sqrt() * sharpness(&name)),
        };
        (0..shape.iter().product()).map(|_| middle + reach * uniform()).collect()
    });
    weights.collect()
}

/// Queries and keys are larger than usual, so that attention is not just an average.
fn sharpness(name: &str) -> f32 {
    if name.contains("query") || name.contains("key") { 1.3 } else { 1.0 }
}
