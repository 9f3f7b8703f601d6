//! Searches the students' files for answers.
//!
//! Secret lines are the lines of solution and instructor regions, and every line in `grading/` and
//! `wrong/`. Lines are compared without indentation, comment signs and Markdown quoting. An equal
//! line is not a leak in these cases:
//!
//! - Short lines (fewer than 12 characters or 6 letters and digits), imports and attributes reveal
//!   nothing.
//! - A line that also occurs outside of regions in the solution's `src/` is given to students
//!   anyway.
//! - A line that also occurs in its other Rust files (visible tests, examples) is an idiom. Three
//!   secret lines in a row are a leak.
//! - In files not generated from this solution (the foundation, other modules), a few equal lines can
//!   be a coincidence (two lists of the same fields, for example). Three or more in a row, with at
//!   least 120 characters in total, are a leak.
//! - Manifests resemble each other, so their lines are only searched for in the module itself.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use super::drift::slugs;
use super::errors::ReleaseErrors;
use super::markers::phrase_in;
use super::module::{SECRET, files, is_secret, read};
use super::secrets::{LeakStrength, SecretLine, bare, of_module, spaced};
use super::workspace::assignments;
use crate::located::LocatedProblem;

/// The mark of every text that the grader makes for instructors alone, such as `grader cases`.
const NOT_FOR_STUDENTS: &str = "[not for students]";

/// A secret line found in the students' files.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SecretLeak {
    /// The students' file, inside `assignments/`.
    pub file: PathBuf,
    /// 1-based line; 0 if the file should not exist at all.
    pub line: usize,
    /// The leaked line.
    pub text: String,
    /// Location of the secret, like `solutions/sorting/src/merge.rs:42`, or the reason the line
    /// or file is not allowed.
    pub origin: String,
}

impl SecretLeak {
    pub(super) fn problem(&self) -> LocatedProblem {
        let file = format!("assignments/{}", self.file.display());
        let message = format!("line {} would leak `{}` ({})", self.line, self.text, self.origin);
        LocatedProblem::whole_file(file, message).help("take it out of what students get")
    }
}

/// All leaks, sorted by location. Searches `assignments/` as it is on disk and as it would be
/// generated. Cost: one lookup for each line of the students' files; each line of a module's own
/// files is also searched for every long secret line of that module.
pub fn leaks(root: &Path) -> Result<Vec<SecretLeak>, ReleaseErrors> {
    let shipped = shipped(root)?;
    let mut leaks = BTreeSet::new();
    for (path, bytes) in &shipped {
        leaks.extend(secret_folder(path));
        if let Ok(text) = std::str::from_utf8(bytes) {
            leaks.extend(markers(path, text));
        }
    }
    for slug in slugs(root)? {
        let secrets = SecretIndex::new(of_module(root, &slug)?);
        for (path, bytes) in &shipped {
            if let Ok(text) = std::str::from_utf8(bytes) {
                // The workspace's README covers all modules.
                let is_own = path.starts_with(&slug) || path.components().count() == 1;
                leaks.extend(secrets.in_text(path, text, is_own));
            }
        }
    }
    Ok(leaks.into_iter().collect())
}

/// Every file that students have or would receive.
fn shipped(root: &Path) -> Result<Vec<(PathBuf, Vec<u8>)>, ReleaseErrors> {
    let folder = root.join("assignments");
    let mut shipped = Vec::new();
    if folder.is_dir() {
        for path in files(&folder)? {
            let bytes = read(&folder.join(&path))?;
            shipped.push((path, bytes));
        }
    }
    shipped.extend(assignments(root)?);
    Ok(shipped)
}

fn secret_folder(path: &Path) -> Option<SecretLeak> {
    let inside: PathBuf = path.components().skip(1).collect();
    is_secret(&inside).then(|| SecretLeak {
        file: path.to_owned(),
        line: 0,
        text: String::new(),
        origin: format!("folders called {} are never shipped", SECRET.join(" or ")),
    })
}

