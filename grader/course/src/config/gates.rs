//! Speed gates: how many times as fast as the course's baseline a timed case wants it, and the rule
//! that keeps such a number fair.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::reader::{Fields, Reader};
use super::rubric::{Origin, Rubric};
use super::tree::Node;

const GATE: [&str; 5] = ["at_least", "reference", "best_wrong", "rule", "cpus"];

/// One gate of a task.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct GateRubric {
    /// The submission must be at least this many times as fast as the baseline.
    pub at_least: f64,
    /// How many times as fast the reference was when that was last measured.
    pub reference: f64,
    /// How many times as fast the best approach was that should not pass.
    pub best_wrong: f64,
    /// How far the gate must be from both.
    pub rule: GateRule,
    /// The CPUs that both sides are bound to, and then timed by elapsed time. `None`: one CPU, and CPU
    /// time; with [`GateRule::Threads`], how long a call would take with a CPU for each of its threads.
    pub cpus: Option<u32>,
}

/// How far a gate must be from what the reference reaches and from what should fail. A ratio moves by
/// some ten percent from machine to machine; a gate that near to either would grade the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GateRule {
    /// At most half of the reference, at least 1.5 times the best wrong approach.
    Half,
    /// For speed by threads: at most 0.8 times the reference, at least 1.2 times the best wrong
    /// approach. With two threads nothing is more than twice as fast as with one, and without any threads
    /// it is once as fast: between the two there is no room for the other rule.
    Threads,
}

impl GateRule {
    /// The lowest and the highest gate for what was measured of both.
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
    /// Whether the gate keeps its rule for these measurements. Decimals such as 0.8 are not exact.
    pub fn fits(&self, reference: f64, best_wrong: f64) -> bool {
        let (low, high) = self.rule.range(reference, best_wrong);
        self.at_least >= low - 1e-9 && self.at_least <= high + 1e-9
    }
}

/// `gates:` of a task; none unless stated.
pub(super) fn gates(
    reader: &mut Reader<'_>,
    fields: &Fields<'_>,
    task: Option<&str>,
    origin: &mut Origin,
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

fn gate(reader: &mut Reader<'_>, node: &Node) -> Option<GateRubric> {
    let fields = reader.fields(node, "gate", &GATE)?;
    let mut number = |key| {
        let node = reader.require(&fields, key)?;
        reader.positive(node)
    };
    let (at_least, reference) = (number("at_least"), number("reference"));
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
    let gate = GateRubric {
        at_least: at_least?,
        reference: reference?,
        best_wrong: best_wrong?,
        rule,
        cpus,
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
