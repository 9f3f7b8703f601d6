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

    /// Is told of each call after it was made, with what turns it into text: for a transport that keeps a
    /// log. `reply` is `None` when none came.
    fn note_call(&mut self, describe: DescribeCall, request: &[u8], reply: Option<&[u8]>) {
        let _ = (describe, request, reply);
    }

    /// What the last call cost.
    fn last_cost(&self) -> CallCost;
}
