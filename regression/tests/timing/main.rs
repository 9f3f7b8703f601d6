//! The timing judge with real processes in the sandbox: honest kernels of known work, and cheats.
//!
//! This program is its own driver: in the sandbox it finds the socket and serves.

mod cheats;

use grader_protocol::timed::{Client, dispatch};
use grader_protocol::{Bytes, CallFailure};
use grader_sandbox::{ConfinementLayer, ProbeOptions, Sandbox, allowed_cpus};
use grader_timing::{
    CRITICAL, Gate, GateVerdict, LOOKS, MeasureError, MeasurePlan, Measurement, ONE_SIDED,
    RemoteKernel, SampleClock, measure,
};
use libtest_mimic::{Arguments, Failed, Trial};
use regression::chain::{ChainWorkload, wire};
use regression::sharing::{self, ALONE, ShareWorkload};

/// Steps of a chain: some fifty microseconds.
const STEPS: u64 = 30_000;
/// Steps of a piece of shared work: a hundred of them last far longer than a turn of the scheduler.
const PIECE: u64 = 150_000;

type MeasureOutcome = Result<Measurement, MeasureError<&'static str>>;

fn main() {
    let served = grader_driver::serve(|| {
        let mut bench = sharing::add_to(cheats::bench());
        move |request: &[u8]| dispatch(&mut bench, request)
    });
    if served.is_ok() {
        return;
    }
    let test = |name: &str, claim: fn() -> Result<(), Failed>| Trial::test(name, claim);
    let tests = vec![
        test("eight_times_the_work_is_seen", eight_times_the_work_is_seen),
        test("it_is_seen_without_a_cgroup_too", it_is_seen_without_a_cgroup_too),
        test("lazy_results_gain_nothing", || gains_nothing("lazy")),
        test("background_threads_gain_nothing", || gains_nothing("background")),
        test("threads_gain_nothing_on_the_cpu_clock", || gains_nothing("threads")),
        test("threads_gain_nothing_on_one_cpu", threads_gain_nothing_on_one_cpu),
        test("threads_that_compute_at_once_are_seen", threads_that_compute_at_once_are_seen),
        test("threads_that_gain_nothing_are_seen", threads_that_gain_nothing_are_seen),
        test("a_process_sees_the_cpus_it_is_bound_to", a_process_sees_the_cpus_it_is_bound_to),
        test("memoized_answers_are_wrong", || is_wrong("remembers")),
        test("answers_wrong_only_when_timed_are_found", || is_wrong("wrong_once_warm")),
        test("an_exit_between_requests_is_a_crash", an_exit_between_requests_is_a_crash),
        test("a_panic_on_the_clock_is_a_panic", a_panic_on_the_clock_is_a_panic),
        test("a_missing_kernel_is_said", a_missing_kernel_is_said),
        test("critical_values_are_quantiles_of_students_t", critical_values_are_quantiles),
    ];
    // One after the other: they share a CPU.
    let arguments = Arguments { test_threads: Some(1), ..Arguments::from_args() };
    libtest_mimic::run(&arguments, tests).exit();
}

/// Measures kernel `submission` against kernel `baseline`, both on one CPU.
fn run(baseline: &str, submission: &str, gate: f64, clock: SampleClock) -> MeasureOutcome {
    run_in(ProbeOptions::default(), [baseline, submission], gate, clock, STEPS)
}

fn run_in(
    options: ProbeOptions,
    kernels: [&str; 2],
    gate: f64,
    clock: SampleClock,
    steps: u64,
) -> MeasureOutcome {
    let sandbox = Sandbox::probe(options).expect("a sandbox");
    let cpus = allowed_cpus();
    let last = &cpus[cpus.len() - 1..];
    let [mut baseline, mut submission] =
        kernels.map(|kernel| RemoteKernel::new(wire(&sandbox, last), kernel));
    let plan = MeasurePlan { gate: Gate::at_least(gate).expect("a gate"), clock };
    measure(&mut baseline, &mut submission, &mut ChainWorkload::new(steps), plan)
}

fn expect(right: bool, outcome: &MeasureOutcome) -> Result<(), Failed> {
    if right { Ok(()) } else { Err(format!("{outcome:?}").into()) }
}

fn verdict(outcome: &MeasureOutcome) -> Option<GateVerdict> {
    outcome.as_ref().ok().map(|measurement| measurement.verdict)
}

/// The gates are a factor of two away: what the judge is made to decide on any machine.
fn eight_times_the_work_is_seen() -> Result<(), Failed> {
    let outcome = run("times_8", "times_1", 4.0, SampleClock::Cpu);
    expect(verdict(&outcome) == Some(GateVerdict::Pass), &outcome)?;
    let outcome = run("times_8", "times_1", 16.0, SampleClock::Cpu);
    expect(verdict(&outcome) == Some(GateVerdict::Fail), &outcome)
}

/// Stopped and continued by signals.
fn it_is_seen_without_a_cgroup_too() -> Result<(), Failed> {
    let options =
        || ProbeOptions { without: vec![ConfinementLayer::Cgroup], ..ProbeOptions::default() };
    let outcome = run_in(options(), ["times_8", "times_1"], 4.0, SampleClock::Cpu, STEPS);
    expect(verdict(&outcome) == Some(GateVerdict::Pass), &outcome)?;
    let outcome = run_in(options(), ["times_8", "background"], 2.0, SampleClock::Cpu, STEPS);
    expect(verdict(&outcome) == Some(GateVerdict::Fail), &outcome)
}

