//! The pictures of the guide.

mod attention;
mod backward;
mod block;
mod cache;
mod canvas;
mod heads;
mod memory;
mod model;
mod saved_tensors;
mod sheets;
mod style;
pub(crate) mod trace;
mod units;

use std::error::Error;
use std::fs;
use std::path::PathBuf;

use tinytorch::data::addition::{self, Part};
use tinytorch::{Rng, pretrained};

/// Sequences in the batch of the pictures.
const BATCH: usize = 8;

/// A drawn picture.
pub(crate) struct Picture {
    /// File name in `docs/`.
    pub(crate) name: &'static str,
    pub(crate) svg: String,
}

impl Picture {
    /// The path of the committed file.
    pub(crate) fn path(&self) -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs").join(self.name)
    }

    /// Whether the committed file is this picture.
    ///
    /// Numbers may differ slightly: another processor multiplies matrices in
    /// another order and with other buffers.
    pub(crate) fn is_up_to_date(&self) -> bool {
        fs::read_to_string(self.path()).is_ok_and(|committed| alike(&committed, &self.svg))
    }

    /// The error message if it is not.
    pub(crate) fn complaint(&self) -> String {
        format!(
            "docs/{} does not show the model as it is now; \
             draw it anew: cargo run --release -p tinytorch --example guide",
            self.name
        )
    }
}

/// All pictures, drawn from the models that they show.
pub(crate) fn all() -> std::result::Result<Vec<Picture>, Box<dyn Error>> {
    let gpt = pretrained::gpt()?;
    let ids = problems(BATCH, gpt.config().max_seq_len);
    let trace = trace::forward(&gpt, &ids, None)?;
    Ok(vec![
        Picture { name: "gpt-model.svg", svg: model::draw(&gpt, &trace)? },
        Picture { name: "gpt-block.svg", svg: block::draw(&gpt, &trace)? },
        Picture { name: "gpt-cache.svg", svg: cache::draw(&gpt)? },
        Picture { name: "gpt-memory.svg", svg: memory::draw(&gpt, &ids)? },
        Picture { name: "gpt-heads.svg", svg: heads::draw(&gpt, &ids[0])? },
        Picture { name: "backward.svg", svg: backward::draw()? },
    ])
}

/// Rows of sums that the model was not trained on.
fn problems(batch: usize, tokens: usize) -> Vec<Vec<usize>> {
    let mut rng = Rng::new(5);
    (0..batch).map(|_| addition::row(tokens, Part::Validation, &mut rng).ids).collect()
}

/// Whether two texts are equal except for numbers that differ by at most 2 % or
/// one shade (0.05).
pub(crate) fn alike(a: &str, b: &str) -> bool {
    let (a, b) = (pieces(a), pieces(b));
    let close = |a: &str, b: &str| match (a.parse::<f64>(), b.parse::<f64>()) {
        (Ok(a), Ok(b)) => (a - b).abs() <= 0.051 + 0.02 * a.abs(),
        _ => a == b,
    };
    a.len() == b.len() && a.iter().zip(&b).all(|(a, b)| close(a, b))
}

/// Splits a text into numbers and the text between them.
fn pieces(text: &str) -> Vec<&str> {
    let of_number = |c: char| c.is_ascii_digit() || c == '.';
    text.as_bytes()
        .chunk_by(|a, b| of_number(char::from(*a)) == of_number(char::from(*b)))
        .filter_map(|piece| std::str::from_utf8(piece).ok())
        .collect()
}
