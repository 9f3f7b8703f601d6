//! Task `codebook`. Run with `cargo test -p compression --test codebook`.
//!
//! Before you start, every test here fails with `not yet implemented: ...`. That is the expected
//! start.

use compression::{Codebook, CodebookOptimizer, CodebookTuning, shared_values, tune_codebooks};
use tinytorch::models::Mlp;
use tinytorch::train::{Labelled, Optimizer, Sgd};
use tinytorch::{Layer, Rng, Tensor, layer};

fn fit(numbers: &[f32], bits: u32, rounds: usize) -> Vec<f32> {
    Codebook::fit(numbers, bits, rounds).unwrap().values().to_vec()
}

/// One layer with these weights and a bias of 0.
fn line(weights: &[f32]) -> Mlp {
    let mut line = Mlp::new(&[weights.len(), 1], &mut Rng::new(0)).unwrap();
    let shape = [weights.len(), 1];
    for (at, (_, parameter)) in line.parameters_mut().into_iter().enumerate() {
        *parameter = match at {
            0 => Tensor::from_vec(weights.to_vec(), &shape).unwrap(),
            _ => Tensor::zeros(&[1]),
        };
    }
    line
}

fn weight(model: &Mlp) -> Vec<f32> {
    model.parameters()[0].1.to_vec()
}

#[test]
fn a_few_different_numbers_are_their_own_codebook() {
    assert_eq!(fit(&[3.0, -1.0, 3.0, 0.5, -1.0], 2, 10), [-1.0, 0.5, 3.0]);
}

#[test]
fn values_move_to_the_means_of_their_numbers() {
    // Two values start at 0 and 10. The numbers 0, 1 and 2 are nearer to the first, 9 and 10 to the second.
    let numbers = [0.0, 1.0, 2.0, 9.0, 10.0];
    assert_eq!(fit(&numbers, 1, 0), [0.0, 10.0]);
    assert_eq!(fit(&numbers, 1, 1), [1.0, 9.5]);
    assert_eq!(fit(&numbers, 1, 50), [1.0, 9.5]);
}

#[test]
fn a_value_without_numbers_is_dropped() {
    // Four values start at 0, 4, 8 and 12, and nothing is near to 8.
    assert_eq!(fit(&[0.0, 1.0, 3.0, 4.0, 12.0, 11.0], 2, 1).len(), 3);
}

#[test]
fn the_lower_of_two_equally_near_values_is_taken() {
    let book = Codebook::fit(&[-1.0, 1.0, 5.0], 2, 0).unwrap();
    let nearest: Vec<usize> =
        [-9.0, 0.0, 0.1, 3.0, 3.1, 99.0].iter().map(|x| book.nearest(*x)).collect();
    assert_eq!(nearest, [0, 0, 1, 1, 2, 2]);
}

#[test]
fn refining_keeps_values_without_numbers() {
    let book = Codebook::fit(&[0.0, 10.0, 20.0], 2, 0).unwrap();
    assert_eq!(book.refine(&[1.0, 3.0, 18.0]).values(), [2.0, 10.0, 18.0]);
}

#[test]
fn what_cannot_be_shared_is_refused() {
    for (numbers, bits) in [(vec![1.0], 0), (vec![1.0], 9), (vec![], 4), (vec![1.0, f32::NAN], 4)] {
        let error = Codebook::fit(&numbers, bits, 1).unwrap_err();
        assert!(error.to_string().contains("Codebook::fit"), "{error}");
    }
}

#[test]
fn zeros_stay_zeros() {
    let mut model = line(&[0.0, 1.0, 2.0, 9.0, 10.0, 0.0]);
    shared_values(&mut model, |_| 1).unwrap();
    assert_eq!(weight(&model), [0.0, 1.5, 1.5, 9.5, 9.5, 0.0]);
}

#[test]
fn small_steps_add_up() {
    let mut model = line(&[1.0, 2.0, 4.0, 8.0]);
    let mut optimizer = CodebookOptimizer::new(Sgd::new(0.4), &mut model, |_| 1).unwrap();
    assert_eq!(optimizer.codebook("fc1.weight").unwrap().values().len(), 2);
    let start = weight(&model);
    // The gradient of the third weight is -1 in each step: it moves towards the larger value.
    let mut seen = vec![weight(&model)[2]];
    for _ in 0..9 {
        let direction = Tensor::from_vec(vec![0.0, 0.0, -1.0, 0.0], &[4, 1]).unwrap();
        layer::track(&mut model);
        let [(_, weight), (_, bias)] = &model.parameters()[..] else { panic!("two parameters") };
        let moving = weight.mul(&direction).unwrap().sum_all();
        let loss = moving.add(&bias.sum_all()).unwrap();
        let gradients = loss.backward().unwrap();
        optimizer.step(model.parameters_mut(), &gradients).unwrap();
        seen.push(self::weight(&model)[2]);
    }
    assert_eq!(seen[1], start[2], "one step is too short");
    assert_eq!(seen[9], start[3], "nine are not: {seen:?}");
}

#[test]
fn training_wins_back_what_sharing_lost() {
    let mut rng = Rng::new(3);
    let points: Vec<f32> = (0..400).map(|_| rng.uniform_range(-1.0, 1.0) as f32).collect();
    let labels = points.chunks(2).map(|point| usize::from(point[0] > point[1])).collect();
    let data = Labelled::new(&Tensor::from_vec(points, &[200, 2]).unwrap(), labels).unwrap();
    let mut model = Mlp::new(&[2, 16, 2], &mut Rng::new(1)).unwrap();
    let tuning =
        CodebookTuning { bits: 2, epochs: 20, batch_size: 20, learning_rate: 0.03, seed: 1 };
    tune_codebooks(&mut model, &data, tuning).unwrap();
    let mut values = weight(&model);
    values.sort_by(f32::total_cmp);
    values.dedup();
    assert!(values.len() <= 4, "{values:?}");
    let answers = model.forward(data.inputs()).unwrap().argmax_axis(1).unwrap();
    let right = answers.iter().zip(data.labels()).filter(|(a, b)| a == b).count();
    assert!(right >= 180, "{right} of 200");
    assert!(tune_codebooks(&mut model, &data, CodebookTuning { epochs: 0, ..tuning }).is_err());
}
