//! The grade that counts, from what was measured and what instructors decided about it.

use crate::score::Score;
use grader_course::config::{PartialCredit, Rubric};
use grader_model::{CaseAward, CaseDecision, CaseResult, Grade, Outcome};

/// `grade` with these decisions, the newest about each case. Pure. A decision counts while its case is
/// undecided: what a measurement has decided, no decision overrides. Decisions about other cases than the
/// grade's are left out.
///
/// # Cost
/// Linear in the number of cases times decisions.
pub fn with_decisions(grade: Grade, decisions: Vec<CaseDecision>, rubric: &Rubric) -> Grade {
    let known = decisions.into_iter().filter_map(|decision| {
        let case = grade.cases.iter().find(|case| case.name == decision.case)?;
        let counts = case.outcome == Outcome::Undecided;
        let share = share(decision.award, most_points(case, &grade, rubric));
        Some(CaseDecision { counts, share, ..decision })
    });
    let decisions: Vec<_> = known.collect();
    if decisions.is_empty() || grade.points.is_none() {
        return grade;
    }
    let score = Score::of_cases(rubric, &grade.cases, &decisions);
    score.applied_to(Grade { decisions, ..grade })
}

/// The points that a case can bring, if those of its task are in proportion to the weight; `None` where they are
/// not, so that no single case has points of its own.
pub fn most_points(case: &CaseResult, grade: &Grade, rubric: &Rubric) -> Option<f64> {
    let task = rubric.task(&case.task)?;
    let mine = grade.cases.iter().filter(|other| other.task == case.task);
    let total: f64 = mine.map(|other| other.weight).sum();
    let proportional = matches!(task.partial, PartialCredit::Proportional) && total > 0.0;
    proportional.then(|| task.points * case.weight / total)
}

/// The part of a case's weight that an award gives to it.
fn share(award: CaseAward, most: Option<f64>) -> f64 {
    match (award, most) {
        (CaseAward::Full, _) => 1.0,
        (CaseAward::Points(points), Some(most)) if most > 0.0 => (points / most).clamp(0.0, 1.0),
        (CaseAward::None | CaseAward::Points(_), _) => 0.0,
    }
}
