//! Creating, reading, comparing and printing tensors.

use crate::common::{error_text, randn};
use ndarray::ArrayD;
use tinytorch::Tensor;

#[test]
fn elements_are_listed_row_by_row() {
    let t = Tensor::from_vec((0..6_u8).map(f32::from).collect(), &[2, 3]).unwrap();
    assert_eq!(t.get(&[0, 2]), Ok(2.0));
    assert_eq!(t.get(&[1, 0]), Ok(3.0));
    assert_eq!((t.shape(), t.ndim(), t.len(), t.nbytes()), (&[2, 3][..], 2, 6, 24));
    assert!(!t.is_empty());
}

#[test]
fn constructors_fill_the_shape() {
    assert_eq!(Tensor::zeros(&[2, 1]).to_vec(), [0.0, 0.0]);
    assert_eq!(Tensor::ones(&[1, 2]).to_vec(), [1.0, 1.0]);
    assert_eq!(Tensor::full(&[3], -2.5).to_vec(), [-2.5; 3]);
    let scalar = Tensor::scalar(7.0);
    assert_eq!((scalar.shape(), scalar.ndim(), scalar.len()), (&[][..], 0, 1));
    assert_eq!(scalar.get(&[]), Ok(7.0));
}

#[test]
fn an_axis_of_length_zero_makes_a_tensor_empty() {
    let t = Tensor::from_vec(vec![], &[3, 0, 2]).unwrap();
    assert!(t.is_empty());
    assert_eq!((t.len(), t.nbytes(), t.to_vec().len()), (0, 0, 0));
    assert_eq!(t.shape(), [3, 0, 2]);
}

#[test]
fn from_vec_refuses_a_shape_of_another_size() {
    let text = error_text(Tensor::from_vec(vec![0.0; 5], &[2, 3]));
    assert_eq!(text, "from_vec: [2, 3]: the shape holds 6 elements, 5 were given");
    let text = error_text(Tensor::from_vec(vec![], &[usize::MAX, 2, 0]));
    assert!(text.ends_with("the shape holds more elements than memory can address"), "{text}");
}

#[test]
fn get_refuses_an_index_outside() {
    let t = Tensor::zeros(&[2, 3]);
    assert_eq!(error_text(t.get(&[2, 0])), "get: [2, 3]: no element at index [2, 0]");
    assert_eq!(error_text(t.get(&[1])), "get: [2, 3]: no element at index [1]");
}

#[test]
fn arrays_go_in_and_out_unchanged() {
    let array = ArrayD::from_shape_fn(vec![2, 3], |i| (10 * i[0] + i[1]) as f32);
    let tensor = Tensor::from_array(array.clone());
    assert_eq!(tensor.view(), array.view());
    assert_eq!(tensor.into_array(), array);
}

#[test]
fn to_vec_and_as_slice_agree_on_the_order() {
    let t = randn(&[3, 4], 1);
    assert_eq!(t.as_slice(), Some(&t.to_vec()[..]));
    let transposed = t.t().unwrap();
    assert_eq!(transposed.as_slice(), None);
    assert_eq!(transposed.to_vec()[1].to_bits(), t.get(&[1, 0]).unwrap().to_bits());
}

#[test]
fn changing_an_array_taken_from_a_clone_leaves_the_tensor() {
    let t = Tensor::zeros(&[4]);
    let mut array = t.clone().into_array();
    array[0] = 1.0;
    assert_eq!(t, Tensor::zeros(&[4]));
}

#[test]
fn equality_is_exact_in_shape_and_elements() {
    let t = randn(&[2, 3], 2);
    assert_eq!(t, t.t().unwrap().t().unwrap());
    assert_ne!(t, t.reshape(&[3, 2]).unwrap());
    assert_ne!(Tensor::scalar(1.0), Tensor::scalar(1.0 + f32::EPSILON));
    assert_ne!(Tensor::scalar(f32::NAN), Tensor::scalar(f32::NAN));
}

#[test]
fn allclose_allows_just_the_tolerance() {
    let (one, two) = (Tensor::scalar(1.0), Tensor::scalar(2.0));
    assert!(one.allclose(&two, 0.5, 0.0));
    assert!(!one.allclose(&two, 0.49, 0.0));
    assert!(two.allclose(&one, 0.5, 0.5), "both tolerances add up");
    assert!(!two.allclose(&one, 0.5, 0.0), "relative to the other, not to self");
    assert!(!one.allclose(&Tensor::ones(&[1]), 1.0, 1.0), "shapes differ");
    let [inf, nan] = [f32::INFINITY, f32::NAN].map(Tensor::scalar);
    assert!(inf.allclose(&inf, 0.0, 0.0));
    assert!(!one.allclose(&inf, 1.0, 1.0) && !inf.allclose(&one, 1.0, 1.0));
    assert!(!nan.allclose(&nan, 1.0, 1.0));
}

#[test]
fn debug_output_is_short() {
    assert_eq!(format!("{:?}", Tensor::zeros(&[2, 1])), "Tensor[2, 1] [0.0, 0.0]");
    let long = format!("{:?}", Tensor::ones(&[1000]));
    assert_eq!(long, "Tensor[1000] [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, ...]");
}
