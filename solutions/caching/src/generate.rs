//! Task `generate`, second part: one token after the other.

// BEGIN SOLUTION: -
use crate::cache::elements;
use crate::{CacheError, Sampler};
// END SOLUTION
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
    // BEGIN SOLUTION: check the room, then alternate between the model and the samplers
    let samplers = (0..prompts.len() as u64)
        .map(|b| Sampler::new(options.sampling, options.seed.wrapping_add(b)));
    let mut samplers: Vec<Sampler> = samplers.collect::<Result<_>>()?;
    check_room(model, prompts, options.max_new_tokens, past_kv)?;
    let mut results = vec![Vec::new(); prompts.len()];
    let mut input = prompts.to_vec();
    for _ in 0..options.max_new_tokens {
        let logits = model.forward(&input, past_kv)?;
        let (tokens, vocabulary) = (logits.shape()[1], logits.shape()[2]);
        let rows = elements(&logits);
        for (b, (result, sampler)) in results.iter_mut().zip(&mut samplers).enumerate() {
            if !ended(result, options.stop) {
                let last = (b + 1) * tokens - 1;
                result.push(sampler.next(&rows[last * vocabulary..][..vocabulary])?);
            }
        }
        if results.iter().all(|result| ended(result, options.stop)) {
            break;
        }
        input = results.iter().map(|result| result.last().copied().into_iter().collect()).collect();
    }
    Ok(results)
    // END SOLUTION
}

// BEGIN SOLUTION: -
fn ended(result: &[usize], stop: Option<usize>) -> bool {
    stop.is_some() && result.last().copied() == stop
}

/// Whether everything fits that may go into the cache.
fn check_room(
    model: &CachedGpt,
    prompts: &[Vec<usize>],
    max_new_tokens: usize,
    cache: &KvCache,
) -> Result<()> {
    let prompt = model.check(prompts, cache)?;
    let tokens = prompt.saturating_add(max_new_tokens.saturating_sub(1));
    let (len, longest) = (cache.len(), model.config().max_seq_len.min(cache.max_seq_len()));
    if tokens > longest.saturating_sub(len) {
        return Err(CacheError::Overflow { len, tokens, max_seq_len: longest });
    }
    Ok(())
}
// END SOLUTION
