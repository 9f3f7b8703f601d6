//! The result of a grading as plain data: outcomes, scores, and the views for instructors and
//! students.
//!
//! All other crates use these types; this crate depends only on serde. The types enforce that
//! hidden test data never reaches a student: see [`Hidden`] and [`student`].

mod decision;
mod grade;
mod hidden;
mod machine;
mod outcome;
pub mod student;
mod timing;

pub use decision::{Award, CaseDecision};
pub use grade::{
    Attempt, AuditRefusal, CaseResult, CompileProblem, CreditRule, CreditStep, Grade, Provenance,
    RecordFacts, Stage, StageCost, Submission, TaskScore, Visibility,
};
pub use hidden::{Hidden, NOT_FOR_STUDENTS};
pub use machine::{Machine, VectorLevel};
pub use outcome::Outcome;
pub use timing::{TimedPair, TimedThreads, Timing, TimingBasis, TimingClock};
