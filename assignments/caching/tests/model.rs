//! Task `model`, which needs `cache` and `attention`. Run with `cargo test -p caching --test model`.
//!
//! Before you start, every test here fails with `not yet implemented: ...`. That is the expected
//! start.

use caching::{CacheError, CachedGpt, CachedTransformerBlock, KvCache};
use tinytorch::models::{Gpt, GptConfig};
use tinytorch::nn::TransformerBlock;
use tinytorch::{Layer, Rng, Tensor, pretrained};

fn gpt() -> Gpt {
    let config =
        GptConfig { vocab_size: 11, max_seq_len: 12, d_model: 16, n_heads: 2, n_layers: 3 };
    Gpt::new(config, &mut Rng::new(4)).unwrap()
}

fn ids(batch: usize, tokens: usize) -> Vec<Vec<usize>> {
    let mut rng = Rng::new(9);
    (0..batch).map(|_| (0..tokens).map(|_| rng.below(11)).collect()).collect()
}

fn part(ids: &[Vec<usize>], first: usize, length: usize) -> Vec<Vec<usize>> {
    ids.iter().map(|row| row[first..first + length].to_vec()).collect()
}

/// The logits of all chunks, concatenated.
fn in_chunks(
    model: &CachedGpt,
    cache: &mut KvCache,
    ids: &[Vec<usize>],
    lengths: &[usize],
) -> Tensor {
    let mut all: Vec<Tensor> = Vec::new();
    for length in lengths {
        let first = cache.len();
        all.push(model.forward(&part(ids, first, *length), cache).unwrap());
        assert_eq!(cache.len(), first + length);
    }
    Tensor::concat(&all, 1).unwrap()
}

fn assert_same(batch: usize, lengths: &[usize]) {
    let (gpt, ids) = (gpt(), ids(batch, lengths.iter().sum()));
    let model = CachedGpt::new(&gpt);
    let mut cache = model.new_cache(batch).unwrap();
    let logits = in_chunks(&model, &mut cache, &ids, lengths);
    assert!(logits.allclose(&gpt.forward_ids(&ids).unwrap(), 1e-5, 1e-5), "{lengths:?}");
}

#[test]
fn a_block_gives_what_the_whole_block_gives() {
    let block = TransformerBlock::new(8, 2, &mut Rng::new(1)).unwrap();
    let input = Tensor::randn(&[1, 5, 8], 1.0, &mut Rng::new(2));
    let whole = block.forward(&input).unwrap();
    let cached = CachedTransformerBlock::new(&block);
    let mut cache = KvCache::new(8, 1, 2, 4).unwrap();
    let start = cached.forward(&input.slice_axis(1, 0, 3).unwrap(), &mut cache, 0).unwrap();
    cache.advance(3).unwrap();
    let end = cached.forward(&input.slice_axis(1, 3, 5).unwrap(), &mut cache, 0).unwrap();
    assert!(Tensor::concat(&[start, end], 1).unwrap().allclose(&whole, 1e-5, 1e-5));
}

#[test]
fn a_prompt_at_once_gives_the_same_logits() {
    assert_same(1, &[9]);
}

#[test]
fn single_tokens_give_the_same_logits() {
    assert_same(1, &[1; 12]);
}

#[test]
fn chunks_and_batches_give_the_same_logits() {
    assert_same(3, &[4, 1, 1, 5]);
}

#[test]
fn the_trained_model_gives_the_same_logits() {
    let gpt = pretrained::gpt().unwrap();
    let model = CachedGpt::new(&gpt);
    let mut cache = model.new_cache(1).unwrap();
    let ids = vec![vec![1, 2, 3, 10, 4, 5, 6, 11, 9, 7, 5, 0, 12]];
    let logits = in_chunks(&model, &mut cache, &ids, &[8, 1, 1, 1, 1, 1]);
    // Scores reach 20 here, and rounding errors grow with them.
    assert!(logits.allclose(&gpt.forward_ids(&ids).unwrap(), 1e-5, 2e-4));
}

#[test]
fn after_reset_and_truncate_the_logits_are_those_of_the_new_sequence() {
    let (gpt, ids) = (gpt(), ids(1, 12));
    let model = CachedGpt::new(&gpt);
    let mut cache = model.new_cache(1).unwrap();
    let _ = in_chunks(&model, &mut cache, &ids, &[12]);
    cache.truncate(3).unwrap();
    let again = model.forward(&[vec![1, 1]], &mut cache).unwrap();
    let whole = gpt.forward_ids(&[[&ids[0][..3], &[1, 1]].concat()]).unwrap();
    assert!(again.allclose(&whole.slice_axis(1, 3, 5).unwrap(), 1e-5, 1e-5));
    cache.reset();
    let alone = model.forward(&[vec![7]], &mut cache).unwrap();
    assert!(alone.allclose(&gpt.forward_ids(&[vec![7]]).unwrap(), 1e-5, 1e-5));
}

#[test]
fn a_refusal_leaves_the_cache_as_it_was() {
    let (gpt, ids) = (gpt(), ids(1, 12));
    let model = CachedGpt::new(&gpt);
    let mut cache = model.new_cache(1).unwrap();
    let _ = in_chunks(&model, &mut cache, &ids, &[10]);
    let error = model.forward(&[vec![1, 2, 3]], &mut cache).unwrap_err();
    assert_eq!(error, CacheError::Overflow { len: 10, tokens: 3, max_seq_len: 12 });
    for bad in [vec![], vec![vec![]], vec![vec![11]], vec![vec![1], vec![1]]] {
        let error = model.forward(&bad, &mut cache).unwrap_err();
        assert!(matches!(error, CacheError::BadPrompt { .. }), "{error}");
    }
    let last = model.forward(&part(&ids, 10, 2), &mut cache).unwrap();
    let whole = gpt.forward_ids(&ids).unwrap().slice_axis(1, 10, 12).unwrap();
    assert!(last.allclose(&whole, 1e-5, 1e-5));
}

#[test]
fn a_new_cache_has_the_sizes_of_the_model() {
    let cache = CachedGpt::new(&gpt()).new_cache(2).unwrap();
    assert_eq!((cache.batch(), cache.max_seq_len(), cache.n_layers()), (2, 12, 3));
    assert_eq!((cache.storage().n_heads, cache.storage().head_dim), (2, 8));
}
