//! The transport without a process: for the reference and for testing the judge itself.

use crate::{CallCost, CallFailure, Transport, guarded};
use std::time::{Duration, Instant};

/// Calls a dispatch function directly. Nothing confines the code: only for code of our own.
pub struct InProcess<F> {
    dispatch: F,
    last: CallCost,
}

impl<F: FnMut(&[u8]) -> Vec<u8>> InProcess<F> {
    /// A transport to `dispatch`, which is what [`crate::contract!`] generates.
    pub const fn new(dispatch: F) -> Self {
        Self { dispatch, last: CallCost { wall: Duration::ZERO, cpu: None, overlap: None } }
    }
}

impl<F: FnMut(&[u8]) -> Vec<u8>> Transport for InProcess<F> {
    fn call(&mut self, request: &[u8]) -> Result<Vec<u8>, CallFailure> {
        let start = Instant::now();
        let reply = guarded(|| (self.dispatch)(request));
        self.last = CallCost { wall: start.elapsed(), ..CallCost::default() };
        Ok(reply)
    }

    fn last_cost(&self) -> CallCost {
        self.last
    }
}
