//! Task `blocked`.

use super::prelude::*;
use super::rungs::{self, Rung, asks};

cases! { task "blocked", client Client;
    /// A product by blocks is right for any shape.
    blocked_multiplies_any_shape;
    /// A product by blocks is right whatever the size of a block, whether it divides the shapes or not.
    blocked_takes_any_block after [blocked_multiplies_any_shape];
    /// Blocks may be larger than the matrices, as large as a number can be.
    blocked_takes_blocks_larger_than_the_matrices;
    /// A product by blocks is right for rows and columns.
    blocked_multiplies_vectors after [blocked_multiplies_any_shape];
    /// A product by blocks takes empty dimensions.
    blocked_takes_empty_matrices;
    /// A product by blocks follows the strides of views.
    blocked_follows_strides after [blocked_multiplies_any_shape];
    /// A product by blocks keeps NaN and infinity.
    blocked_keeps_what_is_not_finite after [blocked_multiplies_any_shape];
    /// A product by blocks keeps its error within the bound.
    blocked_sums_precisely after [blocked_multiplies_any_shape];
    /// Blocks of `0` are refused.
    blocked_refuses_blocks_of_zero;
    /// A product by blocks refuses shapes that do not fit, by name.
    blocked_refuses_a_mismatch;
}

/// A block size that divides few of the shapes.
const RUNG: Rung<'static> = &|code, a, b| code.blocked(a, b, 8);

asks! { RUNG;
    blocked_multiplies_any_shape => any_shape,
    blocked_multiplies_vectors => vectors,
    blocked_takes_empty_matrices => empty,
    blocked_follows_strides => views,
    blocked_keeps_what_is_not_finite => not_finite,
    blocked_sums_precisely => long_sums,
}

fn blocked_takes_any_block(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "the product should not depend on the size of a block: the last block of a row or \
                   column may be smaller than the others";
    for block in 1..=20 {
        let (m, k, n) = (draw.int(1..=24), draw.int(1..=24), draw.int(1..=24));
        let operands = (plain(draw, (m, k)), plain(draw, (k, n)));
        rungs::multiplies(message, &|code, a, b| code.blocked(a, b, block), code, operands)?;
    }
    Ok(())
}

fn blocked_takes_blocks_larger_than_the_matrices(
    code: &mut Client,
    draw: &mut Draw,
) -> CaseVerdict {
    let message = "a block larger than the matrices is one block, up to usize::MAX";
    for block in [25, 1 << 20, usize::MAX - 3, usize::MAX] {
        let (m, k, n) = (draw.int(5..=24), draw.int(5..=24), draw.int(5..=24));
        let operands = (plain(draw, (m, k)), plain(draw, (k, n)));
        rungs::multiplies(message, &|code, a, b| code.blocked(a, b, block), code, operands)?;
    }
    Ok(())
}

fn blocked_refuses_blocks_of_zero(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (m, k, n) = (draw.int(1..=9), draw.int(1..=9), draw.int(1..=9));
    let (a, b) = (plain(draw, (m, k)), plain(draw, (k, n)));
    check::returns_error("blocks of 0 should be `BadBlock`", code.blocked(a, b, 0), "BadBlock")
}

fn blocked_refuses_a_mismatch(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    rungs::mismatch("matmul_blocked", RUNG, code, draw)
}
