//! The attention of each head of the trained model, on one sum.

use std::error::Error;

use tinytorch::Tensor;
use tinytorch::data::addition::{self, PROBLEM_LEN};
use tinytorch::models::Gpt;

use super::canvas::{Canvas, TextAlign};
use super::trace;

const WIDTH: f64 = 440.0;
/// Left edge of the first map, after the character labels.
const LEFT: f64 = 38.0;
/// Distance between two maps.
const GAP: f64 = 8.0;

/// `ids` is a problem with its answer.
pub(crate) fn draw(gpt: &Gpt, ids: &[usize]) -> Result<String, Box<dyn Error>> {
    let ids = &ids[..PROBLEM_LEN];
    let text = addition::tokenizer().decode(ids)?;
    let traced = trace::forward(gpt, &[ids.to_vec()], None)?;
    let heads = gpt.config().n_heads;
    let step = (WIDTH - LEFT - 8.0) / heads as f64;
    let cell = ((step - GAP) / PROBLEM_LEN as f64 * 10.0).floor() / 10.0;
    let mut canvas = Canvas::new(WIDTH);
    canvas.heading((16.0, 28.0), 17.0, "Where each head looks");
    let line = format!("the trained model reads {text}");
    canvas.text((16.0, 47.0), 12.5, "muted", &line);
    canvas.text((16.0, 64.0), 12.5, "muted", "a row: how one character divides its attention");
    canvas.text((4.0, 86.0), 10.5, "muted", "block");
    for head in 0..heads {
        let x = LEFT + step * head as f64;
        canvas.text((x, 86.0), 12.0, "ink", &format!("head {head}"));
        for (i, character) in text.chars().enumerate() {
            let at = (x + cell * (i as f64 + 0.5), 99.0);
            canvas.aligned(at, 9.0, "mono muted", TextAlign::Middle, &character.to_string());
        }
    }
    let mut y = 103.0;
    for block in 0..gpt.blocks().len() {
        for (i, character) in text.chars().enumerate() {
            let at = (LEFT - 4.0, y + cell * (i as f64 + 0.5) + 2.5);
            canvas.aligned(at, 7.5, "mono muted", TextAlign::End, &character.to_string());
        }
        let weights = &traced.step(&format!("blocks.{block}.softmax")).tensor;
        for head in 0..heads {
            map(&mut canvas, (LEFT + step * head as f64, y), cell, weights, head)?;
        }
        canvas.text((6.0, y + 10.0), 10.5, "ink", &format!("{block}"));
        y += cell * PROBLEM_LEN as f64 + 12.0;
    }
    let title = "Attention weights of every head in every block, on one sum";
    Ok(canvas.finish(y + 4.0, title))
}

/// The weights of one head, `[T, T]`: stronger shades for larger weights.
fn map(
    canvas: &mut Canvas,
    (x, y): (f64, f64),
    cell: f64,
    weights: &Tensor,
    head: usize,
) -> Result<(), Box<dyn Error>> {
    let side = cell * PROBLEM_LEN as f64;
    let values = weights.slice_axis(1, head, head + 1)?.to_vec();
    for (at, value) in values.into_iter().enumerate() {
        let (row, column) = ((at / PROBLEM_LEN) as f64, (at % PROBLEM_LEN) as f64);
        // Less than half a step of shade would be invisible.
        if value >= 0.025 {
            let corner = (x + cell * column, y + cell * row);
            canvas.tint(corner, (cell, cell), "hot", f64::from(value));
        }
    }
    canvas.path(&[(x, y), (x + side, y + side)], "grid");
    canvas.path(&[(x, y), (x, y + side), (x + side, y + side), (x + side, y), (x, y)], "grid");
    Ok(())
}
