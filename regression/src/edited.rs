//! Submissions of a sample class that are told by how they differ from the reference.

use crate::copy_tree;
use crate::expectation::Expectation;
use crate::variant::{Edit, Variant};
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// One member of `regression/class_<slug>/`: a YAML file named after its student.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// Who hands this in, and what is the matter with it.
    pub story: String,
    /// What is changed in the reference.
    #[serde(default)]
    pub edits: Vec<Edit>,
    /// Files that are not handed in.
    #[serde(default)]
    pub without: Vec<String>,
    /// What must come of it.
    pub expected: Expectation,
}

impl Member {
    /// The members of a class, with their names. None if the module has no such class.
    ///
    /// # Errors
    /// When a file is no such YAML; with the place.
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

    /// Writes what is handed in to `folder`, from the reference in `solution`.
    ///
    /// # Errors
    /// When an edit does not fit exactly one place, or a file that is left out is not there.
    pub fn hand_in(&self, solution: &Path, folder: &Path) -> Result<(), String> {
        copy_tree(&solution.join("src"), &folder.join("src"));
        Variant::edit(&self.edits, folder)?;
        for file in &self.without {
            std::fs::remove_file(folder.join(file)).map_err(|error| format!("{file}: {error}"))?;
        }
        Ok(())
    }
}
