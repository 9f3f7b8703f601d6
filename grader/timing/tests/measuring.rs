//! The order of a measurement, on a clock made of numbers.

mod fake;

use fake::{DoublingContender, EventLog, NumberWorkload};
use grader_protocol::{CallFailure, ThreadOverlap};
use grader_timing::{
    Gate, GateVerdict, Interference, LOOKS, MeasureError, MeasurePlan, Measurement, SampleClock,
    measure, measure_beside,
};
use std::time::Duration;

struct MatchSetup {
    baseline: DoublingContender,
    submission: DoublingContender,
    numbers: NumberWorkload,
    log: EventLog,
    clock: SampleClock,
}

impl MatchSetup {
    /// Seconds a call of the baseline and of the submission.
    fn new(baseline: f64, submission: f64) -> Self {
        let log = EventLog::default();
        Self {
            baseline: DoublingContender::new('A', &log, baseline),
            submission: DoublingContender::new('B', &log, submission),
            numbers: NumberWorkload::default(),
            log,
            clock: SampleClock::Cpu,
        }
    }

    fn at(&mut self, gate: f64) -> Result<Measurement, MeasureError<&'static str>> {
        let plan = MeasurePlan { gate: Gate::at_least(gate).unwrap(), clock: self.clock };
        measure(&mut self.baseline, &mut self.submission, &mut self.numbers, plan)
    }
}

const WARM_UPS: usize = 3;

#[test]
fn a_ratio_far_from_the_gate_is_known_after_the_first_look() {
    let measurement = MatchSetup::new(20e-3, 2e-3).at(4.0).unwrap();
    assert_eq!(measurement.verdict, GateVerdict::Pass);
    assert_eq!(measurement.pairs.len(), LOOKS[0]);
    assert!((measurement.ratio.estimate - 10.0).abs() < 1e-6);
    assert_eq!(MatchSetup::new(20e-3, 2e-3).at(16.0).unwrap().verdict, GateVerdict::Fail);
}

#[test]
fn pairs_alternate_their_order_and_both_sides_last_the_same() {
    let mut bout = MatchSetup::new(20e-3, 2e-3);
    bout.at(4.0).unwrap();
    let log = bout.log.borrow();
    let a = ('A', 1);
    let b = ('B', 10);
    assert_eq!(log[..2], [('A', 1), ('B', 1)], "the first calls are alone");
    assert_eq!(log[2 * WARM_UPS..], [a, b, b, a, a, b, b, a, a, b]);
}

/// What is asked beside the pairs is asked of the submission alone, verified, and not timed.
#[test]
fn what_is_asked_beside_has_to_be_right_and_costs_nothing() {
    let mut bout = MatchSetup::new(20e-3, 2e-3);
    bout.numbers.beside = 3;
    let seconds = |sample: usize| if sample.is_multiple_of(2) { 1.0 } else { 2e-3 };
    bout.submission.seconds = Box::new(seconds);
    let measurement = bout.at(4.0).unwrap();
    assert!((measurement.ratio.estimate - 10.0).abs() < 1e-6);
    assert_eq!(bout.log.borrow()[..3], [('B', 3), ('A', 1), ('B', 1)]);
    let calls: usize = bout.log.borrow().iter().map(|(_, calls)| calls).sum();
    assert_eq!(bout.numbers.verified, calls);

    let mut bout = MatchSetup::new(20e-3, 2e-3);
    bout.numbers.beside = 3;
    // The sample beside the third pair that counts.
    bout.submission.wrong_only_at = Some(2 * (WARM_UPS + 2));
    assert_eq!(bout.at(4.0), Err(MeasureError::Wrong("not twice the number")));
}

#[test]
fn every_input_is_fresh_and_every_output_is_verified() {
    let mut bout = MatchSetup::new(20e-3, 2e-3);
    bout.at(4.0).unwrap();
    let calls: usize = bout.log.borrow().iter().map(|(_, calls)| calls).sum();
    assert_eq!(bout.numbers.verified, calls);
    // Ten calls of the one side and one of the other are of the same ten inputs.
    let pairs = bout.log.borrow().len() / 2;
    assert_eq!(bout.numbers.drawn.len(), 1 + 10 * (pairs - 1));
}

