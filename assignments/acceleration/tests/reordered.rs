//! Task `reordered`. Run with `cargo test -p acceleration --test reordered`.
//!
//! Before you start, every test here fails with `not yet implemented: ...`. That is the expected
//! start.

use acceleration::{AccelError, MatRef, matmul_reordered};

/// Two rows of three.
const A: [f32; 6] = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
/// Three rows of two.
const B: [f32; 6] = [7.0, 8.0, 9.0, 10.0, 11.0, 12.0];

fn view(data: &[f32], rows: usize, columns: usize) -> MatRef<'_> {
    MatRef::new(data, rows, columns).unwrap()
}

#[test]
fn two_rows_times_two_columns() {
    // 1 * 7 + 2 * 9 + 3 * 11 = 58, and so on.
    let c = matmul_reordered(view(&A, 2, 3), view(&B, 3, 2)).unwrap();
    assert_eq!((c.rows(), c.columns()), (2, 2));
    assert_eq!(c.as_slice(), [58.0, 64.0, 139.0, 154.0]);
}

#[test]
fn a_transposed_view_is_read_along_its_strides() {
    // (B^T A^T) is (A B)^T.
    let c = matmul_reordered(view(&B, 3, 2).t(), view(&A, 2, 3).t()).unwrap();
    assert_eq!(c.as_slice(), [58.0, 139.0, 64.0, 154.0]);
}

#[test]
fn zero_times_infinity_is_nan() {
    let c = matmul_reordered(view(&[0.0, 1.0], 1, 2), view(&[f32::INFINITY, 1.0], 2, 1)).unwrap();
    assert!(c.as_slice()[0].is_nan());
}

#[test]
fn a_sum_of_no_products_is_zero() {
    let c = matmul_reordered(view(&[], 2, 0), view(&[], 0, 3)).unwrap();
    assert_eq!(c.as_slice(), [0.0; 6]);
    assert!(matmul_reordered(view(&[], 0, 3), view(&B, 3, 2)).unwrap().as_slice().is_empty());
    assert!(matmul_reordered(view(&A, 2, 3), view(&[], 3, 0)).unwrap().as_slice().is_empty());
}

#[test]
fn shapes_that_do_not_fit_are_named() {
    let error = matmul_reordered(view(&A, 2, 3), view(&B, 2, 3)).unwrap_err();
    assert!(matches!(error, AccelError::ShapeMismatch { operation: "matmul_reordered", .. }));
    assert_eq!(
        error.to_string(),
        "matmul_reordered: [2, 3] x [2, 3]: inner dimensions 3 and 2 differ"
    );
}
