//! Task `parallel`.

use super::prelude::*;
use super::rungs::{self, Rung, asks};

cases! { task "parallel", client Client;
    /// A product on threads is right for any shape.
    parallel_multiplies_any_shape;
    /// A product on threads is right for every number of threads, whether it divides the rows or not.
    parallel_drops_no_row after [parallel_multiplies_any_shape];
    /// There may be more threads than rows, even very many more.
    parallel_takes_more_threads_than_rows;
    /// A product on threads is right for rows and columns.
    parallel_multiplies_vectors after [parallel_multiplies_any_shape];
    /// A product on threads takes empty dimensions.
    parallel_takes_empty_matrices;
    /// A product on threads follows the strides of views.
    parallel_follows_strides after [parallel_multiplies_any_shape];
    /// A product on threads keeps NaN and infinity.
    parallel_keeps_what_is_not_finite after [parallel_multiplies_any_shape];
    /// A product on threads keeps its error within the bound.
    parallel_sums_precisely after [parallel_multiplies_any_shape];
    /// `0` threads are refused.
    parallel_refuses_no_threads;
    /// A product on threads refuses shapes that do not fit, by name.
    parallel_refuses_a_mismatch;
}

const RUNG: Rung<'static> = &|code, a, b| code.parallel(a, b, 3);

asks! { RUNG;
    parallel_multiplies_any_shape => any_shape,
    parallel_multiplies_vectors => vectors,
    parallel_takes_empty_matrices => empty,
    parallel_follows_strides => views,
    parallel_keeps_what_is_not_finite => not_finite,
    parallel_sums_precisely => long_sums,
}

fn parallel_drops_no_row(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "every row of the product should be computed, whatever the number of threads: the \
                   last thread may have fewer rows, or more";
    for threads in 1..=8 {
        for rows in [threads, 2 * threads + 1, 7 * threads - 1, draw.int(threads..=40)] {
            let (k, n) = (draw.int(1..=9), draw.int(1..=9));
            let operands = (plain(draw, (rows, k)), plain(draw, (k, n)));
            rungs::multiplies(message, &|code, a, b| code.parallel(a, b, threads), code, operands)?;
        }
    }
    Ok(())
}

fn parallel_takes_more_threads_than_rows(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "with more threads than rows, some are not needed, and the product is the same";
    for threads in [4, 1000, usize::MAX] {
        for rows in 1..=3 {
            let (k, n) = (draw.int(1..=9), draw.int(1..=9));
            let operands = (plain(draw, (rows, k)), plain(draw, (k, n)));
            rungs::multiplies(message, &|code, a, b| code.parallel(a, b, threads), code, operands)?;
        }
    }
    Ok(())
}

fn parallel_refuses_no_threads(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (m, k, n) = (draw.int(0..=9), draw.int(1..=9), draw.int(1..=9));
    let (a, b) = (plain(draw, (m, k)), plain(draw, (k, n)));
    check::returns_error("0 threads should be `NoThreads`", code.parallel(a, b, 0), "NoThreads")
}

fn parallel_refuses_a_mismatch(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    rungs::mismatch("matmul_parallel", RUNG, code, draw)
}
