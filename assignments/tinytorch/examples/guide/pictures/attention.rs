//! The attention in a block.

use tinytorch::Result;

use super::block::{BlockDrawing, LEFT, NOTES, SPAN};
use super::canvas::TextAlign;
use super::sheets::{self, SIDE};

/// Distance between the left edges of adjacent sheets.
const STEP: f64 = SIDE + 8.0;
/// Left edges of three adjacent sheets.
const THREE: [f64; 3] = [LEFT, LEFT + STEP, LEFT + 2.0 * STEP];
/// The head that is drawn on its own.
const HEAD: usize = 1;

impl BlockDrawing<'_> {
    pub(super) fn attention(&mut self) -> Result<()> {
        self.projections();
        self.heads();
        self.scores()?;
        self.softmax()?;
        self.weighted_sum()?;
        self.joined();
        Ok(())
    }

    fn projections(&mut self) {
        let (middle, top) = (LEFT + SPAN / 2.0, self.y);
        self.canvas.path(&[(middle, top), (middle, top + 10.0)], "line");
        for (x, title) in THREE.into_iter().zip(["query", "key", "value"]) {
            let to = x + SIDE / 2.0;
            let points = [(middle, top + 10.0), (to, top + 10.0), (to, top + 26.0)];
            self.canvas.arrow(&points, "line", "tip");
            self.canvas.rounded((x, top + 26.0), (SIDE, 30.0), 6.0, "weight");
            let at = (to, top + 46.0);
            self.canvas.aligned(at, 12.5, "ink", TextAlign::Middle, title);
        }
        self.note("query", top + 32.0, "each, linear [D, D]");
        self.y = top + 56.0;
    }

    fn heads(&mut self) {
        let y = self.y + 38.0;
        for (x, name) in THREE.into_iter().zip(["Q", "K", "V"]) {
            let middle = x + SIDE / 2.0;
            self.canvas.arrow(&[(middle, self.y), (middle, y - 18.0)], "line", "tip");
            sheets::banded(&mut self.canvas, (x, y), self.heads, name);
        }
        let at = (THREE[1] + SIDE + 4.0, y + SIDE + 14.0);
        self.canvas.aligned(at, 11.0, "muted", TextAlign::Middle, "K and V: kept by a cache");
        self.note("query.heads", y + 16.0, "a view: no copy");
        self.y = y + SIDE + 18.0;
    }

    /// The masked scores of one head, and their softmax.
    fn scores(&mut self) -> Result<()> {
        let [first, second, third] = THREE;
        let one = (self.heads, HEAD.min(self.heads - 1));
        let text = format!("head {} alone (the others do the same):", one.1);
        self.canvas.text((LEFT, self.y + 26.0), 12.0, "muted", &text);
        let y = self.y + 54.0;
        let thin = SIDE / self.heads as f64;
        sheets::band(&mut self.canvas, (first + 6.0, y), one, false, "Q");
        self.sign((first + 6.0 + thin + 14.0, y + SIDE / 2.0), "\u{b7}");
        let flat = (second - 18.0, y + (SIDE - thin) / 2.0);
        sheets::band(&mut self.canvas, flat, one, true, "K transposed");
        self.sign((third - 13.0, y + SIDE / 2.0), "=");
        self.square((third, y), "scores")?;
        self.note("scores", y + 12.0, "a row for each query");
        let to = third + SIDE / 2.0;
        self.canvas.arrow(&[(to, y + SIDE), (to, y + SIDE + 20.0)], "line", "tip");
        let text = "/ \u{221a}Dh, and -\u{221e} where grey";
        self.canvas.aligned((to - 8.0, y + SIDE + 13.0), 11.5, "muted", TextAlign::End, text);
        self.y = y + SIDE;
        Ok(())
    }

    /// From right to left, so that the softmax is next to the step that uses it.
    fn softmax(&mut self) -> Result<()> {
        let [first, _, third] = THREE;
        let y = self.y + 38.0;
        self.square((third, y), "masked")?;
        self.square((first, y), "softmax")?;
        let middle = y + SIDE / 2.0;
        self.canvas.arrow(&[(third, middle), (first + SIDE, middle)], "line", "tip");
        let x = LEFT + SPAN / 2.0;
        self.canvas.aligned((x, middle - 8.0), 11.5, "muted", TextAlign::Middle, "each row");
        self.canvas.aligned((x, middle + 17.0), 11.5, "muted", TextAlign::Middle, "adds up to 1");
        self.note("softmax", y + 12.0, "squares: the first 8");
        self.canvas.text((NOTES, y + 57.0), 11.5, "muted", "tokens, as computed");
        let from = first + SIDE / 2.0;
        self.canvas.arrow(&[(from, y + SIDE), (from, y + SIDE + 20.0)], "line", "tip");
        self.y = y + SIDE;
        Ok(())
    }

    fn square(&mut self, at: (f64, f64), name: &str) -> Result<()> {
        let tensor = &self.trace.step(&self.name(name)).tensor;
        sheets::square(&mut self.canvas, at, tensor, HEAD.min(self.heads - 1), name)
    }

    fn weighted_sum(&mut self) -> Result<()> {
        let [first, second, third] = THREE;
        let y = self.y + 38.0;
        let one = (self.heads, HEAD.min(self.heads - 1));
        self.square((first, y), "softmax")?;
        self.sign((first + SIDE + 14.0, y + SIDE / 2.0), "\u{b7}");
        sheets::band(&mut self.canvas, (second + 26.0, y), one, false, "V");
        self.sign((third - 10.0, y + SIDE / 2.0), "=");
        sheets::band(&mut self.canvas, (third + 24.0, y), one, false, "sum");
        self.note("summed", y + 12.0, "a weighted mean of");
        self.canvas.text((NOTES, y + 72.0), 11.5, "muted", "the rows of V");
        self.y = y + SIDE;
        Ok(())
    }

    fn joined(&mut self) {
        let y = self.y + 46.0;
        let x = LEFT + (SPAN - SIDE) / 2.0;
        let from = THREE[2] + 24.0 + SIDE / self.heads as f64 / 2.0;
        let (turn, middle) = (self.y + 8.0, LEFT + SPAN / 2.0);
        let points = [(from, self.y), (from, turn), (middle, turn), (middle, y - 18.0)];
        self.canvas.arrow(&points, "line", "tip");
        sheets::banded(&mut self.canvas, (x, y), self.heads, "all heads, joined");
        self.note("joined", y + 20.0, "side by side");
        self.y = y + SIDE;
    }

    fn sign(&mut self, at: (f64, f64), sign: &str) {
        self.canvas.aligned((at.0, at.1 + 6.0), 18.0, "ink", TextAlign::Middle, sign);
    }
}
