//! Task `reordered`.

use super::prelude::*;
use super::rungs::{self, Rung, asks};

cases! { task "reordered", client Client;
    /// The reordered loops give the product of any shape.
    reordered_multiplies_any_shape;
    /// The reordered loops give products of rows and columns.
    reordered_multiplies_vectors after [reordered_multiplies_any_shape];
    /// The reordered loops take empty dimensions.
    reordered_takes_empty_matrices;
    /// The reordered loops follow the strides of views.
    reordered_follows_strides after [reordered_multiplies_any_shape];
    /// The reordered loops keep NaN and infinity.
    reordered_keeps_what_is_not_finite after [reordered_multiplies_any_shape];
    /// The reordered loops' error stays within the bound.
    reordered_sums_precisely after [reordered_multiplies_any_shape];
    /// The reordered loops refuse shapes that do not fit, by name.
    reordered_refuses_a_mismatch;
}

const RUNG: Rung<'static> = &|code, a, b| code.reordered(a, b);

asks! { RUNG;
    reordered_multiplies_any_shape => any_shape,
    reordered_multiplies_vectors => vectors,
    reordered_takes_empty_matrices => empty,
    reordered_follows_strides => views,
    reordered_keeps_what_is_not_finite => not_finite,
    reordered_sums_precisely => long_sums,
}

fn reordered_refuses_a_mismatch(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    rungs::mismatch("matmul_reordered", RUNG, code, draw)
}
