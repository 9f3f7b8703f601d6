//! Why the stages of a submission end before the last one.

use crate::compile::BuildFailure;
use crate::fault::Fault;
use grader_model::StageCost;

/// The end of a grading that does not reach the last stage.
pub enum EarlyEnd {
    /// Nothing of the submission can be run.
    Unbuilt {
        /// The outcome and the problems.
        failure: BuildFailure,
        /// The cost so far, without that of collecting.
        costs: Vec<StageCost>,
    },
    /// The run was stopped: half a grade is no grade.
    Stopped,
    /// The grader failed.
    Fault(Fault),
}

impl From<Fault> for EarlyEnd {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}
