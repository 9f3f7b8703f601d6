//! Recomputes a student's points from the student's own JSON only.

use serde::Deserialize;

/// The parts of the document needed for the computation.
#[derive(Deserialize)]
struct RubricDocument {
    points: Option<f64>,
    #[serde(default)]
    tasks: Vec<RubricTask>,
}

#[derive(Deserialize)]
struct RubricTask {
    id: String,
    points: f64,
    max_points: f64,
    passed: usize,
    credit: PartialRule,
    cases: Vec<RubricCase>,
    unseen: usize,
    unseen_weight: f64,
    weights: CaseWeights,
}

#[derive(Deserialize)]
struct RubricCase {
    outcome: String,
    weight: f64,
}

#[derive(Deserialize)]
struct CaseWeights {
    passed: f64,
    total: f64,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum PartialRule {
    Proportional,
    AllOrNothing,
    Steps(Vec<PartialStep>),
}

#[derive(Deserialize)]
struct PartialStep {
    percent: f64,
    fraction: f64,
}

/// Computes the points of every task and the total from the weights, and compares them with the
/// values in the document.
///
/// # Errors
/// Names the first value that differs, and its task.
pub fn points(student_json: &str) -> Result<(), String> {
    let document: RubricDocument =
        serde_json::from_str(student_json).map_err(|error| format!("{error}\n{student_json}"))?;
    let Some(stated) = document.points else { return Ok(()) };
    let mut sum = 0.0;
    for task in &document.tasks {
        sum += of_task(task).map_err(|error| format!("task {}: {error}", task.id))?;
    }
    same("the points of the whole", rounded(sum), stated)
}

fn of_task(task: &RubricTask) -> Result<f64, String> {
    let passed = || task.cases.iter().filter(|case| case.outcome == "pass");
    let passed_weight: f64 = passed().map(|case| case.weight).sum();
    let weight: f64 = task.cases.iter().map(|case| case.weight).sum();
    if task.unseen == 0 {
        same("the weight that passed", passed_weight, task.weights.passed)?;
        same("the number of cases that passed", passed().count() as f64, task.passed as f64)?;
    }
    same("the weight of all cases", weight + task.unseen_weight, task.weights.total)?;
    let share =
        if task.weights.total > 0.0 { task.weights.passed / task.weights.total } else { 0.0 };
    let reaches = |wanted: f64| share >= wanted - 1e-9;
    let fraction = match &task.credit {
        PartialRule::Proportional => share,
        PartialRule::AllOrNothing => f64::from(u8::from(reaches(1.0))),
        PartialRule::Steps(steps) => {
            let reached = steps.iter().rev().find(|step| reaches(step.percent / 100.0));
            reached.map_or(0.0, |step| step.fraction)
        }
    };
    let points = rounded(task.max_points * fraction);
    same("the points", points, task.points)?;
    Ok(points)
}

fn rounded(points: f64) -> f64 {
    (points * 100.0).round() / 100.0
}

fn same(what: &str, computed: f64, stated: f64) -> Result<(), String> {
    if (computed - stated).abs() < 1e-6 {
        return Ok(());
    }
    Err(format!("{what}: {computed} computed, {stated} stated"))
}
