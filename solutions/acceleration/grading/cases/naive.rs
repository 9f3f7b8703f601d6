//! Task `naive`.

use super::prelude::*;
use super::rungs::{self, Rung, asks};

cases! { task "naive", client Client;
    /// The three loops give the product of any shape.
    naive_multiplies_any_shape;
    /// The three loops give products of rows and columns.
    naive_multiplies_vectors after [naive_multiplies_any_shape];
    /// The three loops take empty dimensions.
    naive_takes_empty_matrices;
    /// The three loops follow the strides of views.
    naive_follows_strides after [naive_multiplies_any_shape];
    /// The three loops keep NaN and infinity.
    naive_keeps_what_is_not_finite after [naive_multiplies_any_shape];
    /// The three loops' error stays within the bound.
    naive_sums_precisely after [naive_multiplies_any_shape];
    /// The three loops refuse shapes that do not fit, by name.
    naive_refuses_a_mismatch;
}

const RUNG: Rung<'static> = &|code, a, b| code.naive(a, b);

asks! { RUNG;
    naive_multiplies_any_shape => any_shape,
    naive_multiplies_vectors => vectors,
    naive_takes_empty_matrices => empty,
    naive_follows_strides => views,
    naive_keeps_what_is_not_finite => not_finite,
    naive_sums_precisely => long_sums,
}

fn naive_refuses_a_mismatch(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    rungs::mismatch("matmul_naive", RUNG, code, draw)
}
