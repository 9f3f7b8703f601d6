//! The subcommand `reference`: how fast the course's reference solutions are
//! beside libraries that do the same, and beside what the machine allows.
//!
//! [`products`] are matrix products, [`decode`] is one more token of a
//! transformer that keeps its keys and values.

pub mod contender;
pub mod decode;
pub mod field;
pub mod products;
pub mod report;
pub mod subject;

use std::path::PathBuf;

use anyhow::Result;

use crate::measure::Plan;
use report::Report;

/// What to measure, and how long.
#[derive(Clone, Debug)]
pub struct Options {
    /// The Python interpreter that has `NumPy` and `PyTorch`.
    pub python: PathBuf,
    /// Sides of the square matrices.
    pub sizes: Vec<usize>,
    /// Tokens in a context, the new one included.
    pub contexts: Vec<usize>,
    /// Rounds and their length.
    pub plan: Plan,
}

/// Measures everything. Who cannot take part is named in the report.
pub fn run(options: &Options) -> Result<Report> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("problem.safetensors");
    let mut report = Report::new(options.plan);
    for &size in &options.sizes {
        report.products.push(products::measure(size, &file, options)?);
    }
    for &tokens in &options.contexts {
        report.decode.push(decode::measure(tokens, &file, options)?);
    }
    Ok(report)
}
