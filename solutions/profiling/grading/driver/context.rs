//! Task `context`.

use super::contract::{Context, ContextScript, Memory};
use super::steps::Slots;
use profiling::{ProfileReport, ProfilerContext};
use std::time::Duration;
use tinytorch::clock::ManualClock;

pub(super) fn run(script: &ContextScript) -> Context {
    let clock = ManualClock::new();
    let mut slots = Slots::for_steps(&script.memory);
    let mut context = ProfilerContext::with_clock(&script.name, clock.clone());
    slots.run(&script.memory);
    slots.clear();
    for &flops in &script.flops {
        context.add_flops(flops);
    }
    for &bytes in &script.bytes_moved {
        context.add_bytes(bytes);
    }
    clock.advance(Duration::from_nanos(script.nanoseconds));
    seen(&context.finish())
}

fn seen(report: &ProfileReport) -> Context {
    let memory = report.memory;
    Context {
        name: report.name.clone(),
        seconds: report.seconds,
        flops: report.flops,
        bytes_moved: report.bytes_moved,
        memory: Memory {
            baseline_bytes: memory.baseline_bytes,
            peak_bytes: memory.peak_bytes,
            allocated_bytes: memory.allocated_bytes,
            allocations: memory.allocations,
            leaked_bytes: memory.leaked_bytes,
        },
        gflops: report.gflops(),
        intensity: report.arithmetic_intensity(),
        rendered: report.render(),
    }
}
