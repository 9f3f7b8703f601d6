//! Reshaping, transposing, slicing and concatenating.

use crate::common::{assert_close, at, by_index, error_text, randn};
use tinytorch::Tensor;

#[test]
fn reshape_keeps_the_order_of_the_elements() {
    let t = randn(&[2, 3, 4], 1);
    assert_eq!(t.reshape(&[4, 6]).unwrap().to_vec(), t.to_vec());
    assert_eq!(t.reshape(&[24, 1]).unwrap().shape(), [24, 1]);
    assert_eq!(Tensor::zeros(&[0, 3]).reshape(&[7, 0, 2]).unwrap().shape(), [7, 0, 2]);
    assert_eq!(Tensor::scalar(1.0).reshape(&[1, 1]).unwrap().shape(), [1, 1]);
}

#[test]
fn reshape_of_a_view_follows_the_view() {
    let t = randn(&[3, 4], 2).t().unwrap();
    let flat = t.reshape(&[12]).unwrap();
    assert_close(&flat, &by_index(&[12], |i| at(&t, &[i[0] / 3, i[0] % 3])), 0.0);
    let part = randn(&[3, 4], 3).slice_axis(1, 1, 3).unwrap();
    let flat = part.reshape(&[6]).unwrap();
    assert_close(&flat, &by_index(&[6], |i| at(&part, &[i[0] / 2, i[0] % 2])), 0.0);
}

#[test]
fn reshape_refuses_another_number_of_elements() {
    let reshape = |shape: &[usize]| error_text(Tensor::zeros(&[2, 3]).reshape(shape));
    assert_eq!(reshape(&[4, 2]), "reshape: [2, 3] x [4, 2]: 6 elements into 8");
    assert!(reshape(&[usize::MAX, 2]).contains("more than memory can address"));
}

#[test]
fn transpose_exchanges_two_axes() {
    let t = randn(&[2, 3, 4], 4);
    let swapped = t.transpose(0, 2).unwrap();
    assert_close(&swapped, &by_index(&[4, 3, 2], |i| at(&t, &[i[2], i[1], i[0]])), 0.0);
    assert_eq!(t.transpose(1, 1).unwrap(), t);
    let text = error_text(t.transpose(0, 3));
    let expected = "axis 3 does not exist, the tensor has 3 (counted from 0)";
    assert_eq!(text, format!("transpose: [2, 3, 4]: {expected}"));
}

#[test]
fn t_needs_a_matrix() {
    let t = randn(&[2, 3], 5);
    assert_close(&t.t().unwrap(), &by_index(&[3, 2], |i| at(&t, &[i[1], i[0]])), 0.0);
    let text = error_text(Tensor::zeros(&[2]).t());
    assert_eq!(text, "t: [2]: needs 2 axes, has 1; use transpose(axis_a, axis_b)");
}

#[test]
fn permute_puts_axis_order_i_at_i() {
    let t = randn(&[2, 3, 4], 6);
    let permuted = t.permute(&[2, 0, 1]).unwrap();
    assert_close(&permuted, &by_index(&[4, 2, 3], |i| at(&t, &[i[1], i[2], i[0]])), 0.0);
}

#[test]
fn permute_needs_each_axis_once() {
    for order in [&[0, 0, 1][..], &[0, 1], &[0, 1, 3], &[0, 1, 2, 3]] {
        let text = error_text(Tensor::zeros(&[2, 3, 4]).permute(order));
        let expected = format!("the order {order:?} must name each axis 0..3 once");
        assert_eq!(text, format!("permute: [2, 3, 4]: {expected}"));
    }
}

#[test]
fn slice_axis_takes_a_range() {
    let t = randn(&[5, 3], 7);
    let middle = t.slice_axis(0, 1, 4).unwrap();
    assert_close(&middle, &by_index(&[3, 3], |i| at(&t, &[i[0] + 1, i[1]])), 0.0);
    assert_eq!(t.slice_axis(1, 2, 2).unwrap().shape(), [5, 0]);
    assert_eq!(t.slice_axis(0, 0, 5).unwrap(), t);
}

#[test]
fn slice_axis_refuses_what_is_outside() {
    let t = Tensor::zeros(&[5, 3]);
    let text = error_text(t.slice_axis(1, 2, 4));
    assert_eq!(text, "slice_axis: [5, 3]: 2..4 is not inside 0..3 of axis 1");
    let text = error_text(t.slice_axis(0, 3, 2));
    assert_eq!(text, "slice_axis: [5, 3]: 3..2 is not inside 0..5 of axis 0");
    assert!(error_text(t.slice_axis(2, 0, 0)).contains("axis 2 does not exist"));
}

#[test]
fn concat_undoes_slicing() {
    let t = randn(&[4, 6, 2], 8);
    for axis in 0..3 {
        let cut = t.shape()[axis] / 2;
        let first = t.slice_axis(axis, 0, cut).unwrap();
        let none = t.slice_axis(axis, cut, cut).unwrap();
        let rest = t.slice_axis(axis, cut, t.shape()[axis]).unwrap();
        assert_eq!(Tensor::concat(&[first, none, rest], axis).unwrap(), t);
    }
}

#[test]
fn concat_refuses_shapes_that_differ_elsewhere() {
    let concat = |b: &[usize], axis| {
        error_text(Tensor::concat(&[Tensor::zeros(&[2, 3]), Tensor::zeros(b)], axis))
    };
    let text = "concat: [2, 3] x [3, 4]: shapes may differ only along axis 1";
    assert_eq!(concat(&[3, 4], 1), text);
    assert!(concat(&[2, 3, 1], 0).starts_with("concat: [2, 3] x [2, 3, 1]"));
    assert!(concat(&[2, 3], 2).contains("axis 2 does not exist"));
    assert_eq!(error_text(Tensor::concat(&[], 0)), "concat: needs at least one tensor");
}
