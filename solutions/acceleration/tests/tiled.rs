//! Task `tiled`. Run with `cargo test -p acceleration --test tiled`.
//!
//! Before you start, every test here fails with `not yet implemented: ...`. That is the expected
//! start.

use acceleration::{AccelError, MatRef, Matrix, Result, matmul_tiled, pack, packed_len};

/// Two rows of three.
const A: [f32; 6] = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
/// Three rows of two.
const B: [f32; 6] = [7.0, 8.0, 9.0, 10.0, 11.0, 12.0];

fn view(data: &[f32], rows: usize, columns: usize) -> MatRef<'_> {
    MatRef::new(data, rows, columns).unwrap()
}

fn product(a: MatRef<'_>, b: MatRef<'_>) -> Result<Matrix> {
    matmul_tiled(a, b)
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
        matches!(error, AccelError::ShapeMismatch { operation: "matmul_tiled", .. }),
        "{error}"
    );
}

#[test]
fn every_edge_of_a_tile_is_right() {
    for size in 1..=40 {
        assert_right(whole_numbers(size, 3).view(), whole_numbers(3, 41 - size).view());
    }
}

#[test]
fn more_than_one_block_is_right() {
    assert_right(whole_numbers(3, 1031).view(), whole_numbers(1031, 5).view());
    assert_right(whole_numbers(523, 3).view(), whole_numbers(3, 7).view());
}

// Packing.

const THREE: [f32; 9] = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0];

/// Packs into a buffer that was used before.
fn packed(matrix: MatRef<'_>, tile: usize) -> Vec<f32> {
    let length = packed_len(matrix.rows(), matrix.columns(), tile).unwrap();
    let mut packed = vec![f32::NAN; length];
    pack(matrix, tile, &mut packed).unwrap();
    packed
}

#[test]
fn a_panel_holds_its_columns_one_after_the_other() {
    // Two panels of two rows; the second row of the second panel does not exist.
    let expected = [1.0, 4.0, 2.0, 5.0, 3.0, 6.0, 7.0, 0.0, 8.0, 0.0, 9.0, 0.0];
    assert_eq!(packed(view(&THREE, 3, 3), 2), expected);
}

#[test]
fn panels_of_columns_are_those_of_the_transpose() {
    let expected = [1.0, 2.0, 4.0, 5.0, 7.0, 8.0, 3.0, 0.0, 6.0, 0.0, 9.0, 0.0];
    assert_eq!(packed(view(&THREE, 3, 3).t(), 2), expected);
}

#[test]
fn a_buffer_of_another_length_is_refused() {
    let error = pack(view(&THREE, 3, 3), 2, &mut [0.0; 9]).unwrap_err();
    assert!(matches!(error, AccelError::BadMatrix { shape: [3, 3], .. }));
    assert_eq!(packed_len(3, 3, 0), Err(AccelError::BadBlock { operation: "pack" }));
}
