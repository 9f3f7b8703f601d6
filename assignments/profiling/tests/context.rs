//! Task `context`. Run with `cargo test -p profiling --test context`.
//!
//! Before you start, every test here fails with `not yet implemented: ...`. That is the expected
//! start. This task builds on `memory`: do that one first.

use profiling::{ProfileReport, ProfilerContext};
use std::hint::black_box;
use std::time::Duration;
use tinytorch::clock::ManualClock;

#[test]
fn time_runs_from_start_to_finish() {
    let clock = ManualClock::new();
    clock.advance(Duration::from_secs(7));
    let context = ProfilerContext::with_clock("c", clock.clone());
    clock.advance(Duration::from_micros(2500));
    let report = context.finish();
    assert_eq!(report.name, "c");
    assert!((report.seconds - 0.0025).abs() < 1e-12, "{}", report.seconds);
}

#[test]
fn memory_is_what_happens_meanwhile() {
    let kept: Vec<u8> = black_box(Vec::with_capacity(5000));
    let context = ProfilerContext::new("a name that is long enough to need memory of its own");
    drop(black_box(Vec::<u8>::with_capacity(300)));
    let memory = context.finish().memory;
    assert!(memory.baseline_bytes >= kept.capacity());
    assert_eq!((memory.peak_bytes, memory.allocations, memory.leaked_bytes), (300, 1, 0));
}

#[test]
fn flops_and_bytes_add_up() {
    let mut context = ProfilerContext::new("c");
    context.add_flops(1000);
    context.add_flops(234);
    context.add_bytes(600);
    context.add_bytes(17);
    let report = context.finish();
    assert_eq!((report.flops, report.bytes_moved), (1234, 617));
    assert_eq!(report.arithmetic_intensity(), Some(2.0));
}

#[test]
fn sums_do_not_overflow() {
    let mut context = ProfilerContext::new("c");
    context.add_flops(u64::MAX);
    context.add_flops(1);
    context.add_bytes(u64::MAX);
    context.add_bytes(1);
    let report = context.finish();
    assert_eq!((report.flops, report.bytes_moved), (u64::MAX, u64::MAX));
}

/// A report of an MLP's forward pass.
fn measured(name: &str, microseconds: u64, flops: u64, bytes: u64) -> ProfileReport {
    let clock = ManualClock::new();
    let mut context = ProfilerContext::with_clock(name, clock.clone());
    context.add_flops(flops);
    context.add_bytes(bytes);
    drop(black_box(Vec::<u8>::with_capacity(4096)));
    clock.advance(Duration::from_micros(microseconds));
    context.finish()
}

#[test]
fn a_gflop_in_half_a_second_is_two_a_second() {
    let report = measured("c", 500_000, 1_000_000_000, 1);
    assert!((report.gflops().unwrap() - 2.0).abs() < 1e-12);
}

#[test]
fn rates_over_nothing_are_not_defined() {
    let report = measured("c", 0, 1000, 0);
    assert_eq!((report.gflops(), report.arithmetic_intensity()), (None, None));
}

/// Exact to the last space, as a snapshot, because programs read such text too.
#[test]
fn the_rendered_report_is_exact() {
    assert_eq!(
        measured("mlp, batch 32", 2500, 5_000_000, 20_000_000).render(),
        "== mlp, batch 32 ==\n\
         time         0.002500 s\n\
         memory peak  4096 B (leaked 0 B in 1 allocations)\n\
         flops        5000000\n\
         GFLOP/s      2.000\n\
         intensity    0.250 FLOP/B"
    );
}

#[test]
fn what_is_not_defined_is_not_available() {
    assert_eq!(
        measured("nothing", 0, 0, 0).render(),
        "== nothing ==\n\
         time         0.000000 s\n\
         memory peak  4096 B (leaked 0 B in 1 allocations)\n\
         flops        0\n\
         GFLOP/s      n/a\n\
         intensity    n/a"
    );
}
