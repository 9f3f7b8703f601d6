//! How the judge and a student's code talk: contracts, frames, transports. No judging here.
//!
//! A module has one [`contract!`]: the list of what its students build, in plain data. From it
//! come the requests, the judge's client and the driver's dispatch. The same client works over
//! two transports: [`InProcess`] and the wire (a confined process, in `grader-pipeline`).

// The expansion of `contract!` names this crate, here too.
extern crate self as grader_protocol;

mod bytes;
mod call_text;
mod contract;
mod decode;
mod failure;
mod floats;
pub mod frame;
mod guard;
mod in_process;
mod reply;
mod shorten;
mod task;
pub mod timed;
mod transport;

/// Stack of the thread that runs the student's code. Generous, so that honest recursion works;
/// and not the main thread's, or the message of a stack overflow would need `/proc`.
pub const STACK_BYTES: usize = 64 << 20;

pub use bytes::Bytes;
pub use call_text::{DescribeCall, call_text};
pub use failure::{CallFailure, StudentError};
pub use floats::Floats;
pub use guard::guarded;
pub use in_process::InProcess;
pub use reply::{Answer, Reply, decode_reply, encode_reply};
pub use task::answer;
pub use transport::{Allowance, CallCost, Overlap, Transport};

/// What the expansion of [`contract!`] refers to; not for use by hand.
#[doc(hidden)]
pub mod private {
    pub use postcard;
    pub use serde;
}
