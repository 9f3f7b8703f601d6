//! Task `schedule`. Run with `cargo test -p compression --test schedule`.
//!
//! Before you start, every test here fails with `not yet implemented: ...`. That is the expected
//! start.

use compression::{
    Mask, ModelMasks, PruningOptimizer, PruningTuning, Scope, SparsitySchedule, fine_tune_pruned,
};
use tinytorch::models::Mlp;
use tinytorch::train::{Labelled, Optimizer, Sgd};
use tinytorch::{Layer, Rng, Tensor, layer};

const SCHEDULE: SparsitySchedule =
    SparsitySchedule { initial: 0.0, target: 0.75, begin: 2, end: 12, every: 4 };

/// One layer of 4 weights and a bias: 1, 2, 3, 4 and 0.
fn line() -> Mlp {
    let mut line = Mlp::new(&[4, 1], &mut Rng::new(0)).unwrap();
    for (_, parameter) in line.parameters_mut() {
        let numbers = (0..parameter.len()).map(|at| at as f32 + 1.0).collect();
        *parameter = Tensor::from_vec(numbers, parameter.shape()).unwrap();
    }
    layer::track(&mut line);
    line
}

fn weight(model: &Mlp) -> Vec<f32> {
    model.parameters()[0].1.to_vec()
}

/// One step whose gradient is 1 for each parameter.
fn step(model: &mut Mlp, optimizer: &mut impl Optimizer) {
    let mut sum = Tensor::scalar(0.0);
    for (_, parameter) in model.parameters() {
        sum = sum.add(&parameter.sum_all()).unwrap();
    }
    let gradients = sum.backward().unwrap();
    optimizer.step(model.parameters_mut(), &gradients).unwrap();
}

#[test]
fn the_sparsity_grows_fast_and_then_slowly() {
    assert_eq!((SCHEDULE.sparsity(0), SCHEDULE.sparsity(2)), (0.0, 0.0));
    // Half of the way: an eighth of the difference is left.
    assert!((SCHEDULE.sparsity(7) - 0.75 * 7.0 / 8.0).abs() < 1e-12);
    assert_eq!((SCHEDULE.sparsity(12), SCHEDULE.sparsity(99)), (0.75, 0.75));
}

#[test]
fn masks_are_made_at_the_beginning_now_and_then_and_at_the_end() {
    let pruning: Vec<u64> = (0..20).filter(|step| SCHEDULE.prunes_at(*step)).collect();
    assert_eq!(pruning, [2, 6, 10, 12]);
}

#[test]
fn schedules_that_make_no_sense_are_refused() {
    for bad in [
        SparsitySchedule { initial: 0.8, ..SCHEDULE },
        SparsitySchedule { target: 1.5, ..SCHEDULE },
        SparsitySchedule { end: 1, ..SCHEDULE },
        SparsitySchedule { every: 0, ..SCHEDULE },
    ] {
        assert!(bad.checked().is_err(), "{bad:?}");
    }
    assert!(SCHEDULE.checked().is_ok());
}

#[test]
fn momentum_does_not_revive_what_is_pruned() {
    let mut model = line();
    let mask = Mask::new(&[4, 1], vec![true, false, true, false]).unwrap();
    let masks = ModelMasks::new(vec![("fc1.weight".into(), mask)]);
    let mut optimizer = PruningOptimizer::fixed(Sgd::new(0.5).momentum(0.9), masks);
    for _ in 0..3 {
        step(&mut model, &mut optimizer);
        let weight = weight(&model);
        assert_eq!((weight[1], weight[3]), (0.0, 0.0));
    }
    // 1 - 0.5 (1 + 1.9 + 2.71)
    assert!((weight(&model)[0] + 1.805).abs() < 1e-5, "{:?}", weight(&model));
}

#[test]
fn masks_grow_along_the_schedule() {
    let schedule = SparsitySchedule { initial: 0.25, target: 0.75, begin: 0, end: 2, every: 2 };
    let mut optimizer =
        PruningOptimizer::gradual(Sgd::new(0.01), schedule, Scope::PerLayer).unwrap();
    let mut model = line();
    let mut zeros = Vec::new();
    for _ in 0..4 {
        step(&mut model, &mut optimizer);
        zeros.push(weight(&model).iter().filter(|x| **x == 0.0).count());
    }
    assert_eq!(zeros, [1, 1, 3, 3]);
}

#[test]
fn a_saved_training_keeps_its_masks() {
    let schedule = SparsitySchedule { initial: 0.5, target: 0.5, begin: 0, end: 0, every: 1 };
    let make = || PruningOptimizer::gradual(Sgd::new(0.01), schedule, Scope::Global).unwrap();
    let (mut model, mut first) = (line(), make());
    step(&mut model, &mut first);
    let mut second = make();
    second.restore(first.state()).unwrap();
    assert_eq!(second.masks(), first.masks());
    step(&mut model, &mut second);
    assert_eq!(weight(&model)[..2], [0.0, 0.0]);
}

/// Points left and right of a line.
fn sides() -> Labelled {
    let mut rng = Rng::new(3);
    let points: Vec<f32> = (0..200).map(|_| rng.uniform_range(-1.0, 1.0) as f32).collect();
    let labels = points.chunks(2).map(|point| usize::from(point[0] > point[1])).collect();
    Labelled::new(&Tensor::from_vec(points, &[100, 2]).unwrap(), labels).unwrap()
}

#[test]
fn fine_tuning_ends_with_exactly_the_sparsity() {
    let mut model = Mlp::new(&[2, 10, 2], &mut Rng::new(1)).unwrap();
    let tuning = PruningTuning {
        sparsity: 0.6,
        scope: Scope::Global,
        epochs: 20,
        batch_size: 10,
        learning_rate: 0.03,
        seed: 1,
    };
    fine_tune_pruned(&mut model, &sides(), tuning).unwrap();
    let masks = ModelMasks::of_zeros(&model);
    assert_eq!(masks.sparsity(), 0.6);
    let data = sides();
    let answers = model.forward(data.inputs()).unwrap().argmax_axis(1).unwrap();
    let right = answers.iter().zip(data.labels()).filter(|(a, b)| a == b).count();
    assert!(right >= 85, "{right} of 100");
    assert!(fine_tune_pruned(&mut model, &sides(), PruningTuning { epochs: 0, ..tuning }).is_err());
}
