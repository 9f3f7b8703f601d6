//! The training loop around the steps.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::common::error_text;
use tinytorch::autograd::is_grad_enabled;
use tinytorch::models::Mlp;
use tinytorch::nn::{Dropout, Linear, Sequential};
use tinytorch::train::{
    CosineSchedule, DataLoader, EarlyStopping, EpochRecord, History, Labelled, LabelledBatch, Plan,
    Progress, Score, Sgd, StepReport, Trainer, classifier_loss,
};
use tinytorch::{Layer, Mode, NamedSpec, Result, Rng, Tensor};

/// Five examples in batches of 2.
fn data() -> DataLoader<Labelled> {
    let points = Tensor::randn(&[5, 3], 1.0, &mut Rng::new(1));
    DataLoader::new(Labelled::new(&points, vec![0, 1, 0, 1, 1]).unwrap(), 2).unwrap()
}

fn linear() -> Linear {
    Linear::new(3, 2, true, &mut Rng::new(2))
}

/// A layer that records how it was used.
struct SpyLayer {
    linear: Linear,
    mode: Mode,
    used: RefCell<Vec<(Mode, bool)>>,
}

impl Layer for SpyLayer {
    fn forward(&self, input: &Tensor) -> Result<Tensor> {
        self.used.borrow_mut().push((self.mode, is_grad_enabled()));
        self.linear.forward(input)
    }

    fn specs(&self) -> Vec<NamedSpec> {
        self.linear.specs()
    }

    fn parameters(&self) -> Vec<(String, &Tensor)> {
        self.linear.parameters()
    }

    fn parameters_mut(&mut self) -> Vec<(String, &mut Tensor)> {
        self.linear.parameters_mut()
    }

    fn set_mode(&mut self, mode: Mode) {
        self.mode = mode;
    }
}

#[test]
fn each_step_trains_and_validation_only_looks() {
    let mut spy = SpyLayer { linear: linear(), mode: Mode::Eval, used: RefCell::default() };
    let validate = |spy: &SpyLayer| {
        let output = spy.forward(&Tensor::ones(&[1, 3]))?;
        assert!(!output.tracks_grad(), "validation records nothing");
        Ok(Score { loss: 1.0, accuracy: None })
    };
    let mut trainer = Trainer::new(Sgd::new(0.1)).epochs(2);
    trainer.fit_validated(&mut spy, &data(), classifier_loss, validate).unwrap();
    let train = |step| (Mode::Train { step }, true);
    let look = (Mode::Eval, false);
    let expected = [train(0), train(1), train(2), look, train(3), train(4), train(5), look];
    assert_eq!(spy.used.into_inner(), expected);
    assert_eq!(spy.mode, Mode::Eval);
}

#[test]
fn the_model_is_untracked_afterwards_also_after_an_error() {
    let mut model = linear();
    let tracked = |model: &Linear| model.parameters().iter().any(|(_, p)| p.tracks_grad());
    Trainer::new(Sgd::new(0.1)).fit(&mut model, &data(), classifier_loss).unwrap();
    assert!(!tracked(&model));
    let nan = |model: &Linear, batch: &_| Ok(classifier_loss(model, batch)?.mul_scalar(f32::NAN));
    error_text(Trainer::new(Sgd::new(0.1)).fit(&mut model, &data(), nan));
    assert!(!tracked(&model));
}

#[test]
fn a_diverging_training_stops_and_names_the_step_and_the_learning_rate() {
    let grow = |model: &Linear, batch: &LabelledBatch| {
        let output = model.forward(&batch.inputs)?;
        Ok(output.mul(&output)?.sum_all())
    };
    let mut model = linear();
    let mut trainer = Trainer::new(Sgd::new(1e6)).epochs(100);
    let text = error_text(trainer.fit(&mut model, &data(), grow));
    let step = trainer.steps_done();
    assert!(0 < step && step < 100, "{step}");
    let begin = format!("training, step {step}: ");
    assert!(text.starts_with(&begin) && text.contains("learning rate 1000000"), "{text}");
    assert!(text.contains("lower the learning rate"), "{text}");
}