/// The cheat does the baseline's work in another place or in many: it must not look twice as fast.
fn gains_nothing(cheat: &str) -> Result<(), Failed> {
    let outcome = run("times_8", cheat, 2.0, SampleClock::Cpu);
    expect(verdict(&outcome) == Some(GateVerdict::Fail), &outcome)
}

fn threads_gain_nothing_on_one_cpu() -> Result<(), Failed> {
    // Calls long enough for threads to pay, if they had the CPUs.
    let kernels = ["times_8", "threads"];
    let outcome = run_in(ProbeOptions::default(), kernels, 2.0, SampleClock::Wall, 20 * STEPS);
    expect(verdict(&outcome) == Some(GateVerdict::Fail), &outcome)
}

/// Measures a way to share work by its span, against the same work on one thread.
fn share(way: &str) -> MeasureOutcome {
    let sandbox = Sandbox::probe(ProbeOptions::default()).expect("a sandbox");
    let cpus = allowed_cpus();
    let side = |kernel: &str| {
        RemoteKernel::new(wire(&sandbox, &cpus[cpus.len() - 1..]).watching_threads(), kernel)
    };
    let (mut baseline, mut submission) = (side(ALONE), side(way));
    let plan = MeasurePlan { gate: Gate::at_least(1.4).expect("a gate"), clock: SampleClock::Span };
    measure(&mut baseline, &mut submission, &mut ShareWorkload::new(PIECE), plan)
}

/// On any number of CPUs, and beside any other load. `examples/parallel_proof` tries all ways.
fn threads_that_compute_at_once_are_seen() -> Result<(), Failed> {
    for way in ["main_takes_a_half", "uneven_by_a_fifth", "queue_by_a_channel", "splits_itself"] {
        let outcome = share(way);
        expect(verdict(&outcome) == Some(GateVerdict::Pass), &outcome)?;
    }
    // The process is not told that it has one CPU: it would start one thread.
    let outcome = share("no_more_threads_than_cpus");
    expect(verdict(&outcome) == Some(GateVerdict::Pass), &outcome)
}

fn threads_that_gain_nothing_are_seen() -> Result<(), Failed> {
    let serial = ["joins_each_before_the_next", "one_lock_around_all", "one_does_nine_tenths"];
    let idle = ["the_other_spins", "the_other_yields", "the_other_naps", "both_do_all"];
    let in_turn = ["a_token_awaited_by_yielding", "a_token_awaited_by_naps"];
    for way in serial.into_iter().chain(idle).chain(in_turn) {
        let outcome = share(way);
        expect(verdict(&outcome) == Some(GateVerdict::Fail), &outcome)?;
    }
    Ok(())
}

/// Asked of the process itself: a machine may be too busy for threads to gain anything.
fn a_process_sees_the_cpus_it_is_bound_to() -> Result<(), Failed> {
    let sandbox = Sandbox::probe(ProbeOptions::default()).expect("a sandbox");
    for cpus in allowed_cpus().windows(2).flat_map(|two| [&two[..1], two]) {
        let mut wire = wire(&sandbox, cpus);
        let mut client = Client::new(&mut wire);
        client.open("counts_cpus".into())?;
        client.load(vec![Bytes::default()])?;
        client.run(1)?;
        let seen = client.fetch()?;
        if seen != [Bytes(vec![cpus.len() as u8])] {
            return Err(format!("bound to {cpus:?}, it sees {seen:?}").into());
        }
    }
    Ok(())
}

fn is_wrong(cheat: &str) -> Result<(), Failed> {
    let outcome = run("times_8", cheat, 2.0, SampleClock::Cpu);
    expect(matches!(outcome, Err(MeasureError::Wrong(_))), &outcome)
}

fn an_exit_between_requests_is_a_crash() -> Result<(), Failed> {
    let outcome = run("times_8", "leaves", 2.0, SampleClock::Cpu);
    let crashed = matches!(outcome, Err(MeasureError::Submission(CallFailure::Crashed { .. })));
    expect(crashed, &outcome)
}

fn a_panic_on_the_clock_is_a_panic() -> Result<(), Failed> {
    let outcome = run("times_8", "panics", 2.0, SampleClock::Cpu);
    let panicked = matches!(outcome, Err(MeasureError::Submission(CallFailure::Panicked { .. })));
    expect(panicked, &outcome)
}

fn a_missing_kernel_is_said() -> Result<(), Failed> {
    let outcome = run("times_8", "nothing", 2.0, SampleClock::Cpu);
    let missing = matches!(outcome, Err(MeasureError::Submission(CallFailure::Unavailable { .. })));
    expect(missing, &outcome)
}

/// Held against the foundation's quantiles, which were compared with `SciPy`.
fn critical_values_are_quantiles() -> Result<(), Failed> {
    for (look, critical) in LOOKS.into_iter().zip(CRITICAL) {
        let exact = tinytorch::stats::t_quantile(1.0 - ONE_SIDED, (look - 1) as f64);
        if exact.is_none_or(|exact| (exact - critical).abs() > 1e-4) {
            return Err(format!("{look} pairs: {critical}, and not {exact:?}").into());
        }
    }
    Ok(())
}
