//! A resumed training gives the same bits as an uninterrupted one.

use std::fs;
use std::path::PathBuf;

use crate::common::error_text;
use tinytorch::nn::{Dropout, Linear, Relu, Sequential};
use tinytorch::train::{
    Adam, CosineSchedule, DataLoader, EarlyStopping, Labelled, Score, Sgd, Trainer,
    classifier_loss, classifier_score,
};
use tinytorch::{Layer, Rng, Tensor, checkpoint};

/// A separate file for each test.
fn path(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_file(&path);
    path
}

/// With dropout, which must draw the same numbers after the interruption.
fn model(hidden: usize) -> Sequential {
    let mut rng = Rng::new(5);
    Sequential::new(vec![
        ("fc1".to_string(), Box::new(Linear::new(3, hidden, true, &mut rng)) as Box<dyn Layer>),
        ("relu".to_string(), Box::new(Relu)),
        ("dropout".to_string(), Box::new(Dropout::new(0.3, 9).unwrap())),
        ("fc2".to_string(), Box::new(Linear::new(hidden, 2, true, &mut rng))),
    ])
}

/// 22 examples in batches of 4: six steps per epoch, the last batch smaller.
fn data(shuffle_seed: u64) -> DataLoader<Labelled> {
    let points = Tensor::randn(&[22, 3], 1.0, &mut Rng::new(1));
    let labels = (0..22).map(|i| (i * 7) % 2).collect();
    let data = Labelled::new(&points, labels).unwrap();
    DataLoader::new(data, 4).unwrap().shuffled(shuffle_seed)
}

fn sgd() -> Trainer {
    let schedule = CosineSchedule::new(0.1, 24).unwrap().warmup(3).unwrap();
    Trainer::new(Sgd::new(0.1).momentum(0.9).nesterov().weight_decay(1e-3)).schedule(schedule)
}

fn adamw() -> Trainer {
    Trainer::new(Adam::new(0.01).weight_decay(0.1)).clip_norm(0.5)
}

fn fit(trainer: &mut Trainer, model: &mut Sequential) {
    trainer.fit(model, &data(3), classifier_loss).unwrap();
}

fn fit_validated(trainer: &mut Trainer, model: &mut Sequential) {
    let validate = |model: &Sequential| classifier_score(model, &data(4));
    trainer.fit_validated(model, &data(3), classifier_loss, validate).unwrap();
}

type FitFn = fn(&mut Trainer, &mut Sequential);

fn bits(model: &Sequential) -> Vec<(String, Vec<u32>)> {
    let bits = |tensor: &Tensor| tensor.to_vec().iter().map(|x| x.to_bits()).collect();
    model.parameters().into_iter().map(|(name, tensor)| (name, bits(tensor))).collect()
}

/// Four epochs at once, and four epochs with an interruption after each of
/// `breaks` steps, each time with a new trainer and a new model.
#[track_caller]
fn assert_same_bits(name: &str, trainer: impl Fn() -> Trainer, fit: FitFn, breaks: &[u64]) {
    let mut at_once = trainer().epochs(4);
    let mut expected = model(6);
    fit(&mut at_once, &mut expected);

    let path = path(name);
    let (mut with_breaks, mut actual) = (trainer(), model(6));
    for &max_steps in breaks.iter().chain(&[u64::MAX]) {
        with_breaks = trainer().epochs(4).max_steps(max_steps).checkpoint_to(&path);
        actual = model(6);
        if path.exists() {
            with_breaks.resume(&path, &mut actual).unwrap();
        }
        fit(&mut with_breaks, &mut actual);
        let reached = with_breaks.steps_done() == max_steps;
        assert!(reached || max_steps == u64::MAX, "stopped at step {}", with_breaks.steps_done());
    }
    assert_eq!(bits(&actual), bits(&expected));
    assert_eq!(with_breaks.history(), at_once.history());
    assert_ne!(bits(&actual), bits(&model(6)), "something was learned at all");
}

#[test]
fn sgd_with_momentum_resumes_after_an_epoch_to_the_same_bits() {
    assert_same_bits("sgd-epoch.safetensors", sgd, fit, &[12]);
}

