//! The points used in expected results, from `regression/points.yaml`. They are independent of the
//! points of a term.

use crate::root;
use grader_course::config::{CaseRubric, PartialCredit, Rubric, TaskRubric, VisibilityRule};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The points and weights of one module.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ModelPoints {
    /// Points by task.
    points: BTreeMap<String, f64>,
    /// Weights by case; 1 by default.
    #[serde(default)]
    weights: BTreeMap<String, f64>,
}

/// `rubric` as the expected results assume it: all tasks, the points and weights of `points.yaml`,
/// all messages shown.
///
/// # Panics
/// If the file of points cannot be read.
pub fn of_models(mut rubric: Rubric) -> Rubric {
    let path = root().join("regression/points.yaml");
    let text = std::fs::read_to_string(path).expect("the points of the models");
    let all: BTreeMap<String, ModelPoints> = serde_saphyr::from_str(&text).expect("points");
    let Some(model) = all.get(&rubric.slug) else { return rubric };
    rubric.visibility = VisibilityRule::Message;
    rubric.tasks.append(&mut rubric.dropped);
    rubric.tasks.sort_by_key(|task| task.number);
    for task in &mut rubric.tasks {
        as_in(model, task);
    }
    rubric
}

fn as_in(model: &ModelPoints, task: &mut TaskRubric) {
    task.points = model.points.get(&task.id).copied().unwrap_or(task.points);
    task.partial = PartialCredit::Proportional;
    let weight = |name: &str| model.weights.get(name).copied();
    let gates = task.gates.keys().filter_map(|name| Some((name.clone(), weight(name)?)));
    let case = |(name, weight)| (name, CaseRubric { weight, visibility: None });
    task.cases = gates.map(case).collect();
}
