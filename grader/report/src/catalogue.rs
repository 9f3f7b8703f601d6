//! The hidden cases of a module, each with the known mistakes that it catches. For instructors: it contains answers.

mod html;
mod markdown;
mod terminal;

pub(crate) use html::page;
pub(crate) use markdown::text as markdown;
pub(crate) use terminal::text as terminal;

use crate::export::Exporter;
use crate::staged::{FileReaders, StagedFiles};
use crate::words::{count, number, points};
use crate::{ReportError, json};
use grader_model::NOT_FOR_STUDENTS;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// The hidden cases of one module.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CaseCatalogue {
    /// The module's slug.
    pub module: String,
    /// The module's title.
    pub title: String,
    /// Its tasks, in the order of the module.
    pub tasks: Vec<CatalogueTask>,
    /// Mistakes that no case of this term catches, because their cases have weight 0 or their task is dropped.
    pub uncaught: Vec<KnownMistake>,
}

/// One task with its cases.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CatalogueTask {
    /// Its identifier.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its points.
    pub points: f64,
    /// Its cases, in the order of their execution.
    pub cases: Vec<CatalogueCase>,
    /// Mistakes that the call audit refuses. No answer shows them, so no case catches them.
    pub audited: Vec<KnownMistake>,
}

/// One hidden case.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CatalogueCase {
    /// Its name.
    pub name: String,
    /// Its claim.
    pub claim: String,
    /// Its weight within the task.
    pub weight: f64,
    /// Its points; `None` if the task's points are not in proportion to the weights.
    pub points: Option<f64>,
    /// The cases that must pass before it runs.
    pub after: Vec<String>,
    /// The required speedup of a timed case.
    pub gate: Option<f64>,
    /// The instructions without which it is left out, such as `VNNI`.
    pub needs: Option<String>,
    /// What students see of it: `message`, `name` or `nothing`.
    pub visibility: String,
    /// The known mistakes that it catches.
    pub mistakes: Vec<KnownMistake>,
}

/// A mistake of students, as a known-wrong variant of the solution.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KnownMistake {
    /// The name of its file in `wrong/`, without extension.
    pub name: String,
    /// The mistake, and who makes it.
    pub story: String,
    /// Whether its answers are right, and only its speed is not.
    pub is_slow: bool,
    /// The library function that it leads to, if the call audit refuses it.
    pub leads_to: Option<String>,
}

impl CaseCatalogue {
    /// Number of all cases.
    pub fn cases(&self) -> usize {
        self.tasks.iter().map(|task| task.cases.len()).sum()
    }

    /// `105 cases, 1 of them catches no known mistake`.
    fn summary(&self) -> String {
        let cases = count(self.cases(), "case");
        let without = |task: &CatalogueTask| {
            task.cases.iter().filter(|case| case.mistakes.is_empty()).count()
        };
        match self.tasks.iter().map(without).sum::<usize>() {
            0 => format!("{cases}, each with at least one known mistake that it catches"),
            1 => format!("{cases}; 1 of them catches no known mistake"),
            some => format!("{cases}; {some} of them catch no known mistake"),
        }
    }
}

impl CatalogueCase {
    /// `weight 3 · 1.5 points · at least 5x as fast · students see its name only`.
    fn facts(&self) -> Vec<String> {
        let worth = self.points.map(|worth| {
            let unit = if points(worth) == "1" { "point" } else { "points" };
            format!("{} {unit}", points(worth))
        });
        let gate = self.gate.map(|gate| format!("required {}x", number(gate)));
        let needs =
            self.needs.as_ref().map(|needs| format!("only where the processor has {needs}"));
        let visibility = match self.visibility.as_str() {
            "name" => Some("students see its name only".to_owned()),
            "nothing" => Some("students do not see it".to_owned()),
            _ => None,
        };
        let weight = Some(format!("weight {}", number(self.weight)));
        [weight, worth, gate, needs, visibility].into_iter().flatten().collect()
    }
}

