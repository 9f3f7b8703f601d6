//! The plumbing of each module, in lines of code: what has to be written beside reference, cases and oracle.
//!
//! A line counts unless it is blank or only a comment. The process fails when a module has more than [`LIMIT`] lines and
//! more than [`PER_TASK`] for each of its tasks.
//!
//! `cargo run -p regression --example plumbing`

use grader_judge::Module;
use regression::{modules, root};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// As many lines may a module take,
const LIMIT: usize = 300;

/// or as many for each of its tasks: a module of ten tasks says more than one of six.
const PER_TASK: usize = 67;

/// Below `grading/`: the cases, and what knows their answers.
const CASES: [&str; 4] = ["cases", "oracle", "snapshots", "tests"];

/// Below `grading/`, counted beside: timed cases with the kernels that they measure, and the work that cases run under
/// a student's profiler.
const BESIDE: [&str; 4] = ["timed.rs", "timed", "kernels.rs", "driver/workloads.rs"];

/// Code for all modules.
const SHARED: [&str; 2] = ["grader/contract/src", "solutions/data/src"];

fn main() -> ExitCode {
    println!("{:<14} {:>8} {:>5} {:>17}", "module", "plumbing", "files", "timed, workloads");
    let mut is_over = false;
    for module in modules() {
        let folder = root().join("solutions").join(&module.slug).join("grading");
        let count = Count::of(&folder);
        let Count { plumbing, files, beside } = count;
        println!("{:<14} {plumbing:>8} {files:>5} {beside:>17}", module.slug);
        let tasks = Module::named(grader::MODULES, &module.slug).map_or(0, |of| of.tasks.len());
        is_over |= plumbing > LIMIT.max(PER_TASK * tasks);
    }
    for folder in SHARED {
        let lines: usize = sources(&root().join(folder)).iter().map(|file| code_lines(file)).sum();
        println!("for all modules: {folder} {lines}");
    }
    if is_over {
        eprintln!(
            "a module has more than {LIMIT} lines of plumbing, and more than {PER_TASK} a task"
        );
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// What was counted in one module.
#[derive(Default)]
struct Count {
    plumbing: usize,
    files: usize,
    beside: usize,
}

impl Count {
    fn of(grading: &Path) -> Self {
        let mut count = Self::default();
        for file in sources(grading) {
            let name = file.strip_prefix(grading).unwrap_or(&file);
            let is_in = |parts: &[&str]| parts.iter().any(|part| name.starts_with(part));
            let lines = code_lines(&file);
            if is_in(&BESIDE) {
                count.beside += lines;
            } else if !is_in(&CASES) || name == Path::new("cases/mod.rs") {
                count.plumbing += lines;
                count.files += 1;
            }
        }
        count
    }
}

/// The Rust files below a folder.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries =
        fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.expect("an entry of a folder").path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

fn code_lines(file: &Path) -> usize {
    let text =
        fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let lines = text.lines().map(str::trim);
    lines.filter(|line| !line.is_empty() && !line.starts_with("//")).count()
}
