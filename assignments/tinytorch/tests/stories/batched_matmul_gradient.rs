//! Batched matrix products.

use super::assert_flows;
use crate::common::randn;

/// The backward pass transposed all axes instead of the last two. For matrices
/// that is the same; for batches the shapes did not fit, and the gradient was
/// discarded. Attention then trained only its last projection.
#[test]
fn both_factors_of_a_batched_product_get_a_gradient() {
    for (left, right) in [
        (&[2, 3, 4][..], &[2, 4, 5][..]),
        (&[2, 3, 4, 5], &[2, 3, 5, 6]),
        // A broadcast factor accumulates the gradients of all repetitions.
        (&[2, 3, 4], &[4, 5]),
        (&[1, 3, 4], &[6, 4, 5]),
    ] {
        let (a, b) = (randn(left, 1).requires_grad(), randn(right, 2).requires_grad());
        let gradients = a.bmm(&b).unwrap().sum_all().backward().unwrap();
        assert_flows(&gradients, &[("left", &a), ("right", &b)]);
    }
}

/// Against numbers computed by hand: for `sum(A B)`, each row of `A`'s gradient
/// holds the row sums of `B`, and each column of `B`'s gradient holds the column
/// sums of `A`.
#[test]
fn the_gradient_is_that_of_each_pair() {
    let (a, b) = (randn(&[2, 3, 4], 1).requires_grad(), randn(&[2, 4, 5], 2).requires_grad());
    let gradients = a.bmm(&b).unwrap().sum_all().backward().unwrap();
    let (of_a, of_b) = (gradients.get(&a).unwrap(), gradients.get(&b).unwrap());
    let rows = b.sum_axis(2).unwrap();
    let columns = a.sum_axis(1).unwrap();
    for batch in 0..2 {
        for k in 0..4 {
            let expected = rows.get(&[batch, k]).unwrap();
            assert!((of_a.get(&[batch, 2, k]).unwrap() - expected).abs() < 1e-5);
            let expected = columns.get(&[batch, k]).unwrap();
            assert!((of_b.get(&[batch, k, 4]).unwrap() - expected).abs() < 1e-5);
        }
    }
}