#[test]
fn sgd_with_momentum_resumes_within_an_epoch_to_the_same_bits() {
    assert_same_bits("sgd-within.safetensors", sgd, fit, &[9]);
}

#[test]
fn adamw_resumes_after_an_epoch_to_the_same_bits() {
    assert_same_bits("adamw-epoch.safetensors", adamw, fit, &[12]);
}

#[test]
fn adamw_resumes_within_an_epoch_to_the_same_bits() {
    assert_same_bits("adamw-within.safetensors", adamw, fit, &[1, 11, 12, 13, 23]);
}

#[test]
fn plain_sgd_has_nothing_to_remember_and_resumes_too() {
    let trainer = || Trainer::new(Sgd::new(0.1));
    assert_same_bits("sgd-plain.safetensors", trainer, fit, &[12]);
}

/// A score that gets worse with each epoch: the distance from the start.
fn fit_and_grow_worse(trainer: &mut Trainer, trained: &mut Sequential) {
    let validate = |trained: &Sequential| {
        let start = model(6);
        let weight = |model: &Sequential| {
            let mut all = model.parameters().into_iter();
            all.find_map(|(name, weight)| (name == "fc1.weight").then(|| weight.clone())).unwrap()
        };
        let distance = weight(trained).sub(&weight(&start))?;
        Ok(Score { loss: f64::from(distance.mul(&distance)?.sum()), accuracy: None })
    };
    trainer.fit_validated(trained, &data(3), classifier_loss, validate).unwrap();
}

#[test]
fn early_stopping_resumes_with_its_best_parameters_and_its_patience() {
    // The first epoch is best, the third exceeds the patience.
    let trainer = || adamw().early_stopping(EarlyStopping::new(1).min_delta(0.01));
    for breaks in [&[6][..], &[12], &[15], &[7, 12, 13]] {
        assert_same_bits("stopping.safetensors", trainer, fit_and_grow_worse, breaks);
    }
    let mut whole = trainer().epochs(4);
    fit_and_grow_worse(&mut whole, &mut model(6));
    assert_eq!(whole.history().epochs.len(), 3);
}

#[test]
fn a_training_that_stopped_early_stays_stopped() {
    let path = path("stopped.safetensors");
    // No epoch can improve by a million.
    let stopping = || EarlyStopping::new(0).min_delta(1e6);
    let trainer = || adamw().early_stopping(stopping()).epochs(9).checkpoint_to(&path);
    let (mut first, mut best) = (trainer(), model(6));
    fit_validated(&mut first, &mut best);
    assert_eq!(first.history().epochs.len(), 2);

    let (mut second, mut again) = (trainer(), model(6));
    second.resume(&path, &mut again).unwrap();
    fit_validated(&mut second, &mut again);
    assert_eq!(second.history(), first.history());
    assert_eq!(bits(&again), bits(&best));
}

/// A file after one epoch of `adamw`.
fn trained(name: &str) -> PathBuf {
    let path = path(name);
    fit(&mut adamw().checkpoint_to(&path), &mut model(6));
    path
}

#[test]
fn a_training_checkpoint_is_also_a_model() {
    let path = trained("as-model.safetensors");
    let (mut trainer, mut expected) = (adamw(), model(6));
    fit(&mut trainer, &mut expected);
    let mut loaded = model(6);
    checkpoint::load(&path).unwrap().load_into(&mut loaded).unwrap();
    assert_eq!(bits(&loaded), bits(&expected));
}

#[test]
fn other_settings_are_refused_by_name() {
    let path = trained("settings.safetensors");
    let refused = |mut trainer: Trainer| error_text(trainer.resume(&path, &mut model(6)));
    let text = refused(sgd().clip_norm(0.5));
    assert!(text.contains("optimizer was \"adam, betas 0.9 0.999"), "{text}");
    assert!(text.contains("learning rate was \"0.01\" and is \"CosineSchedule"), "{text}");
    assert!(!text.contains("clip norm"), "{text}");
    let text = refused(adamw().clip_norm(2.0));
    assert!(text.contains("clip norm was \"0.5\" and is \"2\""), "{text}");
    let text = refused(adamw().early_stopping(EarlyStopping::new(1)));
    assert!(text.contains("early stopping was \"none\" and is \"patience 1"), "{text}");
}

