//! Nobody stays undecided by being slow now and then, and nobody is too slow because the machine was.
//! The seeds are fixed; `examples/spread.rs` draws more.

mod draws;
mod fake;
mod sides;

use fake::{DoublingContender, EventLog, NumberWorkload};
use grader_protocol::{CallAllowance, CallFailure};
use grader_timing::{
    Gate, GateVerdict, LOOKS, MeasureError, MeasurePlan, Measurement, SampleClock, SamplePair,
    VerdictBasis, decision, measure, replay, used_up,
};
use sides::{MachineNoise, MeasurementModel, OwnNoise, SidesTally};
use std::time::Duration;

const GATE: f64 = 16.0;

fn plan() -> MeasurePlan {
    MeasurePlan { gate: Gate::at_least(GATE).unwrap(), clock: SampleClock::Cpu }
}

/// A kernel measured against a baseline of 32 ms, whose sample of this number takes so many seconds a call.
/// Both scatter a little, as they do on every machine.
fn measured(seconds: impl Fn(usize) -> f64 + 'static) -> Measurement {
    let log = EventLog::default();
    let mut baseline = DoublingContender::new('A', &log, 0.0);
    let mut submission = DoublingContender::new('B', &log, 0.0);
    let mut steady = draws::DrawSequence::new(1);
    baseline.seconds = Box::new(move |_| 32e-3 * (0.02 * steady.normal()).exp());
    let mut steady = draws::DrawSequence::new(2);
    submission.seconds = Box::new(move |sample| seconds(sample) * (0.02 * steady.normal()).exp());
    measure(&mut baseline, &mut submission, &mut NumberWorkload::default(), plan()).unwrap()
}

/// What never reaches the gate is too slow, whichever of its samples it makes slower still. (10.6 times
/// as fast where it is fastest, at a gate of 16.)
#[test]
fn slow_samples_do_not_leave_a_slow_kernel_undecided() {
    type SlowSample = fn(usize) -> bool;
    let kernels: [(&str, SlowSample, f64); 8] = [
        ("an eighth in a run", |sample| (43..59).contains(&sample), 60.0),
        ("eight in a run", |sample| (43..51).contains(&sample), 60.0),
        ("four in a run", |sample| (43..47).contains(&sample), 1000.0),
        ("every eighth", |sample| sample % 8 == 5, 60.0),
        ("every third", |sample| sample % 3 == 0, 5.0),
        ("every second", |sample| sample % 2 == 0, 20.0),
        ("after the hundredth", |sample| sample >= 100, 60.0),
        ("a third in a run", |sample| (43..86).contains(&sample), 60.0),
    ];
    for (name, is_slow, times) in kernels {
        let measurement = measured(move |sample| if is_slow(sample) { 3e-3 * times } else { 3e-3 });
        assert_eq!(measurement.verdict, GateVerdict::Fail, "{name}: {:?}", measurement.ratio);
    }
}

/// The mean of the logarithms lies at the gate, so that no number of pairs decides it; the total does.
#[test]
fn a_mixture_at_the_gate_is_decided_by_its_total() {
    let measurement = measured(|sample| if sample % 2 == 0 { 0.5e-3 } else { 8e-3 });
    assert_eq!((measurement.verdict, measurement.basis), (GateVerdict::Fail, VerdictBasis::Totals));
    assert!((measurement.ratio.estimate - 32.0 / 4.25).abs() < 0.2, "{:?}", measurement.ratio);
    assert_eq!(measurement.launches, 1, "it is not measured again");
}

/// A fast kernel that is very slow in each fifth sample is slow on the whole.
#[test]
fn fast_samples_do_not_outweigh_slow_ones() {
    let measurement = measured(|sample| if sample % 5 == 0 { 32e-3 } else { 0.5e-3 });
    assert_eq!((measurement.verdict, measurement.basis), (GateVerdict::Fail, VerdictBasis::Totals));
    let measurement = measured(|sample| if sample % 5 == 0 { 2e-3 } else { 0.5e-3 });
    assert_eq!(measurement.verdict, GateVerdict::Pass, "three times as slow there is still fast");
}

#[test]
fn slowness_that_grows_is_its_own() {
    let measurement = measured(|sample| 1.98e-3 * 60.0_f64.powf(sample as f64 / 131.0));
    assert_eq!(measurement.verdict, GateVerdict::Fail, "{measurement:?}");
}

/// A machine that stopped for seconds, twice: nothing is known of that submission that its other samples
/// do not say.
#[test]
fn two_pauses_of_the_machine_do_not_make_a_submission_too_slow() {
    let measurement = measured(|sample| if sample == 6 || sample == 7 { 2.0 } else { 1.3e-3 });
    assert_eq!(
        (measurement.verdict, measurement.basis),
        (GateVerdict::Pass, VerdictBasis::TypicalPairs)
    );
}

