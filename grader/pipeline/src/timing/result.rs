//! What a measurement means for its case.

use crate::drive::message_of;
use grader_course::config::{GateRubric, GateRule, Limits};
use grader_judge::{CallFailure, Failure, TimedCase};
use grader_model::{CaseResult, Hidden, Outcome, TimedPair, TimedThreads, Timing, TimingClock};
use grader_protocol::Allowance;
use grader_timing::{Clock, Measurement, Spoiled, Threads, Verdict};

/// What a finished measurement says.
pub fn decided(
    mut result: CaseResult,
    case: &TimedCase,
    gate: &GateRubric,
    measurement: &Measurement,
) -> CaseResult {
    result.outcome = match measurement.verdict {
        Verdict::Pass => Outcome::Pass,
        Verdict::Fail => Outcome::TooSlow,
        Verdict::Undecided => Outcome::Undecided,
    };
    if measurement.verdict == Verdict::Undecided {
        result.message = Some(why_undecided(measurement));
    }
    let ratio = measurement.ratio;
    let known = [ratio.estimate, ratio.low, ratio.high].iter().all(|number| number.is_finite());
    result.timing = known.then(|| Timing {
        against: case.called.into(),
        gate: gate.at_least,
        estimate: ratio.estimate,
        low: ratio.low,
        high: ratio.high,
        pairs: u32::try_from(measurement.pairs.len()).unwrap_or(u32::MAX),
        launches: measurement.launches,
        clock: match clock_of(gate) {
            Clock::Cpu => TimingClock::Cpu,
            Clock::Wall => TimingClock::Wall,
            Clock::Span => TimingClock::Span,
        },
        cpus: gate.cpus.unwrap_or(1),
        charged_share: measurement.charged_share(),
        seconds: measurement.seconds,
        threads: measurement.threads().map(threads),
    });
    let pair = |pair: &grader_timing::Pair| TimedPair {
        baseline: pair.baseline,
        submission: pair.submission,
        excess: pair.excess,
        threads: pair.threads.map(threads),
    };
    result.timed_pairs = Some(Hidden::new(measurement.pairs.iter().map(pair).collect()));
    result
}

const fn threads(seen: Threads) -> TimedThreads {
    TimedThreads { work: seen.work, together: seen.together }
}

/// By which clock a gate is decided.
pub const fn clock_of(gate: &GateRubric) -> Clock {
    match (gate.rule, gate.cpus) {
        (GateRule::Half, _) => Clock::Cpu,
        (GateRule::Threads, None) => Clock::Span,
        (GateRule::Threads, Some(_)) => Clock::Wall,
    }
}

/// Why a measurement decided nothing, and that its points are neither won nor lost.
fn why_undecided(measurement: &Measurement) -> String {
    measurement.disturbed.map_or_else(
        || {
            "too close to the gate to be told apart from it on this machine: its points are pending"
                .into()
        },
        // Two threads on a busy machine were once called no faster than one, and surely so.
        |share| {
            format!(
                "other programs used {:.0} % of the CPUs meanwhile, so that elapsed time says too \
                 little: its points are pending",
                100.0 * share
            )
        },
    )
}

/// A submission that would be too slow, on a machine on which the course's own solution is, too. Its pairs
/// are dropped: the verdict does not follow from them.
pub fn not_shown(mut result: CaseResult) -> CaseResult {
    result.outcome = Outcome::Undecided;
    result.timed_pairs = None;
    result.message = Some(
        "on this machine the course's own solution does not reach the gate either: its points are \
         pending"
            .into(),
    );
    result
}

/// Why there is no measurement.
pub fn spoilt(mut result: CaseResult, spoiled: Spoiled<Failure>, limits: &Limits) -> CaseResult {
    let failure = match spoiled {
        Spoiled::Fault(what) => return faulty(result, &what),
        Spoiled::Unseen => return unseen(result),
        Spoiled::Submission(CallFailure::NotAsked { limit }) => return unfinished(result, limit),
        Spoiled::Submission(failure) => Failure::from(failure),
        Spoiled::Wrong(failure) => failure,
    };
    result.outcome = failure.outcome();
    result.location = failure.location().map(Into::into);
    result.message =
        Some(format!("right before, but not while it was timed: {}", message_of(&failure, limits)));
    result.detail = match &failure {
        Failure::Wrong { detail, .. } => Some(detail.clone()),
        Failure::Fault(what) => Some(Hidden::text(what)),
        Failure::Call(_) => None,
    };
    result
}

/// Every call was answered, and there was no verdict when the time of the measurement was over.
fn unfinished(mut result: CaseResult, limit: Allowance) -> CaseResult {
    result.outcome = Outcome::Undecided;
    result.message = Some(format!(
        "not decided when your calls had used up the {} s of processor time, or {} s of elapsed time, that \
         a measurement may take: its points are pending. Look for calls that are far slower at times",
        limit.cpu.as_secs(),
        limit.elapsed.as_secs()
    ));
    result
}

/// The grader itself had too little of the machine to see what the threads do.
fn unseen(mut result: CaseResult) -> CaseResult {
    result.outcome = Outcome::Undecided;
    result.message = Some(
        "this machine was too busy to look at your threads often enough while they computed: its points \
         are pending"
            .into(),
    );
    result
}

/// A fault of ours.
pub fn faulty(mut result: CaseResult, what: &str) -> CaseResult {
    let failure = Failure::Fault(what.into());
    result.outcome = failure.outcome();
    result.message = Some(failure.message());
    result.detail = Some(Hidden::text(&format!("{}: {what}", result.name)));
    result
}
