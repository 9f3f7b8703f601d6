//! The full record of one grading. It contains hidden details, so it is for instructors and the
//! gradebook only.

use crate::{
    AuditRefusal, CaseDecision, Hidden, MachineInfo, Outcome, Remark, TimedPair, TimingResult,
};
use serde::{Deserialize, Serialize};

/// What a student may see of a hidden case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseVisibility {
    /// Its name, its outcome and its message.
    #[default]
    Message,
    /// Its name and its outcome.
    Name,
    /// Nothing; the case still counts.
    Nothing,
}

/// The stages of a grading, in order of execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GradingStage {
    /// Reading the sources from a folder or an archive.
    Collect,
    /// Compiling and linking the sources.
    Compile,
    /// Setting up and removing the sandbox around the driver.
    Sandbox,
    /// Waiting for answers of the student's code.
    Drive,
    /// Checking the answers.
    Judge,
    /// Building again for speed, and measuring.
    Time,
}

/// The cost of one stage.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct StageCost {
    /// The stage.
    pub stage: GradingStage,
    /// Elapsed seconds.
    pub wall_seconds: f64,
    /// CPU seconds of the grader's thread and of the processes it started.
    pub cpu_seconds: f64,
}

/// Identifies a submission and its student.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    /// The student's name as given by the folder, archive or platform, followed by the platform's
    /// id if there is one: `Ada Lovelace (12345)`. This is the key in the gradebook. Untrusted
    /// text.
    pub student: String,
    /// The platform's id of the student, as contained in [`Submission::student`]. Untrusted text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Whether the platform marked it as late.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub late: bool,
    /// The other students who submitted it jointly. Untrusted text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub partners: Vec<String>,
    /// Remarks on reading this submission: files that were ignored or interpreted differently. They
    /// can differ between two submissions with the same content.
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "crate::remark::stored")]
    pub remarks: Vec<Remark>,
    /// The module's slug.
    pub module: String,
    /// BLAKE3 of the collected sources, in hex. Empty if nothing could be collected.
    pub content_hash: String,
}

impl Submission {
    /// The student's name without the id. Use it only where the name is unique.
    pub fn name(&self) -> &str {
        let id = self.id.as_deref().unwrap_or_default();
        let front = self.student.strip_suffix(&format!(" ({id})"));
        front.unwrap_or(&self.student)
    }
}

/// One problem in the student's own file that prevented compilation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompileProblem {
    /// The file, relative to the submission (`src/timer.rs`), if known.
    pub file: Option<String>,
    /// 1-based line, if known.
    pub line: Option<u32>,
    /// 1-based column, if known.
    pub column: Option<u32>,
    /// The problem, in one line.
    pub message: String,
    /// The compiler's rendered message, or the expected public signature.
    pub explanation: String,
    /// The task whose cases cannot run because of it; `None` for all tasks.
    pub task: Option<String>,
}

/// The result of one hidden case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CaseResult {
    /// The case's name, unique within the module.
    pub name: String,
    /// The task it belongs to.
    pub task: String,
    /// The claim, in one sentence without hidden values.
    pub claim: String,
    /// Its outcome.
    pub outcome: Outcome,
    /// The problem, in the student's terms. It consists of fixed text and of text from the
    /// student's own code, never of hidden values.
    pub message: Option<String>,
    /// File and line where the student's code panicked, if it did.
    pub location: Option<String>,
    /// The parents whose failure caused [`Outcome::Skipped`].
    pub blocked_by: Vec<String>,
    /// Inputs, expected and received values.
    pub detail: Option<Hidden<String>>,
    /// Its weight within the task.
    pub weight: f64,
    /// What the student may see of it.
    pub visibility: CaseVisibility,
    /// Elapsed seconds of the whole case.
    pub wall_seconds: f64,
    /// The measurement, if the case is about speed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timing: Option<TimingResult>,
    /// The samples behind `timing`, for later review.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timed_pairs: Option<Hidden<Vec<TimedPair>>>,
}

/// The score of one task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskScore {
    /// The task's identifier.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Points awarded.
    pub points: f64,
    /// Maximum points.
    pub max_points: f64,
    /// Number of passed cases.
    pub passed: usize,
    /// Number of all cases.
    pub cases: usize,
    /// The outcome of the whole task.
    pub outcome: Outcome,
    /// What to try next; shown if points are missing.
    pub hint: String,
    /// Points that undecided cases could still add. `points + pending` is the highest score that is
    /// still possible.
    #[serde(default)]
    pub pending: f64,
    /// How passed cases are converted to points; `None` in older records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit: Option<CreditRule>,
}

