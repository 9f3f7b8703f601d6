//! The result of a grading as plain data: outcomes, scores, and the views for instructors and
//! students.
//!
//! All other crates use these types; this crate depends only on serde and thiserror. The types enforce that
//! hidden test data never reaches a student: see [`Hidden`] and [`student`].

mod audit;
mod decision;
mod file_list;
mod grade;
mod hidden;
mod intake;
mod machine;
mod outcome;
mod remark;
pub mod student;
mod timing;

pub use audit::{AuditRefusal, AuditRoute};
pub use decision::{CaseAward, CaseDecision};
pub use file_list::FileList;
pub use grade::{
    CaseResult, CaseVisibility, CompileProblem, CreditRule, CreditStep, Grade, GradingStage,
    Provenance, RecordFacts, StageCost, StoredAttempt, Submission, TaskScore,
};
pub use hidden::{Hidden, NOT_FOR_STUDENTS};
pub use intake::{IntakeRefusal, NameProblem, ReadProblem};
pub use machine::{MachineInfo, VectorLevel};
pub use outcome::Outcome;
pub use remark::Remark;
pub use timing::{TimedPair, TimedThreads, TimingBasis, TimingClock, TimingResult};