/// Memoizing needs an input twice, and a submission that is right only while it is warmed up meets
/// the same verification afterwards.
#[test]
fn wrong_answers_that_begin_after_the_warm_up_are_found() {
    let mut bout = MatchSetup::new(20e-3, 2e-3);
    bout.submission.wrong_from = WARM_UPS + 2;
    assert_eq!(bout.at(4.0), Err(MeasureError::Wrong("not twice the number")));
}

#[test]
fn a_slow_first_call_changes_nothing() {
    let mut bout = MatchSetup::new(20e-3, 2e-3);
    bout.submission.seconds = Box::new(|sample| if sample == 0 { 0.5 } else { 2e-3 });
    bout.baseline.seconds = Box::new(|sample| if sample == 0 { 2.0 } else { 20e-3 });
    let measurement = bout.at(4.0).unwrap();
    assert!((measurement.ratio.estimate - 10.0).abs() < 1e-6);
    assert_eq!(measurement.calls, [1, 10]);
}

/// Lazy results, background threads and work done ahead: the process computes when it is not on
/// the clock.
#[test]
fn work_off_the_clock_is_charged() {
    let mut bout = MatchSetup::new(20e-3, 0.5e-3);
    bout.submission.outside = Box::new(|_| 19e-3);
    let measurement = bout.at(4.0).unwrap();
    assert_eq!(measurement.verdict, GateVerdict::Fail);
    assert!(measurement.ratio.estimate < 1.1, "{:?}", measurement.ratio);
    assert!(measurement.charged_share() > 0.9);
    assert_eq!(measurement.calls, [1, 1], "work put off does not make a sample longer");
}

#[test]
fn taking_in_large_inputs_is_not_charged() {
    let mut bout = MatchSetup::new(20e-3, 2e-3);
    bout.baseline.outside = Box::new(|_| 5e-3);
    bout.submission.outside = Box::new(|_| 6e-3);
    let measurement = bout.at(4.0).unwrap();
    assert!(measurement.charged_share() <= 0.0);
    assert!((measurement.ratio.estimate - 10.0).abs() < 1e-6);
}

/// A disturbed sample of an honest submission was once charged with a twentieth of its time.
#[test]
fn one_disturbed_sample_is_not_charged() {
    let mut bout = MatchSetup::new(20e-3, 2e-3);
    bout.submission.outside =
        Box::new(|sample| if sample == WARM_UPS + 1 { 0.4e-3 } else { 10e-6 });
    let measurement = bout.at(4.0).unwrap();
    assert!(measurement.pairs[1].excess > 0.0);
    assert!(measurement.charged_share() <= 0.0);
}

#[test]
fn what_stays_undecided_is_measured_once_more_and_is_no_fail() {
    let mut bout = MatchSetup::new(8e-3, 2e-3);
    let measurement = bout.at(4.0).unwrap();
    assert_eq!(measurement.verdict, GateVerdict::Undecided);
    assert_eq!((measurement.launches, measurement.pairs.len()), (2, LOOKS[LOOKS.len() - 1]));
    assert_eq!((bout.baseline.starts, bout.submission.starts), (2, 2));
}

#[test]
fn a_clock_that_shows_nothing_decides_nothing() {
    let measurement = MatchSetup::new(0.0, 0.0).at(4.0).unwrap();
    assert_eq!(measurement.verdict, GateVerdict::Undecided);
    assert!(measurement.ratio.high.is_infinite());
}

#[test]
fn elapsed_time_counts_where_several_cpus_are_allowed() {
    let mut bout = MatchSetup::new(20e-3, 20e-3);
    bout.submission.wall_factor = 0.5;
    assert!((bout.at(4.0).unwrap().ratio.estimate - 1.0).abs() < 1e-6, "CPU time");
    bout.clock = SampleClock::Wall;
    assert!((bout.at(4.0).unwrap().ratio.estimate - 2.0).abs() < 1e-6, "elapsed time");
    // Half of the work on one CPU is no parallelism.
    bout.submission = DoublingContender::new('B', &bout.log, 10e-3);
    assert!((bout.at(4.0).unwrap().ratio.estimate - 1.0).abs() < 1e-6, "less work");
}

