//! Why a call to a student's code brought no answer.

use crate::Allowance;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// An error that the student's function returned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StudentError {
    /// The variant's name, such as `NoRuns`.
    pub kind: String,
    /// What it says to people.
    pub message: String,
}

/// The end of a call that brought no answer. All but [`CallFailure::Fault`] are the student's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallFailure {
    /// The function returned an error.
    #[error("your function returned an error: {} ({})", .0.message, .0.kind)]
    Returned(StudentError),
    /// The function still says `todo!()`.
    #[error("not started: {message}")]
    NotStarted {
        /// What is to be done, as the stub says it.
        message: String,
        /// File and line.
        location: Option<String>,
    },
    /// The function panicked.
    #[error("your code panicked: {message}")]
    Panicked {
        /// The panic's message: text of the student's.
        message: String,
        /// File and line.
        location: Option<String>,
    },
    /// The function is missing or has another signature, so it was left out of the driver.
    #[error("not available: {message}")]
    Unavailable {
        /// What the signature should be.
        message: String,
    },
    /// The process ended instead of answering.
    #[error("the process ended in the middle of the call: {how}")]
    Crashed {
        /// By which signal or exit code.
        how: String,
    },
    /// No answer within the limit.
    #[error(
        "no answer within {} s of processor time, or {} s of elapsed time{}: look for a loop or a wait \
         that never ends",
        seconds(.limit.cpu),
        seconds(.limit.elapsed),
        if *.reduced { " (less than usual, because earlier calls of this task took so long)" } else { "" }
    )]
    TimedOut {
        /// What the call could use.
        limit: Allowance,
        /// Whether that was less than the limit of a call, because of earlier calls.
        reduced: bool,
    },
    /// The process had used up its processor time, over all of its calls.
    #[error(
        "the process had used up its {} s of processor time, its threads together: look for a loop or a \
         thread that never ends",
        seconds(*.limit)
    )]
    CpuLimit {
        /// What a process may use.
        limit: Duration,
    },
    /// The call was never made.
    #[error(
        "earlier calls of this task had used up its {} s of processor time, or {} s of elapsed \
         time",
        seconds(.limit.cpu),
        seconds(.limit.elapsed)
    )]
    NotAsked {
        /// What those calls could use together.
        limit: Allowance,
    },
    /// The memory limit was reached.
    #[error(
        "the memory limit of {limit_mb} MB was reached: free what is no longer needed, or keep less at once"
    )]
    OutOfMemory {
        /// The limit in megabytes.
        limit_mb: u64,
    },
    /// Another limit was reached, and the process was ended for it.
    #[error("a limit was reached: {what}")]
    OverLimit {
        /// What was exceeded, the limit, and what to do.
        what: String,
    },
    /// The sandbox stopped the process.
    #[error("refused by the sandbox: {what}")]
    Refused {
        /// What was tried.
        what: String,
    },
    /// What came back is no reply to the request.
    #[error("the reply was not one that this call can have: {what}")]
    BadReply {
        /// What was wrong with it.
        what: String,
    },
    /// Our own fault.
    #[error("fault of the grader: {0}")]
    Fault(String),
}

/// Seconds for people: one decimal, and none where it is zero.
fn seconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 10.0).round() / 10.0
}

impl CallFailure {
    /// A request of ours that cannot be encoded.
    #[doc(hidden)]
    #[expect(clippy::needless_pass_by_value, reason = "fits `map_err`")]
    pub fn unencodable(error: postcard::Error) -> Self {
        Self::Fault(format!("a request could not be encoded: {error}"))
    }
}
