//! What a grading *is*, in plain data: outcomes, scores, and the two views of them.
//!
//! Every other crate speaks these types; this one depends on nothing but serde. The rule that
//! hidden test data never reaches a student is kept here, by type: see [`Hidden`] and [`student`].

mod decision;
mod grade;
mod hidden;
mod outcome;
pub mod student;
mod timing;

pub use decision::{Award, CaseDecision};
pub use grade::{
    Attempt, AuditRefusal, CaseResult, CompileProblem, CreditRule, CreditStep, Grade, Provenance,
    RecordFacts, Stage, StageCost, Submission, TaskScore, Visibility,
};
pub use hidden::{Hidden, NOT_FOR_STUDENTS};
pub use outcome::Outcome;
pub use timing::{TimedPair, Timing, TimingBasis, TimingClock};
