//! Task `finetune`. Run with `cargo test -p quantization --test finetune`.
//!
//! Before you start, every test here fails with `not yet implemented: ...`. That is the expected start.

use quantization::{
    FakeQuantized, FineTuning, QuantError, QuantParams, Scheme, StorageFormat, StoredWeights,
    TensorParams, fake_quantize, fine_tune,
};
use tinytorch::data::digits;
use tinytorch::models::Mlp;
use tinytorch::train::Labelled;
use tinytorch::{Layer, Rng, Tensor, layer, pretrained};

fn tensor(numbers: &[f32], shape: &[usize]) -> Tensor {
    Tensor::from_vec(numbers.to_vec(), shape).unwrap()
}

/// Codes -3 to 3, half a unit each.
fn halves() -> TensorParams {
    let scheme = Scheme::Symmetric { bits: 3 };
    TensorParams::per_tensor(QuantParams::new(0.5, 0, scheme).unwrap())
}

fn gradient(numbers: &[f32]) -> Vec<f32> {
    let leaf = tensor(numbers, &[numbers.len()]).requires_grad();
    let fake = fake_quantize(&leaf, &halves()).unwrap();
    let gradients = fake.sum_all().backward().unwrap();
    gradients.get(&leaf).expect("a gradient").to_vec()
}

#[test]
fn numbers_become_what_their_codes_stand_for() {
    let fake = fake_quantize(&tensor(&[0.3, -0.8, 9.0], &[3]), &halves()).unwrap();
    assert_eq!(fake.to_vec(), [0.5, -1.0, 1.5]);
}

#[test]
fn the_gradient_passes_inside_and_stops_outside() {
    assert_eq!(gradient(&[0.3, -1.2, 0.0, 9.0, -2.0]), [1.0, 1.0, 1.0, 0.0, 0.0]);
}

/// 1.7 is rounded to code 3 (3.4 steps), 1.8 would have code 4.
#[test]
fn what_is_rounded_to_the_last_code_has_a_gradient() {
    assert_eq!(gradient(&[1.7, 1.8, -1.7, -1.8]), [1.0, 0.0, 1.0, 0.0]);
}

/// A single layer with the weights 1 and 0.1 for its only output, and the bias 0.3.
fn line() -> Mlp {
    let mut model = Mlp::new(&[2, 1], &mut Rng::new(1)).unwrap();
    let numbers = [tensor(&[1.0, 0.1], &[2, 1]), tensor(&[0.3], &[1])];
    for ((_, parameter), numbers) in model.parameters_mut().into_iter().zip(numbers) {
        *parameter = numbers;
    }
    model
}

/// In two bits the weights are 1 and 0. The bias stays.
#[test]
fn a_model_computes_with_rounded_weights() {
    let fake = FakeQuantized::new(line(), 2).unwrap();
    let output = fake.forward(&tensor(&[2.0, 5.0], &[1, 2])).unwrap();
    assert!((output.to_vec()[0] - 2.3).abs() < 1e-6, "{output:?}");
}

#[test]
fn gradients_reach_the_weights_behind() {
    let mut fake = FakeQuantized::new(line(), 2).unwrap();
    layer::track(&mut fake);
    let output = fake.forward(&tensor(&[2.0, 5.0], &[1, 2])).unwrap();
    let gradients = output.sum_all().backward().unwrap();
    let of = |(_, parameter): &(String, &Tensor)| gradients.get(parameter).map(Tensor::to_vec);
    let all: Vec<_> = fake.parameters().iter().map(of).collect();
    assert_eq!(all, [Some(vec![2.0, 5.0]), Some(vec![1.0])]);
}

#[test]
fn scales_stay_until_they_are_searched_again() {
    let mut fake = FakeQuantized::new(line(), 2).unwrap();
    let input = tensor(&[1.0, 0.0], &[1, 2]);
    for (_, parameter) in fake.parameters_mut() {
        *parameter = parameter.mul_scalar(4.0);
    }
    let before = fake.forward(&input).unwrap().to_vec()[0];
    fake.search_again().unwrap();
    let after = fake.forward(&input).unwrap().to_vec()[0];
    assert!((before - 2.2).abs() < 1e-6 && (after - 5.2).abs() < 1e-6, "{before} {after}");
}

#[test]
fn other_layers_are_refused() {
    let error = FakeQuantized::new(pretrained::gpt().unwrap(), 4).err();
    let operation = "FakeQuantized::new";
    assert!(matches!(error, Some(QuantError::BadValue { operation: o, .. }) if o == operation));
}

/// How many validation digits the CNN reads once it is stored in two bits.
fn right_in_two_bits(mut model: impl Layer) -> usize {
    let format = StorageFormat::Integer { bits: 2 };
    StoredWeights::new(&model, |_| format).unwrap().load_into(&mut model).unwrap();
    let digits = digits::validation().unwrap();
    let answers = model.forward(&digits.images).unwrap().argmax_axis(1).unwrap();
    answers.iter().zip(&digits.labels).filter(|(answer, label)| answer == label).count()
}

/// Of 176 digits rounding alone loses about 10.
#[test]
fn training_wins_back_what_rounding_lost() {
    let train = digits::train().unwrap();
    let data = Labelled::new(&train.images, train.labels.clone()).unwrap();
    let tuning = FineTuning { bits: 2, epochs: 2, batch_size: 64, learning_rate: 1e-3, seed: 1 };
    let rounded = right_in_two_bits(pretrained::cnn().unwrap());
    let tuned = right_in_two_bits(fine_tune(pretrained::cnn().unwrap(), &data, tuning).unwrap());
    assert!(tuned >= rounded + 3, "{rounded} rounded, {tuned} trained");
}

#[test]
fn bits_that_do_not_exist_are_refused() {
    let data = Labelled::new(&Tensor::zeros(&[4, 2]), vec![0; 4]).unwrap();
    let tuning = FineTuning { bits: 1, epochs: 1, batch_size: 2, learning_rate: 0.1, seed: 1 };
    let error = fine_tune(line(), &data, tuning).err();
    assert_eq!(error, Some(QuantError::BadBits { bits: 1 }));
}
