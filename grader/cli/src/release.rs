//! `grader release`: from the solutions to what students get.

use crate::args::{Arguments, ReleaseOptions};
use crate::course::{OpenCourse, rendered};
use crate::exit::{Exit, Failure, Result};
use crate::say::say;
use grader_course::release;
use std::path::Path;

/// Writes, checks or exports the assignments.
pub fn run(arguments: &Arguments, options: &ReleaseOptions) -> Result<Exit> {
    let root = OpenCourse::open(arguments)?.root;
    match &options.out {
        _ if options.check => check(&root),
        Some(out) => export(&root, out),
        None => write(&root),
    }
}

fn write(root: &Path) -> Result<Exit> {
    let written = release::write(root).map_err(|error| Failure::bad_input(rendered(&error)))?;
    for path in &written.changed {
        say!("written  assignments/{}\n", path.display());
    }
    for path in &written.removed {
        say!("removed  assignments/{}\n", path.display());
    }
    if written.changed.is_empty() && written.removed.is_empty() {
        say!("assignments/ was up to date\n");
    }
    refuse_leaks(root)
}

fn check(root: &Path) -> Result<Exit> {
    let drift = release::check(root).map_err(|error| Failure::bad_input(rendered(&error)))?;
    if !drift.is_fresh() {
        say!("{drift}assignments/ is stale: run `grader release` and commit what it writes\n");
        refuse_leaks(root)?;
        return Ok(Exit::Findings);
    }
    let exit = refuse_leaks(root)?;
    if exit == Exit::Done {
        say!("assignments/ is up to date and holds no answer\n");
    }
    Ok(exit)
}

fn refuse_leaks(root: &Path) -> Result<Exit> {
    let leaks = release::leaks(root).map_err(|error| Failure::bad_input(rendered(&error)))?;
    for leak in &leaks {
        let place = format!("assignments/{}:{}", leak.file.display(), leak.line);
        say!("leaked   {place}: `{}` ({})\n", leak.text, leak.origin);
    }
    Ok(if leaks.is_empty() { Exit::Done } else { Exit::Findings })
}

fn export(root: &Path, out: &Path) -> Result<Exit> {
    let files = release::export(root, out).map_err(|error| Failure::bad_input(rendered(&error)))?;
    say!("{} files in {}\n", files.len(), out.display());
    say!("Students start with README.md there; `cargo test` fails at first, as it should.\n");
    Ok(Exit::Done)
}
