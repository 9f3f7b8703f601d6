//! `grader doctor`: what is missing on this machine, and how to fix it.

mod attack;
mod tries;

use crate::args::{ClassFormat, DoctorOptions, GraderArguments};
use crate::course::{OpenCourse, rendered};
use crate::exit::{CommandFailure, ExitKind, Result};
use crate::stdout::outln;
use crate::style;
use grader_course::config::{Rubric, TaskRubric};
use grader_course::located::LocatedProblem;
use grader_course::release;
use grader_judge::Module;
use grader_pipeline::{CheckedModule, Toolchain, cache_folder, check_course};
use grader_sandbox::{ProbeOptions, Sandbox};
use owo_colors::{OwoColorize, Style as Paint};
use serde::Serialize;
use std::path::Path;

/// Less than this and a class run may fill the disk.
const FREE_BYTES: u64 = 2 << 30;

/// One thing that was looked at.
#[derive(Debug, Serialize)]
struct DoctorCheck {
    name: String,
    state: CheckState,
    detail: String,
    /// How to fix it; empty when there is nothing to fix.
    mend: String,
    /// The mistakes in files, each with its place.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    mistakes: Vec<CourseMistake>,
}

/// A mistake in a file of the course.
#[derive(Debug, Serialize)]
struct CourseMistake {
    /// `FILE:LINE:COLUMN: what is wrong`.
    text: String,
    /// What to do next.
    help: Option<String>,
    #[serde(skip)]
    problem: LocatedProblem,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum CheckState {
    Good,
    /// Works, but less well than it could.
    Weak,
    /// Grading is not possible.
    Missing,
}

/// Looks at everything that grading needs.
pub fn run(
    modules: &'static [Module],
    arguments: &GraderArguments,
    options: &DoctorOptions,
) -> Result<ExitKind> {
    if options.attack {
        return attack::run(arguments, options);
    }
    let course = OpenCourse::open(arguments, modules)?;
    let mut findings = vec![toolchain()];
    findings.extend(sandbox());
    findings.push(disk("temporary folder", &std::env::temp_dir()));
    findings.push(disk("cache", &cache_folder(&course.root)));
    findings.extend(configuration(&course));
    findings.push(assignments(&course.root));
    match options.print.format {
        ClassFormat::Json => {
            outln!("{}\n", serde_json::to_string_pretty(&findings).map_err(CommandFailure::ours)?);
        }
        ClassFormat::Text => show(&findings, style::stdout(arguments.color).colour)?,
    }
    let missing = findings.iter().any(|finding| finding.state == CheckState::Missing);
    Ok(if missing { ExitKind::Findings } else { ExitKind::Done })
}

fn show(findings: &[DoctorCheck], colour: bool) -> Result<()> {
    let widest = findings.iter().map(|finding| finding.name.len()).max().unwrap_or(0);
    for finding in findings {
        let (word, paint) = match finding.state {
            CheckState::Good => ("ok     ", Paint::new().green()),
            CheckState::Weak => ("weak   ", Paint::new().yellow()),
            CheckState::Missing => ("missing", Paint::new().red().bold()),
        };
        let word = if colour { word.style(paint).to_string() } else { word.to_owned() };
        outln!("{word}  {:widest$}  {}\n", finding.name, finding.detail);
        if !finding.mend.is_empty() {
            outln!("         {:widest$}  -> {}\n", "", finding.mend);
        }
    }
    for mistake in findings.iter().flat_map(|finding| &finding.mistakes) {
        outln!("\n{}", rendered(&mistake.problem));
    }
    Ok(())
}

#[expect(clippy::needless_pass_by_value, reason = "reads better where texts and errors are mixed")]
fn finding(
    name: &str,
    state: CheckState,
    detail: impl ToString,
    mend: impl ToString,
) -> DoctorCheck {
    DoctorCheck {
        name: name.into(),
        state,
        detail: detail.to_string(),
        mend: mend.to_string(),
        mistakes: Vec::new(),
    }
}

/// A file with mistakes, which are listed below all findings.
fn mistaken(name: &str, detail: impl ToString, problems: &[LocatedProblem]) -> DoctorCheck {
    let mistake = |problem: &LocatedProblem| CourseMistake {
        text: problem.to_string(),
        help: problem.help.clone(),
        problem: problem.clone(),
    };
    let mistakes = problems.iter().map(mistake).collect();
    DoctorCheck {
        mistakes,
        ..finding(name, CheckState::Missing, detail, "fix what is listed below")
    }
}

fn toolchain() -> DoctorCheck {
    match Toolchain::find() {
        Ok(found) => {
            let detail = format!("{}; links with {}", found.version(), found.linker.display());
            finding("toolchain", CheckState::Good, detail, "")
        }
        Err(fault) => finding("toolchain", CheckState::Missing, fault, ""),
    }
}

fn sandbox() -> Vec<DoctorCheck> {
    match Sandbox::probe(ProbeOptions::default()) {
        Err(unavailable) => vec![finding("sandbox", CheckState::Missing, unavailable, "")],
        Ok(sandbox) => {
            let all = sandbox.layers().iter().all(|layer| layer.available);
            let state = if all { CheckState::Good } else { CheckState::Weak };
            let mut findings = vec![finding("sandbox", state, sandbox.level(), "")];
            findings.extend(sandbox.layers().iter().map(|layer| {
                let state = if layer.available { CheckState::Good } else { CheckState::Weak };
                let mend = layer.fix.as_deref().unwrap_or_default();
                finding(&format!("  {}", layer.layer.name()), state, &layer.detail, mend)
            }));
            findings
        }
    }
}

/// Free space where `folder` is, or will be.
fn disk(name: &str, folder: &Path) -> DoctorCheck {
    let existing = folder.ancestors().find(|folder| folder.exists()).unwrap_or(Path::new("/"));
    let place = format!("in {}", existing.display());
    match rustix::fs::statvfs(existing) {
        Err(error) => finding(name, CheckState::Weak, format!("{place}: {error}"), ""),
        Ok(stat) => {
            let free = stat.f_bavail.saturating_mul(stat.f_frsize);
            let detail = format!("{:.1} GB free {place}", free as f64 / 1e9);
            if free >= FREE_BYTES {
                finding(name, CheckState::Good, detail, "")
            } else {
                let mend = "free some space, or point TMPDIR or GRADER_CACHE elsewhere";
                finding(name, CheckState::Missing, detail, mend)
            }
        }
    }
}

fn configuration(course: &OpenCourse) -> Vec<DoctorCheck> {
    let checked = check_course(&course.root, course.modules);
    checked.modules.iter().flat_map(|(slug, module)| configuration_of(slug, module)).collect()
}

fn configuration_of(slug: &str, module: &CheckedModule) -> Vec<DoctorCheck> {
    let name = format!("config of {slug}");
    let rubric = match &module.rubric {
        Ok(rubric) => rubric,
        Err(errors) => return vec![mistaken(&name, errors, errors.problems())],
    };
    let Some(Ok(suite)) = &module.suite else {
        let advice = "build the grader again: `cargo build -p grader`";
        return vec![finding(&name, CheckState::Missing, "no hidden cases in this grader", advice)];
    };
    let cases = suite.names().filter(|(task, case)| !rubric.leaves_out(task, case)).count();
    let points = rubric.points();
    let tasks = rubric.tasks.len();
    let detail = format!("{points} points, {tasks} tasks, {cases} hidden cases");
    let mut findings = vec![finding(&name, CheckState::Good, detail, "")];
    findings.extend(rubric.dropped.iter().map(|task| dropped(rubric, task)));
    findings
}

/// A task that is not part of this term; worth a look where another one uses its work.
fn dropped(rubric: &Rubric, task: &TaskRubric) -> DoctorCheck {
    let name = format!("  {}", task.id);
    if rubric.not_handed_out().contains(&task) {
        return finding(&name, CheckState::Good, "dropped: not handed out, not graded", "");
    }
    let others = rubric.handed_out().into_iter().filter(|other| other.needs.contains(&task.id));
    let others: Vec<&str> = others.map(|other| other.id.as_str()).collect();
    let others = others.join(", ");
    let detail = format!("dropped: not graded, but handed out, because {others} needs it");
    let advice = format!("drop {others} as well, or leave it so: students write it without points");
    finding(&name, CheckState::Weak, detail, advice)
}

fn assignments(root: &Path) -> DoctorCheck {
    match release::check(root) {
        Ok(drift) if drift.is_fresh() => finding("assignments", CheckState::Good, "up to date", ""),
        Ok(drift) => {
            let detail = format!("{} files are stale", drift.entries.len());
            finding("assignments", CheckState::Weak, detail, "run `grader release`")
        }
        Err(errors) => mistaken("assignments", &errors, errors.problems()),
    }
}
