//! The gradient of broadcasting.

use ndarray::Axis;

use crate::Tensor;
use crate::ops::{BroadcastBlocks, from_elements, rows};

/// The gradient of a tensor that was broadcast to `gradient`'s shape: an element
/// that was repeated gets the sum over its repetitions.
///
/// # Shapes
/// The result has `shape`, which broadcasts to that of `gradient`.
pub(crate) fn unbroadcast(gradient: &Tensor, shape: &[usize]) -> Tensor {
    if gradient.shape() == shape {
        return gradient.clone();
    }
    let blocks = BroadcastBlocks::of(gradient.shape(), gradient.shape(), shape);
    if let (Some(blocks), Some(gradient)) = (blocks, gradient.as_slice()) {
        return from_elements(sum_blocks(&blocks, gradient), shape);
    }
    let mut sum = gradient.detach().data;
    while sum.ndim() > shape.len() {
        sum = sum.sum_axis(Axis(0)).into_shared();
    }
    for (axis, &length) in shape.iter().enumerate() {
        if length == 1 && sum.shape()[axis] != 1 {
            sum = sum.sum_axis(Axis(axis)).insert_axis(Axis(axis)).into_shared();
        }
    }
    Tensor { data: sum, node: None }
}

fn sum_blocks(blocks: &BroadcastBlocks, gradient: &[f32]) -> Vec<f32> {
    if blocks.middle == 1 {
        return vec![rows::sum(gradient, |g| g)];
    }
    let mut sums = vec![0.0; blocks.middle];
    for block in gradient.chunks_exact(blocks.middle * blocks.inner) {
        if blocks.inner == 1 {
            for (sum, g) in sums.iter_mut().zip(block) {
                *sum += g;
            }
        } else {
            for (sum, run) in sums.iter_mut().zip(block.chunks_exact(blocks.inner)) {
                *sum += rows::sum(run, |g| g);
            }
        }
    }
    sums
}