fn markers<'a>(path: &'a Path, text: &'a str) -> impl Iterator<Item = SecretLeak> + 'a {
    let is_marker = |line: &str| {
        phrase_in(line).is_some()
            || line.trim_start().starts_with("//|")
            || line.contains(NOT_FOR_STUDENTS)
    };
    text.lines().enumerate().filter(move |(_, line)| is_marker(line)).map(|(index, line)| {
        SecretLeak {
            file: path.to_owned(),
            line: index + 1,
            text: line.trim().to_owned(),
            origin: "a mark of the solutions or of a report for instructors".to_owned(),
        }
    })
}

/// The secrets of one module, indexed by normalized text.
struct SecretIndex {
    secrets: Vec<SecretLine>,
    by_text: HashMap<String, Vec<usize>>,
}

impl SecretIndex {
    fn new(secrets: Vec<SecretLine>) -> Self {
        let mut by_text: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, secret) in secrets.iter().enumerate() {
            by_text.entry(secret.text.clone()).or_default().push(index);
        }
        Self { secrets, by_text }
    }

    /// Leaks in one students' file.
    fn in_text(&self, path: &Path, text: &str, is_own: bool) -> Vec<SecretLeak> {
        let is_rust = path.extension().is_some_and(|extension| extension == "rs");
        let mut leaks = Vec::new();
        // For each secret equal to the previous line: the run of equal lines that ends there.
        let mut runs: HashMap<usize, LineRun> = HashMap::new();
        for (index, line) in text.lines().enumerate() {
            let Some(line_text) = bare(line) else { continue };
            let equal = self.by_text.get(&line_text).map_or(&[][..], Vec::as_slice);
            runs = equal.iter().map(|&secret| (secret, self.run(&runs, secret))).collect();
            let told = equal.iter().find(|&&s| self.tells(s, runs[&s], is_own)).copied();
            let told = told.or_else(|| is_own.then(|| self.quoted(line, is_rust)).flatten());
            leaks.extend(told.map(|secret| SecretLeak {
                file: path.to_owned(),
                line: index + 1,
                text: line_text,
                origin: self.secrets[secret].place.clone(),
            }));
        }
        leaks
    }

    /// The run that ends with `secret`, given the runs that ended on the previous line.
    fn run(&self, before: &HashMap<usize, LineRun>, secret: usize) -> LineRun {
        let previous = secret.checked_sub(1).and_then(|previous| before.get(&previous));
        let continued = previous.copied().unwrap_or_default();
        let characters = self.secrets[secret].text.len();
        LineRun { lines: continued.lines + 1, characters: continued.characters + characters }
    }

    /// Whether a run of equal lines is a leak and not a coincidence.
    fn tells(&self, secret: usize, run: LineRun, is_own: bool) -> bool {
        let secret = &self.secrets[secret];
        match secret.strength {
            _ if !is_own => run.lines >= 3 && run.characters >= 120 && !secret.is_in_manifest(),
            LeakStrength::Answer => true,
            LeakStrength::Idiom => run.lines >= 3,
        }
    }

    /// A long line of a solution quoted inside a longer line: in prose, or in comments and strings
    /// of Rust files. Hidden cases are excluded: they call the same functions as any example, so
    /// parts of their lines reveal nothing.
    fn quoted(&self, line: &str, is_rust: bool) -> Option<usize> {
        const LONG: usize = 24;
        let line = spaced(line);
        let is_quoted = |before: &str| !is_rust || before.contains("//") || before.contains('"');
        self.secrets.iter().position(|secret| {
            secret.is_solution
                && secret.strength == LeakStrength::Answer
                && secret.text.len() >= LONG
                && line.find(&secret.text).is_some_and(|at| is_quoted(&line[..at]))
        })
    }
}

/// Consecutive equal lines.
#[derive(Debug, Clone, Copy, Default)]
struct LineRun {
    lines: usize,
    characters: usize,
}
