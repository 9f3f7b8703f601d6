//! Task `timer`.

use super::contract::{Measurement, Workload};
use super::workloads::{ClockScript, SlowDrop};
use super::{Answer, Wire as _};
use profiling::Timer;
use std::cell::Cell;
use std::time::Duration;
use tinytorch::clock::{Clock, ManualClock};
use tinytorch::models::Mlp;
use tinytorch::{Layer, Rng, Tensor};

pub(super) fn measure(nanoseconds: &[u64], warmup: usize, runs: usize) -> Answer<Measurement> {
    let clock = ManualClock::new();
    let script = ClockScript::new(nanoseconds, &clock);
    counted(&Timer::with_clock(clock.clone()), || script.call(), warmup, runs)
}

pub(super) fn calls(warmup: usize, runs: usize) -> usize {
    let calls = Cell::new(0);
    // The result does not matter, only how often the function ran.
    let _ =
        Timer::with_clock(ManualClock::new()).measure(|| calls.set(calls.get() + 1), warmup, runs);
    calls.get()
}

pub(super) fn measure_drop(
    call: u64,
    drop: u64,
    warmup: usize,
    runs: usize,
) -> Answer<Measurement> {
    let clock = ManualClock::new();
    let f = || {
        clock.advance(Duration::from_nanos(call));
        SlowDrop { clock: clock.clone(), by: Duration::from_nanos(drop) }
    };
    counted(&Timer::with_clock(clock.clone()), f, warmup, runs)
}

pub(super) fn measure_real(workload: Workload, warmup: usize, runs: usize) -> Answer<Measurement> {
    let timer = Timer::new();
    match workload {
        Workload::Sleep { nanoseconds } => {
            let time = Duration::from_nanos(nanoseconds);
            counted(&timer, || std::thread::sleep(time), warmup, runs)
        }
        Workload::Mlp { width } => {
            let mut rng = Rng::new(1);
            let model = Mlp::new(&[width; 3], &mut rng).expect("three sizes make a model");
            let input = Tensor::randn(&[1, width], 1.0, &mut rng);
            counted(&timer, || model.forward(&input), warmup, runs)
        }
        Workload::Nothing => counted(&timer, || (), warmup, runs),
    }
}

fn counted<C: Clock, R>(
    timer: &Timer<C>,
    f: impl Fn() -> R,
    warmup: usize,
    runs: usize,
) -> Answer<Measurement> {
    let calls = Cell::new(0);
    let call = || {
        calls.set(calls.get() + 1);
        f()
    };
    let stats = timer.measure(call, warmup, runs)?;
    Ok(Measurement { timing: stats.wire(), calls: calls.get() })
}
