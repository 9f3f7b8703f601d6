//! Greedy generation, one token at a time.

use tinytorch::models::Gpt;
use tinytorch::{Result, Tensor};

/// The `tokens` most likely ids after each prompt, chosen greedily one after the other. Keys and
/// values are cached, so each step processes only the new token.
///
/// # Errors
/// If the prompts are empty or differ in length, or if prompt and answer do not fit into the model.
pub fn generate(gpt: &Gpt, prompts: &[Vec<usize>], tokens: usize) -> Result<Vec<Vec<usize>>> {
    let mut written = vec![Vec::with_capacity(tokens); prompts.len()];
    let (mut logits, mut cache) = gpt.forward_cached(prompts, None)?;
    for step in 0..tokens {
        let next = likeliest(&logits)?;
        for (row, &id) in written.iter_mut().zip(&next) {
            row.push(id);
        }
        if step + 1 < tokens {
            let next: Vec<Vec<usize>> = next.into_iter().map(|id| vec![id]).collect();
            (logits, cache) = gpt.forward_cached(&next, Some(&cache))?;
        }
    }
    Ok(written)
}

/// The most likely id after the last token of each row.
fn likeliest(logits: &Tensor) -> Result<Vec<usize>> {
    let last = logits.shape()[1];
    logits.slice_axis(1, last.saturating_sub(1), last)?.argmax_axis(2)
}
