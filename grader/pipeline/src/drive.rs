//! Stage 4: the wire to a confined driver. Every failure costs the call it happened in; the next
//! call meets a fresh process.

mod command;
mod deadline_stream;
mod exchange_error;
mod limits;
pub mod nonce;
mod partner;
mod poll;
mod watch;

use crate::defence::{DefenceLayer, SwitchedOff};
use crate::fault::{Fault, Result};
use deadline_stream::DeadlineStream;
use exchange_error::ExchangeError;
use grader_course::config::SubmissionLimits as RubricLimits;
use grader_judge::{CallLog, TaskBudget};
use grader_protocol::{CallAllowance, CallCost, CallFailure, DescribeCall, Transport, frame};
use grader_sandbox::{ConfinedChild, ConfinedCommand, ProcessResult, Sandbox};
use poll::{PollResult, listen};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};
use tracing::{debug, trace};
use watch::DriverWatch;

pub use limits::message_of;

/// What driving cost so far.
#[derive(Clone, Copy, Debug, Default)]
pub struct DriveCost {
    /// Setting up and tearing down sandboxes.
    pub sandbox: Duration,
    /// Waiting for replies.
    pub calls: Duration,
    /// CPU time of the drivers.
    pub cpu: Duration,
    /// Drivers started.
    pub launches: u32,
}

/// A [`Transport`] to a driver in the sandbox.
pub struct Wire<'a> {
    sandbox: &'a Sandbox,
    command: ConfinedCommand,
    limits: RubricLimits,
    cpus: Option<Vec<usize>>,
    /// Whether the threads are watched during calls.
    watched: bool,
    off: SwitchedOff,
    running: Option<RunningDriver>,
    nonce: u64,
    /// What the next call may use.
    allowance: CallAllowance,
    last: CallCost,
    last_elapsed: Duration,
    spent: DriveCost,
    log: Option<&'a CallLog>,
}

/// What `limits` allow one call.
fn of_a_call(limits: &RubricLimits) -> CallAllowance {
    let cpu = Duration::from_secs(limits.call_seconds.into());
    CallAllowance { cpu, elapsed: cpu * RubricLimits::ELAPSED_PER_CALL }
}

/// What `limits` allow the calls of one task.
pub fn task_budget(limits: &RubricLimits) -> TaskBudget {
    let cpu = Duration::from_secs(limits.task_seconds.into());
    let elapsed = Duration::from_secs(limits.elapsed_seconds_of_a_task().into());
    TaskBudget { call: of_a_call(limits), task: CallAllowance { cpu, elapsed } }
}

struct RunningDriver {
    child: ConfinedChild,
    socket: UnixStream,
}

impl<'a> Wire<'a> {
    /// A wire to `driver`, which is started with the first call. `nonce` is where the nonces
    /// start: the driver reads it, so no secret may follow from it ([`nonce::first`]).
    pub fn new(sandbox: &'a Sandbox, driver: &Path, limits: &RubricLimits, nonce: u64) -> Self {
        Self {
            sandbox,
            command: command::command(driver, limits),
            limits: *limits,
            cpus: None,
            watched: false,
            off: SwitchedOff::default(),
            running: None,
            nonce,
            allowance: of_a_call(limits),
            last: CallCost::default(),
            last_elapsed: Duration::ZERO,
            spent: DriveCost::default(),
            log: None,
        }
    }

    /// Keeps the last calls in `log`: instructors read them in a dispute.
    #[must_use]
    pub const fn logging(mut self, log: &'a CallLog) -> Self {
        self.log = Some(log);
        self
    }

    /// The same without a layer: for suites of attacks, and to measure what it costs.
    #[doc(hidden)]
    #[must_use]
    pub fn without(mut self, defence: DefenceLayer) -> Self {
        self.off.add(defence);
        self
    }

    /// The same without what is switched off.
    pub(crate) fn peeled(mut self, off: &SwitchedOff) -> Self {
        self.off.clone_from(off);
        self
    }

    /// Ends the driver and returns what it all cost.
    ///
    /// # Errors
    /// When the sandbox fails.
    pub fn finish(mut self) -> Result<DriveCost> {
        if let Some(running) = self.running.take() {
            self.end(running)?;
        }
        let DriveCost { sandbox, calls, cpu, launches } = self.spent;
        debug!(
            launches,
            sandbox_ms = sandbox.as_millis(),
            calls_ms = calls.as_millis(),
            cpu_ms = cpu.as_millis(),
            "driver finished"
        );
        Ok(self.spent)
    }

    fn start(&mut self) -> Result<RunningDriver> {
        let start = Instant::now();
        let mut child = self.sandbox.spawn(&self.command)?;
        let socket = child.socket().map(|socket| socket.try_clone());
        let socket = socket
            .ok_or_else(|| Fault::new("the sandbox gave the driver no socket"))?
            .map_err(|error| Fault::new(format!("the driver's socket: {error}")))?;
        if let Some(cpus) = &self.cpus
            && !child.run_on(cpus)
            && child.clock().is_some()
        {
            return Err(Fault::new(format!("a driver could not be bound to the CPUs {cpus:?}")));
        }
        self.spent.sandbox += start.elapsed();
        self.spent.launches += 1;
        trace!(ms = start.elapsed().as_millis(), "driver started");
        Ok(RunningDriver { child, socket })
    }

