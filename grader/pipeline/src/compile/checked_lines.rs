//! A generated file whose lines are independent of each other: which of them compile?

use super::compile_failure::limits_of;
use super::diagnostics::RustcDiagnostic;
use super::rustc::RustcRun;
use crate::fault::Result;
use grader_sandbox::ProcessEnd;
use std::collections::BTreeSet;

/// The lines of a generated file.
#[derive(Clone, Debug)]
pub struct CheckedLines {
    lines: Vec<String>,
    failed: BTreeSet<usize>,
}

/// A line that does not compile, and why.
#[derive(Clone, Debug)]
pub struct FailedLine {
    /// Its index, from 0.
    pub at: usize,
    /// The first error in it.
    pub error: RustcDiagnostic,
}

impl CheckedLines {
    /// A file of these lines, none of which holds a line break.
    pub fn new(lines: impl IntoIterator<Item = String>) -> Self {
        Self { lines: lines.into_iter().collect(), failed: BTreeSet::new() }
    }

    /// The file. A line that failed is empty, so that the others keep their numbers.
    pub fn text(&self) -> String {
        let kept = |(at, line): (usize, &String)| {
            if self.failed.contains(&at) { "\n".to_owned() } else { format!("{line}\n") }
        };
        self.lines.iter().enumerate().map(kept).collect()
    }

    /// The lines that have failed, by index.
    pub const fn failed(&self) -> &BTreeSet<usize> {
        &self.failed
    }

    /// Marks the lines of `file` that `diagnostics` name as failed, and returns the new ones.
    pub fn fail(&mut self, diagnostics: &[RustcDiagnostic], file: &str) -> Vec<FailedLine> {
        let mut new = Vec::new();
        for error in diagnostics.iter().filter(|diagnostic| diagnostic.is_error()) {
            let place = error.place_in(&|name| name == file);
            let line = place.and_then(|span| (span.line_start as usize).checked_sub(1));
            let Some(at) = line.filter(|at| *at < self.lines.len()) else { continue };
            if self.failed.insert(at) {
                new.push(FailedLine { at, error: error.clone() });
            }
        }
        new
    }

    /// Compiles the text, again without the lines that failed, until no other line fails: rustc reports wrong types
    /// only once every name resolves. Returns the last run and all new failures.
    ///
    /// # Errors
    /// Those of `compile`.
    pub(super) fn compile(
        &mut self,
        file: &str,
        mut compile: impl FnMut(&str) -> Result<RustcRun>,
    ) -> Result<(RustcRun, Vec<FailedLine>)> {
        let mut failures = Vec::new();
        loop {
            let run = compile(&self.text())?;
            if run.end == ProcessEnd::Exited(0) || limits_of(&run).is_some() {
                return Ok((run, failures));
            }
            let new = self.fail(&run.diagnostics, file);
            if new.is_empty() {
                return Ok((run, failures));
            }
            failures.extend(new);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compile::diagnostics;

    fn error_at(line: usize) -> Vec<RustcDiagnostic> {
        let text = format!(
            r#"{{"message":"mismatched types","level":"error","spans":[{{"file_name":"lib.rs","line_start":{line},"column_start":1,"is_primary":true}}]}}"#
        );
        diagnostics::parse(text.as_bytes())
    }

    #[test]
    fn a_failed_line_is_empty_and_the_others_keep_their_numbers() {
        let mut lines = CheckedLines::new(["a", "b", "c"].map(str::to_owned));
        assert_eq!(lines.text(), "a\nb\nc\n");
        let failed = lines.fail(&error_at(2), "lib.rs");
        assert_eq!(failed.iter().map(|one| one.at).collect::<Vec<_>>(), [1]);
        assert_eq!(lines.text(), "a\n\nc\n");
        assert_eq!(lines.failed(), &[1].into());
    }

    #[test]
    fn an_error_is_counted_once_and_only_in_its_file() {
        let mut lines = CheckedLines::new(["a", "b"].map(str::to_owned));
        assert_eq!(lines.fail(&error_at(1), "lib.rs").len(), 1);
        assert!(lines.fail(&error_at(1), "lib.rs").is_empty(), "it failed before");
        assert!(lines.fail(&error_at(2), "roots.rs").is_empty(), "it is another file");
        assert!(lines.fail(&error_at(3), "lib.rs").is_empty(), "there is no such line");
        assert!(lines.fail(&error_at(0), "lib.rs").is_empty(), "lines count from 1");
    }
}
