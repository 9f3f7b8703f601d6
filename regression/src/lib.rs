//! Shared setup of the regression suites: the course, opened once per process, and functions that
//! grade arbitrary submissions.
//!
//! The suites run the real pipeline, including the sandbox. If no sandbox is available they fail
//! with the doctor's advice, because a skipped test protects nothing.

pub mod attack;
pub mod beside;
pub mod chain;
pub mod edited;
pub mod expectation;
pub mod memory;
mod points;
pub mod processes;
pub mod proof;
pub mod recompute;
pub mod refactoring;
pub mod sharing;
pub mod std_calls;

pub use grader_course::variant;

use grader_course::config::{Course, CourseModule};
use grader_model::{CaseResult, Grade, Outcome};
use grader_pipeline::collect;
use grader_pipeline::{Grader, GraderOptions, MeasureScope};
use grader_sandbox::ProbeOptions;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;

/// The course's root folder.
///
/// # Panics
/// If this crate has been moved out of the course.
pub fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    root.canonicalize().expect("the course's root")
}

/// The course's configuration.
///
/// # Panics
/// If the configuration has a mistake.
pub fn course() -> &'static Course {
    static COURSE: OnceLock<Course> = OnceLock::new();
    COURSE.get_or_init(|| Course::load(&root().join("config")).expect("a course without mistakes"))
}

/// The modules of the course. A suite that iterates over them needs no edit for a new module.
pub fn modules() -> impl Iterator<Item = &'static CourseModule> {
    course().modules.iter()
}

/// The grader of a module, opened once.
///
/// # Panics
/// If there is no sandbox or no toolchain, or the course is broken.
pub fn grader(slug: &str) -> &'static Grader {
    static GRADERS: OnceLock<BTreeMap<String, Grader>> = OnceLock::new();
    let open = |module: &CourseModule| (module.slug.clone(), open(module, ProbeOptions::default()));
    &GRADERS.get_or_init(|| modules().map(open).collect())[slug]
}

/// A grader that also measures the given timed cases. [`grader`] leaves all timed cases out: its
/// suites check correctness, and seconds of measuring for each of a hundred variants would add up.
///
/// # Panics
/// Like [`grader`].
pub fn grader_that_times<'a>(slug: &str, cases: impl IntoIterator<Item = &'a str>) -> Grader {
    let timing = MeasureScope::Only(cases.into_iter().map(Into::into).collect());
    Grader { timing, ..grader(slug).clone() }
}

/// A separate grader, with the sandbox requested by `options`.
///
/// # Panics
/// Like [`grader`].
pub fn open(module: &CourseModule, options: ProbeOptions) -> Grader {
    let root = root();
    let options = GraderOptions {
        sandbox: options,
        measuring: MeasureScope::nothing(),
        announce: &|what| eprintln!("{what}"),
        scoring: points::of_models,
        ..GraderOptions::of(&root, course(), grader::MODULES)
    };
    Grader::open(module, options).unwrap_or_else(|error| panic!("{error}"))
}

/// Grades the folder or archive at `path`, with inputs drawn from `seed`.
///
/// # Panics
/// If there is nothing at `path`.
pub fn grade(slug: &str, path: &Path, seed: u64) -> Grade {
    grade_with(grader(slug), path, seed)
}

/// Like [`grade`], with a given grader.
///
/// # Panics
/// If there is nothing at `path`.
pub fn grade_with(grader: &Grader, path: &Path, seed: u64) -> Grade {
    let found = collect::single(path).unwrap_or_else(|error| panic!("{error}"));
    let never = AtomicBool::new(false);
    grader.grade(grader.collect(&found), seed, &never).expect("nobody stopped it")
}

/// A modifiable copy of `from/src`, as a separate submission.
///
/// # Panics
/// If it cannot be copied.
pub fn copy_of(from: &Path) -> tempfile::TempDir {
    let copy = tempfile::tempdir().expect("a temporary folder");
    copy_tree(&from.join("src"), &copy.path().join("src"));
    copy
}

/// Copies a folder recursively.
///
/// # Panics
/// If something cannot be read or written.
pub fn copy_tree(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a readable folder") {
        let entry = entry.expect("a readable entry");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            copy_tree(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a copy");
        }
    }
}

/// The cases that neither passed nor were skipped.
pub fn failed(grade: &Grade) -> Vec<&CaseResult> {
    let bad = |case: &&CaseResult| !matches!(case.outcome, Outcome::Pass | Outcome::Skipped);
    grade.cases.iter().filter(bad).collect()
}

/// One line for each failed case, for a test's failure message.
pub fn explain(grade: &Grade) -> String {
    let case = |case: &CaseResult| {
        let detail = case.detail.as_ref().map_or("", |detail| detail.for_instructor());
        let message = case.message.as_deref().unwrap_or("");
        format!("  {}: {}: {message} [{detail}]", case.name, case.outcome)
    };
    let mut lines = vec![format!("{:?}, {:?} points", grade.outcome, grade.points)];
    lines.extend(failed(grade).into_iter().map(case));
    lines.extend(
        grade.problems.iter().map(|p| format!("  {:?}:{:?} {}", p.file, p.line, p.message)),
    );
    let fault = grade.fault.iter().map(|fault| format!("  fault: {}", fault.for_instructor()));
    lines.extend(fault);
    lines.join("\n")
}
