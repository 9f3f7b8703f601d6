//! The committed models reach the stated accuracy on held-out data.

use heldout::{complete, digit_accuracy, generate, sum_accuracy};
use tinytorch::data::addition::{self, ANSWER_LEN, Part};
use tinytorch::data::sums::{Sums, sums_score};
use tinytorch::models::Mlp;
use tinytorch::train::DataLoader;
use tinytorch::{Layer, Rng, Tensor, pretrained};

fn rows(images: &Tensor) -> tinytorch::Result<Tensor> {
    images.reshape(&[images.shape()[0], 784])
}

#[test]
fn the_mlp_reads_19_of_20_held_out_digits() {
    let mlp = pretrained::mlp().unwrap();
    let accuracy = digit_accuracy(&|images| mlp.forward(&rows(images)?)).unwrap();
    println!("MLP: {accuracy}");
    assert!(accuracy >= 0.95, "{accuracy}");
}

#[test]
fn the_cnn_reads_97_of_100_held_out_digits() {
    let cnn = pretrained::cnn().unwrap();
    let accuracy = digit_accuracy(&|images| cnn.forward(images)).unwrap();
    println!("CNN: {accuracy}");
    assert!(accuracy >= 0.97, "{accuracy}");
}

#[test]
fn the_gpt_writes_held_out_sums() {
    let gpt = pretrained::gpt().unwrap();
    let accuracy = sum_accuracy(&gpt, 1000, 2026).unwrap();
    println!("GPT: {accuracy}");
    assert!(accuracy >= 0.99, "{accuracy}");
}

/// Full carries, no carries and zeros, which random sums rarely contain.
#[test]
fn the_gpt_writes_sums_at_the_edges() {
    let gpt = pretrained::gpt().unwrap();
    let pairs = [(0, 0), (999, 999), (999, 1), (1, 999), (500, 500), (445, 555), (0, 7), (990, 10)];
    let prompts = pairs.map(|(a, b)| addition::prompt(a, b));
    let texts = complete(&gpt, &prompts, ANSWER_LEN).unwrap();
    let right = prompts.iter().zip(&texts).filter(|(p, t)| addition::is_correct(p, t)).count();
    assert!(right >= 7, "{texts:?}");
}

/// The last question of a long row, where the cache is fullest.
#[test]
fn the_gpt_answers_after_eighteen_other_problems() {
    let gpt = pretrained::gpt().unwrap();
    let mut rng = Rng::new(8);
    let mut question = || {
        let before = addition::problems(18, Part::HeldOut, &mut rng);
        let (a, b) = addition::draw(Part::HeldOut, &mut rng);
        before + &addition::prompt(a, b)
    };
    let prompts: Vec<String> = (0..40).map(|_| question()).collect();
    let texts = complete(&gpt, &prompts, ANSWER_LEN).unwrap();
    let right = prompts.iter().zip(&texts).filter(|(p, t)| addition::is_correct(p, t)).count();
    assert!(right >= 38, "{right} of 40");
}

/// `sums_score` gives the model the correct previous characters, which is equivalent to generation
/// without them.
#[test]
fn the_score_of_training_is_what_the_model_writes_on_its_own() {
    let gpt = pretrained::gpt().unwrap();
    let sums = DataLoader::new(Sums::new(8, 256, Part::HeldOut, 5), 4).unwrap();
    let score = sums_score(&gpt, &sums).unwrap().accuracy.unwrap();
    assert!(score >= 0.98, "{score}");
}

#[test]
fn a_model_that_knows_nothing_scores_as_guessing_does() {
    let mlp = Mlp::new(&[784, 10], &mut Rng::new(1)).unwrap();
    let accuracy = digit_accuracy(&|images| mlp.forward(&rows(images)?)).unwrap();
    assert!(accuracy < 0.3, "{accuracy}");
    let untrained = tinytorch::models::Gpt::new(pretrained::GPT_CONFIG, &mut Rng::new(1)).unwrap();
    assert!(sum_accuracy(&untrained, 100, 1).unwrap() < 0.01);
}

#[test]
fn scores_of_another_shape_are_refused() {
    let error = digit_accuracy(&|images| Ok(images.clone())).unwrap_err().to_string();
    assert_eq!(error, "the scores are [355, 1, 28, 28] and not [355, 10]");
    let failed = digit_accuracy(&|images| images.reshape(&[3])).unwrap_err().to_string();
    assert!(failed.contains("reshape"), "{failed}");
}

/// Generation with and without a cache gives the same tokens.
#[test]
fn generating_with_the_cache_changes_nothing() {
    let gpt = pretrained::gpt().unwrap();
    let prompts = vec![vec![1, 2, 3, 10, 4, 5, 6, 11], vec![0, 0, 7, 10, 9, 9, 9, 11]];
    let cached = generate(&gpt, &prompts, 5).unwrap();
    let mut rows = prompts;
    for step in 0..5 {
        let scores = gpt.forward_ids(&rows).unwrap();
        let last = rows[0].len();
        let best = scores.slice_axis(1, last - 1, last).unwrap().argmax_axis(2).unwrap();
        for (row, id) in rows.iter_mut().zip(best) {
            row.push(id);
        }
        assert!(rows.iter().zip(&cached).all(|(row, cached)| row.last() == Some(&cached[step])));
    }
}
