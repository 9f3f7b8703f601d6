//! Stores every attempt ever graded in one `SQLite` file.
//!
//! This is the only crate that knows SQL. It stores each [`Grade`](grader_model::Grade) whole, as
//! JSON, next to the few columns used for searching. Attempts are appended and never changed.
//!
//! **The file may be on a network disk**, as home folders at universities often are. `SQLite`'s
//! write-ahead log needs memory shared by all processes that open the file, which does not work
//! across machines. Therefore the gradebook uses the rollback journal with `synchronous=EXTRA`:
//! when [`Gradebook::record`] returns, the attempt survives a kill and a power cut. This costs a
//! few disk flushes per attempt, which is little compared with compiling a submission.

mod attempts;
mod class;
mod decisions;
mod error;
mod open;
mod private;
mod runs;
mod schema;

pub use class::ClassMember;
pub use decisions::{DecisionKind, DecisionRecord, DecisionSubject};
pub use error::GradebookError;
pub use open::Gradebook;
pub use runs::{GradingRun, PassedOver};
