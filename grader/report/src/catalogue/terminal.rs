//! The catalogue for a terminal.

use super::{CaseCatalogue, CatalogueCase, CatalogueTask, KnownMistake, WARNING};
use crate::escape::workflow_commands;
use crate::terminal::{TextStyle, wrap};
use crate::words::{Tone, points};
use grader_model::NOT_FOR_STUDENTS;

/// The text.
pub(crate) fn text(catalogue: &CaseCatalogue, style: TextStyle) -> String {
    let mut out = format!("{}: hidden cases\n", style.bold(&catalogue.title));
    let warning = wrap(&format!("{NOT_FOR_STUDENTS} {WARNING}"), style.width, "");
    out += &style.paint(warning.trim_end(), Tone::Alarm);
    out += &format!("\n{}.\n", catalogue.summary());
    out.extend(catalogue.tasks.iter().map(|one| task(one, style)));
    out += &mistakes("\nCaught by no case of this term\n", &catalogue.uncaught, style);
    workflow_commands(&out)
}

fn task(task: &CatalogueTask, style: TextStyle) -> String {
    let title = style.bold(&task.title);
    let cases: String = task.cases.iter().map(|one| case(one, style)).collect();
    let audited = mistakes("  Refused by the call audit\n", &task.audited, style);
    format!("\n{title} ({} points)\n{cases}{audited}", points(task.points))
}

fn case(case: &CatalogueCase, style: TextStyle) -> String {
    let mut facts = case.facts();
    if !case.after.is_empty() {
        facts.push(format!("after {}", case.after.join(", ")));
    }
    let facts = wrap(&facts.join(", "), style.width, "    ");
    let facts: String = facts.lines().map(|line| style.paint(line, Tone::Quiet) + "\n").collect();
    let claim = wrap(&case.claim, style.width, "    ");
    format!("  {}\n{claim}{facts}{}", case.name, mistakes("", &case.mistakes, style))
}

fn mistakes(heading: &str, mistakes: &[KnownMistake], style: TextStyle) -> String {
    if mistakes.is_empty() {
        return String::new();
    }
    let item = |mistake: &KnownMistake| {
        let text =
            wrap(&format!("{}: {}", mistake.name, mistake.sentence()), style.width, "        ");
        format!("      - {}", text.trim_start())
    };
    format!("{heading}{}", mistakes.iter().map(item).collect::<String>())
}
