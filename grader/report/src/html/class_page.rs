//! The page of a class, for instructors.

use super::histogram::{PointsHistogram, histogram};
use super::{OutcomeBadge, render};
use crate::class::{CaseShare, ClassPage, ClassRow, TaskColumn, TaskPoints};
use crate::notices::NoticeGroup;
use crate::words::{
    MIXED, MIXED_ADVICE, count, mean_of, of_pending, pending, percent, points, share,
};
use askama::Template;

/// Hardest cases shown at once; the others are folded away.
const HARDEST: usize = 10;

#[derive(Template)]
#[template(path = "class.html")]
struct ClassTemplate {
    title: String,
    submissions: String,
    tiles: Vec<(&'static str, String, String)>,
    histogram: PointsHistogram,
    outcomes: Vec<OutcomePart>,
    attention: Vec<AttentionItem>,
    /// The conditions of grading that differ, and their groups.
    differences: Vec<(&'static str, String)>,
    mixed: &'static str,
    mixed_advice: &'static str,
    notices: Vec<NoticeGroup>,
    hardest: Vec<HardCase>,
    /// The others that somebody failed.
    less_hard: Vec<HardCase>,
    /// What is said of cases that nobody reached; mostly empty.
    unreached: String,
    tasks: Vec<TaskHead>,
    rows: Vec<StudentRow>,
    /// What is said of points that are pending; mostly empty.
    pending: String,
}

/// A part of the bar of outcomes.
struct OutcomePart {
    outcome: OutcomeBadge,
    count: usize,
    percent: String,
}

struct AttentionItem {
    outcome: OutcomeBadge,
    student: String,
    href: String,
    why: String,
    place: String,
    command: String,
}

struct HardCase {
    name: String,
    claim: String,
    task: String,
    percent: u32,
    words: String,
    passed: String,
    failed: String,
    not_reached: usize,
}

struct TaskHead {
    id: String,
    title: String,
    max: String,
}

struct StudentRow {
    student: String,
    href: String,
    outcome: OutcomeBadge,
    graded: bool,
    points: String,
    percent: u32,
    /// Identifier, tone and points of each task.
    tasks: Vec<(String, &'static str, String)>,
    /// The remarks under a line that says how many there are.
    remarks: Vec<String>,
    remark_count: String,
}

/// A class on one page, linked to the students' pages in `students/`. For instructors.
pub fn class(page: &ClassPage) -> String {
    render(&ClassTemplate {
        title: page.title.clone(),
        submissions: count(page.totals.submissions, "submission"),
        tiles: tiles(page),
        histogram: histogram(page),
        outcomes: outcomes(page),
        attention: attention(page),
        differences: page.differences.iter().map(|one| (one.condition, one.summary())).collect(),
        mixed: MIXED,
        mixed_advice: MIXED_ADVICE,
        notices: page.notices.groups(),
        hardest: page.hardest.iter().take(HARDEST).map(hard).collect(),
        less_hard: page.hardest.iter().skip(HARDEST).map(hard).collect(),
        unreached: match page.unreached {
            0 => String::new(),
            1 => "No submission reached 1 other case.".into(),
            some => format!("No submission reached {some} other cases."),
        },
        tasks: page.tasks.iter().map(head).collect(),
        rows: page.rows.iter().map(|one| row(one, &page.tasks)).collect(),
        pending: of_pending(&page.totals).unwrap_or_default(),
    })
}

/// File names are of characters that a URL takes as they are; see [`crate::file_name`].
fn href(file: &str) -> String {
    format!("students/{file}.html")
}

fn tiles(page: &ClassPage) -> Vec<(&'static str, String, String)> {
    let totals = &page.totals;
    let of = format!("of {}{}", points(totals.max_points), mean_of(totals));
    let number = |value: Option<f64>| value.map_or_else(|| "–".into(), points);
    let without = totals.submissions - totals.graded;
    let note = if without > 0 { format!("{without} without a grade yet") } else { "all".into() };
    vec![
        ("Graded", totals.graded.to_string(), note),
        ("Mean", number(totals.mean), of.clone()),
        ("Median", number(totals.median), of),
        ("Full marks", totals.full.to_string(), count(totals.full, "student")),
        ("Need attention", page.attention.len().to_string(), "listed below".into()),
    ]
}

fn outcomes(page: &ClassPage) -> Vec<OutcomePart> {
    let all = page.totals.submissions.max(1) as f64;
    let part = |&(outcome, count): &(_, usize)| {
        let percent = format!("{:.2}", 100.0 * count as f64 / all);
        OutcomePart { outcome: OutcomeBadge::from(outcome), count, percent }
    };
    page.outcomes.iter().map(part).collect()
}

fn attention(page: &ClassPage) -> Vec<AttentionItem> {
    let item = |item: &crate::AttentionEntry| AttentionItem {
        outcome: item.outcome.into(),
        student: item.student.clone(),
        href: page.rows.get(item.row).map(|row| href(&row.file)).unwrap_or_default(),
        why: item.why.clone(),
        place: item.place.clone().unwrap_or_default(),
        command: page.command(item.row),
    };
    page.attention.iter().map(item).collect()
}

fn hard(case: &CaseShare) -> HardCase {
    let part = |n: usize| format!("{:.2}", 100.0 * n as f64 / case.reached().max(1) as f64);
    let some = |n: usize, words: &str| if n > 0 { format!(", {n} {words}") } else { String::new() };
    let undecided =
        some(case.undecided, "undecided") + &some(case.decided, "decided by an instructor");
    HardCase {
        name: case.name.clone(),
        claim: case.claim.clone(),
        task: case.task.clone(),
        percent: percent(case.failed_share()),
        words: format!("{} failed, {} passed{undecided}", case.failed, case.passed),
        not_reached: case.not_reached,
        passed: part(case.passed),
        failed: part(case.failed),
    }
}

fn head(task: &TaskColumn) -> TaskHead {
    TaskHead { id: task.id.clone(), title: task.title.clone(), max: points(task.max_points) }
}

fn row(row: &ClassRow, tasks: &[TaskColumn]) -> StudentRow {
    let cell = |(reached, task): (&Option<TaskPoints>, &TaskColumn)| {
        let pending = reached.is_some_and(|reached| reached.pending > 0.0);
        let share = share(reached.map_or(0.0, |reached| reached.reached), task.max_points);
        let class = match percent(share) {
            _ if pending => "part",
            100 => "good",
            0 => "quiet",
            _ => "part",
        };
        let reached = reached.map(|reached| points(reached.reached)).unwrap_or_default();
        (task.id.clone(), class, if pending { "pending".into() } else { reached })
    };
    StudentRow {
        student: row.student.clone(),
        href: href(&row.file),
        outcome: row.outcome.into(),
        graded: row.points.is_some(),
        points: row.points.map_or_else(|| "no grade".into(), points) + &pending(row.pending),
        percent: percent(share(row.points.unwrap_or(0.0), row.max_points)),
        tasks: row.tasks.iter().zip(tasks).map(cell).collect(),
        remarks: row.remarks.clone(),
        remark_count: count(row.remarks.len(), "remark"),
    }
}

// Only a colour for the points' bar; the badge beside it has the word.
impl StudentRow {
    const fn bar(&self) -> &'static str {
        match self.percent {
            100 => "good",
            _ => "part",
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::words::tone;

    #[test]
    fn every_outcome_has_a_class_of_the_style_sheet() {
        let sheet = include_str!("../../templates/style.css");
        for outcome in grader_model::Outcome::ALL {
            let class = tone(outcome).class();
            assert!(sheet.contains(&format!(".{class} {{")), "{class}");
        }
    }
}