/// Where two virtual CPUs sometimes share a core, a class waited for 20 seconds a submission, each of which
/// stayed undecided.
#[test]
fn what_elapsed_time_does_not_decide_soon_is_given_up() {
    let mut bout = MatchSetup::new(8e-3, 8e-3);
    bout.submission.wall_factor = 0.25;
    bout.clock = SampleClock::Wall;
    let measurement = bout.at(4.0).unwrap();
    assert_eq!(measurement.verdict, GateVerdict::Undecided);
    assert_eq!((measurement.launches, measurement.pairs.len()), (2, 32));
}

#[test]
fn a_baseline_that_is_wrong_or_lost_is_our_fault() {
    let mut bout = MatchSetup::new(20e-3, 2e-3);
    bout.baseline.wrong_from = 1;
    assert!(matches!(bout.at(4.0), Err(MeasureError::Fault(_))));
    let mut bout = MatchSetup::new(20e-3, 2e-3);
    bout.baseline.lost_at = 4;
    assert!(matches!(bout.at(4.0), Err(MeasureError::Fault(_))));
}

#[test]
fn a_submission_that_is_lost_is_its_own_fault() {
    let mut bout = MatchSetup::new(20e-3, 2e-3);
    bout.submission.lost_at = 4;
    let lost = CallFailure::Crashed { how: "lost".into() };
    assert_eq!(bout.at(4.0), Err(MeasureError::Submission(lost)));
}

/// Neighbours that are loud in the first launches, and how often they were waited for.
struct LoudInterference {
    launches: u32,
    patient: bool,
    watched: u32,
    waited: u32,
}

impl LoudInterference {
    fn in_the_first(launches: u32) -> Self {
        Self { launches, patient: true, watched: 0, waited: 0 }
    }
}

impl Interference for LoudInterference {
    fn watch(&mut self) {
        self.watched += 1;
    }

    fn disturbed(&self, ours: Duration) -> Option<f64> {
        assert!(ours > Duration::ZERO, "the CPU time of what is measured is none of theirs");
        (self.watched <= self.launches).then_some(0.4)
    }

    fn wait(&mut self) -> bool {
        self.waited += 1;
        self.patient
    }
}

fn beside(neighbours: &mut LoudInterference) -> (MatchSetup, Measurement) {
    let mut bout = MatchSetup::new(20e-3, 20e-3);
    bout.submission.wall_factor = 0.1;
    let plan = MeasurePlan { gate: Gate::at_least(4.0).unwrap(), clock: SampleClock::Wall };
    let MatchSetup { baseline, submission, numbers, .. } = &mut bout;
    let measurement = measure_beside(baseline, submission, numbers, plan, neighbours).unwrap();
    (bout, measurement)
}

/// A busy machine once cost a minute of measuring whose end was known after its first second.
#[test]
fn a_disturbed_measurement_stops_at_its_first_look_and_begins_again() {
    let mut neighbours = LoudInterference::in_the_first(1);
    let (bout, measurement) = beside(&mut neighbours);
    assert_eq!((measurement.verdict, measurement.disturbed), (GateVerdict::Pass, None));
    assert_eq!((measurement.launches, neighbours.waited), (2, 1));
    assert_eq!(bout.log.borrow().len(), 2 * 2 * (WARM_UPS + LOOKS[0]));
}

#[test]
fn what_is_disturbed_time_after_time_is_undecided() {
    let mut neighbours = LoudInterference::in_the_first(u32::MAX);
    let (_, measurement) = beside(&mut neighbours);
    assert_eq!((measurement.verdict, measurement.disturbed), (GateVerdict::Undecided, Some(0.4)));
    assert_eq!((measurement.launches, neighbours.waited), (3, 2));
    assert_eq!(measurement.pairs.len(), LOOKS[0], "what was seen is kept for the record");
}

