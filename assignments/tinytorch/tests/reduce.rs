//! Sums, means and maxima against f64.

use crate::common::{assert_close, at, by_index, elements, error_text, randn};
use tinytorch::{Result, Tensor};

type ReductionFn = fn(&Tensor, usize) -> Result<Tensor>;

/// The elements along `axis` for each index of the other axes.
fn lanes(t: &Tensor, axis: usize, oracle: fn(&[f64]) -> f64) -> (Vec<usize>, Vec<f64>) {
    let mut shape = t.shape().to_vec();
    let length = shape.remove(axis);
    by_index(&shape, |i| {
        let element = |k| at(t, &[&i[..axis], &[k], &i[axis..]].concat());
        oracle(&(0..length).map(element).collect::<Vec<_>>())
    })
}

fn sum(lane: &[f64]) -> f64 {
    lane.iter().sum()
}

fn mean(lane: &[f64]) -> f64 {
    sum(lane) / lane.len() as f64
}

fn max(lane: &[f64]) -> f64 {
    lane.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}

#[test]
fn reductions_along_each_axis_match_f64() {
    let view = randn(&[7, 5, 3], 2).permute(&[1, 2, 0]).unwrap();
    for t in [randn(&[3, 5, 7], 1), view, randn(&[9], 3), randn(&[2, 1], 4)] {
        for axis in 0..t.ndim() {
            assert_close(&t.sum_axis(axis).unwrap(), &lanes(&t, axis, sum), 1e-5);
            assert_close(&t.mean_axis(axis).unwrap(), &lanes(&t, axis, mean), 1e-5);
            assert_close(&t.max_axis(axis).unwrap(), &lanes(&t, axis, max), 0.0);
        }
    }
}

#[test]
fn sum_and_mean_take_all_elements() {
    let t = randn(&[3, 5, 7], 5).transpose(0, 2).unwrap();
    let expected: f64 = elements(&t).iter().sum();
    assert!((f64::from(t.sum()) - expected).abs() < 1e-4);
    assert!((f64::from(t.mean()) - expected / 105.0).abs() < 1e-6);
    assert_eq!(Tensor::scalar(4.0).mean().to_bits(), 4.0_f32.to_bits());
}

#[test]
fn many_equal_numbers_add_up() {
    // With one f32 addition after another, the sum would stop growing at 2^24.
    let count = (1 << 24) + 16;
    assert!((Tensor::ones(&[count]).sum() - count as f32).abs() < 1.0);
}

#[test]
fn argmax_finds_the_first_of_equal_maxima() {
    let t = Tensor::from_vec(vec![1.0, 3.0, 3.0, -1.0, -2.0, -1.0], &[2, 3]).unwrap();
    assert_eq!(t.argmax_axis(1), Ok(vec![1, 0]));
    assert_eq!(t.argmax_axis(0), Ok(vec![0, 0, 0]));
    let t = randn(&[4, 3, 5], 6);
    let positions = t.argmax_axis(1).unwrap();
    let maxima = elements(&t.max_axis(1).unwrap());
    for (n, (position, expected)) in positions.iter().zip(maxima).enumerate() {
        assert!((at(&t, &[n / 5, *position, n % 5]) - expected).abs() < f64::EPSILON);
    }
}

#[test]
fn a_nan_is_not_lost() {
    for values in [vec![1.0, f32::NAN, 2.0], vec![f32::NAN, 1.0, 2.0], vec![1.0, 2.0, f32::NAN]] {
        let at = values.iter().position(|x| x.is_nan()).unwrap();
        let t = Tensor::from_vec(values, &[3]).unwrap();
        assert!(t.max_axis(0).unwrap().get(&[]).unwrap().is_nan());
        assert_eq!(t.argmax_axis(0), Ok(vec![at]));
    }
}

#[test]
fn infinities_have_a_maximum() {
    let t = Tensor::full(&[3], f32::NEG_INFINITY);
    assert_eq!(t.max_axis(0).unwrap().get(&[]), Ok(f32::NEG_INFINITY));
    assert_eq!(t.argmax_axis(0), Ok(vec![0]));
}

#[test]
fn nothing_sums_to_zero_and_has_no_mean_or_maximum() {
    let empty = Tensor::zeros(&[2, 0]);
    assert_eq!(empty.sum().to_bits(), 0);
    assert!(empty.mean().is_nan());
    assert_eq!(empty.sum_axis(1).unwrap(), Tensor::zeros(&[2]));
    assert_eq!(error_text(empty.mean_axis(1)), "mean_axis: [2, 0]: axis 1 is empty");
    assert_eq!(error_text(empty.max_axis(1)), "max_axis: [2, 0]: axis 1 is empty");
    assert_eq!(error_text(empty.argmax_axis(1)), "argmax_axis: [2, 0]: axis 1 is empty");
    assert_eq!(empty.max_axis(0).unwrap().shape(), [0]);
}

#[test]
fn an_axis_that_does_not_exist_is_named() {
    let t = Tensor::zeros(&[2, 3]);
    let reductions: [(&str, ReductionFn); 3] = [
        ("sum_axis", Tensor::sum_axis),
        ("mean_axis", Tensor::mean_axis),
        ("max_axis", Tensor::max_axis),
    ];
    for (name, reduce) in reductions {
        let expected = "[2, 3]: axis 2 does not exist, the tensor has 2 (counted from 0)";
        assert_eq!(error_text(reduce(&t, 2)), format!("{name}: {expected}"));
    }
    assert!(error_text(t.argmax_axis(5)).starts_with("argmax_axis: [2, 3]: axis 5"));
}
