//! Stage 2: both builds of a submission, and the call audit. All of it is known before anything is judged.

use crate::clock::StageClock;
use crate::collect::CollectedSources;
use crate::compile::{BuildError, CallAudit, CompileOutcome, Compiler, missing_tasks};
use crate::early_end::EarlyEnd;
use crate::fault::Result;
use crate::grader::Grader;
use crate::setup::TimedSetup;
use grader_judge::Suite;
use grader_model::{CompileProblem, GradingStage, StageCost};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// A submission that can be run.
pub struct SubmissionBuild {
    /// The executable that answers hidden cases.
    pub driver: PathBuf,
    /// What is missing from the driver; each problem names its task.
    pub problems: Vec<CompileProblem>,
    /// The call audit of both builds.
    pub audit: CallAudit,
    /// The build for speed; `None` if no timed case is admitted.
    pub fast: Option<FastBuild>,
    /// The cost of the first build and its audit.
    pub cost: StageCost,
}

/// The build for speed.
pub struct FastBuild {
    /// The executable that is measured, or why there is none.
    pub compiled: CompileOutcome,
    /// The private folder of this build.
    pub work: PathBuf,
    /// The cost of this build and its audit.
    pub cost: StageCost,
}

impl SubmissionBuild {
    /// The cases that are asked: those of tasks that the audit admits.
    pub fn admitted(&self, suite: &Suite) -> Suite {
        admitted(&self.audit, suite)
    }
}

/// A case that waits for a case of a refused task waits for that case's parents instead, as where a task is dropped:
/// a refusal costs no other task a point.
fn admitted(audit: &CallAudit, suite: &Suite) -> Suite {
    suite.clone().without(&|task, _| !audit.admits(task))
}

/// Builds `sources` below `work`, a private folder.
///
/// # Errors
/// The submission's own failure, or a fault of ours.
///
/// # Cost
/// Two or three calls of the compiler, and two more if the module is measured: seconds.
pub fn build(
    grader: &Grader,
    sources: &CollectedSources,
    work: &Path,
) -> Result<SubmissionBuild, EarlyEnd> {
    let files = grader.module.with_stubs(&sources.files);
    let compiler = grader.compiler();
    let clock = StageClock::start();
    let built = compiler.compile(&files, work);
    let cost = clock.cost(GradingStage::Compile, compiler.spent());
    let checked = match built {
        Ok(checked) => checked,
        Err(BuildError::Failed(failure)) => {
            return Err(EarlyEnd::Unbuilt { failure, costs: vec![cost] });
        }
        Err(BuildError::Fault(fault)) => return Err(fault.into()),
    };
    let missing = missing_tasks(&checked.problems);
    let is_timed = grader.timed().any(|case| checked.links.admits(case.task));
    let timed = grader.module.timed.as_ref().filter(|_| is_timed);
    let audited = match timed {
        Some(timed) => {
            let order = FastOrder { timed, files: &files, missing, work: work.join("fast") };
            order.build(&grader.compiler(), checked.links)?
        }
        None => AuditedBuild { fast: None, audit: checked.links },
    };
    let AuditedBuild { fast, audit } = audited;
    Ok(SubmissionBuild { driver: checked.driver, problems: checked.problems, audit, fast, cost })
}

/// A build for speed that is due.
struct FastOrder<'a> {
    timed: &'a TimedSetup,
    files: &'a BTreeMap<String, Vec<u8>>,
    /// The tasks that are missing from the first build.
    missing: BTreeSet<String>,
    work: PathBuf,
}

/// The build for speed, and the audit of both builds.
struct AuditedBuild {
    fast: Option<FastBuild>,
    audit: CallAudit,
}

impl FastOrder<'_> {
    /// `audit` is that of the first build.
    fn build(self, compiler: &Compiler<'_>, audit: CallAudit) -> Result<AuditedBuild> {
        let Self { timed, files, missing, work } = self;
        let clock = StageClock::start();
        let compiled = compiler.compile_for_speed(timed, files, &missing, &work)?;
        let audit = match &compiled {
            CompileOutcome::Driver { problems, .. } => {
                let missing = missing.into_iter().chain(missing_tasks(problems)).collect();
                compiler.with_links_for_speed(audit, &missing, &work)?
            }
            CompileOutcome::Failed(_) => audit,
        };
        let cost = clock.cost(GradingStage::Time, compiler.spent());
        Ok(AuditedBuild { fast: Some(FastBuild { compiled, work, cost }), audit })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compile::FunctionRefusal;
    use grader_judge::Case;

    const fn case(name: &'static str, task: &'static str, after: &'static [&'static str]) -> Case {
        Case { name, task, claim: "a claim", after, run: |_, _| Ok(()) }
    }

    #[test]
    fn a_refused_task_is_not_asked_and_blocks_no_other() {
        let cases = [
            case("right", "own", &[]),
            case("copied", "refused", &["right"]),
            case("child", "other", &["copied"]),
        ];
        let suite = Suite::new(cases).unwrap();
        let refusal = FunctionRefusal {
            function: "kernel".into(),
            tasks: vec!["refused".into()],
            lead: None,
            around: None,
        };
        let mut audit = CallAudit::default();
        audit.refusals.push(refusal);
        let asked = admitted(&audit, &suite);
        let names: Vec<_> = asked.cases().iter().map(|case| case.name).collect();
        assert_eq!(names, ["right", "child"]);
        assert_eq!(asked.parents("child"), ["right"]);
        assert_eq!(admitted(&CallAudit::default(), &suite).cases().len(), 3);
    }
}
