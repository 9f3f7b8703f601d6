//! Task `sparse`: blocks of outputs.

use super::prelude::*;
use super::sparse::{drawn_call, matches};
use crate::contract::SparseCall;
use crate::oracle::{magnitude, sparse};

cases! { task "sparse", client Client;
    /// The blocks with the least mean magnitude are pruned, exactly as many as asked for, also where the last ones are shorter.
    prune_blocks_takes_the_least;
    /// Of equal blocks, the first are pruned, input by input.
    prune_blocks_is_exact_with_ties;
    /// Weights that are no matrix or not finite, and sparsities that do not exist, are refused.
    prune_blocks_refuses;
    /// The layer gives what the dense product gives, for one row and for many.
    block_linear_is_the_dense_product;
    /// Blocks that are partly zeros are stored, and only blocks of zeros are left out.
    block_linear_stores_used_blocks;
    /// Leading axes stay, and views are read as they are seen.
    block_linear_keeps_leading_axes;
    /// An infinity in an input that no block looks at changes nothing.
    block_linear_skips_what_is_not_stored;
    /// Values, indices and bias are counted, and the shorter blocks as long ones.
    block_linear_counts_its_bytes;
    /// A bias or an input that does not fit is refused, with the shapes.
    block_linear_refuses;
}

fn blocks(inputs: usize, outputs: usize) -> usize {
    inputs * outputs.div_ceil(sparse::BLOCK)
}

fn prune_blocks_takes_the_least(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for _ in 0..4 {
        let shape = [draw.int(2..=9), draw.int(17..=50)];
        let numbers = normals(draw, shape[0] * shape[1]);
        let sparsity = draw.real(0.1, 0.9);
        let count = magnitude::count(sparsity, blocks(shape[0], shape[1]));
        let kept = sparse::kept_blocks(&numbers, shape[1], count);
        let mask = code.prune_blocks(rows(&shape, numbers), sparsity)?;
        let expected = Mask { shape: shape.to_vec(), kept };
        check::equal("the blocks with the least means", &mask, &expected)?;
    }
    Ok(())
}

fn prune_blocks_is_exact_with_ties(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let shape = [draw.int(3..=6), 2 * sparse::BLOCK];
    let value = draw.real(0.5, 2.0) as f32;
    let numbers = vec![value; shape[0] * shape[1]];
    let count = draw.int(1..=2 * shape[0] - 1);
    let kept = sparse::kept_blocks(&numbers, shape[1], count);
    let sparsity = count as f64 / blocks(shape[0], shape[1]) as f64;
    let mask = code.prune_blocks(rows(&shape, numbers), sparsity)?;
    check::equal("of equal blocks, the first", &mask.kept, &kept)
}

fn prune_blocks_refuses(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let shape = [3, 20];
    let mut numbers = normals(draw, 60);
    for sparsity in [-0.25, 1.25, f64::NAN] {
        let result = code.prune_blocks(rows(&shape, numbers.clone()), sparsity);
        refuses("a sparsity is 0 to 1", result, "BadValue", "prune_blocks")?;
    }
    for shape in [vec![60], vec![3, 5, 4]] {
        let result = code.prune_blocks(rows(&shape, numbers.clone()), 0.5);
        refuses("a matrix has two axes", result, "BadValue", "prune_blocks")?;
    }
    let at = draw.int(0..=59);
    numbers[at] = f32::NEG_INFINITY;
    let result = code.prune_blocks(rows(&shape, numbers), 0.5);
    refuses("an infinity", result, "NotFinite", "prune_blocks: the tensor [3, 20]")
}

/// A drawn layer of which whole blocks are 0.
fn with_zero_blocks(
    draw: &mut Draw,
    (count, inputs, outputs): (usize, usize, usize),
    share: f64,
) -> SparseCall {
    let mut of = drawn_call(draw, (count, inputs, outputs), 0.2);
    let zeros = magnitude::count(share, blocks(inputs, outputs));
    let kept = sparse::kept_blocks(&of.weight.data.0, outputs, zeros);
    for (x, kept) in of.weight.data.0.iter_mut().zip(kept) {
        *x = if kept { *x } else { 0.0 };
    }
    of
}

