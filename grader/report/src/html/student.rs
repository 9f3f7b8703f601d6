//! A student's page.

use super::timing::{TimingPicture, picture};
use super::{OutcomeBadge, render};
use crate::clean;
use crate::words::{
    CaseLabel, account, attempt, count, meaning, number, pending, percent, place, points, score,
    share, tone, unseen,
};
use askama::Template;
use grader_model::student::{StudentCase, StudentTask, StudentView};
use grader_model::{CompileProblem, Outcome};

#[derive(Template)]
#[template(path = "student.html")]
struct StudentTemplate {
    student: String,
    title: String,
    score: String,
    /// Attempt, date and due date.
    attempt: String,
    percent: u32,
    graded: bool,
    outcome: OutcomeBadge,
    meaning: &'static str,
    problems: Vec<StudentProblem>,
    tasks: Vec<TaskCard>,
    notes: Vec<String>,
    /// The words used on this page, and what they mean.
    glossary: Vec<(OutcomeBadge, &'static str)>,
    facts: Vec<(&'static str, String)>,
}

struct StudentProblem {
    place: String,
    message: String,
    task: String,
    explanation: String,
}

struct TaskCard {
    title: String,
    anchor: String,
    score: String,
    percent: u32,
    class: &'static str,
    /// How the points come about.
    account: String,
    /// What did not pass, shown at once.
    failed: Vec<CaseView>,
    /// What need not be read first, folded away under a line that says what it is.
    folded: Vec<(String, Vec<CaseView>)>,
    unseen: String,
    hint: String,
}

struct CaseView {
    outcome: OutcomeBadge,
    name: String,
    weight: String,
    claim: String,
    message: String,
    location: String,
    waits_for: Vec<String>,
    timing: Option<TimingPicture>,
}

/// One student's report as a page of its own.
pub fn student(view: &StudentView) -> String {
    let view = clean::view(view);
    render(&StudentTemplate {
        score: score(view.points, view.max_points) + &pending(view.pending),
        percent: percent(share(view.points.unwrap_or(0.0), view.max_points)),
        graded: view.points.is_some(),
        attempt: attempt(&view),
        outcome: view.outcome.into(),
        meaning: meaning(view.outcome),
        problems: view.problems.iter().map(problem).collect(),
        tasks: view.tasks.iter().enumerate().map(card).collect(),
        glossary: glossary(&view),
        facts: facts(&view),
        student: view.student,
        title: view.title,
        notes: view.notes,
    })
}

fn problem(problem: &CompileProblem) -> StudentProblem {
    StudentProblem {
        place: place(problem).unwrap_or_default(),
        message: problem.message.clone(),
        task: problem.task.clone().unwrap_or_default(),
        explanation: problem.explanation.trim_end().to_owned(),
    }
}

fn card((at, task): (usize, &StudentTask)) -> TaskCard {
    let StudentTask { score, cases, .. } = task;
    let missing = score.points < score.max_points;
    let share = share(score.points, score.max_points);
    let class = match percent(share) {
        100 => "good",
        0 => tone(score.outcome).class(),
        _ => "part",
    };
    TaskCard {
        title: score.title.clone(),
        anchor: format!("task-{}", at + 1),
        score: format!("{} / {}", points(score.points), points(score.max_points))
            + &pending(score.pending),
        percent: percent(share),
        class,
        account: account(task),
        failed: cases.iter().filter(|case| !is_folded(case)).map(case).collect(),
        folded: folded(cases),
        unseen: unseen(task).unwrap_or_default(),
        hint: if missing { score.hint.clone() } else { String::new() },
    }
}

/// A measurement is always shown: a student wants to know the speed of code that passed, too.
const fn is_folded(case: &StudentCase) -> bool {
    matches!(case.outcome, Outcome::Pass | Outcome::Skipped) && case.timing.is_none()
}

fn folded(cases: &[StudentCase]) -> Vec<(String, Vec<CaseView>)> {
    let of = |outcome| {
        cases.iter().filter(move |case| case.outcome == outcome && is_folded(case)).map(case)
    };
    let part = |outcome, words: &str| {
        let part: Vec<CaseView> = of(outcome).collect();
        (!part.is_empty()).then(|| (format!("{} {words}", count(part.len(), "case")), part))
    };
    let skipped = part(Outcome::Skipped, "skipped: an earlier one must pass first");
    skipped.into_iter().chain(part(Outcome::Pass, "passed")).collect()
}

fn case(case: &StudentCase) -> CaseView {
    CaseView {
        outcome: CaseLabel::from(case).into(),
        name: case.name.clone(),
        weight: number(case.weight),
        claim: case.claim.clone(),
        message: case.message.clone().unwrap_or_default().trim_end().to_owned(),
        location: case.location.clone().unwrap_or_default(),
        waits_for: case.blocked_by.clone(),
        timing: case.timing.as_ref().map(picture),
    }
}

fn glossary(view: &StudentView) -> Vec<(OutcomeBadge, &'static str)> {
    let has = |case: &StudentCase, outcome| case.decided.is_none() && case.outcome == outcome;
    let seen = |outcome| {
        outcome != Outcome::Pass
            && outcome != view.outcome
            && view.tasks.iter().flat_map(|task| &task.cases).any(|case| has(case, outcome))
    };
    let used = Outcome::ALL.into_iter().filter(|outcome| seen(*outcome));
    used.map(|outcome| (outcome.into(), meaning(outcome))).collect()
}

fn facts(view: &StudentView) -> Vec<(&'static str, String)> {
    let facts = [
        ("Sandbox", view.sandbox.clone()),
        ("Toolchain", view.toolchain.clone()),
        ("Content hash", view.content_hash.clone()),
    ];
    facts.into_iter().filter(|(_, fact)| !fact.is_empty()).collect()
}
