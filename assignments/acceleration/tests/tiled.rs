//! Task `tiled`. Run with `cargo test -p acceleration --test tiled`.
//!
//! Before you start, every test here fails with `not yet implemented: ...`. That is the expected
//! start. The claims that hold for every product are in `common/mod.rs`.

mod common;

use acceleration::{AccelError, MatRef, matmul_tiled, pack, packed_len};
use common::{assert_right, view, whole_numbers};

#[test]
fn two_rows_times_two_columns() {
    common::two_rows_times_two_columns(matmul_tiled);
}

#[test]
fn every_size_is_right() {
    common::every_size_is_right(matmul_tiled);
}

#[test]
fn a_transposed_view_is_read_along_its_strides() {
    common::a_transposed_view_is_read_along_its_strides(matmul_tiled);
}

#[test]
fn zero_times_infinity_is_nan_and_stays_in_its_element() {
    common::zero_times_infinity_is_nan_and_stays_in_its_element(matmul_tiled);
}

#[test]
fn a_sum_of_no_products_is_zero() {
    common::a_sum_of_no_products_is_zero(matmul_tiled);
}

#[test]
fn shapes_that_do_not_fit_are_named() {
    common::shapes_that_do_not_fit_are_named(matmul_tiled, "matmul_tiled");
}

#[test]
fn every_edge_of_a_tile_is_right() {
    for size in 1..=40 {
        assert_right(
            matmul_tiled,
            whole_numbers(size, 3).view(),
            whole_numbers(3, 41 - size).view(),
        );
    }
}

#[test]
fn more_than_one_block_is_right() {
    assert_right(matmul_tiled, whole_numbers(3, 1031).view(), whole_numbers(1031, 5).view());
    assert_right(matmul_tiled, whole_numbers(523, 3).view(), whole_numbers(3, 7).view());
}

// Packing.

const THREE: [f32; 9] = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0];

/// Packs into a used buffer.
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
