//! Task `naive`. Run with `cargo test -p acceleration --test naive`.
//!
//! Before you start, every test here fails with `not yet implemented: ...`. That is the expected
//! start. The claims that hold for every product are in `common/mod.rs`.

mod common;

use acceleration::matmul_naive;

#[test]
fn two_rows_times_two_columns() {
    common::two_rows_times_two_columns(matmul_naive);
}

#[test]
fn every_size_is_right() {
    common::every_size_is_right(matmul_naive);
}

#[test]
fn a_transposed_view_is_read_along_its_strides() {
    common::a_transposed_view_is_read_along_its_strides(matmul_naive);
}

#[test]
fn zero_times_infinity_is_nan_and_stays_in_its_element() {
    common::zero_times_infinity_is_nan_and_stays_in_its_element(matmul_naive);
}

#[test]
fn a_sum_of_no_products_is_zero() {
    common::a_sum_of_no_products_is_zero(matmul_naive);
}

#[test]
fn shapes_that_do_not_fit_are_named() {
    common::shapes_that_do_not_fit_are_named(matmul_naive, "matmul_naive");
}
