//! One submission, task by task.

use super::style::TextStyle;
use super::text::{fit, pad, width, wrap};
use crate::clean;
use crate::escape::workflow_commands;
use crate::words::{
    CaseLabel, Tone, account, attempt, count, meaning, number, pending, percent, place, points,
    score, share, sign, timing, timing_in_short, tone, unseen,
};
use grader_model::student::{StudentCase, StudentTask, StudentView};
use grader_model::{CaseVisibility, CompileProblem, Grade, Outcome};
use std::collections::HashMap;

/// Hidden details of the cases, by the case's name. Empty in a student's report.
type CaseDetails<'a> = HashMap<&'a str, &'a str>;

/// What the student sees: points, what failed and where, and what to try next.
pub fn student(view: &StudentView, style: &TextStyle) -> String {
    let view = clean::view(view);
    workflow_commands(&report(&view, &CaseDetails::new(), *style))
}

/// The same with every case, and the hidden details: inputs, expected and received values, the
/// seed, our own faults. Not for students.
pub fn instructor(grade: &Grade, style: &TextStyle) -> String {
    let mut grade = clean::grade(grade);
    for case in &mut grade.cases {
        case.visibility = CaseVisibility::Message;
    }
    let details = grade.cases.iter().filter_map(|case| {
        Some((case.name.as_str(), case.detail.as_ref()?.for_instructor().as_str()))
    });
    let report = report(&StudentView::from(&grade), &details.collect(), *style);
    workflow_commands(&format!("{report}{}", record(&grade, *style)))
}

fn report(view: &StudentView, details: &CaseDetails<'_>, style: TextStyle) -> String {
    let graded = view.points.is_some();
    let mut parts = vec![heading(view, style)];
    parts.extend(view.problems.iter().map(|problem| compile_problem(problem, style)));
    parts.extend(view.tasks.iter().map(|task| one_task(task, graded, details, style)));
    parts.push(notes(&view.notes, style));
    parts.push(how_it_ran(view, style));
    parts.retain(|part| !part.is_empty());
    parts.join("\n")
}

fn heading(view: &StudentView, style: TextStyle) -> String {
    let room = style.width.saturating_sub(width(&view.student) + 2);
    let title = fit(&view.title, room.max(20), style.unicode);
    let gap = " ".repeat(room.saturating_sub(width(&title)) + 2);
    let outcome = format!("{} {}", sign(view.outcome, style.unicode), view.outcome.words());
    let bar = view.points.map(|p| style.bar(share(p, view.max_points), 20) + "  ");
    let mut out = format!(
        "{}{gap}{}\n{}  {}{}\n",
        style.bold(&title),
        view.student,
        style.bold(&(score(view.points, view.max_points) + &pending(view.pending))),
        style.paint(&bar.unwrap_or_default(), tone(view.outcome)),
        style.paint(&outcome, tone(view.outcome)),
    );
    let attempt = attempt(view);
    if !attempt.is_empty() {
        out += &(style.paint(&attempt, Tone::Quiet) + "\n");
    }
    if view.outcome != Outcome::Partial {
        out += &wrap(meaning(view.outcome), style.width, "");
    }
    out
}

fn compile_problem(problem: &CompileProblem, style: TextStyle) -> String {
    let task = problem.task.as_ref().map(|task| format!(" (only {task})")).unwrap_or_default();
    let place = place(problem).map(|place| format!("{place}: ")).unwrap_or_default();
    let head = wrap(&format!("{place}{}{task}", problem.message), style.width, "");
    let head: String = head.lines().map(|line| style.paint(line, Tone::Bad) + "\n").collect();
    // The compiler's columns and carets line up only unwrapped.
    let text = problem.explanation.lines().map(|line| format!("    {line}\n"));
    head + &text.collect::<String>()
}

fn one_task(
    task: &StudentTask,
    graded: bool,
    details: &CaseDetails<'_>,
    style: TextStyle,
) -> String {
    let StudentTask { score: task_score, cases, .. } = task;
    let mut out = task_heading(task, graded, style);
    let (alike, told): (Vec<_>, Vec<_>) = cases
        .iter()
        .filter(|case| case.outcome != Outcome::Pass || case.timing.is_some())
        .partition(|case| says_nothing_of_its_own(case));
    for outcome in [Outcome::NotStarted, Outcome::CompileError] {
        let n = alike.iter().filter(|case| case.outcome == outcome).count();
        if n > 0 {
            let sign = sign(outcome, style.unicode);
            let line = format!("  {sign} {}: {}", outcome.words(), count(n, "case"));
            out += &(style.paint(&line, tone(outcome)) + "\n");
        }
    }
    for case in told {
        out += &one_case(case, details, style);
    }
    out.extend(unseen(task).map(|unseen| format!("  {unseen}\n")));
    if graded && task_score.points < task_score.max_points && !task_score.hint.is_empty() {
        let hint = wrap(&format!("Hint: {}", task_score.hint), style.width, "    ");
        out += &hint.lines().map(|line| style.paint(line, Tone::Part) + "\n").collect::<String>();
    }
    out
}

