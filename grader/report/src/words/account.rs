//! The account of a task's points: how its cases become the number.

use super::format::{count, number, pending, points};
use grader_model::student::StudentTask;
use grader_model::{CreditRule, CreditStep};

/// The way from a task's cases to its points, so that a reader can check the number: `28 of 37 cases passed,
/// weights 30 of 42: 18.67 of 26 points, in proportion to the weight`.
pub(crate) fn account(task: &StudentTask) -> String {
    let StudentTask { score, weights, .. } = task;
    let mut text = format!("{} of {} passed", score.passed, count(score.cases, "case"));
    if weights.total > 0.0 {
        text += &format!(", weights {} of {}", number(weights.passed), number(weights.total));
    }
    if weights.undecided > 0.0 {
        text += &format!(" ({} undecided)", number(weights.undecided));
    }
    let reached = format!(": {} of {} points", points(score.points), points(score.max_points));
    text + &reached + &pending(score.pending) + &credit(score.credit.as_ref())
}

/// The rule of partial credit, after the points; empty if it is not known.
fn credit(rule: Option<&CreditRule>) -> String {
    match rule {
        None => String::new(),
        Some(CreditRule::Proportional) => ", in proportion to the weight".into(),
        Some(CreditRule::AllOrNothing) => ", all points only if every case passed".into(),
        Some(CreditRule::Steps(steps)) => {
            let step = |step: &CreditStep| {
                let points = number(100.0 * step.fraction);
                format!("{} % of the weight earns {points} % of the points", number(step.percent))
            };
            let steps: Vec<_> = steps.iter().map(step).collect();
            format!(", in steps: {}", steps.join(", "))
        }
    }
}

/// The number of cases that the student does not see: `3 more cases (weight 4) count without being shown`.
pub(crate) fn unseen(task: &StudentTask) -> Option<String> {
    let verb = if task.unseen == 1 { "counts" } else { "count" };
    let cases = count(task.unseen, "more case");
    let weight = number(task.unseen_weight);
    (task.unseen > 0).then(|| format!("{cases} (weight {weight}) {verb} without being shown"))
}