/// How the weights of passed cases are converted to a task's points.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CreditRule {
    /// Points in proportion to the weight of passed cases.
    Proportional,
    /// All points if every case passed, otherwise none.
    AllOrNothing,
    /// The fraction of the highest step reached; steps ascend.
    Steps(Vec<CreditStep>),
}

/// One step of [`CreditRule::Steps`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CreditStep {
    /// Required percentage of the weight.
    pub percent: f64,
    /// Fraction of the points awarded: 0 to 1.
    pub fraction: f64,
}

/// The data needed to repeat this exact grading.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Provenance {
    /// The cache key of the result: a hash of sources, suite, rubric and toolchain.
    pub key: String,
    /// The secret seed from which inputs are drawn.
    pub seed: Hidden<u64>,
    /// Hash of the hidden cases, the driver and the foundation.
    pub suite_hash: String,
    /// Hash of the rubric.
    pub rubric_hash: String,
    /// The compiler's version line.
    pub toolchain: String,
    /// The sandbox level in effect.
    pub sandbox: String,
    /// The version of the grader.
    pub grader_version: String,
    /// Hash of the limits, link rules and handed-out files, which also affect the outcome of cases.
    #[serde(default)]
    pub conditions: String,
    /// On what its speed was measured; `None` where it was not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine: Option<MachineInfo>,
}

/// A grade's entry in the gradebook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordFacts {
    /// The number of this student's submission in this module, from 1. Grading the same files again
    /// does not count as a new submission.
    pub attempt: u32,
    /// Time of storing, in seconds since the Unix epoch.
    pub graded_at: i64,
}

/// The result of grading one submission of one module.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Grade {
    /// The student and the submission.
    pub submission: Submission,
    /// The module's title.
    pub title: String,
    /// The outcome of the whole submission.
    pub outcome: Outcome,
    /// Points awarded. `None` if the grader itself failed, which is not a zero.
    pub points: Option<f64>,
    /// Maximum points.
    pub max_points: f64,
    /// The score of each task.
    pub tasks: Vec<TaskScore>,
    /// The result of each case.
    pub cases: Vec<CaseResult>,
    /// Problems that prevented compilation of all or parts of it.
    pub problems: Vec<CompileProblem>,
    /// Remarks, except those on reading the submission.
    #[serde(with = "crate::remark::stored")]
    pub notes: Vec<Remark>,
    /// Functions rejected by the call audit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub audit: Vec<AuditRefusal>,
    /// The grader's own fault, if any. It may quote a hidden case.
    pub fault: Option<Hidden<String>>,
    /// The cost of each stage.
    pub costs: Vec<StageCost>,
    /// The data needed to repeat the grading.
    pub provenance: Provenance,
    /// The last day to submit, if there is one: `2026-11-30`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    /// Its entry in the gradebook; `None` until it is stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded: Option<RecordFacts>,
    /// What instructors decided about its cases. An attempt is stored without any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub decisions: Vec<CaseDecision>,
}

impl Grade {
    /// All remarks, starting with those on reading the submission.
    pub fn all_remarks(&self) -> impl Iterator<Item = &Remark> {
        self.submission.remarks.iter().chain(&self.notes)
    }

    /// The texts of [`Grade::all_remarks`].
    pub fn remark_texts(&self) -> Vec<String> {
        self.all_remarks().map(ToString::to_string).collect()
    }

    /// Points that undecided cases could still add.
    pub fn pending(&self) -> f64 {
        self.tasks.iter().map(|task| task.pending).sum()
    }

    /// Whether another measurement may decide a case: some case was measured but is undecided. (A
    /// case that cannot be measured on this machine at all stays undecided.)
    pub fn may_be_decided(&self) -> bool {
        let open = |case: &CaseResult| case.outcome == Outcome::Undecided && case.timing.is_some();
        self.cases.iter().any(open)
    }
}

/// One stored grading.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoredAttempt {
    /// Its number in the gradebook.
    pub id: i64,
    /// Time of storing, in seconds since the Unix epoch.
    pub graded_at: i64,
    /// The grade.
    pub grade: Grade,
}
