//! One new token, with cached keys and values.

use tinytorch::models::{Gpt, GptConfig};
use tinytorch::nn::MultiHeadAttention;
use tinytorch::{Rng, Tensor};

use crate::common::randn;

/// With a cache, the input has one token, and its scores are `[B, H, 1, S]`. A
/// causal mask for the new tokens only, `[1, 1]`, would show it only the first
/// token, and one for `[S, S]` has another shape. The new token must see all
/// tokens.
#[test]
fn a_single_token_sees_all_before_it() {
    let attention = MultiHeadAttention::new(8, 2, &mut Rng::new(1)).unwrap();
    let input = randn(&[2, 5, 8], 2);
    let (at_once, _) = attention.forward(&input, None, true).unwrap();

    let mut past = None;
    for token in 0..5 {
        let new = input.slice_axis(1, token, token + 1).unwrap();
        let (output, seen) = attention.forward(&new, past.as_ref(), true).unwrap();
        assert_eq!(seen.k.shape(), [2, 2, token + 1, 4]);
        assert!(output.allclose(&at_once.slice_axis(1, token, token + 1).unwrap(), 1e-5, 1e-6));
        past = Some(seen);
    }
}

/// The first token sees only itself, so its output does not depend on queries.
#[test]
fn the_first_token_alone_is_its_own_value() {
    let attention = MultiHeadAttention::new(4, 2, &mut Rng::new(1)).unwrap();
    let input = randn(&[1, 1, 4], 2);
    let (output, seen) = attention.forward(&input, None, true).unwrap();
    let value = seen.v.reshape(&[1, 1, 4]).unwrap();
    let expected = tinytorch::Layer::forward(attention.output(), &value).unwrap();
    assert!(output.allclose(&expected, 1e-6, 1e-7));
}

/// The position of the new token is the number of earlier tokens, not 0.
#[test]
fn a_whole_model_goes_on_at_the_right_position() {
    let sizes = GptConfig { vocab_size: 9, max_seq_len: 6, d_model: 8, n_heads: 2, n_layers: 2 };
    let gpt = Gpt::new(sizes, &mut Rng::new(3)).unwrap();
    let ids = [3, 1, 4, 1, 5, 2];
    let at_once = gpt.forward_ids(&[ids.to_vec()]).unwrap();
    let mut past = None;
    let mut one_by_one = Vec::new();
    for id in ids {
        let (scores, seen) = gpt.forward_cached(&[vec![id]], past.as_deref()).unwrap();
        one_by_one.push(scores);
        past = Some(seen);
    }
    assert!(Tensor::concat(&one_by_one, 1).unwrap().allclose(&at_once, 1e-4, 1e-5));
}
