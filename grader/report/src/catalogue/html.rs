//! The catalogue as an HTML page.

use super::{CaseCatalogue, CatalogueCase, CatalogueTask, KnownMistake, WARNING};
use crate::html::render;
use crate::words::{count, points};
use askama::Template;
use grader_model::NOT_FOR_STUDENTS;

#[derive(Template)]
#[template(path = "cases.html")]
struct Page {
    title: String,
    summary: String,
    mark: &'static str,
    warning: &'static str,
    tasks: Vec<TaskCard>,
    uncaught: Vec<AttentionItem>,
}

struct TaskCard {
    title: String,
    anchor: String,
    points: String,
    cases: Vec<Row>,
    audited: Vec<AttentionItem>,
}

struct Row {
    name: String,
    claim: String,
    facts: String,
    after: Vec<String>,
    count: String,
    mistakes: Vec<AttentionItem>,
}

struct AttentionItem {
    name: String,
    story: String,
}

/// The page.
pub(crate) fn page(catalogue: &CaseCatalogue) -> String {
    render(&Page {
        title: catalogue.title.clone(),
        summary: catalogue.summary(),
        mark: NOT_FOR_STUDENTS,
        warning: WARNING,
        tasks: catalogue.tasks.iter().map(card).collect(),
        uncaught: catalogue.uncaught.iter().map(item).collect(),
    })
}

fn card(task: &CatalogueTask) -> TaskCard {
    TaskCard {
        title: task.title.clone(),
        anchor: format!("task-{}", task.id),
        points: format!("{} points, {}", points(task.points), count(task.cases.len(), "case")),
        cases: task.cases.iter().map(row).collect(),
        audited: task.audited.iter().map(item).collect(),
    }
}

fn row(case: &CatalogueCase) -> Row {
    Row {
        name: case.name.clone(),
        claim: case.claim.clone(),
        facts: case.facts().join(" · "),
        after: case.after.clone(),
        count: count(case.mistakes.len(), "mistake"),
        mistakes: case.mistakes.iter().map(item).collect(),
    }
}

fn item(mistake: &KnownMistake) -> AttentionItem {
    AttentionItem { name: mistake.name.clone(), story: mistake.sentence() }
}
