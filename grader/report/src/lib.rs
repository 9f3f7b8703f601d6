//! Reports of gradings: one format per file.
//!
//! Everything a student made (names, paths, panic texts, the compiler's quotes of the source) goes
//! through [`escape`] before it is put into a format, and once more for the format itself.
//! A student's report is made of a [`grader_model::student::StudentView`], which has no hidden
//! value in it; reports for instructors are made of [`grader_model::Grade`] and say so.

#![expect(
    clippy::format_push_string,
    clippy::format_collect,
    reason = "a report is built line by line; `write!` would add a Result that cannot fail to every line"
)]

mod attention;
mod class;
mod clean;
mod conditions;
pub mod escape;
mod file_name;
mod grades;
pub mod html;
pub mod json;
pub mod markdown;
mod notices;
mod summary;
pub mod terminal;
mod words;
mod write;

pub use attention::{Attention, Reason};
pub use class::{CaseShare, ClassPage, ClassRow, TaskColumn, TaskPoints, Totals};
pub use conditions::{ConditionGroup, Difference};
pub use file_name::{file_name, file_names};
pub use grades::Grades;
pub use notices::{Entry, Notices, shown_name};
pub use words::{date, score_in_words};
pub use write::{ReportError, Written, write_all, write_student};
