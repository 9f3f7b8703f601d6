//! One submission through all stages.

use crate::assemble::{GradingEvidence, NO_SEED, StageResults, assemble};
use crate::build::build;
use crate::clock::StageClock;
use crate::collect::{self, CollectLimits, CollectedSources, FoundSubmission, IntakeRefusal};
use crate::early_end::EarlyEnd;
use crate::executable::KeptExecutable;
use crate::grader::Grader;
use crate::judge_cases::judge;
use crate::score::Score;
use crate::scratch;
use crate::session::GradingSession;
use crate::timing::{JudgedBuild, confirm, measure};
use crate::timing_cpus::lane;
use crate::tokens::TokenReport;
use grader_model::{Grade, GradingStage, Remark, StageCost, Submission};
use std::sync::atomic::AtomicBool;
use std::time::Duration;
use tracing::info_span;

/// A submission after the first stage.
pub struct CollectedSubmission {
    /// Who handed in what.
    pub submission: Submission,
    /// The sources, or why they cannot be graded.
    pub sources: Result<CollectedSources, IntakeRefusal>,
    /// The cost of collecting.
    pub cost: StageCost,
}

/// A grade, and what it takes to measure the submission again.
pub(crate) struct GradedSubmission {
    pub(crate) grade: Grade,
    /// The measured executable, if another measurement may decide a case.
    pub(crate) executable: Option<KeptExecutable>,
}

impl Grader {
    /// Collects `found`.
    pub fn collect(&self, found: &FoundSubmission) -> CollectedSubmission {
        let student = &*found.student;
        let _span = info_span!("submission", student, module = &*self.module.slug).entered();
        let clock = StageClock::start();
        let sources = collect::collect_for(found, &self.module.handout, &CollectLimits::default());
        let collected = sources.as_ref().ok();
        let submission = Submission {
            student: found.student.clone(),
            id: found.id.clone(),
            late: found.late,
            partners: found.partners.clone(),
            remarks: collected.map(|sources| sources.notes.clone()).unwrap_or_default(),
            module: self.module.slug.clone(),
            content_hash: collected.map(|sources| sources.content_hash.clone()).unwrap_or_default(),
        };
        CollectedSubmission {
            submission,
            sources,
            cost: clock.cost(GradingStage::Collect, Duration::ZERO),
        }
    }

    /// Grades a collected submission, with inputs drawn from `seed`. Returns nothing if `stop` was set before it was
    /// done: half a grade is no grade.
    pub fn grade(
        &self,
        collected: CollectedSubmission,
        seed: u64,
        stop: &AtomicBool,
    ) -> Option<Grade> {
        let session = GradingSession { grader: self, seed, stop };
        grade_one(&session, collected).map(|graded| graded.grade)
    }
}

/// Grades one submission; `None` if the session was stopped.
pub(crate) fn grade_one(
    session: &GradingSession<'_>,
    collected: CollectedSubmission,
) -> Option<GradedSubmission> {
    let grader = session.grader;
    let module = &grader.module;
    let CollectedSubmission { submission, sources, cost } = collected;
    let student = submission.student.clone();
    let _span = info_span!("submission", student, module = &*module.slug).entered();
    let sources = match sources {
        Ok(sources) => sources,
        Err(refusal) => {
            let evidence = GradingEvidence {
                notes: vec![Remark::NotCollected { refusal }],
                ..GradingEvidence::default()
            };
            let grade = assemble(grader, submission, NO_SEED, Score::not_graded(), evidence);
            return Some(GradedSubmission { grade, executable: None });
        }
    };
    let graded = |score, evidence, executable| {
        let grade = assemble(grader, submission, session.seed, score, evidence);
        Some(GradedSubmission { grade, executable })
    };
    let tokens = TokenReport::of(&sources, module);
    let notes = missing_files(grader, &sources).into_iter().chain(tokens.remarks()).collect();
    let known = GradingEvidence { notes, costs: vec![cost], ..GradingEvidence::default() };
    match run_stages(session, &sources, &tokens) {
        Ok(StageEnd { results, executable }) => {
            let evidence = known.with_stages(results, grader);
            let score = Score::of_cases(&module.rubric, &evidence.cases, &[]);
            graded(score, evidence, executable)
        }
        Err(EarlyEnd::Unbuilt { failure, costs }) => {
            let score = Score::of_unbuilt(&module.rubric, &module.suite, failure.outcome);
            graded(score, known.with_failure(failure, costs), None)
        }
        Err(EarlyEnd::Fault(fault)) => graded(Score::of_fault(&fault), known, None),
        Err(EarlyEnd::Stopped) => None,
    }
}

/// The end of the last stage.
struct StageEnd {
    results: StageResults,
    executable: Option<KeptExecutable>,
}

/// Builds, audits, judges and measures.
fn run_stages(
    session: &GradingSession<'_>,
    sources: &CollectedSources,
    tokens: &TokenReport,
) -> Result<StageEnd, EarlyEnd> {
    let grader = session.grader;
    tokens.admit()?;
    let work = scratch::private_folder()?;
    let working = lane().working(grader.exclusive_width());
    let build = build(grader, sources, work.path()).map_err(|end| tokens.explain(end))?;
    let suite = build.admitted(&grader.module.suite);
    let judgement = judge(session, &build.driver, &suite)?;
    let judged = JudgedBuild { build: &build, suite: &suite, cases: &judgement.cases };
    let plan = confirm(session, &judged)?;
    drop(working);
    let timing = measure(session, plan)?;
    let executable = timing.open_executable().and_then(KeptExecutable::keep);
    Ok(StageEnd { results: StageResults { build, judgement, timing }, executable })
}

/// A remark on files that were not handed in.
fn missing_files(grader: &Grader, sources: &CollectedSources) -> Option<Remark> {
    let files: Vec<_> = grader.module.not_handed_in(&sources.files).into_iter().collect();
    (!files.is_empty()).then_some(Remark::NotHandedIn { files })
}
