//! Reports in Markdown (GitHub's), for a comment, a job summary or a wiki.

use crate::catalogue::{self, CaseCatalogue};
use crate::class::ClassPage;
use crate::clean;
use crate::escape::{markdown, markdown_block, markdown_code, workflow_commands};
use crate::export::{ClassExporter, Exporter, PageExport};
use crate::notices::NoticeGroup;
use crate::words::{
    CaseLabel, MIXED, MIXED_ADVICE, account, attempt, count, mean_of, meaning, number, of_pending,
    pending, percent, place, points, score, sign, timing_in_short, unseen,
};
use grader_model::student::{StudentCase, StudentTask, StudentView};
use grader_model::{CompileProblem, Outcome};

/// GitHub's Markdown.
pub struct MarkdownExporter;

impl Exporter for MarkdownExporter {
    fn extension(&self) -> &'static str {
        "md"
    }

    fn student(&self, view: &StudentView) -> String {
        student(view)
    }

    fn class(&self) -> Box<dyn ClassExporter + '_> {
        Box::new(PageExport(class as fn(&ClassPage) -> String))
    }

    fn catalogue(&self, catalogue: &CaseCatalogue) -> String {
        catalogue::markdown(catalogue)
    }
}

/// One student's report.
pub fn student(view: &StudentView) -> String {
    let view = clean::view(view);
    let mut out = heading(&view);
    if !view.problems.is_empty() {
        out += "\n## Compile problems\n";
        out.extend(view.problems.iter().map(problem));
    }
    out.extend(view.tasks.iter().map(task));
    out += &list("Remarks", view.notes.iter().map(|note| markdown(note)));
    out += &footer(&view);
    workflow_commands(&out)
}

/// A class: totals, the table, whom to look at. For instructors.
pub fn class(page: &ClassPage) -> String {
    let mut out = format!("# {}\n\n", markdown(&page.title));
    let totals = &page.totals;
    out += &format!("{} of {} graded", totals.graded, count(totals.submissions, "submission"));
    if let (Some(mean), Some(median)) = (totals.mean, totals.median) {
        let max = points(totals.max_points);
        let (mean, median) = (points(mean), points(median));
        out += &format!(", mean {mean} / {max}, median {median} / {max}{}", mean_of(totals));
    }
    out += ".\n";
    if let Some(pending) = of_pending(totals) {
        out += &format!("\n{pending}\n");
    }
    if !page.differences.is_empty() {
        out += &list(
            MIXED.trim_end_matches('.'),
            page.differences.iter().map(|difference| {
                format!("{}: {}", difference.condition, markdown(&difference.summary()))
            }),
        );
        out += &format!("\n{MIXED_ADVICE}\n");
    }
    out += &list(
        "Needs attention",
        page.attention.iter().map(|item| {
            let place = item.place.as_ref().map(|p| format!(" ({})", markdown_code(p)));
            let (student, why) = (markdown(&item.student), markdown(&item.why));
            format!("**{student}**, {}: {why}{}", item.outcome, place.unwrap_or_default())
        }),
    );
    out.extend(page.notices.groups().iter().map(notice_group));
    out += "\n## Class\n\n| Student | Outcome | Points |\n|:---|:---|---:|\n";
    for row in &page.rows {
        let points = score(row.points, row.max_points) + &pending(row.pending);
        let link = format!("[{}](students/{}.html)", markdown(&row.student), row.file);
        out += &format!("| {link} | {} | {points} |\n", named(row.outcome));
    }
    out += &list(
        "Decisions",
        page.rows.iter().flat_map(|row| {
            let student = markdown(&row.student);
            row.decisions.iter().map(move |text| format!("**{student}**: {}", markdown(text)))
        }),
    );
    out += &list(
        "Hardest cases",
        page.hardest.iter().map(|case| {
            let name = markdown_code(&case.name);
            let share = percent(case.failed_share());
            let (failed, reached) = (case.failed, case.reached());
            format!(
                "{name}: {share}% failed ({failed} of {reached}; {} not reached)",
                case.not_reached
            )
        }),
    );
    workflow_commands(&out)
}

