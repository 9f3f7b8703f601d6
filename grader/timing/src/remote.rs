//! A contender behind a wire.

use crate::{CallBatch, Contender, Sample};
use grader_protocol::timed::{Client, NOT_OPEN};
use grader_protocol::{Bytes, CallCost, CallFailure, Transport};
use std::time::Duration;

/// A process that can be asked, stopped, and whose clock can be read from outside.
pub trait RemoteProcess: Transport {
    /// CPU time of all its threads so far; `None` when it does not run.
    fn clock(&self) -> Option<Duration>;

    /// Stops it; false if that could not be made sure.
    fn freeze(&mut self) -> bool;

    /// Lets it run on.
    fn thaw(&mut self) -> bool;
}

/// One kernel of a process.
pub struct RemoteKernel<P> {
    partner: P,
    kernel: String,
}

impl<P: RemoteProcess> RemoteKernel<P> {
    /// The kernel called `kernel`; it is opened by [`Contender::start`].
    pub fn new(partner: P, kernel: impl Into<String>) -> Self {
        Self { partner, kernel: kernel.into() }
    }

    /// The process.
    pub fn into_partner(self) -> P {
        self.partner
    }

    fn clock(&self) -> Result<Duration, CallFailure> {
        self.partner.clock().ok_or_else(gone)
    }

    /// Stops or continues the process, which must be there.
    fn control(&mut self, control: fn(&mut P) -> bool) -> Result<(), CallFailure> {
        if control(&mut self.partner) {
            return Ok(());
        }
        self.clock()?;
        Err(CallFailure::Fault("a measured process could not be stopped or continued".into()))
    }

    /// What the calls cost, and the outputs.
    fn compute(
        &mut self,
        batch: &CallBatch,
        calls: usize,
    ) -> Result<(CallCost, Vec<Vec<u8>>), CallFailure> {
        let mut client = Client::new(&mut self.partner);
        if let Some(state) = &batch.set_up {
            client.set_up(Bytes(state.clone()))?;
        }
        let inputs: Vec<_> = batch.inputs.iter().cloned().map(Bytes).collect();
        let count = inputs.len();
        let loaded = client.load(inputs)? as usize;
        let made = client.run(calls as u32)? as usize;
        let timed = client.cost();
        let outputs: Vec<_> = client.fetch()?.into_iter().map(|output| output.0).collect();
        if (loaded, made, outputs.len()) != (count, calls, calls) {
            return Err(CallFailure::BadReply { what: "it made another number of calls".into() });
        }
        Ok((timed, outputs))
    }
}

impl<P: RemoteProcess> Contender for RemoteKernel<P> {
    fn start(&mut self) -> Result<(), CallFailure> {
        self.partner.refresh()?;
        Client::new(&mut self.partner).open(self.kernel.clone())?;
        self.control(P::freeze)
    }

    fn sample(&mut self, batch: &CallBatch, calls: usize) -> Result<Sample, CallFailure> {
        // Both readings are of a process that does not run: nothing that it computes is between two of them.
        let begin = self.clock()?;
        self.control(P::thaw)?;
        let (timed, outputs) = self.compute(batch, calls).map_err(|failure| match failure {
            CallFailure::Returned(error) if error.kind == NOT_OPEN => gone(),
            other => other,
        })?;
        self.control(P::freeze)?;
        let whole = self.clock()?.saturating_sub(begin);
        Ok(Sample { timed, outside: whole.saturating_sub(timed.cpu.unwrap_or_default()), outputs })
    }
}

fn gone() -> CallFailure {
    CallFailure::Crashed { how: "it was gone between two requests of the measurement".into() }
}
