//! The files that a module tree is read from: handed in, or handed out by the course.

use crate::collect::tree::is_rust;
use std::collections::BTreeMap;

/// The handed-in and handed-out files of a module. Names are relative to the package: `src/timer.rs`.
pub(crate) trait SourceFiles {
    /// The reason why an existing file cannot be read.
    type Error;

    /// The text of a handed-in file; `None` if there is none of this name.
    fn submitted(&mut self, name: &str) -> Result<Option<String>, Self::Error>;

    /// The index and the text of the first of these files that was handed out. Called only if none of them
    /// was handed in.
    fn handed_out(&mut self, names: &[&str]) -> Result<Option<(usize, String)>, Self::Error>;

    /// Records a file that is included but is not a module.
    fn include(&mut self, name: &str) -> Result<(), Self::Error>;

    /// Records every file that may be included, because the path of an include is not known.
    fn include_all(&mut self) -> Result<(), Self::Error>;

    /// The names of the handed-in Rust files below `src`.
    fn all_submitted(&self) -> Vec<String>;

    /// The names of the handed-out Rust files below `src`.
    fn all_handed_out(&self) -> Vec<String>;
}

/// Source files in memory.
pub(crate) struct InMemoryFiles<'a> {
    /// The files that the student handed in.
    pub submitted: &'a BTreeMap<String, Vec<u8>>,
    /// The files that the course handed out.
    pub handed_out: &'a BTreeMap<String, Vec<u8>>,
}

impl SourceFiles for InMemoryFiles<'_> {
    type Error = std::convert::Infallible;

    fn submitted(&mut self, name: &str) -> Result<Option<String>, Self::Error> {
        Ok(self.submitted.get(name).map(|text| String::from_utf8_lossy(text).into_owned()))
    }

    fn handed_out(&mut self, names: &[&str]) -> Result<Option<(usize, String)>, Self::Error> {
        let found = names.iter().enumerate();
        let mut found = found.filter_map(|(at, name)| Some((at, self.handed_out.get(*name)?)));
        Ok(found.next().map(|(at, text)| (at, String::from_utf8_lossy(text).into_owned())))
    }

    fn include(&mut self, _: &str) -> Result<(), Self::Error> {
        Ok(())
    }

    fn include_all(&mut self) -> Result<(), Self::Error> {
        Ok(())
    }

    fn all_submitted(&self) -> Vec<String> {
        source_names(self.submitted.keys())
    }

    fn all_handed_out(&self) -> Vec<String> {
        source_names(self.handed_out.keys())
    }
}

/// The names of Rust files below `src` among `names`.
pub(in super::super) fn source_names<'a>(names: impl Iterator<Item = &'a String>) -> Vec<String> {
    let is_source = |name: &&String| name.starts_with("src/") && is_rust(name);
    names.filter(is_source).cloned().collect()
}