    /// A driver that can be asked. One that ended since its last reply (a thread of its own did it)
    /// did not end in this call: a fresh one takes its place.
    fn ready(&mut self) -> std::result::Result<RunningDriver, CallFailure> {
        let fault = |fault: Fault| CallFailure::Fault(fault.to_string());
        if let Some(running) = self.running.take() {
            match listen(&running.socket) {
                PollResult::Bytes if self.off.holds(DefenceLayer::OneReply) => {
                    return Err(self.diagnose(running, &ExchangeError::Unasked));
                }
                PollResult::Nothing | PollResult::Bytes => return Ok(running),
                PollResult::End => drop(self.end(running).map_err(fault)?),
            }
        }
        self.start().map_err(fault)
    }

    fn end(&mut self, mut running: RunningDriver) -> Result<ProcessResult> {
        let start = Instant::now();
        running.child.kill();
        let finished = running.child.wait()?;
        self.spent.sandbox += start.elapsed();
        self.spent.cpu += finished.cpu;
        trace!(end = ?finished.end, cpu_ms = finished.cpu.as_millis(), "driver ended");
        Ok(finished)
    }

    /// One exchange with a running driver.
    fn exchange(
        &self,
        running: &mut RunningDriver,
        request: &[u8],
    ) -> std::result::Result<Vec<u8>, ExchangeError> {
        let limit = self.off.of_a_call(self.allowance);
        let child = &running.child;
        let cpu = || child.cpu_time();
        let mut stream = DeadlineStream::new(&running.socket, limit, &cpu);
        frame::write(&mut stream, self.nonce, request)?;
        let reply = frame::read(&mut stream)?;
        if !self.off.holds(DefenceLayer::OneReply) {
            return Ok(reply.payload);
        }
        if reply.nonce != self.nonce {
            return Err(ExchangeError::OtherNonce);
        }
        // A process that ends once it has answered has answered all the same.
        match listen(&running.socket) {
            PollResult::Bytes => Err(ExchangeError::Unasked),
            PollResult::Nothing | PollResult::End => Ok(reply.payload),
        }
    }

    fn try_call(&mut self, request: &[u8]) -> std::result::Result<Vec<u8>, CallFailure> {
        let reused = self.running.is_some();
        let running = self.ready()?;
        match self.ask(running, request) {
            // It may have ended of what came before. In a fresh process the call speaks for itself.
            Err((running, ExchangeError::HungUp)) if reused => {
                self.end(running).map_err(|fault| CallFailure::Fault(fault.to_string()))?;
                let running = self.ready()?;
                let asked = self.ask(running, request);
                asked.map_err(|(running, broken)| self.diagnose(running, &broken))
            }
            asked => asked.map_err(|(running, broken)| self.diagnose(running, &broken)),
        }
    }

    /// Asks a running driver once, and keeps it for the next call if it answers.
    fn ask(
        &mut self,
        mut running: RunningDriver,
        request: &[u8],
    ) -> std::result::Result<Vec<u8>, (RunningDriver, ExchangeError)> {
        // A driver is one process, so its own clock is all of it.
        let before = running.child.clock();
        let start = Instant::now();
        let watch = self.watched.then(|| DriverWatch::begin(running.child.threads()));
        let outcome = self.exchange(&mut running, request);
        let wall = start.elapsed();
        let overlap = watch.and_then(DriverWatch::end);
        let cpu = before.zip(running.child.clock()).map(|(b, a)| a.saturating_sub(b));
        self.last = CallCost { wall, cpu, overlap };
        self.spent.calls += wall;
        match outcome {
            Ok(reply) => {
                self.running = Some(running);
                Ok(reply)
            }
            Err(broken) => Err((running, broken)),
        }
    }
}

impl Transport for Wire<'_> {
    fn refresh(&mut self) -> std::result::Result<(), CallFailure> {
        let Some(running) = self.running.take() else { return Ok(()) };
        self.end(running).map(drop).map_err(|fault| CallFailure::Fault(fault.to_string()))
    }

    fn call(&mut self, request: &[u8]) -> std::result::Result<Vec<u8>, CallFailure> {
        let start = Instant::now();
        self.last = CallCost::default();
        self.nonce = self.nonce.wrapping_add(1);
        let reply = self.try_call(request);
        // A panic may have left locks poisoned and state half changed: the next call starts anew.
        if reply.as_deref().is_ok_and(is_panic)
            && let Some(running) = self.running.take()
        {
            self.end(running).map_err(|fault| CallFailure::Fault(fault.to_string()))?;
        }
        self.last_elapsed = start.elapsed();
        reply
    }

    fn allow(&mut self, allowance: CallAllowance) {
        self.allowance = allowance.min(of_a_call(&self.limits));
    }

    fn last_cost(&self) -> CallCost {
        self.last
    }

    fn note_call(&mut self, describe: DescribeCall, request: &[u8], reply: Option<&[u8]>) {
        if let Some(log) = self.log {
            log.note(describe, request, reply);
        }
    }

    fn last_elapsed(&self) -> Duration {
        self.last_elapsed
    }
}

fn is_panic(reply: &[u8]) -> bool {
    let failure = grader_protocol::decode_reply::<()>(reply);
    matches!(failure, Err(CallFailure::Panicked { .. }))
}