/// Whether the case did not run because there is no code to run. One line covers all such cases.
fn says_nothing_of_its_own(case: &StudentCase) -> bool {
    match case.outcome {
        Outcome::NotStarted => true,
        Outcome::CompileError => case.message.is_none(),
        _ => false,
    }
}

fn task_heading(task: &StudentTask, graded: bool, style: TextStyle) -> String {
    let account = account(task) + ".";
    let task = &task.score;
    let room = style.width.saturating_sub(28).max(20);
    let title = style.bold(&pad(&fit(&task.title, room, style.unicode), room));
    if !graded {
        return format!("{}\n", title.trim_end());
    }
    let share = share(task.points, task.max_points);
    let reached =
        format!("{} / {}", points(task.points), points(task.max_points)) + &pending(task.pending);
    let tone = match percent(share) {
        100 => Tone::Good,
        0 => Tone::Quiet,
        _ => Tone::Part,
    };
    let account = wrap(&account, style.width, "  ");
    let account: String =
        account.lines().map(|line| style.paint(line, Tone::Quiet) + "\n").collect();
    format!("{title}  {reached:>11}  {}\n{account}", style.paint(&style.bar(share, 10), tone))
}

fn one_case(case: &StudentCase, details: &CaseDetails<'_>, style: TextStyle) -> String {
    let label = CaseLabel::from(case);
    let sign = label.tone.sign(style.unicode);
    let weight = if is_one(case.weight) {
        String::new()
    } else {
        format!(" (weight {})", number(case.weight))
    };
    let head = format!("  {sign} {}: {}{weight}", case.name, label.words);
    if let (Outcome::Pass, Some(timing)) = (case.outcome, &case.timing) {
        return format!("{}, {}\n", style.paint(&head, label.tone), timing_in_short(timing));
    }
    let mut out = style.paint(&head, label.tone) + "\n";
    if case.outcome == Outcome::Skipped {
        let waits = format!("waits for {}", case.blocked_by.join(", "));
        if !case.blocked_by.is_empty() {
            out += &wrap(&waits, style.width, "      ");
        }
        return out;
    }
    out += &wrap(&case.claim, style.width, "      ");
    if let Some(measured) = &case.timing {
        out += &wrap(&timing(measured), style.width, "      ");
    }
    if let Some(message) = &case.message {
        out += &wrap(message, style.width, "      ");
    }
    if let Some(location) = &case.location {
        out += &format!("      at {location}\n");
    }
    if let Some(detail) = details.get(case.name.as_str()) {
        out += &style.paint("      hidden from the student:", Tone::Quiet);
        out.push('\n');
        out += &wrap(detail, style.width, "        ");
    }
    out
}

fn is_one(weight: f64) -> bool {
    (weight - 1.0).abs() < f64::EPSILON
}

fn notes(notes: &[String], style: TextStyle) -> String {
    if notes.is_empty() {
        return String::new();
    }
    let lines = notes.iter().map(|note| {
        let text = wrap(note, style.width, "    ");
        format!("  - {}", text.trim_start())
    });
    format!("{}\n{}", style.bold("Remarks"), lines.collect::<String>())
}

fn how_it_ran(view: &StudentView, style: TextStyle) -> String {
    let facts =
        [("sandbox ", &view.sandbox), ("", &view.toolchain), ("content ", &view.content_hash)];
    let known = facts.iter().filter(|(_, fact)| !fact.is_empty());
    let facts: Vec<_> = known.map(|(what, fact)| format!("{what}{fact}")).collect();
    let text = wrap(&facts.join(style.dot()), style.width, "");
    text.lines().map(|line| style.paint(line, Tone::Quiet) + "\n").collect()
}

/// Where its speed was measured, if it was.
fn measured_on(grade: &Grade) -> String {
    let machine = grade.provenance.machine.as_ref();
    machine.map_or_else(
        || "not measured, or not noted where".into(),
        |machine| format!("{}, {}", machine.processor, machine.vector_level),
    )
}

/// What an instructor needs to repeat the grading, and what our own fault was.
fn record(grade: &Grade, style: TextStyle) -> String {
    let provenance = &grade.provenance;
    let mut out = format!("\n{}\n", style.bold("Record (not for the student)"));
    if let Some(fault) = &grade.fault {
        let fault = wrap(&format!("grader fault: {}", fault.for_instructor()), style.width, "  ");
        out += &style.paint(fault.trim_end(), Tone::Alarm);
        out.push('\n');
    }
    let facts = [
        ("key", provenance.key.clone()),
        ("seed", provenance.seed.for_instructor().to_string()),
        ("suite", provenance.suite_hash.clone()),
        ("rubric", provenance.rubric_hash.clone()),
        ("limits", provenance.conditions.clone()),
        ("grader", provenance.grader_version.clone()),
        ("speed", measured_on(grade)),
    ];
    for (what, fact) in facts {
        out += format!("  {what:<8}{fact}").trim_end();
        out.push('\n');
    }
    for cost in &grade.costs {
        let stage = format!("{:?}", cost.stage).to_lowercase();
        out += &format!("  {stage:<8}{:.3} s, {:.3} s CPU\n", cost.wall_seconds, cost.cpu_seconds);
    }
    out
}
