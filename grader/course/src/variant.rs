//! Known-wrong variants: edits of the reference solution, each with the cases that must catch it.

use serde::Deserialize;
use std::path::{Path, PathBuf};

/// One mistake, described by `solutions/<slug>/wrong/<name>.yaml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variant {
    /// The mistake and who makes it.
    pub story: String,
    /// Edits of the reference solution.
    pub edits: Vec<TextEdit>,
    /// The cases that must fail. Empty if it is [`refused`](Self::refused) instead.
    #[serde(default)]
    pub caught_by: Vec<String>,
    /// Whether it is correct but too slow. A gate must separate it from the reference solution;
    /// `tests/gates.rs` measures it.
    #[serde(default)]
    pub slow: bool,
    /// The expected audit result, if the mistake shows only in the compiled code and not in any
    /// answer.
    #[serde(default)]
    pub refused: Option<ExpectedRefusal>,
}

/// The expected rejection of functions that are not the student's own code.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedRefusal {
    /// The function they lead to, as shown to the student.
    pub leads_to: String,
    /// The tasks whose cases must all be refused; no case of another task may be.
    pub tasks: Vec<String>,
}

/// One replacement; `find` must occur exactly once in the file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextEdit {
    /// The file, such as `src/timer.rs`.
    pub file: String,
    /// The text to replace.
    pub find: String,
    /// The replacement.
    pub replace: String,
}

impl Variant {
    /// The variants of the module in the folder `solution`, with their names, in the order of the names.
    ///
    /// # Errors
    /// Like [`Variant::load`].
    pub fn all(solution: &Path) -> Result<Vec<(String, Self)>, String> {
        let entries = std::fs::read_dir(solution.join("wrong")).into_iter().flatten().flatten();
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        paths.retain(|path| path.extension().is_some_and(|ending| ending == "yaml"));
        paths.sort();
        let named = |path: PathBuf| {
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            Ok((name, Self::load(&path)?))
        };
        paths.into_iter().map(named).collect()
    }

    /// Reads the file.
    ///
    /// # Errors
    /// If it is not valid YAML of this form; the message includes the location.
    pub fn load(path: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
        serde_saphyr::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
    }

    /// Applies the edits in `folder`, a copy of the reference solution.
    ///
    /// # Errors
    /// If an edit does not match exactly one place.
    pub fn apply(&self, folder: &Path) -> Result<(), String> {
        Self::edit(&self.edits, folder)
    }

    /// Applies some edits in `folder`.
    ///
    /// # Errors
    /// Like [`Variant::apply`].
    pub fn edit(edits: &[TextEdit], folder: &Path) -> Result<(), String> {
        for edit in edits {
            let path = folder.join(&edit.file);
            let text = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", edit.file))?;
            match text.matches(&edit.find).count() {
                1 => {}
                count => return Err(format!("{}: found {count} times: {}", edit.file, edit.find)),
            }
            let changed = text.replacen(&edit.find, &edit.replace, 1);
            std::fs::write(&path, changed).map_err(|error| error.to_string())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edit_that_fits_two_places_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.rs"), "x x").unwrap();
        let edit = |find: &str| Variant {
            story: String::new(),
            edits: vec![TextEdit { file: "a.rs".into(), find: find.into(), replace: "y".into() }],
            caught_by: vec![],
            slow: false,
            refused: None,
        };
        assert!(edit("x").apply(folder.path()).unwrap_err().contains("found 2 times"));
        assert!(edit("z").apply(folder.path()).unwrap_err().contains("found 0 times"));
        assert!(edit("x x").apply(folder.path()).is_ok());
    }
}
