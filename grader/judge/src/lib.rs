//! Hidden cases and how they are run. This crate starts no process and reads no clock: the
//! transport reports the cost of a call.

mod budget;
mod call_log;
mod case;
pub mod check;
mod draw;
mod failure;
mod module;
mod run;
mod timed_work;

pub use budget::{MeteredTransport, TaskAccount, TaskBudget};
pub use call_log::CallLog;
#[doc(hidden)]
pub use case::last_segment;
pub use case::{Case, Suite, SuiteError};
pub use draw::Draw;
pub use failure::{CaseVerdict, Failure, wrong};
/// The files of this crate: they decide about answers.
pub const SOURCES: &[(&str, &[u8])] = grader_protocol::sources!();

/// Used by the expansion of [`module!`] only.
#[doc(hidden)]
pub use grader_protocol as protocol;
pub use grader_protocol::{CallCost, CallFailure, StudentError, Transport};
pub use grader_timing::{CallBatch, Workload};
pub use module::{Module, SourceFiles};
pub use run::{CaseObserver, CaseRun, run_suite};
pub use timed_work::{TimedCase, TimedWork};
