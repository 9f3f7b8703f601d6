//! The full record of one grading. It holds hidden details: for instructors and the gradebook.

use crate::{CaseDecision, Hidden, Outcome, TimedPair, Timing};
use serde::{Deserialize, Serialize};

/// What a student may see of a hidden case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Its name, its outcome and the message.
    #[default]
    Message,
    /// Its name and its outcome.
    Name,
    /// Nothing: it only counts.
    Nothing,
}

/// The stages of a grading, in the order in which they run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Taking the sources out of a folder or an archive.
    Collect,
    /// Compiling and linking them.
    Compile,
    /// Setting up and tearing down the sandbox around the driver.
    Sandbox,
    /// Waiting for the student's code to answer.
    Drive,
    /// Deciding whether the answers are right.
    Judge,
    /// Building once more for speed, and measuring.
    Time,
}

/// What one stage cost.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct StageCost {
    /// Which stage.
    pub stage: Stage,
    /// Elapsed seconds.
    pub wall_seconds: f64,
    /// CPU seconds, of the grader's thread and of the processes it ran.
    pub cpu_seconds: f64,
}

/// Who handed in what.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    /// The student, as the folder, the archive or the platform names them, with the platform's id behind
    /// the name (`Ada Lovelace (12345)`) where it has one. The key of the gradebook. Untrusted text.
    pub student: String,
    /// The platform's own id of the student, as it is in [`Submission::student`]. Untrusted text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Whether the platform marks it as late.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub late: bool,
    /// The other students who handed it in together with this one. Untrusted text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub partners: Vec<String>,
    /// What is to be said of this hand-in: what was left out of it or read in another way. Two hand-ins of the
    /// same content can differ in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<String>,
    /// The module's slug.
    pub module: String,
    /// BLAKE3 of the collected sources, hex. Empty when nothing could be collected.
    pub content_hash: String,
}

impl Submission {
    /// The student's name without the id, for where nobody else has this name.
    pub fn name(&self) -> &str {
        let id = self.id.as_deref().unwrap_or_default();
        let front = self.student.strip_suffix(&format!(" ({id})"));
        front.unwrap_or(&self.student)
    }
}

/// One problem that kept code from compiling, in the student's own file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompileProblem {
    /// The file, relative to the submission (`src/timer.rs`), when known.
    pub file: Option<String>,
    /// One-based line, when known.
    pub line: Option<u32>,
    /// One-based column, when known.
    pub column: Option<u32>,
    /// What is wrong, in one line.
    pub message: String,
    /// The compiler's rendering, or what the public signature should be.
    pub explanation: String,
    /// The task whose cases cannot run because of it; `None` when all of them.
    pub task: Option<String>,
}

/// One hidden case's result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CaseResult {
    /// The case's name, unique within the module.
    pub name: String,
    /// The task it belongs to.
    pub task: String,
    /// What it claims, in one sentence without hidden values.
    pub claim: String,
    /// How it ended.
    pub outcome: Outcome,
    /// What went wrong, in the student's terms; built from fixed words and from what the
    /// student's own code said, never from hidden values.
    pub message: Option<String>,
    /// Where the student's code panicked: file and line, when it did.
    pub location: Option<String>,
    /// The parents whose failure made it [`Outcome::Skipped`].
    pub blocked_by: Vec<String>,
    /// Inputs, expected and received values.
    pub detail: Option<Hidden<String>>,
    /// Its weight within the task.
    pub weight: f64,
    /// What the student may see of it.
    pub visibility: Visibility,
    /// Elapsed seconds of the whole case.
    pub wall_seconds: f64,
    /// What was measured, when the case is about speed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timing: Option<Timing>,
    /// The samples that it was made of, to be looked at again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timed_pairs: Option<Hidden<Vec<TimedPair>>>,
}

/// A function that the call audit refused: it leads to code that its task asks for. An instructor checks each,
/// because a wrong refusal costs honest work its points.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRefusal {
    /// The function's public path: `matmul_tiled`.
    pub function: String,
    /// The tasks whose cases are refused because of it.
    pub tasks: Vec<String>,
    /// The student's own functions on the way, from the first to the last.
    pub way: Vec<String>,
    /// What it leads to; `None` when the function has no address and could not be traced.
    pub leads_to: Option<String>,
}

