//! The last stage: the one place where a grade is made.

use crate::build::SubmissionBuild;
use crate::cases::{CaseTitle, result_of};
use crate::clock::total;
use crate::compile::{self, BuildFailure, CallAudit, FunctionRefusal};
use crate::grader::Grader;
use crate::hash;
use crate::judge_cases::Judgement;
use crate::rescore::rubric_hash;
use crate::score::Score;
use crate::timing::TimingResults;
use grader_course::config::Rubric;
use grader_model::{
    AuditRefusal, CaseResult, CompileProblem, Grade, GradingStage, Hidden, MachineInfo, Outcome,
    Provenance, Remark, StageCost, Submission,
};
use std::collections::{BTreeMap, BTreeSet};

/// The seed in the record of a grade for which no inputs were drawn.
pub const NO_SEED: u64 = 0;

/// What the stages found out about a submission.
#[derive(Default)]
pub struct GradingEvidence {
    /// The results of the cases, in the order of the suite.
    pub cases: Vec<CaseResult>,
    /// Problems that prevented compilation of all or parts of it.
    pub problems: Vec<CompileProblem>,
    /// Remarks in plain words.
    pub notes: Vec<Remark>,
    /// Functions that the call audit rejects.
    pub audit: Vec<AuditRefusal>,
    /// The cost of each stage.
    pub costs: Vec<StageCost>,
    /// The machine on which speed was measured.
    pub machine: Option<MachineInfo>,
}

/// The results of all stages.
pub struct StageResults {
    /// Both builds and the audit.
    pub build: SubmissionBuild,
    /// The cases.
    pub judgement: Judgement,
    /// The timed cases.
    pub timing: TimingResults,
}

impl GradingEvidence {
    /// This evidence, and why nothing of the submission could be run.
    pub fn with_failure(self, failure: BuildFailure, costs: Vec<StageCost>) -> Self {
        let costs = self.costs.into_iter().chain(costs).collect();
        Self { problems: failure.problems, costs, ..self }
    }

    /// This evidence, and that of all stages.
    pub fn with_stages(self, results: StageResults, grader: &Grader) -> Self {
        let StageResults { build, judgement, timing } = results;
        let audit = &build.audit;
        let results = judgement.cases.into_iter().chain(timing.cases);
        let mut problems = build.problems;
        for problem in timing.problems {
            if !problems.contains(&problem) {
                problems.push(problem);
            }
        }
        problems.extend(audit.misfits.iter().cloned());
        // A problem of a task that is not part of this term is not shown.
        let dropped = &grader.module.rubric.dropped;
        let is_dropped = |id: &String| dropped.iter().any(|task| task.id == *id);
        problems.retain(|problem| !problem.task.as_ref().is_some_and(is_dropped));
        let remarks = audit.refusals.iter().map(FunctionRefusal::remark);
        let costs = self.costs.into_iter().chain([build.cost]).chain(judgement.costs);
        Self {
            cases: all_cases(results, audit, grader),
            problems,
            notes: self.notes.into_iter().chain(remarks).collect(),
            audit: audit.refusals.iter().map(FunctionRefusal::record).collect(),
            costs: costs.chain(timing.cost).collect(),
            machine: timing.machine,
        }
    }
}

/// The cases of the module in the order of its suite: `results`, and the refusals of cases that were not asked.
fn all_cases(
    results: impl Iterator<Item = CaseResult>,
    audit: &CallAudit,
    grader: &Grader,
) -> Vec<CaseResult> {
    let mut by_name: BTreeMap<String, CaseResult> =
        results.map(|result| (result.name.clone(), result)).collect();
    let mut explained = BTreeSet::new();
    let cases = grader.module.suite.cases().iter().map(CaseTitle::from);
    let titles = cases.chain(grader.timed().map(CaseTitle::from));
    let result = |title: CaseTitle| {
        let asked = by_name.remove(title.name);
        asked.or_else(|| {
            let (outcome, message) = refusal(audit, title.task)?;
            // Once for a task: it is the same for all of its cases.
            let message = explained.insert(title.task).then_some(message);
            Some(CaseResult { message, ..result_of(title, outcome, &grader.module.rubric) })
        })
    };
    titles.filter_map(result).collect()
}

/// The outcome of a task that the audit does not admit, and its reason.
fn refusal(audit: &CallAudit, task: &str) -> Option<(Outcome, String)> {
    if let Some(problem) = audit.misfit(task) {
        return Some((Outcome::CompileError, problem.message.clone()));
    }
    audit.of_task(task).map(|refusal| (Outcome::Refused, refusal.message()))
}

/// The grade of a submission, with inputs drawn from `seed`.
pub fn assemble(
    grader: &Grader,
    submission: Submission,
    seed: u64,
    score: Score,
    evidence: GradingEvidence,
) -> Grade {
    let rubric = &grader.module.rubric;
    Grade {
        title: rubric.title.clone(),
        outcome: score.outcome,
        points: score.points,
        max_points: rubric.points(),
        tasks: score.tasks,
        cases: evidence.cases,
        problems: evidence.problems,
        notes: evidence.notes,
        audit: evidence.audit,
        decisions: Vec::new(),
        fault: score.fault,
        costs: evidence.costs,
        provenance: Provenance {
            key: grader.key(&submission.content_hash),
            seed: Hidden::new(seed),
            suite_hash: grader.module.suite_hash.clone(),
            rubric_hash: rubric_hash(rubric),
            toolchain: grader.toolchain.version().into(),
            sandbox: grader.sandbox.level().to_string(),
            grader_version: env!("CARGO_PKG_VERSION").into(),
            conditions: hash::of_parts([
                ("stubs", grader.module.stubs_hash.as_bytes()),
                ("rubric", rubric.evidence_material().as_bytes()),
                ("build", compile::RECIPE_VERSION.as_bytes()),
            ]),
            machine: evidence.machine,
        },
        due: grader.module.due.clone(),
        recorded: None,
        submission,
    }
}

/// `grade` with newly measured cases in place of those of the same name.
pub fn measured_again(grade: Grade, timing: TimingResults, rubric: &Rubric) -> Grade {
    let mut by_name: BTreeMap<String, CaseResult> =
        timing.cases.into_iter().map(|case| (case.name.clone(), case)).collect();
    let newest = |case: CaseResult| by_name.remove(&case.name).unwrap_or(case);
    let cases: Vec<_> = grade.cases.into_iter().map(newest).collect();
    let (earlier, others): (Vec<_>, Vec<_>) =
        grade.costs.into_iter().partition(|cost| cost.stage == GradingStage::Time);
    let of_timing: Vec<_> = earlier.into_iter().chain(timing.cost).collect();
    let costs = others.into_iter().chain([total(GradingStage::Time, &of_timing)]).collect();
    let provenance = Provenance { machine: timing.machine, ..grade.provenance };
    let score = Score::of_cases(rubric, &cases, &grade.decisions);
    score.applied_to(Grade { cases, costs, provenance, recorded: None, ..grade })
}
