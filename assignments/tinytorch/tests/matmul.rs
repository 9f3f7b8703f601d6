//! Matrix products against sums in f64.

use crate::common::{assert_close, at, by_index, error_text, randn};
use tinytorch::Tensor;

fn oracle(a: &Tensor, b: &Tensor) -> (Vec<usize>, Vec<f64>) {
    bmm_oracle(a, b, &[a.shape()[0], b.shape()[1]])
}

#[test]
fn matmul_matches_sums_in_f64_on_odd_shapes() {
    let shapes = [
        (1, 1, 1),
        (1, 7, 1),
        (7, 1, 5),
        (3, 5, 2),
        (17, 13, 19),
        (65, 33, 9),
        (1, 100, 31),
        (40, 3, 1),
    ];
    for (m, k, n) in shapes {
        let (a, b) = (randn(&[m, k], 1), randn(&[k, n], 2));
        assert_close(&a.matmul(&b).unwrap(), &oracle(&a, &b), 1e-5);
    }
}

#[test]
fn matmul_reads_transposed_and_sliced_views() {
    let a = randn(&[13, 21], 3).t().unwrap();
    let b = randn(&[20, 11], 4).slice_axis(0, 3, 16).unwrap().slice_axis(1, 2, 9).unwrap();
    assert!(a.as_slice().is_none() && b.as_slice().is_none());
    assert_close(&a.matmul(&b).unwrap(), &oracle(&a, &b), 1e-5);
    let (bt, at) = (b.t().unwrap(), a.t().unwrap());
    assert_close(&bt.matmul(&at).unwrap(), &oracle(&bt, &at), 1e-5);
}

#[test]
fn an_empty_inner_dimension_gives_zeros() {
    let product = Tensor::zeros(&[2, 0]).matmul(&Tensor::zeros(&[0, 3])).unwrap();
    assert_eq!(product, Tensor::zeros(&[2, 3]));
    let product = Tensor::zeros(&[4, 2, 0]).bmm(&Tensor::zeros(&[0, 3])).unwrap();
    assert_eq!(product, Tensor::zeros(&[4, 2, 3]));
}

#[test]
fn an_empty_outer_dimension_gives_an_empty_product() {
    let product = Tensor::zeros(&[0, 4]).matmul(&Tensor::zeros(&[4, 3])).unwrap();
    assert_eq!(product.shape(), [0, 3]);
    let product = Tensor::zeros(&[0, 2, 4]).bmm(&Tensor::zeros(&[0, 4, 3])).unwrap();
    assert_eq!(product.shape(), [0, 2, 3]);
}

#[test]
fn matmul_errors_name_both_shapes() {
    let matmul = |a: &[usize], b: &[usize]| error_text(Tensor::zeros(a).matmul(&Tensor::zeros(b)));
    assert_eq!(
        matmul(&[2, 3], &[4, 5]),
        "matmul: [2, 3] x [4, 5]: inner dimensions 3 and 4 differ"
    );
    let needs_two = "matmul: [2, 3, 4] x [4, 5]: both must have 2 axes; use bmm for more";
    assert_eq!(matmul(&[2, 3, 4], &[4, 5]), needs_two);
}

#[test]
fn bmm_broadcasts_leading_axes() {
    let cases: [(&[usize], &[usize], &[usize]); 6] = [
        (&[3, 5], &[5, 2], &[3, 2]),
        (&[4, 3, 5], &[4, 5, 2], &[4, 3, 2]),
        (&[4, 3, 5], &[5, 2], &[4, 3, 2]),
        (&[3, 5], &[4, 5, 2], &[4, 3, 2]),
        (&[2, 1, 3, 5], &[4, 5, 2], &[2, 4, 3, 2]),
        (&[2, 1, 9, 17], &[1, 3, 17, 11], &[2, 3, 9, 11]),
    ];
    for (left, right, result) in cases {
        let (a, b) = (randn(left, 5), randn(right, 6));
        assert_close(&a.bmm(&b).unwrap(), &bmm_oracle(&a, &b, result), 1e-5);
    }
}

fn bmm_oracle(a: &Tensor, b: &Tensor, shape: &[usize]) -> (Vec<usize>, Vec<f64>) {
    let batch = shape.len() - 2;
    // A missing or single leading axis is always read at 0.
    let own = |t: &Tensor, lead: &[usize]| -> Vec<usize> {
        let missing = batch + 2 - t.ndim();
        let axes = missing..batch;
        axes.map(|axis| if t.shape()[axis - missing] == 1 { 0 } else { lead[axis] }).collect()
    };
    by_index(shape, |i| {
        let (lead, row, column) = (&i[..batch], i[batch], i[batch + 1]);
        let inner = a.shape()[a.ndim() - 1];
        let term = |k| {
            let left = at(a, &[&own(a, lead)[..], &[row, k]].concat());
            left * at(b, &[&own(b, lead)[..], &[k, column]].concat())
        };
        (0..inner).map(term).sum()
    })
}

#[test]
fn bmm_reads_permuted_views() {
    let a = randn(&[2, 7, 3, 5], 7).permute(&[0, 2, 1, 3]).unwrap();
    let b = randn(&[2, 3, 4, 5], 8).transpose(2, 3).unwrap();
    assert_close(&a.bmm(&b).unwrap(), &bmm_oracle(&a, &b, &[2, 3, 7, 4]), 1e-5);
}

#[test]
fn bmm_errors_name_both_shapes() {
    let bmm = |a: &[usize], b: &[usize]| error_text(Tensor::zeros(a).bmm(&Tensor::zeros(b)));
    let text = bmm(&[2, 3, 4], &[2, 5, 6]);
    assert_eq!(text, "bmm: [2, 3, 4] x [2, 5, 6]: inner dimensions 4 and 5 differ");
    let text = bmm(&[2, 3, 4], &[3, 4, 6]);
    assert_eq!(text, "bmm: [2, 3, 4] x [3, 4, 6]: leading dimensions [2] and [3] do not broadcast");
    assert_eq!(bmm(&[4], &[4, 6]), "bmm: [4] x [4, 6]: both must have at least 2 axes");
}
