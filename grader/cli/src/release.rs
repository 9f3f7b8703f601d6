//! `grader release`: from the solutions to what students get.

use crate::args::{GraderArguments, ReleaseOptions};
use crate::course::{OpenCourse, bad_config, rendered};
use crate::exit::{CommandFailure, ExitKind, Result};
use crate::stdout::outln;
use grader_course::config::ConfigErrors;
use grader_course::located::LocatedProblem;
use grader_course::release::{self, ReleaseErrors};
use grader_judge::Module;
use grader_pipeline::check_course;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output};

/// Writes, checks or exports the assignments.
pub fn run(
    modules: &'static [Module],
    arguments: &GraderArguments,
    options: &ReleaseOptions,
) -> Result<ExitKind> {
    let root = OpenCourse::open(arguments, modules)?.root;
    refuse_mistakes(&root, modules)?;
    match &options.out {
        _ if options.check => check(&root),
        Some(out) => export(&root, out),
        None => write(&root),
    }
}

/// Before anything is written: all mistakes of the configuration, which `grade` would refuse as well, and all
/// that keeps the students' files from being made.
fn refuse_mistakes(root: &Path, modules: &[Module]) -> Result<()> {
    let config = check_course(root, modules).mistakes();
    let made = release::assignments(root).err();
    let mut problems: Vec<LocatedProblem> =
        config.iter().flat_map(ConfigErrors::problems).cloned().collect();
    let known: BTreeSet<String> = problems.iter().map(ToString::to_string).collect();
    let made = made.iter().flat_map(ReleaseErrors::problems);
    let more: Vec<LocatedProblem> =
        made.filter(|problem| !known.contains(&problem.to_string())).cloned().collect();
    match config {
        None if more.is_empty() => Ok(()),
        Some(config) if more.is_empty() => Err(bad_config(&config)),
        _ => {
            problems.extend(more);
            Err(CommandFailure::bad_input(rendered(&ReleaseErrors::from(problems))))
        }
    }
}

fn write(root: &Path) -> Result<ExitKind> {
    let written =
        release::write(root).map_err(|error| CommandFailure::bad_input(rendered(&error)))?;
    for path in &written.changed {
        outln!("written  assignments/{}\n", path.display());
    }
    for path in &written.removed {
        outln!("removed  assignments/{}\n", path.display());
    }
    let locked = update_lock(root)?;
    if locked {
        outln!("written  assignments/Cargo.lock\n");
    }
    if written.changed.is_empty() && written.removed.is_empty() && !locked {
        outln!("assignments/ was up to date\n");
    }
    refuse_leaks(root)
}

/// The lock file is cargo's own, and does not know a new module yet. Says whether it changed.
fn update_lock(root: &Path) -> Result<bool> {
    let drift =
        release::check(root).map_err(|error| CommandFailure::bad_input(rendered(&error)))?;
    if drift.is_fresh() {
        return Ok(false);
    }
    // Without the network if that is possible: only new dependencies need it.
    let mut output = cargo_metadata(root, &["--offline"])?;
    if !output.status.success() {
        output = cargo_metadata(root, &[])?;
    }
    if output.status.success() {
        return Ok(true);
    }
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(CommandFailure::bad_input(format!("cargo cannot update assignments/Cargo.lock:\n{stderr}")))
}

fn cargo_metadata(root: &Path, options: &[&str]) -> Result<Output> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["metadata", "--format-version", "1"]).args(options);
    cargo.current_dir(root.join("assignments")).output().map_err(|error| {
        CommandFailure::ours(format!(
            "cargo cannot be run to update assignments/Cargo.lock: {error}"
        ))
    })
}

fn check(root: &Path) -> Result<ExitKind> {
    let drift =
        release::check(root).map_err(|error| CommandFailure::bad_input(rendered(&error)))?;
    if !drift.is_fresh() {
        outln!("{drift}assignments/ is stale: run `grader release` and commit what it writes\n");
        refuse_leaks(root)?;
        return Ok(ExitKind::Findings);
    }
    let exit = refuse_leaks(root)?;
    if exit == ExitKind::Done {
        outln!("assignments/ is up to date and holds no answer\n");
    }
    Ok(exit)
}

fn refuse_leaks(root: &Path) -> Result<ExitKind> {
    let leaks =
        release::leaks(root).map_err(|error| CommandFailure::bad_input(rendered(&error)))?;
    for leak in &leaks {
        let place = format!("assignments/{}:{}", leak.file.display(), leak.line);
        outln!("leaked   {place}: `{}` ({})\n", leak.text, leak.origin);
    }
    Ok(if leaks.is_empty() { ExitKind::Done } else { ExitKind::Findings })
}

fn export(root: &Path, out: &Path) -> Result<ExitKind> {
    let files =
        release::export(root, out).map_err(|error| CommandFailure::bad_input(rendered(&error)))?;
    outln!("{} files in {}\n", files.len(), out.display());
    outln!("Students start with README.md there; `cargo test` fails at first, as it should.\n");
    Ok(ExitKind::Done)
}
