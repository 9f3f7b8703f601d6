//! Task `timer`. Run with `cargo test -p profiling --test timer`.
//!
//! Before you start, every test here fails with `not yet implemented: ...`, the message of the
//! function that you have not written yet. That is the expected start, and your installation is
//! fine.

use profiling::{ProfileError, Timer, TimingStats, percentile};
use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;
use tinytorch::clock::ManualClock;

fn assert_close(got: f64, expected: f64) {
    let error = (got - expected).abs();
    assert!(error <= 1e-9 * expected.abs().max(1e-9), "got {got}, expected {expected}");
}

fn stats(seconds: &[f64]) -> TimingStats {
    TimingStats::from_samples(seconds).expect("these are fine samples")
}

// Percentiles.

#[test]
fn percentile_interpolates_between_neighbours() {
    // Position 0.75 * 3 = 2.25 in 10, 20, 30, 40.
    assert_close(percentile(&[10.0, 20.0, 30.0, 40.0], 75.0).unwrap(), 32.5);
}

#[test]
fn percentile_sorts_first() {
    assert_close(percentile(&[40.0, 10.0, 30.0, 20.0], 75.0).unwrap(), 32.5);
}

#[test]
fn percentiles_0_and_100_are_the_extremes() {
    let samples = [3.0, -7.0, 5.0];
    assert_close(percentile(&samples, 0.0).unwrap(), -7.0);
    assert_close(percentile(&samples, 100.0).unwrap(), 5.0);
}

#[test]
fn percentile_refuses_what_it_cannot_answer() {
    assert_eq!(percentile(&[], 50.0), Err(ProfileError::NoSamples));
    let infinite = percentile(&[1.0, f64::INFINITY], 50.0);
    assert_eq!(infinite, Err(ProfileError::BadSample { index: 1, value: f64::INFINITY }));
    assert_eq!(percentile(&[1.0], 100.5), Err(ProfileError::BadQuantile { q: 100.5 }));
    assert!(matches!(percentile(&[1.0], f64::NAN), Err(ProfileError::BadQuantile { .. })));
}

// Statistics.

#[test]
fn statistics_of_five_times() {
    let seconds = [1.0, 2.0, 3.0, 4.0, 10.0];
    let s = stats(&seconds);
    assert_eq!(s.runs, 5);
    assert_close(s.mean, 4.0);
    assert_close(s.std, 12.5_f64.sqrt());
    assert_close(s.min, 1.0);
    assert_close(s.p50, 3.0);
    assert_close(s.p95, 8.8);
    assert_close(s.p99, 9.76);
    assert_close(s.max, 10.0);
}

#[test]
fn the_interval_is_students_t_around_the_mean() {
    // Mean 4, standard deviation sqrt(12.5), and t = 2.776445105... for 4 degrees of freedom.
    let ci95 = stats(&[1.0, 2.0, 3.0, 4.0, 10.0]).ci95;
    assert_close(ci95.low, 4.0 - 2.776_445_105_197_793_6 * 2.5_f64.sqrt());
    assert_close(ci95.high, 4.0 + 2.776_445_105_197_793_6 * 2.5_f64.sqrt());
}

#[test]
fn one_single_run_has_no_spread() {
    let s = stats(&[0.25]);
    assert_close(s.mean, 0.25);
    assert_close(s.p99, 0.25);
    assert!(s.std.abs() < 1e-15);
    assert!(s.ci95.contains(0.25) && s.ci95.high - s.ci95.low < 1e-15, "{:?}", s.ci95);
}

#[test]
fn a_large_offset_does_not_spoil_the_deviation() {
    // Mean of squares minus square of the mean has no correct digit here.
    let s = stats(&[1e9 + 1.0, 1e9 + 2.0, 1e9 + 3.0]);
    assert!((s.std - 1.0).abs() < 1e-6, "std is {}", s.std);
}

#[test]
fn times_are_never_negative() {
    let negative = TimingStats::from_samples(&[0.5, -0.5]);
    assert_eq!(negative, Err(ProfileError::BadSample { index: 1, value: -0.5 }));
    assert_eq!(TimingStats::from_samples(&[]), Err(ProfileError::NoSamples));
}

// The timer, on a clock that only moves when it is advanced.

#[test]
fn each_run_is_timed_by_itself() {
    let clock = ManualClock::new();
    let milliseconds = Cell::new(0);
    let f = || {
        milliseconds.set(milliseconds.get() + 1);
        clock.advance(Duration::from_millis(milliseconds.get()));
    };
    let s = Timer::with_clock(clock.clone()).measure(f, 0, 5).unwrap();
    assert_eq!(s.runs, 5);
    assert_close(s.mean, 0.003);
    assert_close(s.min, 0.001);
    assert_close(s.max, 0.005);
}

#[test]
fn warm_up_runs_are_made_but_not_counted() {
    let clock = ManualClock::new();
    let calls = Cell::new(0);
    let f = || {
        calls.set(calls.get() + 1);
        // The first calls are slow, as in practice.
        clock.advance(Duration::from_millis(if calls.get() <= 3 { 100 } else { 1 }));
    };
    let s = Timer::with_clock(clock.clone()).measure(f, 3, 7).unwrap();
    assert_eq!(calls.get(), 10);
    assert_close(s.max, 0.001);
}

#[test]
fn a_single_run_is_enough() {
    let clock = ManualClock::new();
    let f = || clock.advance(Duration::from_millis(2));
    assert_close(Timer::with_clock(clock.clone()).measure(f, 0, 1).unwrap().mean, 0.002);
}

#[test]
fn no_runs_are_an_error_and_nothing_is_called() {
    let calls = Cell::new(0);
    let result = Timer::new().measure(|| calls.set(calls.get() + 1), 3, 0);
    assert_eq!(result, Err(ProfileError::NoRuns));
    assert_eq!(calls.get(), 0);
}

/// A result that takes a second to drop.
struct SlowToDrop(Rc<ManualClock>);

impl Drop for SlowToDrop {
    fn drop(&mut self) {
        self.0.advance(Duration::from_secs(1));
    }
}

#[test]
fn dropping_the_result_is_not_timed() {
    let clock = Rc::new(ManualClock::new());
    let f = || {
        clock.advance(Duration::from_millis(1));
        SlowToDrop(Rc::clone(&clock))
    };
    assert_close(Timer::with_clock(&*clock).measure(f, 1, 4).unwrap().max, 0.001);
}

#[test]
fn the_real_clock_sees_real_time() {
    let pause = || std::thread::sleep(Duration::from_millis(2));
    let s = Timer::new().measure(pause, 0, 3).unwrap();
    assert!(s.min >= 0.002, "a pause of 2 ms took {} s", s.min);
}
