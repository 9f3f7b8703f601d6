//! Exports a complete, freshly generated students' workspace to a separate folder.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::ReleaseTree;
use super::drift::{left_over_folders, slugs};
use super::errors::ReleaseErrors;
use super::leaks::leaks;
use super::module::{files, read};
use super::workspace::assignments;
use super::write::{put, remove};
use crate::located::LocatedProblem;

/// File that lists the exported files with their hashes. A later export uses it to recognise its
/// own files.
const RECORD: &str = ".course-export";

/// Writes a self-contained students' workspace to `out` and returns its paths. Generated files are
/// generated anew; given files are copied from `assignments/`.
///
/// `out` must be new, empty, or an earlier export whose files are unchanged, so that a student's
/// work is never overwritten. Files that are already correct keep their modification time. If an
/// answer would leak, nothing is written.
pub fn export(root: &Path, out: &Path) -> Result<Vec<PathBuf>, ReleaseErrors> {
    let leaks = leaks(root)?;
    if !leaks.is_empty() {
        let problems: Vec<LocatedProblem> =
            leaks.iter().map(super::leaks::SecretLeak::problem).collect();
        return Err(problems.into());
    }
    let mut tree = given(root)?;
    tree.extend(assignments(root)?);
    for old in former(out)? {
        if !tree.contains_key(&old) {
            remove(out, &old)?;
        }
    }
    for (path, bytes) in &tree {
        put(&out.join(path), bytes)?;
    }
    put(&out.join(RECORD), record(&tree).as_bytes())?;
    Ok(tree.into_keys().collect())
}

/// The files students receive unchanged: everything in `assignments/` except modules and build
/// output.
fn given(root: &Path) -> Result<ReleaseTree, ReleaseErrors> {
    let folder = root.join("assignments");
    let mut others: Vec<PathBuf> = slugs(root)?.into_iter().map(PathBuf::from).collect();
    others.extend(left_over_folders(root)?);
    let mut tree = ReleaseTree::new();
    for path in files(&folder)? {
        if !others.iter().any(|other| path.starts_with(other)) {
            let bytes = read(&folder.join(&path))?;
            tree.insert(path, bytes);
        }
    }
    Ok(tree)
}

/// The files of an earlier export in `out`. Any other or changed file in `out` is an error.
fn former(out: &Path) -> Result<Vec<PathBuf>, ReleaseErrors> {
    let is_empty = match std::fs::read_dir(out) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => true,
        Err(error) => return Err(ReleaseErrors::io(out, "be looked into", &error)),
    };
    if is_empty {
        return Ok(Vec::new());
    }
    let shown = out.display().to_string();
    let Ok(record) = std::fs::read_to_string(out.join(RECORD)) else {
        let problem = LocatedProblem::whole_file(
            shown,
            "the folder is not empty and is not an earlier export",
        );
        return Err(problem.help("choose a new folder").into());
    };
    let written: BTreeMap<PathBuf, &str> = record
        .lines()
        .filter_map(|line| line.split_once("  "))
        .map(|(hash, path)| (PathBuf::from(path), hash))
        .collect();
    let problems: Vec<LocatedProblem> = changed(out, &written)?
        .into_iter()
        .map(|path| {
            LocatedProblem::whole_file(
                out.join(path).display().to_string(),
                "new or changed since the export, so this folder is in use",
            )
            .help("choose a new folder, or delete this one yourself")
        })
        .collect();
    ReleaseErrors::unless_clean(written.into_keys().collect(), problems)
}

/// Files in `out` that the export did not write, or that have changed since.
fn changed(out: &Path, written: &BTreeMap<PathBuf, &str>) -> Result<Vec<PathBuf>, ReleaseErrors> {
    let mut changed = Vec::new();
    for path in files(out)? {
        // Cargo updates its lock file automatically; it contains no one's work.
        if path == Path::new("Cargo.lock") {
            continue;
        }
        let hash = blake3::hash(&read(&out.join(&path))?).to_hex();
        if written.get(&path) != Some(&hash.as_str()) {
            changed.push(path);
        }
    }
    Ok(changed)
}

fn record(tree: &ReleaseTree) -> String {
    let mut text = String::new();
    for (path, bytes) in tree {
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "{}  {}", blake3::hash(bytes).to_hex(), path.display());
    }
    text
}
