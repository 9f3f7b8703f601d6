//! Task `window`. Run with `cargo test -p caching --test window`.
//!
//! Before you start, every test here fails with `not yet implemented: ...`. That is the expected
//! start.

use caching::{CacheError, WindowCache};
use tinytorch::Tensor;

fn number(x: f32) -> Tensor {
    Tensor::full(&[1, 1, 1, 1], x)
}

/// One layer, one head of width 1, with tokens 0, 1, 2, ...
fn window_after(window: usize, tokens: usize) -> WindowCache {
    let mut cache = WindowCache::new(window, 1, 1, 1).unwrap();
    for t in 0..tokens {
        cache.push(0, &number(t as f32), &number(-(t as f32))).unwrap();
    }
    cache
}

fn keys(cache: &WindowCache) -> Vec<f32> {
    cache.get(0).unwrap().keys(0, 0).concat()
}

#[test]
fn a_window_that_is_not_full_shows_everything() {
    let cache = window_after(4, 3);
    assert_eq!(keys(&cache), [0.0, 1.0, 2.0]);
    assert_eq!(cache.positions(0).unwrap(), 0..3);
}

#[test]
fn a_full_window_shows_the_last_tokens_oldest_first() {
    for tokens in 4..=13 {
        let cache = window_after(4, tokens);
        let expected: Vec<f32> = (tokens - 4..tokens).map(|t| t as f32).collect();
        assert_eq!(keys(&cache), expected);
        assert_eq!(cache.positions(0).unwrap(), tokens - 4..tokens);
    }
}

#[test]
fn the_place_of_a_position_is_its_remainder() {
    // Positions 4, 1, 2, 3 in this order; the oldest is in the second place.
    let cache = window_after(4, 5);
    assert_eq!(cache.get(0).unwrap().values(0, 0), [&[-1.0, -2.0, -3.0][..], &[-4.0]]);
}

#[test]
fn layers_come_round_by_themselves() {
    let mut cache = WindowCache::new(2, 2, 1, 1).unwrap();
    for t in 0..3 {
        cache.push(0, &number(t as f32), &number(0.0)).unwrap();
    }
    cache.push(1, &number(7.0), &number(0.0)).unwrap();
    assert_eq!((cache.positions(0).unwrap(), cache.positions(1).unwrap()), (1..3, 0..1));
    assert_eq!(cache.get(1).unwrap().keys(0, 0).concat(), [7.0]);
}

#[test]
fn attention_is_restricted_to_the_window() {
    // With queries of 0 all scores are equal: the output is the mean of the visible values.
    let mut cache = WindowCache::new(3, 1, 1, 1).unwrap();
    let values = Tensor::from_vec(vec![3.0, 6.0, 12.0, 24.0, 48.0], &[1, 1, 5, 1]).unwrap();
    let zeros = Tensor::zeros(&[1, 1, 5, 1]);
    let output = cache.attend(0, &zeros, &values, &values).unwrap();
    let expected = Tensor::from_vec(vec![3.0, 4.5, 7.0, 14.0, 28.0], &[1, 1, 5, 1]).unwrap();
    assert!(output.allclose(&expected, 1e-6, 0.0), "{output:?}");
    let one = Tensor::zeros(&[1, 1, 1, 1]);
    let output = cache.attend(0, &one, &one, &one).unwrap();
    assert!(output.allclose(&number(24.0), 1e-6, 0.0), "{output:?}");
}

#[test]
fn scores_are_divided_by_the_root_of_the_width() {
    // Two tokens, width 4: the scores are 0 and 8 / 2.
    let mut cache = WindowCache::new(2, 1, 1, 4).unwrap();
    let query = Tensor::full(&[1, 1, 2, 4], 2.0);
    let mut numbers = vec![0.0; 4];
    numbers.extend([1.0; 4]);
    let keys = Tensor::from_vec(numbers, &[1, 1, 2, 4]).unwrap();
    let output = cache.attend(0, &query, &keys, &keys).unwrap();
    let share = 1.0 / (1.0 + (-4.0_f32).exp());
    assert!((output.get(&[0, 0, 1, 3]).unwrap() - share).abs() < 1e-6, "{output:?}");
}

#[test]
fn more_than_one_token_cannot_be_pushed() {
    let mut cache = window_after(3, 1);
    let two = Tensor::zeros(&[1, 1, 2, 1]);
    let error = cache.push(0, &two, &two).unwrap_err();
    assert!(matches!(error, CacheError::ShapeMismatch { operation: "push", .. }), "{error}");
    assert_eq!(cache.positions(1), Err(CacheError::NoSuchLayer { layer: 1, n_layers: 1 }));
}

#[test]
fn reset_starts_again_and_memory_stays() {
    let mut cache = window_after(4, 6);
    assert_eq!(cache.allocated_bytes(), 32);
    cache.reset();
    assert_eq!(cache.positions(0).unwrap(), 0..0);
    cache.push(0, &number(5.0), &number(5.0)).unwrap();
    assert_eq!(keys(&cache), [5.0]);
}
