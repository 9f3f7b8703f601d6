//! Sparse weights, and their products in `f64`.

use grader_judge::Draw;

/// Drawn numbers, of which this share is 0.
pub fn drawn(draw: &mut Draw, count: usize, sparsity: f64) -> Vec<f32> {
    let number = |draw: &mut Draw| {
        let kept = draw.real(0.0, 1.0) >= sparsity;
        if kept { draw.normal() as f32 } else { 0.0 }
    };
    (0..count).map(|_| number(draw)).collect()
}

/// A row times a weight `[inputs, outputs]`, plus a bias: the sums, and bounds of their rounding errors.
fn row_times(x: &[f32], weight: &[f32], bias: Option<&[f32]>, outputs: usize) -> Vec<(f64, f64)> {
    let sum = |j: usize| {
        let terms = x.iter().enumerate().map(|(i, x)| {
            let weight = weight[i * outputs + j];
            // What is not stored is not multiplied.
            if weight == 0.0 { 0.0 } else { f64::from(*x) * f64::from(weight) }
        });
        let bias = bias.map_or(0.0, |bias| f64::from(bias[j]));
        let magnitude = terms.clone().map(f64::abs).sum::<f64>() + bias.abs();
        let rounding = 2.0 * f64::from(f32::EPSILON) * magnitude * (x.len() as f64).sqrt();
        (terms.sum::<f64>() + bias, rounding + 1e-30)
    };
    (0..outputs).map(sum).collect()
}

/// Rows times a weight `[inputs, outputs]`, plus a bias: the sums, and bounds of their rounding errors.
pub fn product(
    rows: &[f32],
    (inputs, outputs): (usize, usize),
    weight: &[f32],
    bias: Option<&[f32]>,
) -> Vec<(f64, f64)> {
    let rows = rows.chunks(inputs.max(1));
    rows.flat_map(|row| row_times(row, weight, bias, outputs)).collect()
}

/// Outputs in a block.
pub const BLOCK: usize = 16;

/// Which elements of a weight are kept when this many blocks of 16 outputs are pruned.
pub fn kept_blocks(weight: &[f32], outputs: usize, count: usize) -> Vec<bool> {
    let blocks: Vec<(usize, usize)> = (0..weight.len() / outputs)
        .flat_map(|input| {
            let starts = (0..outputs).step_by(BLOCK);
            starts.map(move |start| (input * outputs + start, BLOCK.min(outputs - start)))
        })
        .collect();
    let mean = |(start, len): (usize, usize)| {
        let block = &weight[start..start + len];
        block.iter().map(|x| f64::from(x.abs())).sum::<f64>() / len as f64
    };
    let mut order = blocks.clone();
    order.sort_by(|a, b| mean(*a).total_cmp(&mean(*b)));
    let mut kept = vec![true; weight.len()];
    for (start, len) in &order[..count] {
        kept[*start..start + len].fill(false);
    }
    kept
}

/// The number of blocks that hold something.
pub fn used_blocks(weight: &[f32], outputs: usize) -> usize {
    let rows = weight.chunks(outputs);
    rows.flat_map(|row| row.chunks(BLOCK)).filter(|block| block.iter().any(|x| *x != 0.0)).count()
}
