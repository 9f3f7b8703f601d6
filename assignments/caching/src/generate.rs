//! Task `generate`, second part: one token after the other.

use crate::{CachedGpt, KvCache, Result, Sampling};

/// What is generated, and how.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GenerateOptions {
    /// Each sequence gets at most so many tokens.
    pub max_new_tokens: usize,
    /// A sequence ends with this token, if it comes; the token is part of the result.
    pub stop: Option<usize>,
    /// How tokens are chosen.
    pub sampling: Sampling,
    /// What the draws follow from: sequence b draws from a generator of its own, that of
    /// `seed + b` (wrapping around). So what one sequence draws does not depend on the others.
    pub seed: u64,
}

/// Continues B prompts of the same length, which follow what the cache holds already. Returns the new
/// tokens of each.
///
/// The prompts go through the model once, all their tokens together. From then on only the tokens that
/// were chosen last go in. Sequences that have ended stay in the batch until the last one ends, with their stop
/// token as input, and what comes out of them is not looked at.
///
/// Afterwards the cache holds the prompts and all new tokens but the last, which no step needed:
/// `prompt + longest result - 1` tokens more than before.
///
/// ```
/// use caching::{CachedGpt, GenerateOptions, Sampling, generate_with_cache};
/// use tinytorch::data::addition;
/// use tinytorch::pretrained;
///
/// let model = CachedGpt::new(&pretrained::gpt()?);
/// let tokenizer = addition::tokenizer();
/// let question = tokenizer.encode("123+456=").expect("characters it knows");
/// let stop = tokenizer.id(';');
/// let options = GenerateOptions { max_new_tokens: 8, stop, sampling: Sampling::Greedy, seed: 0 };
/// let mut cache = model.new_cache(1)?;
/// let answer = generate_with_cache(&model, &[question], options, &mut cache)?;
/// // The digits come from right to left.
/// assert_eq!(tokenizer.decode(&answer[0]).expect("known ids"), "9750;");
/// # Ok::<(), caching::CacheError>(())
/// ```
///
/// # Errors
/// [`CacheError::BadOptions`](crate::CacheError::BadOptions) of [`Sampler::new`](crate::Sampler::new);
/// those of [`CachedGpt::forward`]; [`CacheError::Overflow`](crate::CacheError::Overflow) before
/// anything is computed when the prompts and all but the last of `max_new_tokens` do not fit (`tokens`
/// is the sum). The cache is unchanged then. [`CacheError::BadLogits`](crate::CacheError::BadLogits) may
/// come later, when the model has diverged.
///
/// # Cost
/// One forward pass for the prompts, and one with one token for each new token but the first. When
/// `max_new_tokens` is 0, nothing is computed, and the cache stays.
pub fn generate_with_cache(
    model: &CachedGpt,
    prompts: &[Vec<usize>],
    options: GenerateOptions,
    past_kv: &mut KvCache,
) -> Result<Vec<Vec<usize>>> {
    let _ = (&model, &prompts, &options, &past_kv); // Not used yet: goes with the todo!.
    todo!("check the room, then alternate between the model and the samplers")
}