/// The score of one task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskScore {
    /// The task's identifier.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Points reached.
    pub points: f64,
    /// Points that can be reached.
    pub max_points: f64,
    /// Cases passed.
    pub passed: usize,
    /// Cases in all.
    pub cases: usize,
    /// How the task ended as a whole.
    pub outcome: Outcome,
    /// What to try next; shown when points are missing.
    pub hint: String,
    /// Points that are neither won nor lost: those that its undecided cases could still bring. `points` and
    /// `pending` together are the most that can still be reached.
    #[serde(default)]
    pub pending: f64,
    /// How passed cases become points; `None` in records of before it was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit: Option<CreditRule>,
}

/// How the weights of passed cases become a task's points.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CreditRule {
    /// As large a part of the points as of the weight.
    Proportional,
    /// All points if every case passed, else none.
    AllOrNothing,
    /// The fraction of the highest step reached, lowest step first.
    Steps(Vec<CreditStep>),
}

/// One step of [`CreditRule::Steps`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CreditStep {
    /// Percent of the weight that must have passed.
    pub percent: f64,
    /// Fraction of the points that it earns: 0 to 1.
    pub fraction: f64,
}

/// What is needed to run this very grading again.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Provenance {
    /// The key under which the result is stored: hash of sources, suite, rubric and toolchain.
    pub key: String,
    /// The secret seed of the inputs.
    pub seed: Hidden<u64>,
    /// Hash of the hidden cases, the driver and the foundation.
    pub suite_hash: String,
    /// Hash of the rubric.
    pub rubric_hash: String,
    /// The compiler's version line.
    pub toolchain: String,
    /// The sandbox level that was reached.
    pub sandbox: String,
    /// The version of the grader.
    pub grader_version: String,
    /// Hash of the limits, link rules and handed-out files: what else decides how cases end.
    #[serde(default)]
    pub conditions: String,
}

/// A grade's place in the gradebook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordFacts {
    /// Which hand-in of this student in this module it is, from 1. Grading the same files again
    /// is no new hand-in.
    pub attempt: u32,
    /// When it was stored: seconds since the Unix epoch.
    pub graded_at: i64,
}

/// The result of grading one submission of one module.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Grade {
    /// Who and what.
    pub submission: Submission,
    /// The module's title.
    pub title: String,
    /// How it ended as a whole.
    pub outcome: Outcome,
    /// Points reached. `None` when the grader itself failed: that is not a zero.
    pub points: Option<f64>,
    /// Points that can be reached.
    pub max_points: f64,
    /// Task by task.
    pub tasks: Vec<TaskScore>,
    /// Case by case.
    pub cases: Vec<CaseResult>,
    /// What kept (parts of) it from compiling.
    pub problems: Vec<CompileProblem>,
    /// Other remarks than those on the hand-in, in plain words.
    pub notes: Vec<String>,
    /// What the call audit refused.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub audit: Vec<AuditRefusal>,
    /// The fault of ours, when there is one. It may quote a hidden case.
    pub fault: Option<Hidden<String>>,
    /// What each stage cost.
    pub costs: Vec<StageCost>,
    /// How to repeat it.
    pub provenance: Provenance,
    /// The last day for handing in, if there is one: `2026-11-30`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    /// Its place in the gradebook; `None` until it has been stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded: Option<RecordFacts>,
    /// What instructors decided about its cases. An attempt is stored without any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub decisions: Vec<CaseDecision>,
}

impl Grade {
    /// All remarks: those on the hand-in first.
    pub fn all_remarks(&self) -> impl Iterator<Item = &String> {
        self.submission.remarks.iter().chain(&self.notes)
    }

    /// Points that are neither won nor lost: those that undecided cases could still bring.
    pub fn pending(&self) -> f64 {
        self.tasks.iter().map(|task| task.pending).sum()
    }

    /// Whether some case was measured and left undecided: another measurement may decide it. (One
    /// that could not be measured on this machine at all stays undecided however often it is tried.)
    pub fn may_be_decided(&self) -> bool {
        let open = |case: &CaseResult| case.outcome == Outcome::Undecided && case.timing.is_some();
        self.cases.iter().any(open)
    }
}

/// One stored grading.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    /// The gradebook's number of it.
    pub id: i64,
    /// When it was stored: seconds since the Unix epoch.
    pub graded_at: i64,
    /// The grade.
    pub grade: Grade,
}