#[test]
fn it_is_not_begun_again_beside_neighbours_that_stay_loud() {
    let mut neighbours =
        LoudInterference { patient: false, ..LoudInterference::in_the_first(u32::MAX) };
    let (_, measurement) = beside(&mut neighbours);
    assert_eq!((measurement.launches, neighbours.waited), (1, 1));
    assert_eq!(measurement.verdict, GateVerdict::Undecided);
}

/// Threads that overlap for this share of their CPU time, two at a time.
fn overlapping(share: f64) -> impl Fn(usize, f64) -> Option<ThreadOverlap> {
    move |_, cpu| {
        let together = share * cpu;
        let span = (1.0 - share / 2.0) * cpu;
        let [together, span] = [together, span].map(Duration::from_secs_f64);
        Some(ThreadOverlap { span, together })
    }
}

/// A match on the submission's span: seconds of CPU time of both sides, and the share that overlaps.
fn spanning(baseline: f64, submission: f64, share: f64) -> MatchSetup {
    let mut bout = MatchSetup { clock: SampleClock::Span, ..MatchSetup::new(baseline, submission) };
    bout.submission.overlap = Box::new(overlapping(share));
    bout
}

#[test]
fn threads_that_overlap_are_as_fast_as_their_span() {
    let measurement = spanning(80e-3, 82e-3, 0.9).at(1.4).unwrap();
    assert_eq!(measurement.verdict, GateVerdict::Pass);
    assert!((measurement.ratio.estimate - 80.0 / (82.0 * 0.55)).abs() < 1e-6);
    let threads = measurement.threads().unwrap();
    assert!((threads.work - 1.025).abs() < 1e-6 && (threads.together.unwrap() - 0.9).abs() < 1e-6);
    assert_eq!(spanning(80e-3, 80e-3, 0.0).at(1.4).unwrap().verdict, GateVerdict::Fail);
}

/// Spinning beside the work overlaps with it, and costs as much as it seems to bring.
#[test]
fn work_that_is_done_twice_gains_nothing() {
    let measurement = spanning(80e-3, 160e-3, 1.0).at(1.4).unwrap();
    assert_eq!(measurement.verdict, GateVerdict::Fail);
    assert!((measurement.ratio.estimate - 1.0).abs() < 1e-6);
}

/// A slow baseline of one's own does not stand in for threads.
#[test]
fn a_serial_function_that_is_faster_than_the_baseline_gains_nothing() {
    let measurement = spanning(160e-3, 80e-3, 0.0).at(1.4).unwrap();
    assert_eq!(measurement.verdict, GateVerdict::Fail);
    assert!((measurement.ratio.estimate - 1.0).abs() < 1e-6);
}

#[test]
fn pairs_of_threads_that_were_not_seen_are_not_used() {
    let mut bout = spanning(80e-3, 80e-3, 1.0);
    let seen = overlapping(1.0);
    bout.submission.overlap =
        Box::new(move |sample, cpu| seen(sample, cpu).filter(|_| sample % 3 != 0));
    assert_eq!(bout.at(1.4).unwrap().verdict, GateVerdict::Pass);
    bout.submission.overlap = Box::new(|_, _| None);
    assert_eq!(bout.at(1.4), Err(MeasureError::Unseen), "and not a fail");
}

/// The baseline of a span is a function of the submission.
#[test]
fn a_baseline_of_its_own_that_is_wrong_is_the_submissions_fault() {
    let mut bout = spanning(80e-3, 80e-3, 1.0);
    bout.baseline.wrong_from = 1;
    assert_eq!(bout.at(1.4), Err(MeasureError::Wrong("not twice the number")));
    let mut bout = spanning(80e-3, 80e-3, 1.0);
    bout.baseline.lost_at = 4;
    assert!(matches!(bout.at(1.4), Err(MeasureError::Submission(_))));
}
