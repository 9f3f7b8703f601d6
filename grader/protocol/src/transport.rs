//! The way to a student's code, whatever it is made of.

use crate::{CallFailure, DescribeCall};
use std::time::Duration;

/// What a call cost, seen from outside the student's code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CallCost {
    /// From sending the request to holding the whole reply.
    pub wall: Duration,
    /// CPU time of the student's process meanwhile, where it can be known.
    pub cpu: Option<Duration>,
    /// How its threads overlapped meanwhile, where they were watched and seen well enough.
    pub overlap: Option<Overlap>,
}

/// How the threads of a process overlapped during a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Overlap {
    /// How long the call would take if every thread had a CPU of its own.
    pub span: Duration,
    /// CPU time of the process while two or more of its threads were computing.
    pub together: Duration,
}

/// What one call may use: whichever ends first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// CPU time of the student's process: the fair clock, which a busy machine does not slow down.
    pub cpu: Duration,
    /// Elapsed time: ends a process that sleeps.
    pub elapsed: Duration,
}

impl Allowance {
    /// The smaller of the two in each clock.
    #[must_use]
    pub fn min(self, other: Self) -> Self {
        Self { cpu: self.cpu.min(other.cpu), elapsed: self.elapsed.min(other.elapsed) }
    }
}

/// Carries encoded requests to a student's code and brings back encoded replies.
pub trait Transport {
    /// Sends one request and waits for its reply.
    ///
    /// # Errors
    /// Whatever kept the reply from coming. The transport has recovered when it returns: the
    /// next call meets a fresh, working partner.
    fn call(&mut self, request: &[u8]) -> Result<Vec<u8>, CallFailure>;

    /// Lets the next call meet a fresh partner, whatever state this one is in.
    ///
    /// # Errors
    /// [`CallFailure::Fault`] when the partner cannot be taken away.
    fn refresh(&mut self) -> Result<(), CallFailure> {
        Ok(())
    }

    /// Sets what each of the next calls may use, at most the transport's own limit of a call. A transport
    /// that cannot end a call ignores it.
    fn allow(&mut self, allowance: Allowance) {
        let _ = allowance;
    }

    /// Is told of each call after it was made, with what turns it into text: for a transport that keeps a
    /// log. `reply` is `None` when none came.
    fn note_call(&mut self, describe: DescribeCall, request: &[u8], reply: Option<&[u8]>) {
        let _ = (describe, request, reply);
    }

    /// What the last call cost.
    fn last_cost(&self) -> CallCost;

    /// Elapsed time of the last call and of all that was done for it: processes started and ended.
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

    fn allow(&mut self, allowance: Allowance) {
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
