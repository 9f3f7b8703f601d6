//! Matrices of one sequence, drawn as sheets: one row per token.

use tinytorch::{Result, Tensor};

use super::canvas::{Canvas, TextAlign};
use super::style::HEAD_COLOURS;

/// Height of a sheet of T rows, and width of one of D columns.
pub(super) const SIDE: f64 = 64.0;
/// Tokens in a drawn square of scores.
const CELLS: usize = 8;

/// A sheet `[T, D]` with a band of columns for each head.
pub(super) fn banded(canvas: &mut Canvas, (x, y): (f64, f64), heads: usize, name: &str) {
    let width = SIDE / heads as f64;
    for head in 0..heads {
        let left = x + width * head as f64;
        canvas.rect((left, y), (width, SIDE), &class_of(head));
    }
    canvas.rect((x, y), (SIDE, SIDE), "rim");
    caption(canvas, (x, y), SIDE, name);
}

/// One head's columns, `[T, Dh]`, or their transpose.
pub(super) fn band(
    canvas: &mut Canvas,
    at: (f64, f64),
    (heads, head): (usize, usize),
    flat: bool,
    name: &str,
) {
    let thin = SIDE / heads as f64;
    let size = if flat { (SIDE, thin) } else { (thin, SIDE) };
    canvas.rect(at, size, &class_of(head));
    canvas.rect(at, size, "rim");
    canvas.aligned((at.0 + size.0 / 2.0, at.1 - 5.0), 12.0, "ink", TextAlign::Middle, name);
}

/// The color of a head.
pub(super) fn class_of(head: usize) -> String {
    format!("head{}", head % HEAD_COLOURS)
}

fn caption(canvas: &mut Canvas, (x, y): (f64, f64), width: f64, name: &str) {
    canvas.aligned((x + width / 2.0, y - 5.0), 12.0, "ink", TextAlign::Middle, name);
}

/// The corner of a `[B, H, T, T]` tensor for the first tokens of one head. Larger numbers have a
/// stronger color; masked elements are gray.
pub(super) fn square(
    canvas: &mut Canvas,
    (x, y): (f64, f64),
    tensor: &Tensor,
    head: usize,
    name: &str,
) -> Result<()> {
    let corner = tensor.slice_axis(0, 0, 1)?.slice_axis(1, head, head + 1)?;
    let tokens = CELLS.min(tensor.shape()[2]);
    let values = corner.slice_axis(2, 0, tokens)?.slice_axis(3, 0, tokens)?.to_vec();
    let finite = || values.iter().copied().filter(|value| value.is_finite());
    let (low, high) =
        (finite().fold(f32::INFINITY, f32::min), finite().fold(f32::NEG_INFINITY, f32::max));
    let side = SIDE / tokens as f64;
    for (at, &value) in values.iter().enumerate() {
        let corner = (x + side * (at % tokens) as f64, y + side * (at / tokens) as f64);
        if value == f32::NEG_INFINITY {
            canvas.rect(corner, (side, side), "veil");
        } else {
            let height = f64::from((value - low) / (high - low).max(1e-9));
            canvas.tint(corner, (side, side), "hot", height.sqrt());
        }
    }
    canvas.rect((x, y), (SIDE, SIDE), "rim");
    caption(canvas, (x, y), SIDE, name);
    Ok(())
}
