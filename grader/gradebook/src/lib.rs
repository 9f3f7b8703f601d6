//! Every attempt ever graded, in one `SQLite` file.
//!
//! This is the only crate that knows SQL. It stores each [`Grade`](grader_model::Grade) whole, as
//! JSON, beside the few columns that are searched by; attempts are appended and never changed.
//!
//! **The file may live on a network disk** (a home folder at a university mostly does). `SQLite`'s
//! write-ahead log needs memory shared between all processes that open the file, which two
//! machines do not have; so the gradebook keeps the rollback journal, with `synchronous=EXTRA`:
//! when [`Gradebook::record`] returns, the attempt survives a kill and a power cut. It costs a few
//! disk flushes per attempt, little beside compiling a submission.

mod attempts;
mod class;
mod decisions;
mod error;
mod open;
mod runs;
mod schema;

pub use class::ClassMember;
pub use decisions::{Decision, DecisionKind, Subject};
pub use error::GradebookError;
pub use open::Gradebook;
pub use runs::{PassedOver, Run};
