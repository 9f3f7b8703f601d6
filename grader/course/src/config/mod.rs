//! The course's configuration: `config/course.yaml` and `config/modules/<slug>.yaml`.

mod course;
mod errors;
mod fit;
mod gates;
mod links;
mod partial;
mod reader;
mod rubric;
mod rubric_file;
mod task_file;
mod tree;

pub use course::{Course, CourseModule, Foundation, UnknownModule, VectorSetting};
pub use errors::ConfigErrors;
pub use fit::ModuleFacts;
pub use gates::{GateRubric, GateRule};
pub use links::LinksRubric;
pub use partial::{PartialCredit, Step};
pub use rubric::{CaseRubric, Limits, Rubric, TaskRubric, Visibility};
