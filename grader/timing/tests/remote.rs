//! A contender behind a wire: what is asked, when the process may run, and what is on the clock.

use grader_protocol::timed::{NOT_OPEN, TimedKernels, dispatch};
use grader_protocol::{Answer, Bytes, CallCost, CallFailure, StudentError, Transport, guarded};
use grader_timing::{CallBatch, Contender, RemoteKernel, RemoteProcess};
use std::time::Duration;

/// Each request costs a power of ten of microseconds, so that a sum tells what was in it.
#[derive(Default)]
struct FakeKernel {
    inputs: Vec<Bytes>,
    micros: u64,
    forgets_one: bool,
    was_replaced: bool,
    /// A thread of its own computes whenever it may.
    has_a_thread: bool,
}

impl TimedKernels for FakeKernel {
    fn open(&mut self, kernel: String) -> Answer<()> {
        assert_eq!(kernel, "the kernel");
        self.micros += 1;
        Ok(())
    }
    fn set_up(&mut self, _: Bytes) -> Answer<()> {
        self.micros += 10;
        Ok(())
    }
    fn load(&mut self, inputs: Vec<Bytes>) -> Answer<u32> {
        self.micros += 100;
        self.inputs = inputs;
        Ok(self.inputs.len() as u32)
    }
    fn run(&mut self, calls: u32) -> Answer<u32> {
        if self.was_replaced {
            return Err(StudentError { kind: NOT_OPEN.into(), message: String::new() });
        }
        self.micros += 1000;
        self.inputs.truncate(calls as usize);
        Ok(self.inputs.len() as u32)
    }
    fn fetch(&mut self) -> Answer<Vec<Bytes>> {
        self.micros += 10_000;
        let skipped = usize::from(self.forgets_one);
        Ok(self.inputs.drain(..).skip(skipped).collect())
    }
}

#[derive(Default)]
struct FakeProcess {
    kernel: FakeKernel,
    frozen: bool,
    gone: bool,
    cannot_freeze: bool,
    refreshed: u32,
    cost: CallCost,
}

impl Transport for FakeProcess {
    fn call(&mut self, request: &[u8]) -> Result<Vec<u8>, CallFailure> {
        assert!(!self.frozen, "a frozen process is asked");
        let before = self.kernel.micros;
        let reply = guarded(|| dispatch(&mut self.kernel, request));
        let cpu = Duration::from_micros(self.kernel.micros - before);
        self.cost = CallCost { wall: 2 * cpu, cpu: Some(cpu), overlap: None };
        Ok(reply)
    }
    fn refresh(&mut self) -> Result<(), CallFailure> {
        self.refreshed += 1;
        self.frozen = false;
        Ok(())
    }
    fn last_cost(&self) -> CallCost {
        self.cost
    }
}

impl RemoteProcess for FakeProcess {
    fn clock(&self) -> Option<Duration> {
        (!self.gone).then(|| Duration::from_micros(self.kernel.micros))
    }
    fn freeze(&mut self) -> bool {
        self.kernel.micros += if self.kernel.has_a_thread { 200_000 } else { 0 };
        self.frozen = !self.gone && !self.cannot_freeze;
        self.frozen
    }
    fn thaw(&mut self) -> bool {
        self.frozen = false;
        self.kernel.micros += if self.kernel.has_a_thread { 100_000 } else { 0 };
        !self.gone
    }
}

fn batch() -> CallBatch {
    CallBatch { set_up: None, inputs: vec![vec![1], vec![2]] }
}

#[test]
fn only_the_calls_are_on_the_clock_and_the_rest_is_counted_beside() {
    let mut remote = RemoteKernel::new(FakeProcess::default(), "the kernel");
    remote.start().unwrap();
    let sample = remote.sample(&batch(), 2).unwrap();
    assert_eq!(sample.timed.cpu, Some(Duration::from_millis(1)));
    assert_eq!(sample.outside, Duration::from_micros(10_100));
    assert_eq!(sample.outputs, [[1], [2]]);
    let with_state = CallBatch { set_up: Some(vec![7]), ..batch() };
    assert_eq!(remote.sample(&with_state, 1).unwrap().outside, Duration::from_micros(10_110));
}

#[test]
fn what_is_computed_before_the_first_request_and_after_the_last_reply_is_counted() {
    let mut process = FakeProcess::default();
    process.kernel.has_a_thread = true;
    let mut remote = RemoteKernel::new(process, "the kernel");
    remote.start().unwrap();
    for _ in 0..2 {
        let sample = remote.sample(&batch(), 2).unwrap();
        assert_eq!(sample.outside, Duration::from_micros(310_100));
    }
}

#[test]
fn between_samples_the_process_is_frozen() {
    let mut remote = RemoteKernel::new(FakeProcess::default(), "the kernel");
    remote.start().unwrap();
    remote.sample(&batch(), 2).unwrap();
    let process = remote.into_partner();
    assert!(process.frozen);
    assert_eq!(process.refreshed, 1, "one fresh process a start");
}

#[test]
fn a_process_that_ends_between_two_samples_has_crashed() {
    let mut remote =
        RemoteKernel::new(FakeProcess { gone: true, ..FakeProcess::default() }, "the kernel");
    assert!(matches!(remote.start(), Err(CallFailure::Crashed { .. })));
}

#[test]
fn a_process_that_was_replaced_by_a_fresh_one_has_crashed() {
    let mut process = FakeProcess::default();
    process.kernel.was_replaced = true;
    let mut remote = RemoteKernel::new(process, "the kernel");
    remote.start().unwrap();
    assert!(matches!(remote.sample(&batch(), 2), Err(CallFailure::Crashed { .. })));
}

#[test]
fn a_process_that_cannot_be_stopped_is_our_fault() {
    let process = FakeProcess { cannot_freeze: true, ..FakeProcess::default() };
    let mut remote = RemoteKernel::new(process, "the kernel");
    assert!(matches!(remote.start(), Err(CallFailure::Fault(_))));
}

#[test]
fn a_missing_output_is_no_answer() {
    let mut process = FakeProcess::default();
    process.kernel.forgets_one = true;
    let mut remote = RemoteKernel::new(process, "the kernel");
    remote.start().unwrap();
    assert!(matches!(remote.sample(&batch(), 2), Err(CallFailure::BadReply { .. })));
}
