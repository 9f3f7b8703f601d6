//! Task `blocked`. Run with `cargo test -p acceleration --test blocked`.
//!
//! Before you start, every test here fails with `not yet implemented: ...`. That is the expected
//! start. The claims that hold for every product are in `common/mod.rs`.

mod common;

use acceleration::{AccelError, MatRef, Matrix, Result, matmul_blocked};
use common::{A, B, expected, view, whole_numbers};

/// Blocks of two.
fn product(a: MatRef<'_>, b: MatRef<'_>) -> Result<Matrix> {
    matmul_blocked(a, b, 2)
}

#[test]
fn two_rows_times_two_columns() {
    common::two_rows_times_two_columns(product);
}

#[test]
fn every_size_is_right() {
    common::every_size_is_right(product);
}

#[test]
fn a_transposed_view_is_read_along_its_strides() {
    common::a_transposed_view_is_read_along_its_strides(product);
}

#[test]
fn zero_times_infinity_is_nan_and_stays_in_its_element() {
    common::zero_times_infinity_is_nan_and_stays_in_its_element(product);
}

#[test]
fn a_sum_of_no_products_is_zero() {
    common::a_sum_of_no_products_is_zero(product);
}

#[test]
fn shapes_that_do_not_fit_are_named() {
    common::shapes_that_do_not_fit_are_named(product, "matmul_blocked");
}

#[test]
fn the_size_of_a_block_does_not_matter() {
    let (a, b) = (whole_numbers(11, 13), whole_numbers(13, 9));
    for block in [1, 3, 4, 13, 14, 1000, usize::MAX] {
        let c = matmul_blocked(a.view(), b.view(), block).unwrap();
        assert_eq!(c.as_slice(), expected(a.view(), b.view()), "blocks of {block}");
    }
}

#[test]
fn blocks_of_nothing_are_refused() {
    let error = matmul_blocked(view(&A, 2, 3), view(&B, 3, 2), 0).unwrap_err();
    assert_eq!(error, AccelError::BadBlock { operation: "matmul_blocked" });
}
