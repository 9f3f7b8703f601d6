//! The course's configuration: `config/course.yaml` and `config/modules/<slug>.yaml`.

mod call_rules;
mod course;
mod errors;
mod fit;
mod gates;
mod partial;
mod reader;
mod rubric;
mod rubric_file;
mod task_file;
mod tree;

pub use call_rules::LinksRubric;
pub use course::{Course, CourseModule, Foundation, UnknownModule, VectorSetting};
pub use errors::ConfigErrors;
pub use fit::ModuleFacts;
pub use gates::{GateRubric, GateRule, NeededInstructions};
pub use partial::{PartialCredit, PartialStep};
pub use rubric::{CaseRubric, Rubric, SubmissionLimits, TaskRubric, VisibilityRule};
