//! The pictures of the guide.

mod attention;
mod backward;
mod block;
mod cache;
mod canvas;
mod heads;
mod kept;
mod memory;
mod model;
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
    /// Where it is committed.
    pub(crate) fn path(&self) -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs").join(self.name)
    }

    /// Whether the committed file is this picture.
    pub(crate) fn is_up_to_date(&self) -> bool {
        fs::read_to_string(self.path()).is_ok_and(|committed| committed == self.svg)
    }

    /// What to say if it is not.
    pub(crate) fn complaint(&self) -> String {
        format!(
            "docs/{} does not show the model as it is now; \
             draw it anew: cargo run --release -p tinytorch --example guide",
            self.name
        )
    }
}

/// All pictures, drawn from the model that they show.
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
