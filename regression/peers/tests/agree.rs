//! A difference is found, wherever it is.

use peers::agree::compare;
use peers::exchange::{Array, Arrays};

fn arrays(name: &str, values: &[f32]) -> Arrays {
    Arrays::from([(name.to_string(), Array::floats(&[values.len()], values.to_vec()))])
}

fn error(ours: &Arrays, theirs: &Arrays) -> String {
    compare(ours, theirs).map_or_else(|e| format!("{e:#}"), |a| format!("accepted: {a:?}"))
}

#[test]
fn rounding_is_no_difference() {
    let (ours, theirs) = (arrays("output", &[3.0, 1.0]), arrays("output", &[3.000_03, 1.0]));
    let agreement = compare(&ours, &theirs).unwrap();
    assert!((agreement.difference - 1e-5).abs() < 1e-6, "{agreement:?}");
    assert_eq!(agreement.array, "output");
}

#[test]
fn another_number_is_a_difference_and_named() {
    let (ours, theirs) =
        (arrays("grad.fc1.weight", &[3.0, 1.0]), arrays("grad.fc1.weight", &[3.0, 1.1]));
    let error = error(&ours, &theirs);
    assert!(error.contains("grad.fc1.weight differs by 3.3e-2"), "{error}");
}

#[test]
fn small_gradients_are_compared_on_their_own_scale() {
    let (ours, theirs) = (arrays("grad.w", &[0.002]), arrays("grad.w", &[0.001]));
    assert!(error(&ours, &theirs).contains("differs"));
}

#[test]
fn a_nan_is_a_difference() {
    let (ours, theirs) =
        (arrays("output", &[1.0, 2.0, 3.0]), arrays("output", &[f32::NAN, 2.0, 3.0]));
    assert!(error(&ours, &theirs).contains("differs"));
    assert!(error(&theirs, &ours).contains("differs"));
}

#[test]
fn a_missing_array_and_another_shape_are_differences() {
    let (ours, theirs) = (arrays("loss", &[1.0]), arrays("output", &[1.0]));
    assert!(error(&ours, &theirs).contains("loss is missing"));
    let theirs = arrays("loss", &[1.0, 1.0]);
    assert!(error(&ours, &theirs).contains("shape [2] instead of [1]"));
}
