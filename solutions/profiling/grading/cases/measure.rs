//! Task `timer`, third part: `Timer::measure`, with a scripted clock and with the real one.

use super::prelude::*;
use super::timer::{mean_is_the_arithmetic_mean, min_and_max_are_the_extremes};
use contract::{Measurement, Workload};

cases! { task "timer", client Client;
    /// Each run is timed by itself.
    measure_times_each_run_alone
        after [mean_is_the_arithmetic_mean, min_and_max_are_the_extremes];
    /// The function is called once for each warm-up and once for each run.
    measure_calls_warmup_and_runs;
    /// The warm-up is not in the statistics, however slow it is.
    warm_up_is_not_timed after [measure_times_each_run_alone, measure_calls_warmup_and_runs];
    /// A few runs, down to a single one, can be measured as well as many.
    few_runs_can_be_measured after [measure_times_each_run_alone];
    /// Dropping what the function returned is not timed.
    dropping_the_result_is_not_timed after [measure_times_each_run_alone];
    /// Measuring no run at all is an error.
    zero_runs_are_an_error;
    /// Measuring no run at all does not call the function, not even to warm up.
    zero_runs_never_call_the_function after [zero_runs_are_an_error];
    /// Sleeping is measured at no less than it takes and no more than went by outside.
    sleeping_takes_as_long_as_it_says after [measure_times_each_run_alone];
    /// The runs of a real model fit into the time that the whole call took, and take some.
    real_runs_fit_into_the_call after [measure_times_each_run_alone];
    /// A model with thousands of times the work is measured as slower.
    more_work_takes_longer after [measure_times_each_run_alone];
}

/// Converts nanoseconds to seconds.
fn seconds(nanoseconds: &[u64]) -> Vec<f64> {
    nanoseconds.iter().map(|&ns| ns as f64 * 1e-9).collect()
}

/// `count` durations of up to a millisecond, in nanoseconds.
fn durations(draw: &mut Draw, count: usize) -> Vec<u64> {
    (0..count).map(|_| draw.int(1_000..=1_000_000) as u64).collect()
}

/// Checks that `got` is a measurement of `expected`, in seconds, by number, mean and
/// extremes.
fn measures(message: &'static str, got: &Measurement, expected: &[f64]) -> CaseVerdict {
    check::equal(message, &got.timing.runs, &expected.len())?;
    let ends = sorted(expected);
    let expected = [mean(expected), ends[0], ends[ends.len() - 1]];
    let got = [got.timing.mean, got.timing.min, got.timing.max];
    check::all_close(message, &got, &expected, ROUNDING, 0.0)
}

fn measure_times_each_run_alone(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let count = draw.int(12..=30);
    let runs = durations(draw, count);
    let got = code.measure(runs.clone(), 0, count)?;
    let message = "`Timer::measure` should read its clock just before and just after each run; \
                   mean, min and max differ from what the clock showed";
    measures(message, &got, &seconds(&runs))
}

fn measure_calls_warmup_and_runs(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (warmup, runs) = (draw.int(1..=9), draw.int(10..=40));
    let message = "`Timer::measure` should call its function warmup + runs times";
    check::equal(message, &code.calls(warmup, runs)?, &(warmup + runs))?;
    check::equal(message, &code.calls(0, runs)?, &runs)
}

fn warm_up_is_not_timed(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (warmup, count) = (draw.int(2..=6), draw.int(12..=30));
    let runs = durations(draw, count);
    let slow = std::iter::repeat_n(1_000_000_000, warmup);
    let script = slow.chain(runs.iter().copied()).collect();
    let message = "`Timer::measure` should keep the warm-up runs out of the statistics";
    measures(message, &code.measure(script, warmup, count)?, &seconds(&runs))
}

fn few_runs_can_be_measured(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for count in 1..=9 {
        let runs = durations(draw, count);
        let got = code.measure(runs.clone(), 0, count)?;
        measures("`Timer::measure` should work for any runs >= 1", &got, &seconds(&runs))?;
    }
    Ok(())
}

fn dropping_the_result_is_not_timed(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (call, drop) = (draw.int(1_000..=9_000) as u64, draw.int(100_000..=900_000) as u64);
    let got = code.measure_drop(call, drop, 0, 12)?;
    let message = "`Timer::measure` should read the clock before it drops the function's result";
    measures(message, &got, &seconds(&[call; 12]))
}

fn zero_runs_are_an_error(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let result = code.measure(durations(draw, 3), 0, 0);
    check::returns_error("`Timer::measure` with runs = 0 should be `NoRuns`", result, "NoRuns")
}

fn zero_runs_never_call_the_function(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "`Timer::measure` should refuse runs = 0 before it calls the function";
    check::equal(message, &code.calls(draw.int(1..=9), 0)?, &0)
}

/// The total seconds of all timed runs. They must not exceed the wall time of the call, which
/// includes them, however busy the machine is.
fn timed_seconds(code: &Client, got: &Measurement) -> Result<f64, grader_judge::Failure> {
    let (timed, wall) = (got.timing.mean * got.timing.runs as f64, code.cost().wall.as_secs_f64());
    check::that(
        timed.is_finite() && timed <= wall * (1.0 + 1e-6),
        "the timed runs took longer than the whole call did, seen from outside",
        || format!("{timed} s timed, {wall} s outside"),
    )?;
    Ok(timed)
}

fn sleeping_takes_as_long_as_it_says(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let warmup = draw.int(0..=3);
    let got = code.measure_real(Workload::Sleep { nanoseconds: 2_000_000 }, warmup, 100)?;
    // A sleep may take longer than requested, but never less.
    let (timed, wall) = (timed_seconds(code, &got)?, code.cost().wall.as_secs_f64());
    let detail = || format!("{timed} s timed, {wall} s outside, warm-up {warmup}");
    let least = 0.2 * (1.0 - 1e-6);
    let message = "`Timer::measure` was to run a function that sleeps, and came back too soon";
    check::that(wall >= least, message, detail)?;
    let message = "`Timer::measure` of a function that sleeps reports less than it slept";
    check::that(timed >= least && got.timing.min >= 0.002 * (1.0 - 1e-6), message, detail)
}

fn real_runs_fit_into_the_call(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    code.measure_real(Workload::Nothing, 0, 10).map(drop)?;
    let width = draw.int(100..=300);
    let got = code.measure_real(Workload::Mlp { width }, 2, 20)?;
    let timed = timed_seconds(code, &got)?;
    // Two matrix products of at least 100 x 100 take more than 100 ns on any machine.
    let message = "`Timer::measure` of a real model reports no time at all";
    check::that(timed > 20.0 * 1e-7, message, || format!("{timed} s, width {width}"))
}

fn more_work_takes_longer(code: &mut Client, _: &mut Draw) -> CaseVerdict {
    // 4096 times the work. Load makes runs slower, never faster, so the fastest of many is
    // compared: to fail, all fifty runs of the small model would have to be delayed a
    // hundredfold.
    let small = code.measure_real(Workload::Mlp { width: 16 }, 3, 50)?.timing.min;
    let large = code.measure_real(Workload::Mlp { width: 1024 }, 1, 10)?.timing.min;
    check::that(
        small < large,
        "`Timer::measure` says that a model of width 1024 is no slower than one of width 16",
        || format!("{small} s and {large} s"),
    )
}