impl KnownMistake {
    /// The story, and what is special about the mistake.
    fn sentence(&self) -> String {
        let slow = if self.is_slow { " (The answers are right, but too slow.)" } else { "" };
        let target = self.leads_to.as_ref().map(|target| format!(" (Leads to `{target}`.)"));
        format!("{}{slow}{}", self.story, target.unwrap_or_default())
    }
}

/// The warning at the top of each format.
const WARNING: &str =
    "This page shows hidden cases and wrong solutions. Keep it away from students.";

/// The document for programs: `grader/cases/v1`.
#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    readers: &'static str,
    #[serde(flatten)]
    catalogue: &'a CaseCatalogue,
}

/// The catalogue as JSON.
pub(crate) fn json(catalogue: &CaseCatalogue) -> String {
    json::document(&Document { schema: "grader/cases/v1", readers: NOT_FOR_STUDENTS, catalogue })
        + "\n"
}

/// Writes `<module>-cases.<extension>` into the folder `out`, readable by its owner alone.
///
/// # Errors
/// The file cannot be written.
pub fn write_catalogue(
    out: &Path,
    exporter: &dyn Exporter,
    catalogue: &CaseCatalogue,
) -> Result<PathBuf, ReportError> {
    let mut files = StagedFiles::in_folder(out)?;
    let name = format!("{}-cases.{}", catalogue.module, exporter.extension());
    files.write(&name, &exporter.catalogue(catalogue), FileReaders::Owner)?;
    files.publish()?;
    Ok(out.join(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::html::HtmlExporter;
    use crate::json::JsonExporter;
    use crate::markdown::MarkdownExporter;
    use crate::terminal::{TerminalExporter, TextStyle};

    fn mistake(name: &str) -> KnownMistake {
        KnownMistake {
            name: name.into(),
            story: format!("The story of {name}: 1 < 2."),
            is_slow: name == "slow",
            leads_to: (name == "library").then(|| "lib::dot".into()),
        }
    }

    fn catalogue() -> CaseCatalogue {
        let case = CatalogueCase {
            name: "sums_any_list".into(),
            claim: "A list of any length has a sum.".into(),
            weight: 3.0,
            points: Some(1.5),
            after: vec!["sums_one_number".into()],
            gate: Some(4.0),
            needs: Some("VNNI".into()),
            visibility: "name".into(),
            mistakes: vec![mistake("off_by_one"), mistake("slow")],
        };
        let first = CatalogueCase {
            name: "sums_one_number".into(),
            after: vec![],
            gate: None,
            needs: None,
            mistakes: vec![],
            ..case.clone()
        };
        CaseCatalogue {
            module: "sums".into(),
            title: "Sums".into(),
            tasks: vec![CatalogueTask {
                id: "sum".into(),
                title: "Task 1: sum".into(),
                points: 10.0,
                cases: vec![first, case],
                audited: vec![mistake("library")],
            }],
            uncaught: vec![mistake("of_a_dropped_case")],
        }
    }

    #[test]
    fn each_format_joins_cases_and_mistakes_and_is_marked() {
        let terminal = TerminalExporter(TextStyle { width: 200, ..TextStyle::default() });
        let exporters: [&dyn Exporter; 4] =
            [&HtmlExporter, &MarkdownExporter, &JsonExporter, &terminal];
        for exporter in exporters {
            let text = exporter.catalogue(&catalogue()).replace('\\', "");
            let format = exporter.extension();
            assert!(text.contains(NOT_FOR_STUDENTS), "{format}");
            for words in [
                "sums_any_list",
                "sums_one_number",
                "A list of any length has a sum.",
                "The story of off_by_one",
                "The story of slow",
                "The story of library",
                "lib",
                "The story of of_a_dropped_case",
            ] {
                assert!(text.contains(words), "{format} lacks {words:?}:\n{text}");
            }
            if format != "json" {
                for words in ["required 4x", "has VNNI", "1.5 points", "its name only", "too slow"]
                {
                    assert!(text.contains(words), "{format} lacks {words:?}:\n{text}");
                }
                assert!(text.contains("2 cases; 1 of them catches no known mistake"), "{text}");
            }
        }
        assert!(!HtmlExporter.catalogue(&catalogue()).contains("1 < 2"), "text is escaped");
    }
}