pub fn block_linear_is_the_dense_product(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for count in [1, 2, 5, 33] {
        for share in [0.0, draw.real(0.3, 0.9), 1.0] {
            let sizes = (count, draw.int(1..=40), draw.int(1..=50));
            let of = with_zero_blocks(draw, sizes, share);
            let (output, _, _) = code.block_linear(of.clone())?;
            matches(&output, &of)?;
        }
    }
    Ok(())
}

pub fn block_linear_stores_used_blocks(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for _ in 0..3 {
        let sizes = (1, draw.int(5..=20), draw.int(17..=50));
        let mut of = with_zero_blocks(draw, sizes, 0.6);
        // One element alone in its block.
        of.weight.data.0[..sizes.2].fill(0.0);
        of.weight.data.0[sizes.2 - 1] = 2.5;
        let expected = sparse::used_blocks(&of.weight.data.0, sizes.2);
        let (output, stored, _) = code.block_linear(of.clone())?;
        check::equal("the number of stored blocks", &stored, &expected)?;
        matches(&output, &of)?;
    }
    Ok(())
}

fn block_linear_keeps_leading_axes(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (inputs, outputs) = (draw.int(3..=9), draw.int(18..=30));
    for leading in [vec![], vec![2, 3], vec![0]] {
        let mut of = with_zero_blocks(draw, (1, inputs, outputs), 0.5);
        let shape = [&leading[..], &[inputs]].concat();
        of.input = rows(&shape, normals(draw, shape.iter().product()));
        matches(&code.block_linear(of.clone())?.0, &of)?;
    }
    let mut of = with_zero_blocks(draw, (1, inputs, outputs), 0.5);
    let turned = |shape: [usize; 2], data| Array {
        shape: shape.to_vec(),
        data: Floats(data),
        axes: vec![1, 0],
    };
    of.input = turned([inputs, 4], normals(draw, 4 * inputs));
    of.weight = turned([outputs, inputs], sparse::drawn(draw, inputs * outputs, 0.7));
    matches(&code.block_linear(of.clone())?.0, &of)
}

fn block_linear_skips_what_is_not_stored(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (inputs, outputs) = (draw.int(4..=9), draw.int(17..=30));
    let mut of = with_zero_blocks(draw, (3, inputs, outputs), 0.3);
    of.weight.data.0[outputs..2 * outputs].fill(0.0);
    let finite = code.block_linear(of.clone())?.0;
    for row in 0..3 {
        of.input.data.0[row * inputs + 1] = f32::INFINITY;
    }
    let message = "an input that no block looks at should change nothing";
    check::equal(message, &code.block_linear(of)?.0, &finite)
}

fn block_linear_counts_its_bytes(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for share in [0.0, 0.5, 0.9] {
        let sizes = (1, draw.int(40..=60), draw.int(33..=60));
        let of = with_zero_blocks(draw, sizes, share);
        let (_, stored, nbytes) = code.block_linear(of)?;
        let least = stored * (4 * sparse::BLOCK + 1) + 4 * sizes.2;
        let most = stored * (4 * sparse::BLOCK + 64) + 16 * sizes.2 + 1024;
        let message = "blocks of 16 values, their inputs and the bias should be counted";
        check::that((least..=most).contains(&nbytes), message, || {
            format!("{nbytes} instead of {least} to {most} bytes")
        })?;
    }
    Ok(())
}

fn block_linear_refuses(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (inputs, outputs) = (draw.int(3..=9), draw.int(3..=9));
    let good = with_zero_blocks(draw, (2, inputs, outputs), 0.5);
    let mut of = good.clone();
    of.bias = Some(Floats(normals(draw, outputs + 1)));
    let named = format!("BlockSparseLinear::new: [{inputs}, {outputs}] and [{}]", outputs + 1);
    refuses("one bias for each output", code.block_linear(of), "ShapeMismatch", &named)?;
    let mut of = good.clone();
    of.input = rows(&[2, inputs + 1], normals(draw, 2 * (inputs + 1)));
    let named =
        format!("BlockSparseLinear::forward: [2, {}] and [{inputs}, {outputs}]", inputs + 1);
    refuses("an input of another width", code.block_linear(of), "ShapeMismatch", &named)?;
    let mut of = good;
    of.weight = rows(&[inputs * outputs], normals(draw, inputs * outputs));
    let result = code.block_linear(of);
    refuses("a matrix has two axes", result, "BadValue", "BlockSparseLinear::new")
}
