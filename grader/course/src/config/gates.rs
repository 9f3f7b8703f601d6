//! Speed gates: the required speedup of a timed case over the course's baseline, and the rule that
//! keeps the threshold fair.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::reader::{ConfigReader, MapFields};
use super::rubric::{Rubric, RubricOrigin};
use super::tree::YamlNode;

const GATE: [&str; 7] = ["at_least", "reference", "best_wrong", "rule", "cpus", "alone", "needs"];

/// One gate of a task.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct GateRubric {
    /// Required speedup over the baseline.
    pub at_least: f64,
    /// Speedup of the reference solution when it was last measured.
    pub reference: f64,
    /// Speedup of the fastest approach that should not pass.
    pub best_wrong: f64,
    /// Required distance of the gate from both measurements.
    pub rule: GateRule,
    /// Number of CPUs that both sides are pinned to while elapsed time is measured. `None`: one CPU and
    /// CPU time or, with [`GateRule::Threads`], the time that a call would take with one CPU per thread.
    pub cpus: Option<u32>,
    /// Whether nothing else is measured meanwhile. A kernel that lives on the last cache, beside a baseline
    /// that does not (or the other way round), has another ratio when a neighbour takes the cache.
    pub alone: bool,
    /// The instructions that the lesson is about. A processor without them measures nothing: the case is left out there.
    pub needs: Option<NeededInstructions>,
}

/// Instructions that not every processor of a level has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NeededInstructions {
    /// Sums of products of bytes: AVX-VNNI or AVX-512 VNNI.
    Vnni,
}

impl NeededInstructions {
    /// Their usual name.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Vnni => "VNNI",
        }
    }
}

/// Required distance of a gate from the speedup of the reference and of the best wrong approach. A
/// speedup varies by about ten percent between machines; a gate too close to either would measure
/// the machine, not the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GateRule {
    /// At most half of the reference, at least 1.5 times the best wrong approach.
    Half,
    /// For speed from threads: at most 0.8 times the reference, at least 1.2 times the best wrong
    /// approach. With two threads no code is more than 2x as fast as with one, and code without threads
    /// is 1x as fast. [`GateRule::Half`] allows no gate in between.
    Threads,
}

impl GateRule {
    /// The lowest and the highest allowed gate for these two measured speedups.
    pub fn range(self, reference: f64, best_wrong: f64) -> (f64, f64) {
        match self {
            Self::Half => (1.5 * best_wrong, reference / 2.0),
            Self::Threads => (1.2 * best_wrong, 0.8 * reference),
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Half => "at least 1.5 times `best_wrong` and at most half of `reference`",
            Self::Threads => "at least 1.2 times `best_wrong` and at most 0.8 times `reference`",
        }
    }
}

impl GateRubric {
    /// Whether the gate satisfies its rule for these measurements. The tolerance allows for
    /// decimals such as 0.8, which have no exact binary representation.
    pub fn fits(&self, reference: f64, best_wrong: f64) -> bool {
        let (low, high) = self.rule.range(reference, best_wrong);
        self.at_least >= low - 1e-9 && self.at_least <= high + 1e-9
    }
}

/// Reads `gates:` of a task; empty if the key is missing.
pub(super) fn gates(
    reader: &mut ConfigReader<'_>,
    fields: &MapFields<'_>,
    task: Option<&str>,
    origin: &mut RubricOrigin,
) -> BTreeMap<String, GateRubric> {
    let mut gates = BTreeMap::new();
    let Some(node) = fields.get("gates") else { return gates };
    for entry in reader.map(node, "gates: name -> at_least, reference, best_wrong").unwrap_or(&[]) {
        let key = (task.unwrap_or_default().to_owned(), entry.key.clone());
        origin.gates.insert(key, entry.key_span.clone());
        if let Some(gate) = gate(reader, &entry.value) {
            gates.insert(entry.key.clone(), gate);
        }
    }
    gates
}

fn gate(reader: &mut ConfigReader<'_>, node: &YamlNode) -> Option<GateRubric> {
    let fields = reader.fields(node, "gate", &GATE)?;
    let mut number = |key| {
        let node = reader.require(&fields, key)?;
        reader.positive(node)
    };
    let at_least = number("at_least");
    let reference = number("reference");
    let best_wrong = number("best_wrong");
    let rule = match fields.get("rule") {
        None => GateRule::Half,
        Some(node) => match reader.one_of(node, &["half", "threads"])? {
            "half" => GateRule::Half,
            _ => GateRule::Threads,
        },
    };
    let cpus = match fields.get("cpus") {
        None => None,
        Some(_) => Some(reader.whole(&fields, "cpus", 1024)?),
    };
    if cpus.is_some_and(|cpus| cpus < 2 || rule != GateRule::Threads) {
        let message = "`cpus:` is for `rule: threads`, and 2 or more";
        let expected = "expected none: threads are counted on one CPU, whatever else runs there";
        reader.wrong(&node.span, message, expected);
        return None;
    }
    let alone = match fields.get("alone") {
        None => false,
        Some(node) => reader.yes_or_no(node)?,
    };
    let needs = match fields.get("needs") {
        None => None,
        Some(node) => reader.one_of(node, &["vnni"]).map(|_| Some(NeededInstructions::Vnni))?,
    };
    let gate = GateRubric {
        at_least: at_least?,
        reference: reference?,
        best_wrong: best_wrong?,
        rule,
        cpus,
        alone,
        needs,
    };
    if !gate.fits(gate.reference, gate.best_wrong) {
        let (low, high) = rule.range(gate.reference, gate.best_wrong);
        let message = format!("a gate of {} could not be defended", gate.at_least);
        let expected = if low <= high {
            format!("expected {low:.3} to {high:.3}: {}", rule.words())
        } else {
            format!("no gate fits: it must be {}", rule.words())
        };
        reader.wrong(&node.span, message, &expected);
        return None;
    }
    Some(gate)
}

impl Rubric {
    /// The gate of a timed case.
    pub fn gate_of(&self, task: &str, case: &str) -> Option<&GateRubric> {
        self.task(task)?.gates.get(case)
    }
}
