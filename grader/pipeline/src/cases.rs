//! The record of a hidden case.

use grader_course::config::{self, Rubric};
use grader_judge::{Case, TimedCase};
use grader_model::{CaseResult, CaseVisibility, Outcome};

/// A hidden case as a record shows it.
#[derive(Clone, Copy)]
pub struct CaseTitle {
    pub task: &'static str,
    pub name: &'static str,
    pub claim: &'static str,
}

impl From<&Case> for CaseTitle {
    fn from(case: &Case) -> Self {
        Self { task: case.task, name: case.name, claim: case.claim }
    }
}

impl From<&TimedCase> for CaseTitle {
    fn from(case: &TimedCase) -> Self {
        Self { task: case.task, name: case.name, claim: case.claim }
    }
}

/// The result of a case that ended with `outcome`, without details.
pub fn result_of(title: CaseTitle, outcome: Outcome, rubric: &Rubric) -> CaseResult {
    let CaseTitle { task, name, claim } = title;
    CaseResult {
        name: name.into(),
        task: task.into(),
        claim: claim.trim().into(),
        outcome,
        message: None,
        location: None,
        blocked_by: Vec::new(),
        detail: None,
        weight: rubric.weight_of(task, name),
        visibility: visibility(rubric.visibility_of(task, name)),
        wall_seconds: 0.0,
        timing: None,
        timed_pairs: None,
    }
}

/// What a student may see of a case, as grades record it.
pub const fn visibility(of: config::VisibilityRule) -> CaseVisibility {
    match of {
        config::VisibilityRule::Message => CaseVisibility::Message,
        config::VisibilityRule::Name => CaseVisibility::Name,
        config::VisibilityRule::Nothing => CaseVisibility::Nothing,
    }
}
