//! Task `parallel`. Run with `cargo test -p acceleration --test parallel`.
//!
//! Before you start, every test here fails with `not yet implemented: ...`. That is the expected
//! start.

use acceleration::{AccelError, MatRef, Matrix, Result, matmul_parallel};

/// Two rows of three.
const A: [f32; 6] = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
/// Three rows of two.
const B: [f32; 6] = [7.0, 8.0, 9.0, 10.0, 11.0, 12.0];

fn view(data: &[f32], rows: usize, columns: usize) -> MatRef<'_> {
    MatRef::new(data, rows, columns).unwrap()
}

fn product(a: MatRef<'_>, b: MatRef<'_>) -> Result<Matrix> {
    matmul_parallel(a, b, 2)
}

/// Small whole numbers: their products and sums are exact, whatever the order.
fn whole_numbers(rows: usize, columns: usize) -> Matrix {
    let numbers = (0..rows * columns).map(|at| (at * 7 % 11) as f32 - 5.0);
    Matrix::from_vec(numbers.collect(), rows, columns).unwrap()
}

/// The definition, element by element.
fn expected(a: MatRef<'_>, b: MatRef<'_>) -> Vec<f32> {
    let mut c = Vec::new();
    for i in 0..a.rows() {
        for j in 0..b.columns() {
            c.push((0..a.columns()).map(|p| a.at(i, p) * b.at(p, j)).sum());
        }
    }
    c
}

fn assert_right(a: MatRef<'_>, b: MatRef<'_>) {
    let c = product(a, b).unwrap();
    assert_eq!((c.rows(), c.columns()), (a.rows(), b.columns()));
    let shape = (a.rows(), a.columns(), b.columns());
    assert_eq!(c.as_slice(), expected(a, b), "(m, k, n) = {shape:?}");
}

#[test]
fn two_rows_times_two_columns() {
    // 1 * 7 + 2 * 9 + 3 * 11 = 58, and so on.
    assert_eq!(
        product(view(&A, 2, 3), view(&B, 3, 2)).unwrap().as_slice(),
        [58.0, 64.0, 139.0, 154.0]
    );
}

#[test]
fn every_size_is_right() {
    for (m, k, n) in
        [(1, 1, 1), (7, 5, 3), (13, 17, 19), (1, 40, 9), (40, 9, 1), (64, 64, 64), (65, 33, 67)]
    {
        assert_right(whole_numbers(m, k).view(), whole_numbers(k, n).view());
    }
}

#[test]
fn a_transposed_view_is_read_along_its_strides() {
    let (a, b) = (whole_numbers(9, 14), whole_numbers(21, 9));
    assert_right(a.view().t(), b.view().t());
}

#[test]
fn zero_times_infinity_is_nan_and_stays_in_its_element() {
    let a = view(&[0.0, 1.0, 1.0, 1.0], 2, 2);
    let c = product(a, view(&[f32::INFINITY, 2.0, 1.0, 1.0], 2, 2)).unwrap();
    assert!(c.as_slice()[0].is_nan());
    assert_eq!(c.as_slice()[1..], [1.0, f32::INFINITY, 3.0]);
}

#[test]
fn a_sum_of_no_products_is_zero() {
    assert_eq!(product(view(&[], 2, 0), view(&[], 0, 3)).unwrap().as_slice(), [0.0; 6]);
    assert!(product(view(&[], 0, 3), view(&B, 3, 2)).unwrap().as_slice().is_empty());
    assert!(product(view(&A, 2, 3), view(&[], 3, 0)).unwrap().as_slice().is_empty());
}

#[test]
fn shapes_that_do_not_fit_are_named() {
    let error = product(view(&A, 2, 3), view(&B, 2, 3)).unwrap_err();
    assert!(
        matches!(error, AccelError::ShapeMismatch { operation: "matmul_parallel", .. }),
        "{error}"
    );
}

#[test]
fn the_number_of_threads_does_not_matter() {
    let (a, b) = (whole_numbers(11, 13), whole_numbers(13, 9));
    for threads in [1, 2, 3, 4, 7, 11, 1000] {
        let c = matmul_parallel(a.view(), b.view(), threads).unwrap();
        assert_eq!(c.as_slice(), expected(a.view(), b.view()), "{threads} threads");
    }
}

#[test]
fn no_threads_are_refused() {
    let error = matmul_parallel(view(&A, 2, 3), view(&B, 3, 2), 0).unwrap_err();
    assert_eq!(error, AccelError::NoThreads { operation: "matmul_parallel" });
}
