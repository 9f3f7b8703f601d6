//! The connection to a student's code, independent of its implementation.

use crate::{CallFailure, DescribeCall};
use std::time::Duration;

/// The cost of a call, measured outside the student's code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CallCost {
    /// Elapsed time from sending the request to receiving the whole reply.
    pub wall: Duration,
    /// CPU time of the student's process in that time, if it is known.
    pub cpu: Option<Duration>,
    /// How its threads overlapped meanwhile, where they were watched and seen well enough.
    pub overlap: Option<ThreadOverlap>,
}

/// How the threads of a process overlapped during a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ThreadOverlap {
    /// How long the call would take if every thread had a CPU of its own.
    pub span: Duration,
    /// CPU time of the process while two or more of its threads were computing.
    pub together: Duration,
}

/// The limits of one call. The call ends when either is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallAllowance {
    /// CPU time of the student's process. This is the fair clock: other load on the machine hardly
    /// affects it.
    pub cpu: Duration,
    /// Elapsed time. This limit ends a process that sleeps.
    pub elapsed: Duration,
}

impl CallAllowance {
    /// The smaller limit for each clock.
    #[must_use]
    pub fn min(self, other: Self) -> Self {
        Self { cpu: self.cpu.min(other.cpu), elapsed: self.elapsed.min(other.elapsed) }
    }
}

/// Sends encoded requests to a student's code and returns encoded replies.
pub trait Transport {
    /// Sends one request and waits for its reply.
    ///
    /// # Errors
    /// The reason there is no reply. The transport has recovered when it returns: the next call
    /// uses a fresh, working process.
    fn call(&mut self, request: &[u8]) -> Result<Vec<u8>, CallFailure>;

    /// Ensures that the next call uses a fresh process. By default, does nothing.
    ///
    /// # Errors
    /// [`CallFailure::Fault`] if the present process cannot be removed.
    fn refresh(&mut self) -> Result<(), CallFailure> {
        Ok(())
    }

    /// Sets the limit for each of the next calls, capped at the transport's own limit. A transport
    /// that cannot interrupt a call ignores it.
    fn allow(&mut self, allowance: CallAllowance) {
        let _ = allowance;
    }

    /// Called after each call, with a function that formats it as text, for transports that keep a
    /// log. `reply` is `None` if there was none.
    fn note_call(&mut self, describe: DescribeCall, request: &[u8], reply: Option<&[u8]>) {
        let _ = (describe, request, reply);
    }

    /// The cost of the last call.
    fn last_cost(&self) -> CallCost;

    /// Elapsed time of the last call, including starting and ending processes for it.
    fn last_elapsed(&self) -> Duration {
        self.last_cost().wall
    }
}

impl<T: Transport + ?Sized> Transport for &mut T {
    fn call(&mut self, request: &[u8]) -> Result<Vec<u8>, CallFailure> {
        (**self).call(request)
    }

    fn refresh(&mut self) -> Result<(), CallFailure> {
        (**self).refresh()
    }

    fn allow(&mut self, allowance: CallAllowance) {
        (**self).allow(allowance);
    }

    fn note_call(&mut self, describe: DescribeCall, request: &[u8], reply: Option<&[u8]>) {
        (**self).note_call(describe, request, reply);
    }

    fn last_cost(&self) -> CallCost {
        (**self).last_cost()
    }

    fn last_elapsed(&self) -> Duration {
        (**self).last_elapsed()
    }
}
