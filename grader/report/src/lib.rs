//! Reports of gradings: one [`Exporter`] per format.
//!
//! All text from a student (names, paths, panic messages, the compiler's quotes of the source) goes
//! through [`escape`] before it is put into a format, and again for the format itself.
//! A student's report is made from a [`grader_model::student::StudentView`], which contains no hidden
//! value. Reports for instructors are made from a [`grader_model::Grade`] and say so.

#![expect(
    clippy::format_push_string,
    clippy::format_collect,
    reason = "a report is built line by line; `write!` would add a Result that cannot fail to every line"
)]

mod attention;
mod catalogue;
mod class;
mod clean;
mod conditions;
mod error;
pub mod escape;
mod export;
mod file_name;
mod grades;
pub mod html;
pub mod json;
pub mod markdown;
mod notices;
mod staged;
mod summary;
pub mod terminal;
mod words;
mod write;

pub use attention::{AttentionEntry, AttentionReason};
pub use catalogue::{CaseCatalogue, CatalogueCase, CatalogueTask, KnownMistake, write_catalogue};
pub use class::{CaseShare, ClassPage, ClassRow, ClassTotals, TaskColumn, TaskPoints};
pub use conditions::{ConditionDifference, ConditionGroup};
pub use error::ReportError;
pub use export::{ClassExporter, Exporter, class_text, export_class};
pub use file_name::{file_name, file_names};
pub use grades::GradeSource;
pub use notices::{ClassNotices, NoticeEntry, shown_name};
pub use words::{date, score_in_words};
pub use write::{ReportFiles, write_all, write_student};