#[test]
fn a_nan_loss_changes_no_parameter() {
    let calls = Cell::new(0);
    let nan_at_last = |model: &Linear, batch: &_| {
        calls.set(calls.get() + 1);
        let factor = if calls.get() == 3 { f32::NAN } else { 1.0 };
        Ok(classifier_loss(model, batch)?.mul_scalar(factor))
    };
    let (mut failed, mut stopped) = (linear(), linear());
    error_text(Trainer::new(Sgd::new(0.1)).fit(&mut failed, &data(), nan_at_last));
    let mut trainer = Trainer::new(Sgd::new(0.1)).max_steps(2);
    trainer.fit(&mut stopped, &data(), classifier_loss).unwrap();
    assert_eq!(failed.parameters(), stopped.parameters());
}

#[test]
fn a_nan_gradient_names_the_parameter_and_the_step() {
    // The root of 0 is 0, but its slope is infinite: the loss itself looks fine.
    let root = |model: &Linear, _: &_| {
        let (weight, bias) = (model.weight(), model.bias().unwrap());
        bias.sub(&bias.detach())?.sqrt().sum_all().add(&weight.sum_all())
    };
    let mut model = linear();
    let before = linear();
    for clip in [false, true] {
        let trainer = Trainer::new(Sgd::new(0.5));
        let mut trainer = if clip { trainer.clip_norm(1.0) } else { trainer };
        let text = error_text(trainer.fit(&mut model, &data(), root));
        assert!(text.starts_with("training, step 0: learning rate 0.5: "), "{text}");
        assert!(text.contains("parameter bias: 2 of 2 elements of its gradient"), "{text}");
        assert_eq!(model.parameters(), before.parameters());
    }
}

#[test]
fn a_parameter_the_loss_does_not_use_is_an_error() {
    let mut rng = Rng::new(1);
    let layers = vec![("used", linear()), ("unused", Linear::new(2, 2, true, &mut rng))];
    let boxed =
        |(name, layer): (&str, Linear)| (name.to_string(), Box::new(layer) as Box<dyn Layer>);
    let mut model = Sequential::new(layers.into_iter().map(boxed).collect());
    let first_only = |model: &Sequential, batch: &LabelledBatch| {
        Ok(model.layers()[0].1.forward(&batch.inputs)?.sum_all())
    };
    let text = error_text(Trainer::new(Sgd::new(0.1)).fit(&mut model, &data(), first_only));
    assert!(text.contains("parameter unused.weight: no gradient"), "{text}");
}

#[test]
fn a_loss_of_several_numbers_is_an_error() {
    let several = |model: &Linear, batch: &LabelledBatch| model.forward(&batch.inputs);
    let text = error_text(Trainer::new(Sgd::new(0.1)).fit(&mut linear(), &data(), several));
    assert!(text.starts_with("backward: [2, 2]: only a single number"), "{text}");
}

#[derive(Clone, Default)]
struct CallNotes(Rc<RefCell<Vec<String>>>);

impl Progress for CallNotes {
    fn start(&mut self, plan: &Plan) {
        let Plan { epochs, steps_per_epoch, steps_done } = plan;
        self.0.borrow_mut().push(format!("start {epochs} {steps_per_epoch} {steps_done}"));
    }

    fn step(&mut self, report: &StepReport) {
        let StepReport { step, epoch, batch, learning_rate, .. } = report;
        assert!(report.grad_norm.is_some_and(|norm| norm > 0.0) && report.loss > 0.0);
        self.0.borrow_mut().push(format!("step {step} = {epoch}/{batch} {learning_rate}"));
    }

    fn epoch(&mut self, record: &EpochRecord) {
        self.0.borrow_mut().push(format!("epoch {} {}", record.epoch, record.learning_rate));
    }

    fn finish(&mut self, history: &History) {
        self.0.borrow_mut().push(format!("finish {}", history.epochs.len()));
    }
}

#[test]
fn progress_hears_everything_in_order() {
    let notes = CallNotes::default();
    let schedule = CosineSchedule::new(1.0, 4).unwrap().warmup(4).unwrap();
    let mut trainer = Trainer::new(Sgd::new(9.0))
        .epochs(2)
        .max_steps(4)
        .schedule(schedule)
        .clip_norm(1.0)
        .progress(notes.clone());
    trainer.fit(&mut linear(), &data(), classifier_loss).unwrap();
    let expected = [
        "start 2 3 0",
        "step 0 = 0/0 0.25",
        "step 1 = 0/1 0.5",
        "step 2 = 0/2 0.75",
        "epoch 0 0.75",
        "step 3 = 1/0 1",
        "finish 1",
    ];
    assert_eq!(*notes.0.borrow(), expected);
}

