//! The transformer block and the GPT; above all, cached and uncached results are
//! the same.

use crate::common::{error_text, randn};
use tinytorch::models::{Gpt, GptConfig};
use tinytorch::nn::TransformerBlock;
use tinytorch::{Layer, Rng, Tensor};

const VOCAB: usize = 13;

fn config() -> GptConfig {
    GptConfig { vocab_size: VOCAB, max_seq_len: 9, d_model: 12, n_heads: 3, n_layers: 3 }
}

fn gpt() -> Gpt {
    Gpt::new(config(), &mut Rng::new(1)).unwrap()
}

fn ids(batch: usize, tokens: usize, seed: u64) -> Vec<Vec<usize>> {
    let mut rng = Rng::new(seed);
    (0..batch).map(|_| (0..tokens).map(|_| rng.below(VOCAB)).collect()).collect()
}

fn part(ids: &[Vec<usize>], start: usize, end: usize) -> Vec<Vec<usize>> {
    ids.iter().map(|row| row[start..end].to_vec()).collect()
}

#[test]
fn a_block_adds_attention_and_then_the_mlp() {
    let block = TransformerBlock::new(8, 2, &mut Rng::new(2)).unwrap();
    let x = randn(&[2, 5, 8], 3);
    let attended = Layer::forward(block.attn(), &block.ln1().forward(&x).unwrap()).unwrap();
    let middle = x.add(&attended).unwrap();
    let hidden = block.fc1().forward(&block.ln2().forward(&middle).unwrap()).unwrap();
    assert_eq!(hidden.shape(), [2, 5, 32]);
    let expected = middle.add(&block.fc2().forward(&hidden.gelu()).unwrap()).unwrap();
    assert!(block.forward(&x).unwrap().allclose(&expected, 1e-6, 1e-6));
}

#[test]
fn logits_are_the_head_of_the_normalized_blocks_of_the_embeddings() {
    let (gpt, ids) = (gpt(), ids(2, 4, 4));
    let positions = gpt.position_embedding().forward_ids(&[0, 1, 2, 3], &[4]).unwrap();
    let tokens = gpt.token_embedding().forward_ids(&ids.concat(), &[2, 4]).unwrap();
    let mut hidden = tokens.add(&positions).unwrap();
    for block in gpt.blocks() {
        hidden = block.forward(&hidden).unwrap();
    }
    let expected = gpt.head().forward(&gpt.final_norm().forward(&hidden).unwrap()).unwrap();
    let logits = gpt.forward_ids(&ids).unwrap();
    assert_eq!(logits.shape(), [2, 4, VOCAB]);
    assert!(logits.allclose(&expected, 1e-6, 1e-6));
}

#[test]
fn cached_logits_are_the_uncached_ones_however_the_tokens_are_cut() {
    let (gpt, ids) = (gpt(), ids(3, 9, 5));
    let whole = gpt.forward_ids(&ids).unwrap();
    for cuts in
        [&[0, 9][..], &[0, 8, 9], &[0, 1, 9], &[0, 4, 5, 9], &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]]
    {
        let mut past = None;
        for piece in cuts.windows(2) {
            let new = part(&ids, piece[0], piece[1]);
            let (logits, seen) = gpt.forward_cached(&new, past.as_deref()).unwrap();
            let expected = whole.slice_axis(1, piece[0], piece[1]).unwrap();
            assert!(logits.allclose(&expected, 1e-4, 1e-5), "cuts {cuts:?}, piece {piece:?}");
            assert!(seen.iter().all(|kv| kv.k.shape() == [3, 3, piece[1], 4]));
            past = Some(seen);
        }
    }
}

#[test]
fn a_sequence_does_not_depend_on_the_others_in_its_batch() {
    let (gpt, ids) = (gpt(), ids(3, 6, 6));
    let together = gpt.forward_ids(&ids).unwrap();
    for (b, row) in ids.iter().enumerate() {
        let alone = gpt.forward_ids(std::slice::from_ref(row)).unwrap();
        assert!(alone.allclose(&together.slice_axis(0, b, b + 1).unwrap(), 1e-4, 1e-5));
    }
}

