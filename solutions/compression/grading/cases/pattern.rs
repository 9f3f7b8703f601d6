//! Task `compressor`: where zeros are.

use super::prelude::*;

cases! { task "compressor", client Client;
    /// A pattern counts zeros, and the weights that are left of each output and of each input.
    pattern_counts_zeros;
    /// Outputs of filters are the filters, and their inputs the elements of a filter.
    pattern_of_filters_is_that_of_their_matrix after [pattern_counts_zeros];
    /// A block is `16` outputs of one input; the last block of an input may be shorter.
    pattern_counts_blocks_of_zeros after [pattern_counts_zeros];
    /// A run of zeros goes on in the next row.
    pattern_finds_the_longest_run after [pattern_counts_zeros];
    /// A weight of another number of axes, or without elements, is refused.
    pattern_refuses;
}

/// Outputs in a block, as in blocks of sparse layers.
const BLOCK: usize = 16;

/// A matrix `[inputs, outputs]` of which about this share is zero, a few of the zeros with a sign.
fn drawn(draw: &mut Draw, [inputs, outputs]: [usize; 2], sparsity: f64) -> Vec<f32> {
    let mut number = |_| {
        let x = draw.real(0.5, 2.0) as f32 * [1.0, -1.0][draw.int(0..=1)];
        if draw.real(0.0, 1.0) < sparsity { x * 0.0 } else { x }
    };
    (0..inputs * outputs).map(&mut number).collect()
}

fn used(numbers: impl Iterator<Item = f32>) -> usize {
    numbers.filter(|x| *x != 0.0).count()
}

fn per_output(matrix: &[f32], outputs: usize) -> Vec<usize> {
    (0..outputs).map(|j| used(matrix.iter().skip(j).step_by(outputs).copied())).collect()
}

fn per_input(matrix: &[f32], outputs: usize) -> Vec<usize> {
    matrix.chunks(outputs).map(|row| used(row.iter().copied())).collect()
}

/// Compares everything but blocks and runs.
fn counts(code: &mut Client, weight: Array, matrix: &[f32], outputs: usize) -> CaseVerdict {
    let (pattern, dead, unused) = code.pattern(weight)?;
    let (of_outputs, of_inputs) = (per_output(matrix, outputs), per_input(matrix, outputs));
    let zeros = matrix.len() - used(matrix.iter().copied());
    let share = zeros as f64 / matrix.len() as f64;
    check::close("how much of all is zero", pattern.sparsity, share, 1e-12, 0.0)?;
    check::equal("weights of each output", &pattern.per_output, &of_outputs)?;
    check::equal("weights of each input", &pattern.per_input, &of_inputs)?;
    let none = |counts: &[usize]| counts.iter().filter(|count| **count == 0).count();
    check::equal("outputs without any weight", &dead, &none(&of_outputs))?;
    check::equal("inputs that nothing looks at", &unused, &none(&of_inputs))
}

fn pattern_counts_zeros(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for sparsity in [0.0, 0.5, 0.9, 1.0] {
        let [inputs, outputs] = [draw.int(2..=9), draw.int(10..=40)];
        let matrix = drawn(draw, [inputs, outputs], sparsity);
        counts(code, rows(&[inputs, outputs], matrix.clone()), &matrix, outputs)?;
    }
    Ok(())
}

fn pattern_of_filters_is_that_of_their_matrix(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for sparsity in [0.6, 0.9] {
        let shape = [draw.int(3..=6), draw.int(1..=3), draw.int(1..=3), 3];
        let elements: usize = shape[1..].iter().product();
        let filters = drawn(draw, [shape[0], elements], sparsity);
        let matrix: Vec<f32> = (0..filters.len())
            .map(|at| filters[at % shape[0] * elements + at / shape[0]])
            .collect();
        counts(code, rows(&shape, filters.clone()), &matrix, shape[0])?;
        let weight = rows(&shape, filters);
        let (pattern, ..) = code.pattern(weight)?;
        let (same, ..) = code.pattern(rows(&[elements, shape[0]], matrix))?;
        let message = "filters should have the blocks and runs of their matrix";
        let of =
            |pattern: &crate::contract::SparsityPattern| (pattern.zero_blocks, pattern.longest_run);
        check::equal(message, &of(&pattern), &of(&same))?;
    }
    Ok(())
}

fn pattern_counts_blocks_of_zeros(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for outputs in [BLOCK, 2 * BLOCK, 2 * BLOCK + draw.int(1..=BLOCK - 1), draw.int(1..=BLOCK - 1)]
    {
        let inputs = draw.int(3..=8);
        let mut matrix = drawn(draw, [inputs, outputs], 0.2);
        for row in matrix.chunks_mut(outputs) {
            for block in row.chunks_mut(BLOCK) {
                match draw.int(0..=2) {
                    0 => block.fill(0.0),
                    // One number is enough, wherever it stands.
                    1 => {
                        block.fill(0.0);
                        let at = draw.int(0..=block.len() - 1);
                        block[at] = 1.0;
                    }
                    _ => {}
                }
            }
        }
        let blocks = || matrix.chunks(outputs).flat_map(|row| row.chunks(BLOCK));
        let empty = blocks().filter(|block| used(block.iter().copied()) == 0).count();
        let expected = empty as f64 / blocks().count() as f64;
        let (pattern, ..) = code.pattern(rows(&[inputs, outputs], matrix.clone()))?;
        let message = "the share of blocks of zeros, each in one row";
        check::close(message, pattern.zero_blocks, expected, 1e-12, 0.0)?;
    }
    Ok(())
}

fn pattern_finds_the_longest_run(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let [inputs, outputs] = [draw.int(4..=7), draw.int(4..=9)];
    let len = inputs * outputs;
    let longest = draw.int(outputs + 1..=len - outputs);
    // At the beginning, across rows, and at the end.
    for start in [0, draw.int(1..=len - longest - 1), len - longest] {
        let mut matrix: Vec<f32> = vec![1.0; len];
        matrix[start..start + longest].fill(0.0);
        let (pattern, ..) = code.pattern(rows(&[inputs, outputs], matrix))?;
        check::equal("the longest run of zeros", &pattern.longest_run, &longest)?;
    }
    let (pattern, ..) = code.pattern(rows(&[inputs, outputs], vec![1.0; len]))?;
    check::equal("no zero, no run", &pattern.longest_run, &0)?;
    let (pattern, ..) = code.pattern(rows(&[inputs, outputs], vec![0.0; len]))?;
    check::equal("only zeros are one run", &pattern.longest_run, &len)
}

fn pattern_refuses(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let len = draw.int(2..=9);
    for shape in [vec![len], vec![2, len, 3], vec![1, 1, 2, 2, len], vec![0, len]] {
        let numbers = normals(draw, shape.iter().product());
        let result = code.pattern(rows(&shape, numbers));
        refuses("a weight of this shape has no pattern", result, "BadValue", "sparsity_pattern")?;
    }
    Ok(())
}