#[test]
fn a_verdict_replays_from_its_pairs_whatever_it_rests_on() {
    let mixture = measured(|sample| if sample % 2 == 0 { 0.5e-3 } else { 8e-3 });
    let paused = measured(|sample| if sample == 6 || sample == 7 { 2.0 } else { 1.3e-3 });
    for measurement in [mixture, paused] {
        let looks = replay(&measurement.pairs, plan(), measurement.basis);
        let last = looks.last().unwrap().decision;
        assert_eq!(last.verdict, measurement.verdict);
        assert_eq!((last.ratio, last.basis), (measurement.ratio, measurement.basis));
        assert_eq!(looks.len(), LOOKS.len());
    }
}

/// A process whose calls are not made any more from a sample on, as when the time of its measurement is
/// used up.
fn stopped_after(
    samples: usize,
    seconds: f64,
    waits: f64,
) -> Result<Measurement, MeasureError<&'static str>> {
    let log = EventLog::default();
    let mut baseline = DoublingContender::new('A', &log, 32e-3);
    let mut submission = DoublingContender::new('B', &log, seconds);
    submission.wall_factor = waits;
    submission.not_asked_from = samples;
    measure(&mut baseline, &mut submission, &mut NumberWorkload::default(), plan())
}

/// Calls of some seconds used up the 40 s of a measurement, and it stayed undecided.
#[test]
fn who_uses_up_the_time_of_the_measurement_is_too_slow() {
    let measurement = stopped_after(2, 3.5, 1.0).unwrap();
    assert_eq!((measurement.verdict, measurement.basis), (GateVerdict::Fail, VerdictBasis::UsedUp));
    let waits = stopped_after(5, 1e-3, 10_000.0).unwrap();
    assert_eq!(
        (waits.verdict, waits.basis),
        (GateVerdict::Fail, VerdictBasis::UsedUp),
        "by waiting, too"
    );
    let looks = replay(&waits.pairs, plan(), waits.basis);
    assert_eq!(looks.last().unwrap().decision.ratio, waits.ratio);
}

#[test]
fn a_fast_kernel_that_is_stopped_is_neither_fast_nor_slow() {
    let limit = CallAllowance { cpu: Duration::from_secs(40), elapsed: Duration::from_secs(80) };
    let stopped = CallFailure::NotAsked { limit };
    assert_eq!(stopped_after(5, 1e-3, 1.0), Err(MeasureError::Submission(stopped.clone())));
    assert_eq!(
        stopped_after(0, 1e-3, 1.0),
        Err(MeasureError::Submission(stopped)),
        "nothing was seen"
    );
    let nothing = used_up(&[], plan());
    assert_eq!(nothing.verdict, GateVerdict::Undecided);
}

const HONEST: [OwnNoise; 5] = [
    OwnNoise::Steady,
    OwnNoise::Scatter(0.1),
    OwnNoise::Scatter(0.2),
    OwnNoise::FirstTouch,
    OwnNoise::Spread(6, 3.0),
];

/// 100,000 verdicts at this margin (`examples/spread.rs`, 1,000 each): one was wrong.
#[test]
fn an_honest_kernel_is_not_too_slow_whatever_the_machine_does() {
    let mut all = SidesTally::default();
    for own in HONEST {
        for machine in MachineNoise::ALL {
            let tally = MeasurementModel { machine, scale: 0.1, own, speed: 1.5 }.tally(60, 31);
            assert_eq!(tally.undecided, 0, "{own:?}, {machine:?}");
            all.fails += tally.fails;
            all.passes += tally.passes;
        }
    }
    assert_eq!((all.fails, all.passes), (0, 3000));
}

#[test]
fn spread_that_hits_both_sides_is_nobodys_own() {
    for machine in MachineNoise::ALL {
        for own in [OwnNoise::Steady, OwnNoise::FirstTouch] {
            let tally = MeasurementModel { machine, scale: 0.2, own, speed: 1.0 }.tally(100, 32);
            assert_eq!(tally.totals, 0, "{own:?}, {machine:?}: {tally:?}");
        }
    }
}

#[test]
fn a_kernel_below_the_gate_never_passes_and_is_rarely_undecided() {
    let others = [
        OwnNoise::Run(8, 60.0),
        OwnNoise::Run(16, 60.0),
        OwnNoise::Run(40, 60.0),
        OwnNoise::Spread(33, 60.0),
        OwnNoise::Even(60.0),
        OwnNoise::After(100, 60.0),
        OwnNoise::Grows(60.0),
        OwnNoise::Giants(30, 3.0),
        OwnNoise::Ladder(40, 1000.0),
    ];
    for own in others {
        for machine in MachineNoise::ALL {
            let tally = MeasurementModel { machine, scale: 0.05, own, speed: 0.7 }.tally(50, 33);
            assert_eq!((tally.passes, tally.undecided), (0, 0), "{own:?}, {machine:?}");
        }
    }
}

#[test]
fn a_clock_that_shows_nothing_shows_no_spread() {
    let pair =
        SamplePair { baseline: 0.0, submission: 0.0, excess: 0.0, wall: [0.0; 2], threads: None };
    let nothing = decision(&[pair; 128], plan());
    assert_eq!((nothing.verdict, nothing.basis), (GateVerdict::Undecided, VerdictBasis::AllPairs));
}
