//! Task `generate`, second part: generates one token after another.

// BEGIN SOLUTION: -
use crate::cache::elements;
use crate::{CacheError, Sampler};
// END SOLUTION
use crate::{CachedGpt, KvCache, Result, Sampling};

/// Options of the generation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GenerateOptions {
    /// The maximum number of new tokens per sequence.
    pub max_new_tokens: usize,
    /// If this token is generated, the sequence ends; the token is part of the result.
    pub stop: Option<usize>,
    /// How tokens are chosen.
    pub sampling: Sampling,
    /// The seed of the random draws. Sequence b has its own generator with seed `seed + b` (wrapping around),
    /// so the draws of one sequence do not depend on the others.
    pub seed: u64,
}

/// Continues B prompts of the same length, which follow the tokens that are already in the cache. Returns the
/// new tokens of each sequence.
///
/// The prompts go through the model once, with all their tokens together. After that, only the tokens that were
/// chosen last are fed in. Sequences that have ended stay in the batch until the last one ends, with their stop
/// token as input, and their outputs are ignored.
///
/// Afterwards the cache contains the prompts and all new tokens except the last, which no step needed:
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
/// [`CacheError::BadOptions`](crate::CacheError::BadOptions) of [`Sampler::new`](crate::Sampler::new); those of
/// [`CachedGpt::forward`]; [`CacheError::Overflow`](crate::CacheError::Overflow), before anything is computed,
/// when the prompts and all but the last of `max_new_tokens` do not fit (`tokens` is their sum). The cache does
/// not change in these cases. [`CacheError::BadLogits`](crate::CacheError::BadLogits) can occur later, when the
/// model has diverged.
///
/// # Cost
/// One forward pass for the prompts, and one with a single token for each new token except the first. If
/// `max_new_tokens` is 0, nothing is computed and the cache does not change.
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
        let tokens = logits.shape()[1];
        let vocabulary = logits.shape()[2];
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

/// Checks that everything that can be added to the cache fits.
fn check_room(
    model: &CachedGpt,
    prompts: &[Vec<usize>],
    max_new_tokens: usize,
    cache: &KvCache,
) -> Result<()> {
    let prompt = model.check(prompts, cache)?;
    let tokens = prompt.saturating_add(max_new_tokens.saturating_sub(1));
    let len = cache.len();
    let longest = model.config().max_seq_len.min(cache.max_seq_len());
    if tokens > longest.saturating_sub(len) {
        return Err(CacheError::Overflow { len, tokens, max_seq_len: longest });
    }
    Ok(())
}
// END SOLUTION
