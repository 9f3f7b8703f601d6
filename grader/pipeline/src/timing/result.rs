//! What a measurement means for its case.

use super::TimingQuestion;
use super::record::{basis, stored, stored_clock, threads};
use crate::cases::result_of;
use crate::compile::BuildFailure;
use crate::drive::message_of;
use grader_course::config::{GateRubric, GateRule, Rubric, SubmissionLimits};
use grader_judge::{CallFailure, Failure, TimedCase};
use grader_model::{CaseResult, Hidden, Outcome, TimingResult};
use grader_protocol::CallAllowance;
use grader_timing::{GateVerdict, MeasureError, Measurement, SampleClock};

/// What a finished measurement says.
pub fn decided(
    mut result: CaseResult,
    question: &TimingQuestion<'_>,
    measurement: &Measurement,
) -> CaseResult {
    let TimingQuestion { case, gate, clock } = *question;
    result.outcome = match measurement.verdict {
        GateVerdict::Pass => Outcome::Pass,
        GateVerdict::Fail => Outcome::TooSlow,
        GateVerdict::Undecided => Outcome::Undecided,
    };
    if measurement.verdict == GateVerdict::Undecided {
        result.message = Some(why_undecided(measurement));
    }
    let ratio = measurement.ratio;
    let known = [ratio.estimate, ratio.low, ratio.high].iter().all(|number| number.is_finite());
    result.timing = known.then(|| TimingResult {
        against: case.called.into(),
        gate: gate.at_least,
        estimate: ratio.estimate,
        low: ratio.low,
        high: ratio.high,
        pairs: u32::try_from(measurement.pairs.len()).unwrap_or(u32::MAX),
        launches: measurement.launches,
        clock: stored_clock(clock),
        cpus: if clock == SampleClock::Wall { gate.cpus.unwrap_or(2) } else { 1 },
        charged_share: measurement.charged_share(),
        seconds: measurement.seconds,
        threads: measurement.threads().map(threads),
        basis: basis(measurement.basis),
    });
    let pairs = measurement.pairs.iter().map(|pair| stored(pair, measurement.basis));
    result.timed_pairs = Some(Hidden::new(pairs.collect()));
    result
}

/// By which clock a gate is decided.
pub const fn clock_of(gate: &GateRubric) -> SampleClock {
    match (gate.rule, gate.cpus) {
        (GateRule::Half, _) => SampleClock::Cpu,
        (GateRule::Threads, None) => SampleClock::Span,
        (GateRule::Threads, Some(_)) => SampleClock::Wall,
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
pub fn spoilt(
    result: CaseResult,
    spoiled: MeasureError<Failure>,
    limits: &SubmissionLimits,
) -> CaseResult {
    let failure = match spoiled {
        MeasureError::Fault(what) => return faulty(result, &what),
        MeasureError::Unseen => return unseen(result),
        MeasureError::Submission(CallFailure::NotAsked { limit }) => {
            return unfinished(result, limit);
        }
        MeasureError::Submission(failure) => Failure::from(failure),
        MeasureError::Wrong(failure) => failure,
    };
    failed(result, &failure, "while it was timed", limits)
}

/// What was right in the first build and is not in the one that is measured.
pub fn unlike_before(
    result: CaseResult,
    failure: Failure,
    limits: &SubmissionLimits,
) -> CaseResult {
    match failure {
        Failure::Fault(what) => faulty(result, &what),
        Failure::Call(CallFailure::NotAsked { limit }) => unfinished(result, limit),
        failure => failed(result, &failure, "in the optimized build that is timed", limits),
    }
}

/// `there` is where it was right no more.
fn failed(
    mut result: CaseResult,
    failure: &Failure,
    there: &str,
    limits: &SubmissionLimits,
) -> CaseResult {
    result.outcome = failure.outcome();
    result.location = failure.location().map(Into::into);
    result.message =
        Some(format!("right before, but not {there}: {}", message_of(failure, limits)));
    result.detail = match failure {
        Failure::Wrong { detail, .. } => Some(detail.clone()),
        Failure::Fault(what) => Some(Hidden::text(what)),
        Failure::Call(_) => None,
    };
    result
}

/// Every call was answered, and there was no verdict when the time of the measurement was over.
fn unfinished(mut result: CaseResult, limit: CallAllowance) -> CaseResult {
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

/// The result of a case that waits for `blockers`, which did not pass.
pub fn skipped(case: &TimedCase, blockers: Vec<String>, rubric: &Rubric) -> CaseResult {
    CaseResult { blocked_by: blockers, ..result_of(case.into(), Outcome::Skipped, rubric) }
}

/// The result of a case without an executable: the compiler gave up on the second build alone.
pub fn unbuilt(case: &TimedCase, failure: &BuildFailure, rubric: &Rubric) -> CaseResult {
    let why = failure.problems.first().map_or("", |problem| problem.message.as_str());
    CaseResult {
        message: Some(format!("while it was built for speed: {why}")),
        ..result_of(case.into(), failure.outcome, rubric)
    }
}

/// The result of a case that needs more CPUs than this machine has.
pub fn too_few_cpus(result: CaseResult, needed: usize) -> CaseResult {
    CaseResult {
        outcome: Outcome::Undecided,
        message: Some(format!(
            "it needs {needed} CPUs, and this machine has fewer: its points are pending until it is \
             measured on another"
        )),
        ..result
    }
}

/// A fault of ours.
pub fn faulty(mut result: CaseResult, what: &str) -> CaseResult {
    let failure = Failure::Fault(what.into());
    result.outcome = failure.outcome();
    result.message = Some(failure.message());
    result.detail = Some(Hidden::text(&format!("{}: {what}", result.name)));
    result
}
