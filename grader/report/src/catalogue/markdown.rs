//! The catalogue in Markdown.

use super::{CaseCatalogue, CatalogueCase, CatalogueTask, KnownMistake, WARNING};
use crate::escape::{markdown, markdown_code, workflow_commands};
use crate::words::points;
use grader_model::NOT_FOR_STUDENTS;

/// The document.
pub(crate) fn text(catalogue: &CaseCatalogue) -> String {
    let mut out = format!("# {}: hidden cases\n\n", markdown(&catalogue.title));
    // Without escapes: the mark is what searches for answers look for.
    out += &format!("**{NOT_FOR_STUDENTS}** {WARNING}\n\n{}.\n", markdown(&catalogue.summary()));
    out.extend(catalogue.tasks.iter().map(task));
    out += &mistakes("\n## Caught by no case of this term\n\n", "", &catalogue.uncaught);
    workflow_commands(&out)
}

fn task(task: &CatalogueTask) -> String {
    let title = markdown(&task.title);
    let cases: String = task.cases.iter().map(case).collect();
    let audited = mistakes("\n### Refused by the call audit\n\n", "", &task.audited);
    format!("\n## {title} ({} points)\n\n{cases}{audited}", points(task.points))
}

fn case(case: &CatalogueCase) -> String {
    let name = markdown_code(&case.name);
    let claim = markdown(&case.claim);
    let mut facts = case.facts();
    if !case.after.is_empty() {
        let parents: Vec<_> = case.after.iter().map(|name| markdown_code(name)).collect();
        facts.push(format!("after {}", parents.join(", ")));
    }
    let mistakes = mistakes("", "  ", &case.mistakes);
    format!("- {name}: {claim} ({})\n{mistakes}", facts.join(", "))
}

fn mistakes(heading: &str, indent: &str, mistakes: &[KnownMistake]) -> String {
    if mistakes.is_empty() {
        return String::new();
    }
    let item = |mistake: &KnownMistake| {
        let name = markdown_code(&mistake.name);
        format!("{indent}- {name}: {}\n", markdown(&mistake.sentence()))
    };
    format!("{heading}{}", mistakes.iter().map(item).collect::<String>())
}
