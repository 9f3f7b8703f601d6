//! Task `attention`, which needs `cache`. Run with `cargo test -p caching --test attention`.
//!
//! Before you start, every test here fails with `not yet implemented: ...`. That is the expected
//! start.

use caching::{CacheError, CachedMultiHeadAttention, KvCache};
use tinytorch::nn::MultiHeadAttention;
use tinytorch::{Rng, Tensor};

/// Width 12, 3 heads.
fn attention() -> MultiHeadAttention {
    MultiHeadAttention::new(12, 3, &mut Rng::new(5)).unwrap()
}

fn input(batch: usize, tokens: usize) -> Tensor {
    Tensor::randn(&[batch, tokens, 12], 1.0, &mut Rng::new(8))
}

/// The outputs of all chunks, concatenated.
fn in_chunks(input: &Tensor, lengths: &[usize]) -> Tensor {
    let attention = CachedMultiHeadAttention::new(&attention());
    let mut cache = KvCache::with_batch(input.shape()[0], 16, 1, 3, 4).unwrap();
    let mut outputs: Vec<Tensor> = Vec::new();
    for length in lengths {
        let first = cache.len();
        let part = input.slice_axis(1, first, first + length).unwrap();
        outputs.push(attention.forward(&part, &mut cache, 0).unwrap());
        cache.advance(*length).unwrap();
    }
    Tensor::concat(&outputs, 1).unwrap()
}

/// Compares with the foundation's result for the whole input.
fn assert_same(input: &Tensor, lengths: &[usize]) {
    let (expected, _) = attention().forward(input, None, true).unwrap();
    assert!(in_chunks(input, lengths).allclose(&expected, 1e-5, 1e-5), "{lengths:?}");
}

#[test]
fn a_prompt_is_attended_to_causally() {
    assert_same(&input(1, 7), &[7]);
}

#[test]
fn tokens_one_by_one_give_the_same() {
    assert_same(&input(1, 7), &[1; 7]);
}

#[test]
fn chunks_give_the_same() {
    assert_same(&input(1, 11), &[4, 1, 3, 1, 2]);
}

#[test]
fn sequences_of_a_batch_keep_apart() {
    assert_same(&input(3, 6), &[3, 1, 2]);
}

#[test]
fn the_cache_does_not_advance_by_itself() {
    let attention = CachedMultiHeadAttention::new(&attention());
    let mut cache = KvCache::new(16, 1, 3, 4).unwrap();
    let input = input(1, 3);
    let first = attention.forward(&input, &mut cache, 0).unwrap();
    assert_eq!((cache.len(), cache.get(0).unwrap().len()), (0, 3));
    assert_eq!(attention.forward(&input, &mut cache, 0).unwrap(), first);
}

#[test]
fn a_nan_does_not_reach_the_tokens_before_it() {
    let mut numbers = input(1, 4).to_vec();
    numbers[2 * 12] = f32::NAN;
    let output = in_chunks(&Tensor::from_vec(numbers, &[1, 4, 12]).unwrap(), &[4]).to_vec();
    assert!(output[..24].iter().all(|x| x.is_finite()));
    assert!(output[24..].iter().all(|x| x.is_nan()));
}

#[test]
fn what_does_not_fit_is_refused() {
    let attention = CachedMultiHeadAttention::new(&attention());
    let mut cache = KvCache::new(2, 1, 3, 4).unwrap();
    let error = attention.forward(&input(2, 1), &mut cache, 0).unwrap_err();
    assert!(matches!(error, CacheError::ShapeMismatch { operation: "attention", .. }), "{error}");
    let error = attention.forward(&input(1, 3), &mut cache, 0).unwrap_err();
    assert_eq!(error, CacheError::Overflow { len: 0, tokens: 3, max_seq_len: 2 });
    let mut other = KvCache::new(2, 1, 4, 3).unwrap();
    assert!(attention.forward(&input(1, 1), &mut other, 0).is_err());
}
