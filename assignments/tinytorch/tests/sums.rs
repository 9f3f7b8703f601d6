//! Sums in batches, and models that really learn from the course's data.

use crate::common::error_text;
use tinytorch::data::addition::{self, Part};
use tinytorch::data::augment::Augment;
use tinytorch::data::sums::{SumBatch, Sums, position_vectors, sums_loss, sums_score};
use tinytorch::data::{Augmented, digits};
use tinytorch::models::{Gpt, GptConfig, Mlp};
use tinytorch::train::{
    Adam, DataLoader, Dataset, Labelled, Trainer, classifier_loss, classifier_score,
};
use tinytorch::{Rng, Tensor};

const TINY: GptConfig =
    GptConfig { vocab_size: 13, max_seq_len: 26, d_model: 8, n_heads: 2, n_layers: 1 };

#[test]
fn a_row_depends_on_seed_epoch_and_its_number_alone() {
    let sums = Sums::new(100, 40, Part::Train, 5);
    let pair = sums.batch(&[7, 9], 2).unwrap();
    let alone = sums.batch(&[9], 2).unwrap();
    assert_eq!((&pair.ids[1], &pair.targets[40..]), (&alone.ids[0], &alone.targets[..]));
    let others = [
        sums.batch(&[8], 2),
        sums.batch(&[9], 3),
        sums.batch(&[2], 9),
        Sums::new(100, 40, Part::Train, 6).batch(&[9], 2),
    ];
    assert!(others.into_iter().all(|other| other.unwrap() != alone));
}

#[test]
fn rows_are_short_in_the_first_epochs_only() {
    let sums = Sums::new(10, 256, Part::Train, 5).short_at_first(2);
    for (epoch, rows, tokens) in [(0, 18, 26), (1, 18, 26), (2, 2, 256)] {
        let SumBatch { ids, targets } = sums.batch(&[0, 1], epoch).unwrap();
        assert_eq!((ids.len(), ids[0].len(), targets.len()), (rows, tokens, rows * tokens));
    }
    let no_longer_than_short = Sums::new(10, 20, Part::Train, 5).short_at_first(2);
    assert_eq!(no_longer_than_short.batch(&[0], 0).unwrap().ids[0].len(), 20);
}

/// A "model" whose head gives every id the same score always answers 0: some digits are right by
/// chance, but never the end mark.
#[test]
fn an_answer_counts_only_when_it_is_right_to_its_end() {
    let sums = DataLoader::new(Sums::new(3, 256, Part::Validation, 1), 2).unwrap();
    let mut gpt = Gpt::new(GptConfig { max_seq_len: 256, ..TINY }, &mut Rng::new(1)).unwrap();
    for (_, parameter) in tinytorch::Layer::parameters_mut(&mut gpt) {
        *parameter = Tensor::zeros(parameter.shape());
    }
    let score = sums_score(&gpt, &sums).unwrap();
    assert_eq!(score.accuracy, Some(0.0));
    assert!((score.loss - 13.0_f64.ln()).abs() < 1e-5, "{}", score.loss);
    // Rows that end within the first answer contain no complete one.
    let cut = DataLoader::new(Sums::new(3, 10, Part::Validation, 1), 2).unwrap();
    assert_eq!(sums_score(&gpt, &cut).unwrap().accuracy, None);
}

/// Positions 0, 13 and 26 begin problems 0, 1 and 2: p(13) - p(0) is p(14) - p(1).
#[test]
fn position_vectors_are_a_place_plus_a_problem() {
    let table = position_vectors(30, 4, &mut Rng::new(2)).unwrap();
    assert_eq!(table.shape(), [30, 4]);
    let row = |at: usize| table.slice_axis(0, at, at + 1).unwrap();
    let step = row(13).sub(&row(0)).unwrap();
    assert!(row(14).sub(&row(1)).unwrap().allclose(&step, 0.0, 1e-6));
    assert!(!row(1).sub(&row(0)).unwrap().allclose(&step, 0.0, 1e-2));
    let error = error_text(position_vectors(0, 4, &mut Rng::new(2)));
    assert_eq!(error, "position vectors: 0 positions of width 4: neither may be 0");
}

/// From guessing (loss 2.56) to a model that knows the form of answers: digits, the first of four
/// usually 0 or 1, then the end mark.
#[test]
fn a_tiny_gpt_begins_to_learn_sums() {
    let data = DataLoader::new(Sums::new(320, 26, Part::Train, 1), 16).unwrap();
    let mut gpt = Gpt::new(TINY, &mut Rng::new(1)).unwrap();
    let score = |gpt: &Gpt| sums_score(gpt, &data).unwrap().loss;
    assert!(score(&gpt) > 2.3, "{}", score(&gpt));
    Trainer::new(Adam::new(0.02)).epochs(6).fit(&mut gpt, &data, sums_loss).unwrap();
    assert!(score(&gpt) < 1.6, "{}", score(&gpt));
}

#[test]
fn a_small_mlp_learns_to_read_digits_in_seconds() {
    let (train, validation) = (digits::train().unwrap(), digits::validation().unwrap());
    let train = Augmented::new(&train, Augment { shift: 1.0, ..Augment::default() }).unwrap();
    let train = DataLoader::new(train.flat(), 32).unwrap().shuffled(1);
    let labelled = Labelled::new(&validation.flat().unwrap(), validation.labels).unwrap();
    let validation = DataLoader::new(labelled, 176).unwrap();
    let mut mlp = Mlp::new(&[784, 32, 10], &mut Rng::new(1)).unwrap();
    let accuracy = |mlp: &Mlp| classifier_score(mlp, &validation).unwrap().accuracy.unwrap();
    assert!(accuracy(&mlp) < 0.4);
    Trainer::new(Adam::new(0.003)).epochs(5).fit(&mut mlp, &train, classifier_loss).unwrap();
    assert!(accuracy(&mlp) > 0.85, "{}", accuracy(&mlp));
}

#[test]
fn another_vocabulary_is_refused() {
    let few = GptConfig { vocab_size: 5, ..TINY };
    let gpt = Gpt::new(few, &mut Rng::new(1)).unwrap();
    let batch = Sums::new(1, 26, Part::Train, 1).batch(&[0], 0).unwrap();
    assert!(error_text(sums_loss(&gpt, &batch)).contains("embedding"));
    assert_eq!(addition::tokenizer().vocab_size(), TINY.vocab_size);
}
