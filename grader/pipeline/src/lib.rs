//! The stages of a grading, in order: collect, compile, sandbox, drive, judge, time, score.
//!
//! [`Grader`] takes one submission through them; [`ClassRun`] does so for a whole class. What a
//! submission does is a value in its [`grader_model::Grade`]; an `Err` here is always our fault.

mod assemble;
mod build;
mod cases;
mod class;
mod clock;
pub mod collect;
mod compile;
mod contention;
mod course_check;
mod decided;
mod defence;
mod drive;
mod early_end;
mod executable;
mod fault;
mod grade;
mod grader;
mod hash;
mod judge_cases;
mod kit;
mod libraries;
mod machine;
mod open;
mod package;
mod probes;
mod public_functions;
mod rescore;
mod score;
mod scratch;
mod session;
mod setup;
mod timing;
mod timing_cpus;
mod tokens;
mod toolchain;

pub use class::{
    CachedGrade, ClassObserver, ClassResult, ClassRun, GradeOrigin, GradeRef, GradeStore,
};
pub use compile::{BuildError, BuildFailure, FunctionRefusal, checked_lines, diagnostics, misfit};
pub use course_check::{CheckedModule, CourseCheck, check_course};
pub use decided::{most_points, with_decisions};
#[doc(hidden)]
pub use defence::DefenceLayer;
pub use drive::{DriveCost, Wire};
pub use fault::{Fault, Result};
pub use grade::CollectedSubmission;
pub use grader::{Grader, MeasureScope};
pub use kit::{Kit, cache_folder};
pub use machine::{machine, vector_limit};
pub use open::{GraderOptions, OpenError};
pub use probes::{ModuleProbes, ProbePurpose};
pub use rescore::{RescoreOutcome, rescore};
pub use setup::{ModuleSetup, source_names};
pub use timing::looks_at;
pub use toolchain::Toolchain;
