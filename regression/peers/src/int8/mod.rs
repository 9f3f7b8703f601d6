//! The subcommand `int8`: linear layers and a convolution in bytes, by module
//! `quantization`, beside `f32`, ONNX Runtime and `PyTorch`.
//!
//! All compute the same layer with the same weights, and results are compared with
//! exact ones first ([`check`]): nobody may be further away than rounding to bytes
//! explains.

pub mod check;
pub mod packed;
pub mod problem;
pub mod report;
pub mod subjects;

use std::path::{Path, PathBuf};

use anyhow::Result;
use serde::Serialize;

use crate::exchange;
use crate::measure::Plan;
use crate::reference::contender::Contender;
use crate::reference::field::Field;
use check::Exact;
use problem::{Case, Shape};
use report::Report;

/// The yardstick: products of `f32` by the tiles of module `acceleration`.
pub const BASE: &str = "acceleration, f32";
/// The foundation's own layers, whose convolution needs no matrix of columns.
pub const DIRECT: &str = "tinytorch, f32";
/// From `f32` to `f32` through bytes.
pub const DYNAMIC: &str = "quantization, range measured";
/// From bytes to bytes.
pub const CODES: &str = "quantization, u8 to u8";

const SCRIPT: &str =
    concat!(include_str!("../../python/subject.py"), include_str!("../../python/int8.py"));

/// What a layer takes, gives and multiplies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// Everything in `f32`.
    Floats,
    /// `f32` to `f32` through bytes, with the range of this input.
    Dynamic,
    /// `f32` to `f32` through bytes, with scales that are given.
    Static,
    /// Bytes to bytes, with scales that are given.
    Codes,
}

/// Someone who computes, and how.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// Who.
    pub contender: Contender,
    /// How.
    pub way: Way,
}

const fn ours(name: &'static str, worker: &'static str, way: Way) -> Entry {
    Entry { contender: Contender::new(name, worker), way }
}

const fn theirs(name: &'static str, worker: &'static str, way: Way) -> Entry {
    Entry { contender: Contender::python(name, worker, SCRIPT), way }
}

/// Everyone, by their ways; ours first.
pub const ENTRIES: [Entry; 13] = [
    ours(BASE, "int8-base", Way::Floats),
    ours(DIRECT, "int8-tinytorch", Way::Floats),
    theirs("ONNX Runtime, f32", "onnxruntime f32", Way::Floats),
    theirs("PyTorch, f32", "torch f32", Way::Floats),
    ours(DYNAMIC, "int8-dynamic", Way::Dynamic),
    theirs("ONNX Runtime, range measured", "onnxruntime dynamic", Way::Dynamic),
    theirs("PyTorch, range measured", "torch dynamic", Way::Dynamic),
    theirs("ONNX Runtime, range given", "onnxruntime static", Way::Static),
    theirs("PyTorch, range given", "torch static", Way::Static),
    ours(CODES, "int8-codes", Way::Codes),
    theirs("ONNX Runtime, u8 to u8", "onnxruntime codes", Way::Codes),
    theirs("ONNX Runtime, u8 to u8, no bias", "onnxruntime product", Way::Codes),
    theirs("PyTorch, u8 to u8", "torch codes", Way::Codes),
];

/// Who computes layers of this shape: a convolution always has its bias.
pub fn entries(shape: Shape) -> impl Iterator<Item = Entry> {
    let without_bias = |entry: &Entry| entry.contender.worker == "onnxruntime product";
    ENTRIES.into_iter().filter(move |entry| shape.is_linear() || !without_bias(entry))
}

/// What to measure, and how long.
#[derive(Clone, Debug)]
pub struct Options {
    /// The Python interpreter that has ONNX Runtime and `PyTorch`.
    pub python: PathBuf,
    /// The layers.
    pub cases: Vec<Case>,
    /// Rounds and their length.
    pub plan: Plan,
}

/// One layer.
#[derive(Clone, Debug, Serialize)]
pub struct Layer {
    /// Which.
    pub case: Case,
    /// What was measured.
    pub field: Field,
}

/// Measures everything. Who cannot take part is named in the report.
pub fn run(options: &Options) -> Result<Report> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("problem.safetensors");
    let mut report = Report::new(options.plan);
    for &case in &options.cases {
        report.layers.push(measure(case, &file, options)?);
    }
    Ok(report)
}

fn measure(case: Case, file: &Path, options: &Options) -> Result<Layer> {
    eprintln!("{}", case.name);
    let problem = problem::problem(case.shape)?;
    exchange::save(file, &problem)?;
    let exact = Exact::new(&problem)?;
    let contenders: Vec<_> = entries(case.shape).map(|entry| entry.contender).collect();
    let settings = (options.python.as_path(), options.plan);
    let field = Field::measure(&contenders, file, settings, |contender, output| {
        let way = ENTRIES.iter().find(|entry| entry.contender == contender).map(|it| it.way);
        exact.error(way.unwrap_or(Way::Floats), output)
    })?;
    Ok(Layer { case, field })
}
