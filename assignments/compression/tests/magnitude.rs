//! Task `magnitude`. Run with `cargo test -p compression --test magnitude`.
//!
//! Before you start, every test here fails with `not yet implemented: ...`. That is the expected
//! start.

use compression::{
    CompressionError, Mask, ModelMasks, Scope, apply_masks, prune_magnitude, prune_model,
    pruning_threshold,
};
use tinytorch::models::Mlp;
use tinytorch::{Layer, Rng, Tensor};

fn vector(numbers: &[f32]) -> Tensor {
    Tensor::from_vec(numbers.to_vec(), &[numbers.len()]).unwrap()
}

fn kept(numbers: &[f32], sparsity: f64) -> Vec<bool> {
    prune_magnitude(&vector(numbers), sparsity).unwrap().kept().to_vec()
}

/// Two inputs, two hidden neurons and one class: weights 4, 3, 2, 1 and 0.5, 8.
fn mlp() -> Mlp {
    let mut mlp = Mlp::new(&[2, 2, 1], &mut Rng::new(0)).unwrap();
    let all = [vec![4.0, 3.0, 2.0, 1.0], vec![0.1, 0.1], vec![0.5, 8.0], vec![0.1]];
    for ((_, parameter), numbers) in mlp.parameters_mut().into_iter().zip(all) {
        *parameter = Tensor::from_vec(numbers, parameter.shape()).unwrap();
    }
    mlp
}

#[test]
fn the_least_magnitudes_are_pruned() {
    let weight = Tensor::from_vec(vec![3.0, -1.0, 0.5, -4.0], &[2, 2]).unwrap();
    let mask = prune_magnitude(&weight, 0.5).unwrap();
    assert_eq!((mask.shape(), mask.kept()), (&[2, 2][..], &[true, false, false, true][..]));
}

#[test]
fn the_count_is_exact_also_with_ties() {
    assert_eq!(kept(&[1.0, -1.0, 1.0, 1.0], 0.5), [false, false, true, true]);
    assert_eq!(kept(&[2.0, 1.0, -2.0, 2.0, 1.0], 0.6), [false, false, true, true, false]);
}

#[test]
fn nothing_and_everything_can_be_pruned() {
    assert_eq!(kept(&[1.0, 0.0, 2.0], 0.0), [true; 3]);
    assert_eq!(kept(&[1.0, 0.0, 2.0], 1.0), [false; 3]);
}

#[test]
fn the_threshold_is_the_largest_that_is_pruned() {
    let weight = vector(&[5.0, -2.0, 1.0, 3.0]);
    assert_eq!(pruning_threshold(&weight, 0.5).unwrap(), 2.0);
    assert_eq!(pruning_threshold(&weight, 0.0).unwrap(), 0.0);
}

#[test]
fn numbers_without_a_place_in_the_order_are_refused() {
    for bad in [f32::NAN, f32::INFINITY] {
        let error = prune_magnitude(&vector(&[1.0, bad]), 0.5).unwrap_err();
        assert!(matches!(error, CompressionError::NotFinite { .. }), "{error}");
    }
    let error = prune_magnitude(&vector(&[1.0]), 1.5).unwrap_err();
    assert!(matches!(error, CompressionError::BadValue { .. }), "{error}");
}

#[test]
fn a_mask_selects() {
    let mask = Mask::new(&[3], vec![true, false, true]).unwrap();
    assert_eq!(mask.apply(&vector(&[1.0, f32::NAN, 3.0])).unwrap().to_vec(), [1.0, 0.0, 3.0]);
    let error = mask.apply(&vector(&[1.0, 2.0])).unwrap_err();
    assert!(error.to_string().contains("Mask::apply"), "{error}");
}

#[test]
fn each_weight_has_its_share_or_all_together() {
    let masks = |scope| prune_model(&mlp(), 0.5, scope).unwrap();
    let kept = |masks: &ModelMasks, name: &str| masks.get(name).unwrap().kept().to_vec();
    let own = masks(Scope::PerLayer);
    assert_eq!(kept(&own, "fc1.weight"), [true, true, false, false]);
    assert_eq!(kept(&own, "fc2.weight"), [false, true]);
    let all = masks(Scope::Global);
    // The three least of six weights: 0.5, 1 and 2.
    assert_eq!(kept(&all, "fc1.weight"), [true, true, false, false]);
    assert_eq!(kept(&all, "fc2.weight"), [false, true]);
    let third = prune_model(&mlp(), 1.0 / 3.0, Scope::Global).unwrap();
    assert_eq!(kept(&third, "fc1.weight"), [true, true, true, false]);
    assert!(third.get("fc1.bias").is_none(), "biases have no masks");
}

#[test]
fn a_model_is_pruned_or_stays_as_it_is() {
    let mut model = mlp();
    let mask = Mask::new(&[2, 2], vec![true, false, true, false]).unwrap();
    apply_masks(&mut model, &ModelMasks::new(vec![("fc1.weight".into(), mask.clone())])).unwrap();
    assert_eq!(model.parameters()[0].1.to_vec(), [4.0, 0.0, 2.0, 0.0]);
    let masks = vec![("fc1.weight".into(), mask.clone()), ("fc2.weight".into(), mask)];
    let mut model = mlp();
    let error = apply_masks(&mut model, &ModelMasks::new(masks)).unwrap_err();
    assert!(error.to_string().contains("apply_masks"), "{error}");
    assert_eq!(model.parameters()[0].1.to_vec(), [4.0, 3.0, 2.0, 1.0]);
}