#[test]
fn another_order_of_the_examples_is_refused() {
    let path = trained("order.safetensors");
    let (mut trainer, mut model) = (adamw().epochs(2), model(6));
    trainer.resume(&path, &mut model).unwrap();
    let text = error_text(trainer.fit(&mut model, &data(8), classifier_loss));
    assert!(text.contains("shuffled with seed 3"), "{text}");
    assert!(text.contains("cannot go on with 22 examples in batches of 4, shuffled with seed 8"));
}

#[test]
fn another_model_is_refused_and_stays_as_it_was() {
    let path = trained("model.safetensors");
    let mut other = model(7);
    let text = error_text(adamw().resume(&path, &mut other));
    assert!(text.starts_with(&path.display().to_string()), "{text}");
    assert!(text.contains("fc1.weight"), "{text}");
    assert_eq!(bits(&other), bits(&model(7)));
}

#[test]
fn a_finished_model_is_no_training() {
    let path = path("finished.safetensors");
    checkpoint::save(&path, &model(6).parameters(), &[]).unwrap();
    let text = error_text(adamw().resume(&path, &mut model(6)));
    assert!(text.contains("holds no training to take up"), "{text}");
    assert!(text.contains("use checkpoint::load"), "{text}");
}

/// Changes one line or drops some tensors, and tries to resume.
fn tampered(name: &str, key: &str, value: &str, keep: impl Fn(&str) -> bool) -> String {
    let path = trained(name);
    let file = checkpoint::load(&path).unwrap();
    let mut metadata = file.metadata().clone();
    metadata.insert(key.to_string(), value.to_string());
    let lines: Vec<_> = metadata.iter().map(|(key, value)| (&key[..], &value[..])).collect();
    let tensors = file.tensors().iter().filter(|(name, _)| keep(name));
    let tensors: Vec<_> = tensors.map(|(name, tensor)| (name.clone(), tensor)).collect();
    checkpoint::save(&path, &tensors, &lines).unwrap();
    error_text(adamw().resume(&path, &mut model(6)))
}

#[test]
fn a_damaged_line_is_named() {
    for (key, value, bad) in [
        ("step", "seven", "seven"),
        ("epoch", "-1", "-1"),
        ("stopped", "maybe", "maybe"),
        ("best_score", "?", "?"),
        ("history.0", "0.5 0.1 x -", "x"),
    ] {
        let text = tampered("line.safetensors", &format!("training.{key}"), value, |_| true);
        let end = format!("training.{key} is {bad:?}, which cannot be; the file is damaged");
        assert!(text.ends_with(&end), "{text}");
    }
    let text = tampered("line.safetensors", "training.history.0", "1 2", |_| true);
    assert!(text.contains("history.0 is not four numbers"), "{text}");
}

#[test]
fn a_missing_moment_is_named() {
    let drop_one = |name: &str| name != "training/second_moment/fc2.bias";
    let text = tampered("moment.safetensors", "x", "y", drop_one);
    assert!(text.contains("tensor training/second_moment/fc2.bias is missing"), "{text}");
    let drop_all = |name: &str| !name.starts_with("training/first_moment");
    let text = tampered("moment.safetensors", "x", "y", drop_all);
    assert!(text.contains("adam: the saved state lacks first_moment"), "{text}");
}

#[test]
fn a_loss_that_fails_leaves_the_last_checkpoint() {
    let path = trained("failed.safetensors");
    let before = fs::read(&path).unwrap();
    let (mut trainer, mut model) = (adamw().epochs(2).checkpoint_to(&path), model(6));
    trainer.resume(&path, &mut model).unwrap();
    let nan =
        |model: &Sequential, batch: &_| Ok(classifier_loss(model, batch)?.mul_scalar(f32::NAN));
    let text = error_text(trainer.fit(&mut model, &data(3), nan));
    assert!(text.starts_with("training, step 6: epoch 1, learning rate 0.01: the loss is NaN"));
    assert_eq!(fs::read(&path).unwrap(), before);
}
