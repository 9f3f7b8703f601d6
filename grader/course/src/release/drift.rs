//! Checks whether `assignments/` matches what `solutions/` generates.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};

use super::ReleaseTree;
use super::errors::ReleaseErrors;
use super::module::{files, read};
use super::workspace::assignments;
use crate::config::Course;

/// Differences between `assignments/` and what would be generated now; empty if there are none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandoutDrift {
    /// One entry per file (or left-over folder), sorted by path.
    pub entries: Vec<DriftEntry>,
}

/// One file that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriftEntry {
    /// Path inside `assignments/`.
    pub path: PathBuf,
    /// What is wrong with it.
    pub kind: DriftKind,
}

/// How a file differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DriftKind {
    /// The file would be generated but does not exist.
    Missing,
    /// The file exists but would not be generated.
    Extra,
    /// Its content differs.
    Stale {
        /// The first lines that differ: `-` for the present text, `+` for the expected text.
        diff: String,
    },
}

impl HandoutDrift {
    /// Whether there are no differences.
    pub fn is_fresh(&self) -> bool {
        self.entries.is_empty()
    }
}

impl fmt::Display for HandoutDrift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for entry in &self.entries {
            let path = entry.path.display();
            match &entry.kind {
                DriftKind::Missing => writeln!(f, "missing  assignments/{path}")?,
                DriftKind::Extra => writeln!(f, "extra    assignments/{path}")?,
                DriftKind::Stale { diff } => writeln!(f, "stale    assignments/{path}\n{diff}")?,
            }
        }
        Ok(())
    }
}

/// Compares `assignments/` with what would be generated. Writes nothing.
pub fn check(root: &Path) -> Result<HandoutDrift, ReleaseErrors> {
    let expected = assignments(root)?;
    let folder = root.join("assignments");
    let mut entries = Vec::new();
    for (path, bytes) in &expected {
        let kind = match std::fs::read(folder.join(path)) {
            Ok(found) if found == *bytes => continue,
            Ok(found) => DriftKind::Stale { diff: short_diff(&found, bytes) },
            Err(_) => DriftKind::Missing,
        };
        entries.push(DriftEntry { path: path.clone(), kind });
    }
    let left_over = left_over_files(root, &expected)?.into_iter().chain(left_over_folders(root)?);
    entries.extend(left_over.map(|path| DriftEntry { path, kind: DriftKind::Extra }));
    entries.extend(stale_lock(root)?);
    entries.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(HandoutDrift { entries })
}

/// Files in the folders of the course's modules that would not be generated.
pub(super) fn left_over_files(
    root: &Path,
    expected: &ReleaseTree,
) -> Result<Vec<PathBuf>, ReleaseErrors> {
    let mut found = Vec::new();
    for slug in slugs(root)? {
        let folder = root.join("assignments").join(&slug);
        if folder.is_dir() {
            let paths = files(&folder)?.into_iter().map(|path| Path::new(&slug).join(path));
            found.extend(paths.filter(|path| !expected.contains_key(path)));
        }
    }
    Ok(found)
}

/// Packages in `assignments/` that are neither the foundation nor a module of the course. They
/// are reported but never deleted, because they may be someone's work.
pub(super) fn left_over_folders(root: &Path) -> Result<Vec<PathBuf>, ReleaseErrors> {
    let known: BTreeSet<String> = packages(root)?.into_iter().collect();
    let folder = root.join("assignments");
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let is_manifest =
        |path: &PathBuf| path.components().count() == 2 && path.ends_with("Cargo.toml");
    let packages = files(&folder)?.into_iter().filter(is_manifest);
    let names = packages.filter_map(|path| path.parent().map(Path::to_owned));
    Ok(names.filter(|name| !known.contains(&*name.to_string_lossy())).collect())
}

/// The slugs of the course's modules.
pub(super) fn slugs(root: &Path) -> Result<Vec<String>, ReleaseErrors> {
    let course = Course::load(&root.join("config"))?;
    Ok(course.modules.into_iter().map(|module| module.slug).collect())
}

/// The packages of the students' workspace.
fn packages(root: &Path) -> Result<Vec<String>, ReleaseErrors> {
    let course = Course::load(&root.join("config"))?;
    Ok(course.packages().map(str::to_owned).collect())
}

/// Reports a committed lock file that lacks a workspace member. The students' first build would
/// change it.
fn stale_lock(root: &Path) -> Result<Option<DriftEntry>, ReleaseErrors> {
    let path = root.join("assignments/Cargo.lock");
    if !path.is_file() {
        return Ok(None);
    }
    let lock = String::from_utf8_lossy(&read(&path)?).into_owned();
    let unknown =
        packages(root)?.into_iter().filter(|name| !lock.contains(&format!("name = \"{name}\"\n")));
    let lines: Vec<String> = unknown
        .map(|name| {
            format!("  + [[package]] name = \"{name}\" (run `cargo metadata` in assignments/)")
        })
        .collect();
    let diff = lines.join("\n");
    let entry = DriftEntry { path: "Cargo.lock".into(), kind: DriftKind::Stale { diff } };
    Ok((!lines.is_empty()).then_some(entry))
}

/// The first few differing lines, preceded by the number of the first.
fn short_diff(found: &[u8], wanted: &[u8]) -> String {
    const SHOWN: usize = 4;
    let (Ok(found), Ok(wanted)) = (std::str::from_utf8(found), std::str::from_utf8(wanted)) else {
        return format!("  {} bytes as it is, {} as it should be", found.len(), wanted.len());
    };
    let found: Vec<&str> = found.lines().collect();
    let wanted: Vec<&str> = wanted.lines().collect();
    let same =
        |pairs: &mut dyn Iterator<Item = (&&str, &&str)>| pairs.take_while(|(a, b)| a == b).count();
    let head = same(&mut found.iter().zip(&wanted));
    let rest = found.len().min(wanted.len()) - head;
    let tail = same(&mut found.iter().rev().zip(wanted.iter().rev())).min(rest);
    let mut lines = vec![format!("  line {}:", head + 1)];
    for (sign, side) in [('-', &found), ('+', &wanted)] {
        let differing = &side[head..side.len() - tail];
        lines.extend(differing.iter().take(SHOWN).map(|line| format!("  {sign} {line}")));
        if differing.len() > SHOWN {
            lines.push(format!("  {sign} ... {} more", differing.len() - SHOWN));
        }
    }
    if lines.len() == 1 {
        lines.push("  only line breaks differ".to_owned());
    }
    lines.join("\n")
}
