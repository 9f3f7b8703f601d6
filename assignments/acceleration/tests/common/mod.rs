//! Shared by the tests of several tasks: matrices, and properties that hold for every matrix
//! product. Each property takes the product to test.

#![allow(dead_code, reason = "every test file is compiled with all of this and uses a part")]

use acceleration::{AccelError, MatRef, Matrix, Result};

/// A 2 x 3 matrix.
pub const A: [f32; 6] = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
/// A 3 x 2 matrix.
pub const B: [f32; 6] = [7.0, 8.0, 9.0, 10.0, 11.0, 12.0];

/// One of the matrix products that you build.
pub type Product = fn(MatRef<'_>, MatRef<'_>) -> Result<Matrix>;

pub fn view(data: &[f32], rows: usize, columns: usize) -> MatRef<'_> {
    MatRef::new(data, rows, columns).unwrap()
}

/// Small whole numbers: their products and sums are exact in any order.
pub fn whole_numbers(rows: usize, columns: usize) -> Matrix {
    let numbers = (0..rows * columns).map(|at| (at * 7 % 11) as f32 - 5.0);
    Matrix::from_vec(numbers.collect(), rows, columns).unwrap()
}

/// The definition, element by element.
pub fn expected(a: MatRef<'_>, b: MatRef<'_>) -> Vec<f32> {
    let mut c = Vec::new();
    for i in 0..a.rows() {
        for j in 0..b.columns() {
            c.push((0..a.columns()).map(|p| a.at(i, p) * b.at(p, j)).sum());
        }
    }
    c
}

/// Requires exact equality with the definition. Only for whole numbers, because rounding depends
/// on the order.
#[track_caller]
pub fn assert_right(product: Product, a: MatRef<'_>, b: MatRef<'_>) {
    let c = product(a, b).unwrap();
    assert_eq!((c.rows(), c.columns()), (a.rows(), b.columns()));
    let shape = (a.rows(), a.columns(), b.columns());
    assert_eq!(c.as_slice(), expected(a, b), "(m, k, n) = {shape:?}");
}

#[track_caller]
pub fn two_rows_times_two_columns(product: Product) {
    // 1 * 7 + 2 * 9 + 3 * 11 = 58, and so on.
    let c = product(view(&A, 2, 3), view(&B, 3, 2)).unwrap();
    assert_eq!((c.rows(), c.columns()), (2, 2));
    assert_eq!(c.as_slice(), [58.0, 64.0, 139.0, 154.0]);
}

#[track_caller]
pub fn every_size_is_right(product: Product) {
    for (m, k, n) in
        [(1, 1, 1), (7, 5, 3), (13, 17, 19), (1, 40, 9), (40, 9, 1), (64, 64, 64), (65, 33, 67)]
    {
        assert_right(product, whole_numbers(m, k).view(), whole_numbers(k, n).view());
    }
}

#[track_caller]
pub fn a_transposed_view_is_read_along_its_strides(product: Product) {
    // (B^T A^T) is (A B)^T.
    let c = product(view(&B, 3, 2).t(), view(&A, 2, 3).t()).unwrap();
    assert_eq!(c.as_slice(), [58.0, 139.0, 64.0, 154.0]);
    let (a, b) = (whole_numbers(9, 14), whole_numbers(21, 9));
    assert_right(product, a.view().t(), b.view().t());
}

#[track_caller]
pub fn zero_times_infinity_is_nan_and_stays_in_its_element(product: Product) {
    let a = view(&[0.0, 1.0, 1.0, 1.0], 2, 2);
    let c = product(a, view(&[f32::INFINITY, 2.0, 1.0, 1.0], 2, 2)).unwrap();
    assert!(c.as_slice()[0].is_nan());
    assert_eq!(c.as_slice()[1..], [1.0, f32::INFINITY, 3.0]);
}

#[track_caller]
pub fn a_sum_of_no_products_is_zero(product: Product) {
    assert_eq!(product(view(&[], 2, 0), view(&[], 0, 3)).unwrap().as_slice(), [0.0; 6]);
    assert!(product(view(&[], 0, 3), view(&B, 3, 2)).unwrap().as_slice().is_empty());
    assert!(product(view(&A, 2, 3), view(&[], 3, 0)).unwrap().as_slice().is_empty());
}

/// Requires that the error names the `operation`, both shapes and the reason.
#[track_caller]
pub fn shapes_that_do_not_fit_are_named(product: Product, operation: &str) {
    let error = product(view(&A, 2, 3), view(&B, 2, 3)).unwrap_err();
    assert!(matches!(error, AccelError::ShapeMismatch { .. }), "{error}");
    let named = format!("{operation}: [2, 3] x [2, 3]: inner dimensions 3 and 2 differ");
    assert_eq!(error.to_string(), named);
}
