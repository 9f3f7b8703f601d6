//! The reasons a call to a student's code can fail.

use crate::CallAllowance;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// An error that the student's function returned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StudentError {
    /// The variant's name, such as `NoRuns`.
    pub kind: String,
    /// The error message.
    pub message: String,
}

/// The reason a call has no answer. All variants except [`CallFailure::Fault`] are attributed to
/// the student's code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallFailure {
    /// The function returned an error.
    #[error("your function returned an error: {} ({})", .0.message, .0.kind)]
    Returned(StudentError),
    /// The function body is still `todo!()`.
    #[error("not started: {message}")]
    NotStarted {
        /// The text of the stub, which says what to do.
        message: String,
        /// File and line.
        location: Option<String>,
    },
    /// The function panicked.
    #[error("your code panicked: {message}")]
    Panicked {
        /// The panic message, written by the student's code.
        message: String,
        /// File and line.
        location: Option<String>,
    },
    /// The function is missing or its signature differs, so it was left out of the driver.
    #[error("not available: {message}")]
    Unavailable {
        /// The expected signature.
        message: String,
    },
    /// The process ended without answering.
    #[error("the process ended in the middle of the call: {how}")]
    Crashed {
        /// The signal or exit code.
        how: String,
    },
    /// There was no answer within the limit.
    #[error(
        "no answer within {} s of processor time, or {} s of elapsed time{}: look for a loop or a wait \
         that never ends",
        seconds(.limit.cpu),
        seconds(.limit.elapsed),
        if *.reduced { " (less than usual, because earlier calls of this task took so long)" } else { "" }
    )]
    TimedOut {
        /// The limit of the call.
        limit: CallAllowance,
        /// Whether that limit was lower than usual because of earlier calls.
        reduced: bool,
    },
    /// The process had used up its CPU time, summed over all its calls.
    #[error(
        "the process had used up its {} s of processor time, its threads together: look for a loop or a \
         thread that never ends",
        seconds(*.limit)
    )]
    CpuLimit {
        /// The CPU time limit of the process.
        limit: Duration,
    },
    /// The call was not made, because earlier calls had used up the task's limit.
    #[error(
        "earlier calls of this task had used up its {} s of processor time, or {} s of elapsed \
         time",
        seconds(.limit.cpu),
        seconds(.limit.elapsed)
    )]
    NotAsked {
        /// The limit on those calls together.
        limit: CallAllowance,
    },
    /// The memory limit was reached.
    #[error(
        "the memory limit of {limit_mb} MB was reached: free what is no longer needed, or keep less at once"
    )]
    OutOfMemory {
        /// The limit in megabytes.
        limit_mb: u64,
    },
    /// Another limit was reached, and the process was ended because of it.
    #[error("a limit was reached: {what}")]
    OverLimit {
        /// The exceeded resource, its limit and what to do.
        what: String,
    },
    /// The sandbox stopped the process.
    #[error("refused by the sandbox: {what}")]
    Refused {
        /// The forbidden action.
        what: String,
    },
    /// The reply does not match the request.
    #[error("the reply was not one that this call can have: {what}")]
    BadReply {
        /// The difference.
        what: String,
    },
    /// The grader failed, not the submission.
    #[error("fault of the grader: {0}")]
    Fault(String),
}

/// Seconds rounded to one decimal, for messages. Whole numbers print without a decimal.
fn seconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 10.0).round() / 10.0
}

impl CallFailure {
    /// The failure for a request that the grader could not encode.
    #[doc(hidden)]
    #[expect(clippy::needless_pass_by_value, reason = "fits `map_err`")]
    pub fn unencodable(error: postcard::Error) -> Self {
        Self::Fault(format!("a request could not be encoded: {error}"))
    }
}
