//! Known-wrong variants: edits of the reference, each with the cases that must catch it.

use serde::Deserialize;
use std::path::Path;

/// One mistake, as `solutions/<slug>/wrong/<name>.yaml` tells it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variant {
    /// What the mistake is, and who makes it.
    pub story: String,
    /// What is changed in the reference.
    pub edits: Vec<Edit>,
    /// The cases that must fail. Empty when it is [`refused`](Self::refused) instead.
    #[serde(default)]
    pub caught_by: Vec<String>,
    /// Whether it is right, and only not fast enough: what a gate has to tell apart from the reference.
    /// `tests/gates.rs` measures it.
    #[serde(default)]
    pub slow: bool,
    /// What must be found in the compiled code, where no answer shows the mistake.
    #[serde(default)]
    pub refused: Option<Refused>,
}

/// Functions that are not the student's own, and what that costs.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refused {
    /// What they lead to, as the student is told.
    pub leads_to: String,
    /// The tasks whose cases are refused, all of them; no case of any other is.
    pub tasks: Vec<String>,
}

/// One replacement; `find` must stand in the file exactly once.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    /// The file, such as `src/timer.rs`.
    pub file: String,
    /// What stands there.
    pub find: String,
    /// What is put in its place.
    pub replace: String,
}

impl Variant {
    /// Reads the file.
    ///
    /// # Errors
    /// When it is no such YAML; with the place.
    pub fn load(path: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
        serde_saphyr::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
    }

    /// Makes the edits in `folder`, a copy of the reference.
    ///
    /// # Errors
    /// When an edit does not fit exactly one place.
    pub fn apply(&self, folder: &Path) -> Result<(), String> {
        Self::edit(&self.edits, folder)
    }

    /// Makes some edits in `folder`.
    ///
    /// # Errors
    /// As [`Variant::apply`].
    pub fn edit(edits: &[Edit], folder: &Path) -> Result<(), String> {
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
            edits: vec![Edit { file: "a.rs".into(), find: find.into(), replace: "y".into() }],
            caught_by: vec![],
            slow: false,
            refused: None,
        };
        assert!(edit("x").apply(folder.path()).unwrap_err().contains("found 2 times"));
        assert!(edit("z").apply(folder.path()).unwrap_err().contains("found 0 times"));
        assert!(edit("x x").apply(folder.path()).is_ok());
    }
}
