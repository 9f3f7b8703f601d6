//! What was measured of layers in bytes, and how it is shown.

mod chart;
mod text;

use serde::Serialize;
use tinytorch::simd::{IntArch, IntLevel};

use super::{BASE, CODES, DIRECT, DYNAMIC, Layer, check};
use crate::measure::Plan;
use crate::reference::field::{self, Field};
use crate::reference::report::{Bound, Goal, machine_and_caches};

pub use chart::svg;
pub use text::{markdown, record, table};

/// Everything of one run.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The processor's features that matter, and its caches.
    pub machine: String,
    /// How often each was measured.
    pub rounds: usize,
    /// By layer.
    pub layers: Vec<Layer>,
}

/// How many times as fast as another our layer should be.
struct Aim {
    case: &'static str,
    ours: &'static str,
    other: &'static str,
    /// With AVX-512 VNNI.
    vnni: f64,
    /// With AVX2, if something is hoped for there.
    avx2: Option<f64>,
}

impl Aim {
    /// Against `f32`: by the level of the processor.
    const fn floats(case: &'static str, (ours, other): Pair, vnni: f64, avx2: f64) -> Self {
        Self { case, ours, other, vnni, avx2: Some(avx2) }
    }

    /// Against those who have the same instructions.
    const fn bytes(case: &'static str, (ours, other): Pair, limit: f64) -> Self {
        Self { case, ours, other, vnni: limit, avx2: Some(limit) }
    }
}

type Pair = (&'static str, &'static str);

const AIMS: [Aim; 18] = [
    Aim::floats("linear", (DYNAMIC, BASE), 3.3, 1.25),
    Aim::floats("single", (DYNAMIC, BASE), 3.5, 1.6),
    Aim::floats("convolution", (DYNAMIC, BASE), 4.0, 1.6),
    Aim { case: "convolution", ours: DYNAMIC, other: DIRECT, vnni: 2.7, avx2: None },
    Aim::floats("convolution", (CODES, BASE), 5.0, 1.75),
    Aim::bytes("linear", (DYNAMIC, "ONNX Runtime, range measured"), 0.9),
    Aim::bytes("linear", (CODES, "ONNX Runtime, u8 to u8"), 0.9),
    Aim::bytes("linear", (CODES, "ONNX Runtime, u8 to u8, no bias"), 0.9),
    Aim::bytes("single", (DYNAMIC, "ONNX Runtime, range measured"), 0.9),
    Aim::bytes("single", (CODES, "ONNX Runtime, u8 to u8"), 0.9),
    Aim::bytes("convolution", (DYNAMIC, "ONNX Runtime, range given"), 0.9),
    Aim::bytes("convolution", (CODES, "ONNX Runtime, u8 to u8"), 0.9),
    Aim::bytes("linear", (DYNAMIC, "PyTorch, range measured"), 1.0),
    Aim::bytes("linear", (CODES, "PyTorch, u8 to u8"), 1.0),
    Aim::bytes("single", (DYNAMIC, "PyTorch, range measured"), 1.0),
    Aim::bytes("single", (CODES, "PyTorch, u8 to u8"), 1.0),
    Aim::bytes("convolution", (DYNAMIC, "PyTorch, range given"), 1.0),
    Aim::bytes("convolution", (CODES, "PyTorch, u8 to u8"), 1.0),
];

impl Report {
    /// Nothing yet.
    pub fn new(plan: Plan) -> Self {
        Self { machine: machine_and_caches(), rounds: plan.rounds, layers: Vec::new() }
    }

    /// The goals that this run says something about, for the instructions of this processor.
    pub fn goals(&self) -> Vec<Goal> {
        let level = IntArch::new().level();
        let mut goals = Vec::new();
        for Aim { case, ours, other, vnni, avx2 } in AIMS {
            let limit = match level {
                IntLevel::Avx512Vnni => Some(vnni),
                IntLevel::Avx2 => avx2,
                _ => None,
            };
            let layer = self.layers.iter().find(|layer| layer.case.key == case);
            goals.extend(layer.zip(limit).map(|(layer, limit)| Goal {
                claim: format!("{case}: {ours} over {other}"),
                ratio: layer.field.ratio(other, ours),
                bound: Bound::AtLeast(limit),
            }));
        }
        goals
    }

    fn fields(&self) -> impl Iterator<Item = &Field> {
        self.layers.iter().map(|layer| &layer.field)
    }

    /// How the figures came about, a line each.
    fn method(&self) -> Vec<String> {
        let mut lines = vec![
            format!(
                "Times are medians of {} rounds in which everyone has a turn, of the process's CPU \
                 clock, one thread each. Ratios are formed within a round: geometric mean and 99 % \
                 interval.",
                self.rounds
            ),
            format!(
                "{}. Bytes are multiplied with {}. {}.",
                self.machine,
                IntArch::new().level(),
                field::versions(self.fields()).join(", ")
            ),
            format!(
                "Checked first: results against exact ones in f64. Nobody has more than {} times \
                 the error that rounding to 8 bits has on average.",
                check::ALLOWED
            ),
        ];
        lines.extend(field::problems(self.fields()));
        lines
    }
}
