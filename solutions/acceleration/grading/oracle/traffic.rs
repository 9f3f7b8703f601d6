//! Bytes and FLOPs, counted by running the loops.

use super::convolution::positions;
use crate::contract::Window;

/// FLOPs and bytes.
pub type Traffic = (u64, u64);

/// A product, block by block: loads the blocks of A and B for each block of C, and stores that block
/// once.
pub fn blocked([m, k, n]: [usize; 3], block: usize) -> Traffic {
    let (mut flops, mut elements) = (0, 0);
    for i in (0..m).step_by(block) {
        let rows = block.min(m - i);
        for j in (0..n).step_by(block) {
            let columns = block.min(n - j);
            for p in (0..k).step_by(block) {
                let inner = block.min(k - p);
                elements += rows * inner + inner * columns;
                flops += 2 * rows * inner * columns;
            }
            elements += rows * columns;
        }
    }
    (flops as u64, 4 * elements as u64)
}

/// A convolution whose operands are read once. With `columns`, those are written and read in
/// addition.
pub fn conv(
    [n, c, h, w]: [usize; 4],
    weight: [usize; 4],
    window: Window,
    columns: bool,
) -> Traffic {
    let [filters, _, kh, kw] = weight;
    let oh = positions(h, kh, window.stride.0, window.padding.0);
    let ow = positions(w, kw, window.stride.1, window.padding.1);
    let (mut flops, mut elements) = (0, n * c * h * w + filters * c * kh * kw);
    for _image in 0..n {
        for _position in 0..oh * ow {
            let window = c * kh * kw;
            flops += 2 * filters * window;
            elements += filters + if columns { 2 * window } else { 0 };
        }
    }
    (flops as u64, 4 * elements as u64)
}
