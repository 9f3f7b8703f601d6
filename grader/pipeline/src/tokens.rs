//! What a scan of the sources' tokens says. A courtesy, not the boundary: that is the sandbox.

use crate::collect::{self, CollectedSources, FindingSeverity, TokenFinding};
use crate::compile::BuildFailure;
use crate::defence::DefenceLayer;
use crate::early_end::EarlyEnd;
use crate::setup::ModuleSetup;
use grader_model::{CompileProblem, Outcome, Remark};
use std::collections::BTreeSet;

/// The findings in one submission's sources.
pub struct TokenReport(Vec<TokenFinding>);

impl TokenReport {
    /// Scans `sources`, if the module has this layer.
    pub fn of(sources: &CollectedSources, module: &ModuleSetup) -> Self {
        let findings = module.holds(DefenceLayer::TokenScan).then(|| collect::scan(sources));
        Self(findings.unwrap_or_default())
    }

    /// Remarks on code that compiles and will not work here.
    pub fn remarks(&self) -> impl Iterator<Item = Remark> {
        self.with(FindingSeverity::Warn).map(|finding| Remark::SourceWarning {
            file: finding.file.clone(),
            line: finding.line,
            code: finding.what.clone(),
            explanation: finding.why.clone(),
        })
    }

    /// Refuses sources that read files of the grading machine.
    ///
    /// # Errors
    /// The refusal.
    pub fn admit(&self) -> Result<(), EarlyEnd> {
        let problems: Vec<_> = self.with(FindingSeverity::Refuse).map(problem).collect();
        if problems.is_empty() {
            return Ok(());
        }
        let failure = BuildFailure { outcome: Outcome::Refused, problems };
        Err(EarlyEnd::Unbuilt { failure, costs: Vec::new() })
    }

    /// The compiler's problems, in the words of the course where the scan knows what a line is about. What the
    /// compiler did not get to comes last.
    pub fn explain(&self, end: EarlyEnd) -> EarlyEnd {
        match end {
            EarlyEnd::Unbuilt { failure: BuildFailure { outcome, problems }, costs } => {
                let failure = BuildFailure { outcome, problems: self.explained(problems) };
                EarlyEnd::Unbuilt { failure, costs }
            }
            end => end,
        }
    }

    fn explained(&self, problems: Vec<CompileProblem>) -> Vec<CompileProblem> {
        let of_compiler: BTreeSet<_> = problems.iter().map(place).collect();
        let known = self.with(FindingSeverity::Explain).map(problem);
        let (mut explained, others): (Vec<_>, Vec<_>) =
            known.partition(|one| of_compiler.contains(&place(one)));
        let places: BTreeSet<_> = explained.iter().map(place).collect();
        let is_explained = !explained.is_empty();
        explained.extend(problems.into_iter().filter(|one| !places.contains(&place(one))));
        if !is_explained {
            explained.extend(others);
        }
        explained
    }

    fn with(&self, severity: FindingSeverity) -> impl Iterator<Item = &TokenFinding> {
        self.0.iter().filter(move |finding| finding.severity == severity)
    }
}

fn place(problem: &CompileProblem) -> (Option<String>, Option<u32>) {
    (problem.file.clone(), problem.line)
}

fn problem(finding: &TokenFinding) -> CompileProblem {
    CompileProblem {
        file: Some(finding.file.clone()),
        line: Some(finding.line),
        column: Some(finding.column),
        message: finding.what.clone(),
        explanation: finding.why.clone(),
        task: None,
    }
}