#[test]
fn the_mean_loss_counts_examples_and_not_batches() {
    // Batches of 2, 2 and 1 with the losses 1, 2 and 3.
    let calls = Cell::new(0.0_f32);
    let counted = |model: &Linear, batch: &_| {
        calls.set(calls.get() + 1.0);
        classifier_loss(model, batch)?.mul_scalar(0.0).add(&Tensor::scalar(calls.get()))
    };
    let mut trainer = Trainer::new(Sgd::new(0.1));
    trainer.fit(&mut linear(), &data(), counted).unwrap();
    let loss = trainer.history().last().unwrap().train_loss;
    assert!((loss - (2.0 * 1.0 + 2.0 * 2.0 + 3.0) / 5.0).abs() < 1e-12, "{loss}");
}

/// A validation that returns these losses in turn, and keeps the parameters it
/// saw.
fn scripted<'a>(
    losses: &'a [f64],
    seen: &'a RefCell<Vec<Vec<f32>>>,
) -> impl Fn(&Linear) -> Result<Score> + 'a {
    move |model| {
        let mut seen = seen.borrow_mut();
        seen.push(model.weight().to_vec());
        Ok(Score { loss: losses[seen.len() - 1], accuracy: None })
    }
}

#[test]
fn early_stopping_ends_with_the_best_parameters() {
    let seen = RefCell::default();
    let losses = [3.0, f64::NAN, 1.0, 0.99, 2.0, 1.5, 0.1];
    let stopping = EarlyStopping::new(2).min_delta(0.1);
    let mut trainer = Trainer::new(Sgd::new(0.1)).epochs(7).early_stopping(stopping);
    let mut model = linear();
    trainer.fit_validated(&mut model, &data(), classifier_loss, scripted(&losses, &seen)).unwrap();
    let seen = seen.into_inner();
    assert_eq!(seen.len(), 6, "1.0 was best; then 0.99, 2.0 and 1.5 are no improvement by 0.1");
    assert_eq!(model.weight().to_vec(), seen[2]);
    assert_ne!(seen[2], seen[5]);
    assert_eq!(trainer.history().best().unwrap().epoch, 3, "the history has no min_delta");
}

#[test]
fn early_stopping_that_never_stops_gives_the_best_parameters_too() {
    let seen = RefCell::default();
    let stopping = EarlyStopping::new(9);
    let mut trainer = Trainer::new(Sgd::new(0.1)).epochs(3).early_stopping(stopping);
    let mut model = linear();
    let validate = scripted(&[2.0, 1.0, 3.0], &seen);
    trainer.fit_validated(&mut model, &data(), classifier_loss, validate).unwrap();
    assert_eq!(model.weight().to_vec(), seen.borrow()[1]);
}

#[test]
fn early_stopping_without_validation_is_an_error_at_once() {
    let mut trainer = Trainer::new(Sgd::new(0.1)).early_stopping(EarlyStopping::new(1));
    let text = error_text(trainer.fit(&mut linear(), &data(), classifier_loss));
    assert_eq!(text, "trainer: early stopping needs a validation: call fit_validated");
    assert_eq!(trainer.steps_done(), 0);
}

/// The graph shares the parameters' elements. If it were still alive during the
/// step, each step would copy every parameter.
#[test]
fn steps_change_the_parameters_in_place() {
    let mut model = Mlp::new(&[3, 4, 2], &mut Rng::new(1)).unwrap();
    let places = |model: &Mlp| -> Vec<_> {
        model.parameters().iter().map(|(_, p)| p.as_slice().unwrap().as_ptr()).collect()
    };
    let before = places(&model);
    let mut trainer = Trainer::new(Sgd::new(0.1).momentum(0.9)).epochs(2).clip_norm(1.0);
    trainer.fit(&mut model, &data(), classifier_loss).unwrap();
    assert_eq!(places(&model), before);
}

#[test]
fn the_same_training_gives_the_same_bits() {
    let run = || {
        let mut model = Sequential::new(vec![
            ("fc".to_string(), Box::new(linear()) as Box<dyn Layer>),
            ("dropout".to_string(), Box::new(Dropout::new(0.5, 1).unwrap())),
        ]);
        let mut trainer = Trainer::new(Sgd::new(0.1).momentum(0.9)).epochs(3);
        trainer.fit(&mut model, &data().shuffled(4), classifier_loss).unwrap();
        let bits = |(_, p): (String, &Tensor)| p.to_vec().iter().map(|x| x.to_bits()).collect();
        model.parameters().into_iter().map(bits).collect::<Vec<Vec<u32>>>()
    };
    assert_eq!(run(), run());
}
