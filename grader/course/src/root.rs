//! Finds the course's root folder from any folder inside it.

use std::path::{Path, PathBuf};

use miette::Diagnostic;
use thiserror::Error;

/// No folder at or above the starting point holds `config/course.yaml`.
#[derive(Debug, Error, Diagnostic)]
#[error("no course found at or above {}", start.display())]
#[diagnostic(help(
    "run this inside a course, that is below a folder that holds config/course.yaml"
))]
pub struct RootNotFound {
    /// Where the search began.
    pub start: PathBuf,
}

/// The nearest folder at or above `start` that holds `config/course.yaml`.
pub fn find_root(start: &Path) -> Result<PathBuf, RootNotFound> {
    // A relative path has no ancestors beyond its own components.
    let absolute = std::path::absolute(start).unwrap_or_else(|_| start.to_owned());
    absolute
        .ancestors()
        .find(|folder| folder.join("config/course.yaml").is_file())
        .map(Path::to_owned)
        .ok_or_else(|| RootNotFound { start: start.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_is_found_from_a_folder_deep_inside() {
        let scratch = tempfile::tempdir().unwrap();
        let deep = scratch.path().join("solutions/sorting/src");
        std::fs::create_dir_all(&deep).unwrap();
        assert!(find_root(&deep).is_err());
        std::fs::create_dir_all(scratch.path().join("config")).unwrap();
        std::fs::write(scratch.path().join("config/course.yaml"), "").unwrap();
        assert_eq!(find_root(&deep).unwrap(), scratch.path());
    }
}