#[test]
fn a_token_changes_nothing_before_it_and_something_from_it_on() {
    let (gpt, mut ids) = (gpt(), ids(1, 6, 7));
    let before = gpt.forward_ids(&ids).unwrap();
    ids[0][3] = (ids[0][3] + 1) % VOCAB;
    let after = gpt.forward_ids(&ids).unwrap();
    let same = |t| after.slice_axis(1, t, t + 1) == before.slice_axis(1, t, t + 1);
    assert_eq!((0..6).map(same).collect::<Vec<_>>(), [true, true, true, false, false, false]);
}

#[test]
fn the_same_token_at_another_position_has_other_logits() {
    let logits = gpt().forward_ids(&[vec![5, 5, 5]]).unwrap();
    assert_ne!(logits.slice_axis(1, 0, 1), logits.slice_axis(1, 1, 2));
}

#[test]
fn as_a_layer_it_takes_ids_as_numbers() {
    let (gpt, ids) = (gpt(), ids(2, 5, 8));
    let numbers = ids.concat().iter().map(|&id| id as f32).collect();
    let numbers = Tensor::from_vec(numbers, &[2, 5]).unwrap();
    assert_eq!(gpt.forward(&numbers).unwrap(), gpt.forward_ids(&ids).unwrap());
    let text = error_text(gpt.forward(&Tensor::full(&[1, 2], 0.5)));
    assert_eq!(text, "gpt: [1, 2]: 0.5 at position 0 is not an id (a whole number from 0)");
    assert_eq!(error_text(gpt.forward(&Tensor::zeros(&[3]))), "gpt: [3]: the ids must be [B, T]");
}

#[test]
fn more_than_max_seq_len_tokens_are_an_error() {
    let gpt = gpt();
    let text = error_text(gpt.forward_ids(&ids(1, 10, 9)));
    assert_eq!(text, "gpt: [1, 10]: 10 new tokens after 0 cached ones exceed max_seq_len 9");
    let (_, past) = gpt.forward_cached(&ids(2, 8, 9), None).unwrap();
    let text = error_text(gpt.forward_cached(&ids(2, 2, 9), Some(&past)));
    assert_eq!(text, "gpt: [2, 2]: 2 new tokens after 8 cached ones exceed max_seq_len 9");
    assert!(gpt.forward_cached(&ids(2, 1, 9), Some(&past)).is_ok());
}

#[test]
fn a_past_that_does_not_fit_is_an_error() {
    let gpt = gpt();
    let (_, mut past) = gpt.forward_cached(&ids(2, 4, 10), None).unwrap();
    let text = error_text(gpt.forward_cached(&ids(3, 1, 10), Some(&past)));
    assert!(text.starts_with("layer blocks.0: attention: [2, 3, 4, 4] x [3, 3, 1, 4]: "), "{text}");
    let text = error_text(gpt.forward_cached(&ids(2, 1, 10), Some(&past[1..])));
    assert_eq!(text, "gpt: past has keys and values of 2 blocks, the model has 3");
    past[1] = gpt.forward_cached(&ids(2, 3, 10), None).unwrap().1.swap_remove(1);
    let text = error_text(gpt.forward_cached(&ids(2, 1, 10), Some(&past)));
    assert_eq!(text, "gpt: [2, 3, 4, 4] x [2, 3, 3, 4]: the blocks' past keys differ in shape");
}

#[test]
fn wrong_ids_are_named() {
    let gpt = gpt();
    let text = error_text(gpt.forward_ids(&[vec![1, 2], vec![3, VOCAB]]));
    assert_eq!(text, "embedding: [2, 2]: id 13 at position 3 has no row, there are 13");
    let text = error_text(gpt.forward_ids(&[vec![1, 2], vec![3]]));
    assert_eq!(text, "gpt: [2] x [1]: sequence 1 has another length than sequence 0");
    assert_eq!(error_text(gpt.forward_ids(&[])), "gpt: needs at least one sequence of ids");
    assert_eq!(gpt.forward_ids(&[vec![], vec![]]).unwrap().shape(), [2, 0, VOCAB]);
}

#[test]
fn what_cannot_be_built_is_named() {
    let build = |config| error_text(Gpt::new(config, &mut Rng::new(1)));
    assert_eq!(build(GptConfig { n_layers: 0, ..config() }), "gpt: n_layers must not be 0");
    let text = build(GptConfig { n_heads: 5, ..config() });
    assert_eq!(text, "attention: n_heads 5 must divide d_model 12");
}
