//! Submissions of a sample class that are defined as edits of the reference solution.

use crate::copy_tree;
use crate::expectation::ExpectedResult;
use crate::variant::{TextEdit, Variant};
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// One member of `regression/class_<slug>/`: a YAML file named after the student.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassMember {
    /// The student and the problem with the submission.
    pub story: String,
    /// Edits of the reference solution.
    #[serde(default)]
    pub edits: Vec<TextEdit>,
    /// Files that are not submitted.
    #[serde(default)]
    pub without: Vec<String>,
    /// The expected result.
    pub expected: ExpectedResult,
}

impl ClassMember {
    /// The members of a class, with their names. Empty if the module has no such class.
    ///
    /// # Errors
    /// If a file is not valid YAML of this form; the message includes the location.
    pub fn class(folder: &Path) -> Result<Vec<(String, Self)>, String> {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        paths.retain(|path| path.extension().is_some_and(|ending| ending == "yaml"));
        paths.sort();
        paths.iter().map(|path| Self::load(path)).collect()
    }

    fn load(path: &Path) -> Result<(String, Self), String> {
        let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
        let member = serde_saphyr::from_str(&text)
            .map_err(|error| format!("{}: {error}", path.display()))?;
        Ok((path.file_stem().unwrap_or_default().to_string_lossy().into_owned(), member))
    }

    /// Writes the submission to `folder`, based on the reference in `solution`.
    ///
    /// # Errors
    /// If an edit does not match exactly one place, or a file in `without` does not exist.
    pub fn hand_in(&self, solution: &Path, folder: &Path) -> Result<(), String> {
        copy_tree(&solution.join("src"), &folder.join("src"));
        Variant::edit(&self.edits, folder)?;
        for file in &self.without {
            std::fs::remove_file(folder.join(file)).map_err(|error| format!("{file}: {error}"))?;
        }
        Ok(())
    }
}
