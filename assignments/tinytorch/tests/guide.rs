//! The guide's pictures match the current models.

#[path = "../examples/guide/pictures/mod.rs"]
mod pictures;

use std::sync::LazyLock;

use pictures::{Picture, trace};
use tinytorch::data::addition::{self, PROBLEM_LEN, PROMPT_LEN, Part};
use tinytorch::models::{Gpt, GptConfig};
use tinytorch::{Layer, Rng, Tensor, pretrained};

/// Drawing is slow, so it is done only once.
static DRAWN: LazyLock<Vec<Picture>> = LazyLock::new(|| pictures::all().unwrap());

/// All sizes are different, so no letter of a shape can be mistaken for another.
fn odd_sizes() -> Gpt {
    let config =
        GptConfig { vocab_size: 17, max_seq_len: 19, d_model: 15, n_heads: 3, n_layers: 2 };
    Gpt::new(config, &mut Rng::new(1)).unwrap()
}

#[test]
fn the_committed_pictures_are_up_to_date() {
    for picture in &*DRAWN {
        assert!(picture.is_up_to_date(), "{}", picture.complaint());
    }
}

#[test]
fn a_shade_more_is_the_same_picture_and_another_size_is_not() {
    let row = "<text fill-opacity=\"0.45\">[8, 256, 64]</text>";
    assert!(pictures::alike(row, &row.replace("0.45", "0.5")));
    for (size, other) in [("256", "240"), ("8,", "9,"), ("64", "64, 1"), ("text", "tspan")] {
        assert!(!pictures::alike(row, &row.replace(size, other)), "{other} for {size}");
    }
}

#[test]
fn each_traced_shape_has_the_letters_that_the_picture_shows() {
    let gpt = odd_sizes();
    // 2 sequences of 7 tokens; then 4 more after those 7.
    let ids = trace::example_ids(gpt.config(), 2, 7);
    assert!(trace::forward(&gpt, &ids, None).is_ok());
    let (_, cache) = gpt.forward_cached(&ids, None).unwrap();
    let more = trace::example_ids(gpt.config(), 2, 4);
    let traced = trace::forward(&gpt, &more, Some(&cache)).unwrap();
    assert_eq!(traced.step("blocks.1.scores").tensor.shape(), [2, 3, 4, 11]);
}

#[test]
fn the_work_is_that_of_the_formulas() {
    let gpt = odd_sizes();
    let traced = trace::forward(&gpt, &trace::example_ids(gpt.config(), 2, 7), None).unwrap();
    let (rows, width, tokens, vocabulary) = (2 * 7, 15, 7, 17);
    let projections = 4 * rows * (2 * width * width + width);
    let products = 2 * (2 * rows * tokens * width);
    assert_eq!(traced.flops("blocks.0.") - traced.flops("blocks.0.fc"), projections + products);
    let mlp = rows * (2 * width * 4 * width + 4 * width) + rows * (2 * 4 * width * width + width);
    assert_eq!(traced.flops("blocks.0.fc"), mlp);
    assert_eq!(traced.flops("head"), rows * 2 * width * vocabulary);
}

#[test]
fn every_leaf_of_the_model_is_on_the_way() {
    let gpt = odd_sizes();
    let traced = trace::forward(&gpt, &trace::example_ids(gpt.config(), 1, 3), None).unwrap();
    for leaf in gpt.specs() {
        // Attention is drawn in parts, the MLP without its own name level.
        let name = leaf.name.replace("mlp.", "").replace("attn", "query");
        assert!(traced.steps.iter().any(|step| step.name == name), "{name} is not drawn");
    }
}

#[test]
fn a_picture_has_no_empty_line() {
    // In Markdown, an empty line would end the picture.
    for picture in &*DRAWN {
        assert!(picture.svg.lines().all(|line| !line.trim().is_empty()), "{}", picture.name);
    }
}

/// The mean attention over many sums: from the character that predicts the digit of one place,
/// to the digits of a (possibly different) place of both summands. Place 0 is the ones.
fn attention(softmax: &Tensor, head: usize, says: usize, looks_at: usize) -> f32 {
    let row = softmax.slice_axis(1, head, head + 1).unwrap();
    let row = row.slice_axis(2, PROMPT_LEN - 1 + says, PROMPT_LEN + says).unwrap();
    let weights = row.mean_axis(0).unwrap().to_vec();
    weights[2 - looks_at] + weights[6 - looks_at]
}

#[test]
fn the_trained_heads_look_where_the_page_says() {
    let gpt = pretrained::gpt().unwrap();
    let mut rng = Rng::new(9);
    let one = |_| addition::row(PROBLEM_LEN, Part::Validation, &mut rng).ids;
    let ids: Vec<_> = (0..100).map(one).collect();
    let traced = trace::forward(&gpt, &ids, None).unwrap();
    let [first, second] =
        [0, 1].map(|block| &traced.step(&format!("blocks.{block}.softmax")).tensor);
    for place in 0..3 {
        let own = attention(second, 1, place, place);
        assert!(own > 0.9, "block 1, head 1, place {place}: {own}");
    }
    for place in 1..3 {
        let carry = attention(second, 2, place, place - 1);
        assert!(carry > 0.9, "block 1, head 2, place {place}: {carry}");
    }
    for place in 1..4 {
        let carry = attention(first, 0, place, place - 1);
        assert!(carry > 0.6, "block 0, head 0, place {place}: {carry}");
    }
}
