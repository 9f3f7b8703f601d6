//! Task `tiled`: packing, then the product.

use super::prelude::*;
use super::rungs::{self, Rung, asks};

cases! { task "tiled", client Client;
    /// A matrix packs into as many numbers as its panels have, the last one filled up.
    packed_len_counts_whole_panels;
    /// Packing writes panel by panel, and in each column by column.
    pack_orders_panels_by_columns;
    /// The rows that the last panel lacks are zeros, whatever the buffer held.
    pack_fills_up_with_zeros after [pack_orders_panels_by_columns];
    /// Packing follows the strides of views.
    pack_follows_strides after [pack_orders_panels_by_columns];
    /// A buffer of another length, and tiles of `0`, are refused.
    pack_refuses_what_does_not_fit;
    /// A product by tiles is right for any shape.
    tiled_multiplies_any_shape;
    /// A product by tiles is right for every number of rows, columns and products up to some tiles.
    tiled_has_no_wrong_edge after [tiled_multiplies_any_shape];
    /// A product by tiles is right when it is larger than any block.
    tiled_multiplies_more_than_a_block after [tiled_multiplies_any_shape];
    /// A product by tiles is right for rows and columns.
    tiled_multiplies_vectors after [tiled_multiplies_any_shape];
    /// A product by tiles takes empty dimensions.
    tiled_takes_empty_matrices;
    /// A product by tiles follows the strides of views.
    tiled_follows_strides after [tiled_multiplies_any_shape];
    /// A product by tiles keeps NaN and infinity where they are, and only there.
    tiled_keeps_what_is_not_finite after [tiled_multiplies_any_shape];
    /// A product by tiles keeps its error within the bound.
    tiled_sums_precisely after [tiled_multiplies_any_shape];
    /// A product by tiles refuses shapes that do not fit, by name.
    tiled_refuses_a_mismatch;
}

const RUNG: Rung<'static> = &|code, a, b| code.tiled(a, b);

asks! { RUNG;
    tiled_multiplies_any_shape => any_shape,
    tiled_multiplies_vectors => vectors,
    tiled_takes_empty_matrices => empty,
    tiled_follows_strides => views,
    tiled_keeps_what_is_not_finite => not_finite,
    tiled_sums_precisely => long_sums,
}

fn packed_len_counts_whole_panels(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "`packed_len` should be rows, rounded up to whole tiles, times columns";
    for _ in 0..10 {
        let (rows, columns, tile) = (draw.int(0..=30), draw.int(0..=30), draw.int(1..=9));
        let padded = (0..).step_by(tile).find(|padded| *padded >= rows).unwrap_or(0);
        check::equal(message, &code.packed_len(rows, columns, tile)?, &(padded * columns))?;
    }
    Ok(())
}

/// The panels, computed by finding the element for each place.
fn panels(of: &Operand, tile: usize) -> Vec<f64> {
    let (rows, columns) = of.shape;
    let mut packed = Vec::new();
    for top in (0..rows).step_by(tile) {
        for j in 0..columns {
            packed.extend(
                (top..top + tile).map(|i| if i < rows { product::element(of, i, j) } else { 0.0 }),
            );
        }
    }
    packed
}

fn packs(message: &'static str, code: &mut Client, matrix: Operand, tile: usize) -> CaseVerdict {
    let expected = panels(&matrix, tile);
    let got = code.pack(matrix, tile, expected.len())?;
    let got: Vec<f64> = got.into_iter().map(f64::from).collect();
    check::all_close(message, &got, &expected, 0.0, 0.0)
}

fn pack_orders_panels_by_columns(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "`pack` should write each panel of `tile` rows column by column";
    for tile in 1..=9 {
        let shape = (tile * draw.int(1..=3), draw.int(1..=9));
        let matrix = plain(draw, shape);
        packs(message, code, matrix, tile)?;
    }
    Ok(())
}

fn pack_fills_up_with_zeros(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "`pack` should write zeros for the rows that the last panel lacks, because its \
                   buffer is used again";
    for tile in 2..=9 {
        let shape = (tile * draw.int(0..=2) + draw.int(1..=tile - 1), draw.int(1..=9));
        let matrix = plain(draw, shape);
        packs(message, code, matrix, tile)?;
    }
    Ok(())
}

fn pack_follows_strides(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "`pack` should follow the strides of a view";
    for layout in LAYOUTS {
        for _ in 0..3 {
            let shape = (draw.int(1..=15), draw.int(1..=15));
            let (matrix, tile) = (operand(draw, shape, layout), draw.int(1..=7));
            packs(message, code, matrix, tile)?;
        }
    }
    Ok(())
}

fn pack_refuses_what_does_not_fit(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (rows, columns) = (draw.int(1..=9), draw.int(1..=9));
    let (matrix, tile) = (plain(draw, (rows, columns)), draw.int(2..=5));
    let length = rows.div_ceil(tile) * tile * columns;
    let message = "`pack` should refuse a buffer of another length by `BadMatrix`";
    for other in [length + 1, length - 1, 0] {
        check::returns_error(message, code.pack(matrix.clone(), tile, other), "BadMatrix")?;
    }
    let message = "tiles of 0 rows should be `BadBlock`";
    check::returns_error(message, code.packed_len(rows, columns, 0), "BadBlock")?;
    check::returns_error(message, code.pack(matrix, 0, 0), "BadBlock")
}

fn tiled_has_no_wrong_edge(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "the product should be right at every edge: rows and columns that do not fill a \
                   tile, and sums of any length";
    for m in 1..=26 {
        let operands = (plain(draw, (m, 5)), plain(draw, (5, 33)));
        rungs::multiplies(message, RUNG, code, operands)?;
    }
    for n in 1..=70 {
        let operands = (plain(draw, (7, 3)), plain(draw, (3, n)));
        rungs::multiplies(message, RUNG, code, operands)?;
    }
    for k in 1..=20 {
        let operands = (plain(draw, (13, k)), plain(draw, (k, 17)));
        rungs::multiplies(message, RUNG, code, operands)?;
    }
    Ok(())
}

fn tiled_multiplies_more_than_a_block(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message =
        "the product should be right when a dimension is longer than a block of your loops";
    for (m, k, n) in [(521, 3, 5), (5, 1031, 3), (3, 5, 1033), (131, 67, 71)] {
        let operands = (plain(draw, (m, k)), plain(draw, (k, n)));
        rungs::multiplies(message, RUNG, code, operands)?;
    }
    // A later slice of a view begins where the strides of both axes say.
    for (left, right) in
        [(Layout::Columns, Layout::Scattered), (Layout::Scattered, Layout::Columns)]
    {
        let operands = (operand(draw, (9, 1031), left), operand(draw, (1031, 7), right));
        rungs::multiplies(message, RUNG, code, operands)?;
    }
    Ok(())
}

fn tiled_refuses_a_mismatch(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    rungs::mismatch("matmul_tiled", RUNG, code, draw)
}
