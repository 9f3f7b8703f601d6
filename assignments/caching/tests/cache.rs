//! Task `cache`. Run with `cargo test -p caching --test cache`.
//!
//! Before you start, every test here fails with `not yet implemented: ...`. That is the expected
//! start.

use caching::{CacheError, KvCache};
use tinytorch::Tensor;

/// Two sequences of up to 5 tokens, 2 layers, 3 heads of width 2.
fn cache() -> KvCache {
    KvCache::with_batch(2, 5, 2, 3, 2).unwrap()
}

/// Rows of `tokens` tokens: the number for sequence b, head h, token t, place i is `start` + 1000 b + 100
/// h + 10 t + i.
fn rows(tokens: usize, start: f32) -> Tensor {
    let mut all = Vec::new();
    for b in 0..2 {
        for h in 0..3 {
            for t in 0..tokens {
                all.extend((0..2).map(|i| start + (1000 * b + 100 * h + 10 * t + i) as f32));
            }
        }
    }
    Tensor::from_vec(all, &[2, 3, tokens, 2]).unwrap()
}

fn step(cache: &mut KvCache, tokens: usize, start: f32) {
    for layer in 0..2 {
        let start = start + 0.25 * layer as f32;
        cache.update(layer, &rows(tokens, start), &rows(tokens, -start)).unwrap();
    }
    cache.advance(tokens).unwrap();
}

#[test]
fn what_goes_in_comes_out() {
    let mut cache = cache();
    step(&mut cache, 2, 0.0);
    let view = cache.get(1).unwrap();
    assert_eq!(view.len(), 2);
    assert_eq!(view.keys(0, 0), [&[0.25, 1.25, 10.25, 11.25][..], &[]]);
    assert_eq!(view.keys(1, 2)[0], [1200.25, 1201.25, 1210.25, 1211.25]);
    assert_eq!(view.values(1, 2)[0], [1199.75, 1200.75, 1209.75, 1210.75]);
}

#[test]
fn tokens_are_appended() {
    let mut cache = cache();
    step(&mut cache, 2, 0.0);
    step(&mut cache, 1, 0.5);
    let view = cache.get(0).unwrap();
    assert_eq!(view.keys(0, 1)[0], [100.0, 101.0, 110.0, 111.0, 100.5, 101.5]);
    assert_eq!((cache.len(), cache.max_seq_len()), (3, 5));
}

#[test]
fn new_tokens_are_seen_before_the_cache_advances() {
    let mut cache = cache();
    cache.update(0, &rows(3, 0.0), &rows(3, 0.0)).unwrap();
    assert_eq!((cache.get(0).unwrap().len(), cache.get(1).unwrap().len()), (3, 0));
    assert!(cache.is_empty());
}

#[test]
fn the_cache_advances_only_when_every_layer_was_updated() {
    let mut cache = cache();
    cache.update(0, &rows(3, 0.0), &rows(3, 0.0)).unwrap();
    let error = cache.advance(3).unwrap_err();
    assert_eq!(error, CacheError::NotWritten { layer: 1, written: 0, tokens: 3 });
    cache.update(1, &rows(3, 0.0), &rows(3, 0.0)).unwrap();
    cache.advance(3).unwrap();
    assert_eq!(cache.len(), 3);
}

#[test]
fn an_overflow_is_refused_and_changes_nothing() {
    let mut cache = cache();
    step(&mut cache, 4, 0.0);
    let before = cache.get(0).unwrap().keys(1, 2)[0].to_vec();
    let error = cache.update(0, &rows(2, 9.0), &rows(2, 9.0)).unwrap_err();
    assert_eq!(error, CacheError::Overflow { len: 4, tokens: 2, max_seq_len: 5 });
    assert_eq!(cache.get(0).unwrap().keys(1, 2)[0], before);
    step(&mut cache, 1, 3.0);
    assert_eq!(cache.len(), 5);
}

#[test]
fn a_layer_or_a_shape_that_does_not_fit_is_named() {
    let mut cache = cache();
    let right = rows(1, 0.0);
    assert_eq!(
        cache.update(2, &right, &right),
        Err(CacheError::NoSuchLayer { layer: 2, n_layers: 2 })
    );
    let wrong = Tensor::zeros(&[2, 2, 1, 3]);
    let error = cache.update(0, &right, &wrong).unwrap_err();
    assert!(matches!(error, CacheError::ShapeMismatch { operation: "update", .. }), "{error}");
    assert_eq!(KvCache::new(5, 0, 3, 2).unwrap_err(), CacheError::BadSize { what: "n_layers" });
}

#[test]
fn a_view_whose_rows_do_not_lie_side_by_side_is_read_along_its_strides() {
    let mut cache = cache();
    // In the order that projections produce: [B, T, H, Dh], viewed as [B, H, T, Dh].
    let scattered = rows(2, 0.0).transpose(1, 2).unwrap();
    let scattered = Tensor::from_vec(scattered.to_vec(), scattered.shape()).unwrap();
    let view = scattered.transpose(1, 2).unwrap();
    assert!(view.as_slice().is_none());
    cache.update(0, &view, &view).unwrap();
    assert_eq!(cache.get(0).unwrap().keys(1, 0)[0], [1000.0, 1001.0, 1010.0, 1011.0]);
}

#[test]
fn truncate_and_reset_forget_the_end_and_everything() {
    let mut cache = cache();
    step(&mut cache, 3, 0.0);
    cache.truncate(1).unwrap();
    step(&mut cache, 1, 0.5);
    assert_eq!(cache.get(0).unwrap().keys(0, 0)[0], [0.0, 1.0, 0.5, 1.5]);
    assert_eq!(cache.truncate(3), Err(CacheError::NotThatLong { len: 2, asked: 3 }));
    cache.reset();
    assert_eq!((cache.len(), cache.get(1).unwrap().len()), (0, 0));
    step(&mut cache, 5, 0.0);
}

#[test]
fn bytes_are_counted() {
    let mut cache = cache();
    // 2 layers, keys and values, 2 sequences, 3 heads, 5 tokens, 2 numbers of 4 bytes.
    assert_eq!((cache.allocated_bytes(), cache.used_bytes()), (960, 0));
    step(&mut cache, 2, 0.0);
    assert_eq!(cache.used_bytes(), 384);
}
