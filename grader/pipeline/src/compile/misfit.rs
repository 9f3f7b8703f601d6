//! Public items of a submission that are missing or changed.

use super::checked_lines::CheckedLines;
use super::compile_failure::failure_of;
use super::diagnostics::{RustcDiagnostic, is_students};
use super::rustc::{BuildKind, RustcJob};
use super::{BuildError, Compiler, write};
use crate::collect::CollectedSources;
use crate::fault::Result;
use grader_model::CompileProblem;
use grader_probes::Probe;
use std::path::Path;

impl Compiler<'_> {
    /// The probes of all items and kinds that do not compile around `sources`.
    ///
    /// # Errors
    /// The problems of sources that do not compile, or a fault of ours.
    pub fn all_misfits(
        &self,
        sources: &CollectedSources,
        work: &Path,
    ) -> Result<Vec<CompileProblem>, BuildError> {
        let files = self.module.with_stubs(&sources.files);
        let library = self.library(&files, work, BuildKind::Checked)?;
        if let Some(failure) = failure_of(&library, "src/lib.rs") {
            return Err(failure.into());
        }
        Ok(self.misfits(work, &self.module.probes.all())?)
    }

    /// The probes that do not compile around the crate that was built below `work`: a problem for each.
    pub(super) fn misfits(&self, work: &Path, probes: &[Probe]) -> Result<Vec<CompileProblem>> {
        if probes.is_empty() {
            return Ok(Vec::new());
        }
        let folder = work.join("probes");
        let mut lines = CheckedLines::new(probes.iter().map(|probe| probe.code.clone()));
        let (_, mut failures) = lines.compile("lib.rs", |text| {
            write(&folder.join("lib.rs"), text.as_bytes())?;
            RustcJob::probe(&folder, &work.join("out"))
                .with_foundation(self.kit)
                .with_student(&self.module.crate_name())
                .run(self)
        })?;
        // A type comes before its functions, whichever of them rustc complains of first.
        failures.sort_by_key(|failure| failure.at);
        let failed = failures.iter().filter_map(|one| Some((probes.get(one.at)?, &one.error)));
        Ok(failed.map(|(probe, error)| problem_of_probe(probe, error)).collect())
    }
}

/// What a student reads of a probe that does not compile.
pub fn problem_of_probe(probe: &Probe, error: &RustcDiagnostic) -> CompileProblem {
    let place = error.place_in(&is_students);
    CompileProblem {
        file: place.map(|span| span.file_name.clone()),
        line: place.map(|span| span.line_start),
        column: place.map(|span| span.column_start),
        message: format!("`{}` should be `{}`", probe.item, probe.expected),
        explanation: format!("the compiler says: {}", error.shortened()),
        task: Some(probe.task.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compile::diagnostics;
    use grader_probes::ProbeKind;

    #[test]
    fn a_misfit_shows_the_signature_and_the_students_own_line() {
        let probe = Probe {
            task: "timer".into(),
            item: "Timer::new".into(),
            expected: "pub fn new() -> Timer".into(),
            file: "src/timer.rs".into(),
            kind: ProbeKind::Use,
            code: String::new(),
        };
        let error = r#"{"message":"mismatched types","level":"error",
            "spans":[{"file_name":"lib.rs","line_start":4,"column_start":1,"is_primary":true}],
            "children":[{"message":"defined here","level":"note",
                "spans":[{"file_name":"src/timer.rs","line_start":12,"column_start":1}]}]}"#;
        let error = diagnostics::parse(error.replace('\n', " ").as_bytes()).remove(0);
        let problem = problem_of_probe(&probe, &error);
        assert_eq!(problem.message, "`Timer::new` should be `pub fn new() -> Timer`");
        assert_eq!(problem.task.as_deref(), Some("timer"));
        assert_eq!(problem.line, Some(12), "the student's own line, not the probe's");
    }
}