fn notice_group(group: &NoticeGroup) -> String {
    let item = |(name, reason): &(String, String)| {
        let gap = if reason.is_empty() { "" } else { ": " };
        format!("**{}**{gap}{}", markdown(name), markdown(reason))
    };
    list(group.title, group.items.iter().map(item))
}

fn named(outcome: Outcome) -> String {
    format!("{} {}", sign(outcome, true), outcome.words())
}

fn heading(view: &StudentView) -> String {
    let title = markdown(&view.title);
    let student = markdown(&view.student);
    let score = score(view.points, view.max_points) + &pending(view.pending);
    let outcome = named(view.outcome);
    let meaning = markdown(meaning(view.outcome));
    let attempt = markdown(&attempt(view));
    let attempt = if attempt.is_empty() { attempt } else { format!("{attempt}\n\n") };
    format!("# {title}\n\n{student}: **{score}**, {outcome}\n\n{attempt}{meaning}\n")
}

fn problem(problem: &CompileProblem) -> String {
    let place = place(problem).map(|place| format!("{} ", markdown_code(&place)));
    let task = problem.task.as_ref().map(|task| format!(" (only {})", markdown(task)));
    let message = markdown(&problem.message);
    let mut out = format!("\n{}{message}{}\n", place.unwrap_or_default(), task.unwrap_or_default());
    if !problem.explanation.is_empty() {
        out += &format!("\n{}", markdown_block(&problem.explanation, ""));
    }
    out
}

fn task(task: &StudentTask) -> String {
    let score = &task.score;
    let mut out = format!(
        "\n## {}\n\n**{} / {}**{}\n\n{}.\n\n",
        markdown(&score.title),
        points(score.points),
        points(score.max_points),
        pending(score.pending),
        account(task),
    );
    out.extend(task.cases.iter().map(case));
    out.extend(unseen(task).map(|unseen| format!("- {unseen}\n")));
    if score.points < score.max_points && !score.hint.is_empty() {
        out += &format!("\n> Hint: {}\n", markdown(&score.hint));
    }
    out
}

fn case(case: &StudentCase) -> String {
    let weight = number(case.weight);
    let name = markdown_code(&case.name);
    let label = CaseLabel::from(case);
    let mut out = format!("- {} {}: {name} (weight {weight})", label.tone.sign(true), label.words);
    if !case.claim.is_empty() {
        out += &format!(". {}", markdown(&case.claim));
    }
    out.push('\n');
    if let Some(timing) = &case.timing {
        out += &format!("  - {}\n", markdown(&timing_in_short(timing)));
    }
    if !case.blocked_by.is_empty() {
        let names: Vec<_> = case.blocked_by.iter().map(|name| markdown_code(name)).collect();
        out += &format!("  - waits for {}\n", names.join(", "));
    }
    if let Some(location) = &case.location {
        out += &format!("  - at {}\n", markdown_code(location));
    }
    match &case.message {
        Some(message) if message.contains('\n') => {
            out += &format!("\n{}\n", markdown_block(message, "  "));
        }
        Some(message) => out += &format!("  - {}\n", markdown(message)),
        None => {}
    }
    out
}

fn list(title: &str, items: impl Iterator<Item = String>) -> String {
    let items: String = items.map(|item| format!("- {item}\n")).collect();
    if items.is_empty() { items } else { format!("\n## {title}\n\n{items}") }
}

fn footer(view: &StudentView) -> String {
    let facts = [
        ("Sandbox", &view.sandbox),
        ("Toolchain", &view.toolchain),
        ("Content", &view.content_hash),
    ];
    let known = facts.iter().filter(|(_, fact)| !fact.is_empty());
    let facts: Vec<_> =
        known.map(|(what, fact)| format!("{what}: {}", markdown_code(fact))).collect();
    if facts.is_empty() { String::new() } else { format!("\n---\n\n{}\n", facts.join("  \n")) }
}
