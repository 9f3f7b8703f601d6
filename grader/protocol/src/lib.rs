//! Communication between the judge and a student's code: contracts, frames, transports. It contains
//! no judging.
//!
//! Each module has one [`contract!`]: the requests that the judge can make, the plain data in them, and
//! how the driver answers them with the student's code. The macro generates the requests, the judge's
//! client and the driver. The same client works over two transports: [`InProcess`] and the wire (a
//! confined process, in `grader-pipeline`).

// The expansion of `contract!` refers to this crate by name, and it is also used inside this crate.
extern crate self as grader_protocol;

mod bytes;
mod call_text;
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

/// Stack size of the thread that runs the student's code. It is large, so that legitimate recursion
/// works. The main thread is not used, because there the message about a stack overflow would need
/// `/proc`.
pub const STACK_BYTES: usize = 64 << 20;

pub use bytes::Bytes;
pub use call_text::{DescribeCall, call_text};
pub use failure::{CallFailure, StudentError};
pub use floats::Floats;
pub use grader_contract::{contract, sources};
pub use guard::guarded;
pub use in_process::InProcess;
pub use reply::{Answer, Reply, decode_reply, encode_reply};
pub use task::{ReadReply, TaskCalls, with_dependents};
pub use transport::{CallAllowance, CallCost, ThreadOverlap, Transport};

/// Used by the expansion of [`contract!`] only.
#[doc(hidden)]
pub mod private {
    pub use postcard;
    pub use serde;
}
