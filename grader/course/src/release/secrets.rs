//! The lines of a solution that students must not see.

use std::collections::HashSet;
use std::path::Path;

use super::errors::ReleaseErrors;
use super::module::{files, is_secret, read, split};
use crate::located::SourceText;

/// How strongly an equal line elsewhere indicates a leak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LeakStrength {
    /// Occurs in no shipped file of the solution folder.
    Answer,
    /// Also occurs in the folder's visible tests or examples.
    Idiom,
}

/// One secret line.
#[derive(Debug, Clone)]
pub(super) struct SecretLine {
    /// The normalized text used for comparison, see [`bare`].
    pub(super) text: String,
    /// Its file. Needed to tell whether lines are consecutive.
    pub(super) file: String,
    /// Its location as `file:line`.
    pub(super) place: String,
    pub(super) strength: LeakStrength,
    /// Whether the line is part of a solution, not of a hidden case or a wrong variant.
    pub(super) is_solution: bool,
}

impl SecretLine {
    /// Whether the line is from a manifest.
    pub(super) fn is_in_manifest(&self) -> bool {
        Path::new(&self.file).extension().is_some_and(|extension| extension == "toml")
    }
}

/// The secret lines of `solutions/<slug>/`, in order, except lines that reveal nothing or are
/// given.
pub(super) fn of_module(root: &Path, slug: &str) -> Result<Vec<SecretLine>, ReleaseErrors> {
    let folder = root.join("solutions").join(slug);
    let mut found = Vec::new();
    let mut shown = VisibleLines::default();
    for path in files(&folder)? {
        let name = format!("solutions/{slug}/{}", path.display());
        let bytes = read(&folder.join(&path))?;
        let Ok(text) = std::str::from_utf8(&bytes) else { continue };
        if is_secret(&path) {
            let lines = text.lines().enumerate().map(|(i, line)| (i + 1, line.to_owned()));
            found.extend(lines.map(|line| (name.clone(), line, true)));
        } else if let Some(split) = split(&SourceText::new(&name, text), &path)? {
            shown.add(&path, &split.kept);
            found.extend(split.secret.into_iter().map(|line| (name.clone(), line, false)));
        }
    }
    let secrets = found.into_iter().filter_map(|(file, (number, line), is_hidden)| {
        let text = bare(&line)?;
        let as_written = spaced(&line);
        let is_idiom = shown.idioms.contains(&as_written);
        let strength = if is_idiom { LeakStrength::Idiom } else { LeakStrength::Answer };
        // Documentation may show what a hidden case checks, but not how to solve it.
        let is_given =
            shown.given.contains(&as_written) || is_hidden && shown.documented.contains(&text);
        let place = format!("{file}:{number}");
        let is_solution = !is_hidden;
        (!is_given).then_some(SecretLine { text, file, place, strength, is_solution })
    });
    Ok(secrets.collect())
}

/// Lines of the solution folder outside of its regions.
#[derive(Default)]
struct VisibleLines {
    /// Lines of `src/` and the manifest, as written.
    given: HashSet<String>,
    /// The same lines without comment signs.
    documented: HashSet<String>,
    /// Lines of visible tests and examples.
    idioms: HashSet<String>,
}

impl VisibleLines {
    fn add(&mut self, path: &Path, kept: &[(usize, String)]) {
        let lines = kept.iter().map(|(_, line)| line);
        if path.starts_with("src") || path.ends_with("Cargo.toml") {
            self.documented.extend(lines.clone().filter_map(|line| bare(line)));
            self.given.extend(lines.map(|line| spaced(line)));
        } else {
            self.idioms.extend(lines.map(|line| spaced(line)));
        }
    }
}

/// The line with white space collapsed to single spaces.
pub(super) fn spaced(line: &str) -> String {
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The line with white space collapsed, and without the comment and Markdown signs around its text.
/// `None` if the rest is too short to reveal anything.
pub(super) fn bare(line: &str) -> Option<String> {
    let signs = |c: char| c.is_whitespace() || matches!(c, '/' | '!' | '*' | '`' | '>' | '#' | '-');
    let text = spaced(line.trim_matches(signs));
    let visible = text.chars().filter(|c| !c.is_whitespace()).count();
    let letters = text.chars().filter(|c| c.is_alphanumeric()).count();
    let says_nothing = ["use ", "pub use ", "mod ", "[derive", "[cfg", "[test"];
    let tells = !says_nothing.iter().any(|start| text.starts_with(start));
    (visible >= 12 && letters >= 6 && tells).then_some(text)
}
