//! The order of a measurement: fresh processes, warm-up, pairs until the verdict is clear.

use crate::decision::{GateDecision, decision, most_pairs, used_up};
use crate::interference::{IgnoreInterference, Interference};
use crate::measurement::{MeasureError, Measurement, SampleClock, SamplePair};
use crate::{Contender, Gate, GateVerdict, PairedRun, Workload, is_look};
use grader_protocol::CallFailure;
use std::time::Instant;

/// A measurement that stays undecided is made this many times in all.
const LAUNCHES: u32 = 2;
/// One that is disturbed is begun this many times in all.
const DISTURBED_LAUNCHES: u32 = 3;

/// What is measured and how.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeasurePlan {
    /// What must be cleared.
    pub gate: Gate,
    /// By which clock.
    pub clock: SampleClock,
}

/// Measures `submission` against `baseline`. Every input is fresh, every output is verified, those
/// of the warm-up too.
///
/// # Errors
/// When one of the two does not answer or a submission's answer is wrong.
///
/// # Cost
/// Two samples of 2 to 25 milliseconds a pair (longer if a single call is), their inputs and
/// verification; 5 to 256 pairs.
pub fn measure<W: Workload>(
    baseline: &mut dyn Contender,
    submission: &mut dyn Contender,
    workload: &mut W,
    plan: MeasurePlan,
) -> Result<Measurement, MeasureError<W::Wrong>> {
    measure_beside(baseline, submission, workload, plan, &mut IgnoreInterference)
}

/// [`measure`], where it matters who else computes. At each look the neighbours are asked before the
/// pairs are: if they had too much, nothing that was measured counts, and it begins again when they
/// are quiet. What is disturbed time after time is undecided.
///
/// # Errors
/// As [`measure`].
///
/// # Cost
/// As [`measure`] when undisturbed, else the pairs of a few first looks and the neighbours' patience.
pub fn measure_beside<W: Workload>(
    baseline: &mut dyn Contender,
    submission: &mut dyn Contender,
    workload: &mut W,
    plan: MeasurePlan,
    neighbours: &mut dyn Interference,
) -> Result<Measurement, MeasureError<W::Wrong>> {
    let start = Instant::now();
    let mut bout = PairedRun::new(baseline, submission, workload, plan.clock);
    let mut undecided = 0;
    let mut disturbed = 0;
    loop {
        let ended = match launch(&mut bout, plan, neighbours) {
            Err(MeasureError::Submission(why @ CallFailure::NotAsked { .. })) => {
                stopped(&bout, plan).ok_or(MeasureError::Submission(why))?
            }
            other => other?,
        };
        let again = if ended.disturbed.is_some() {
            disturbed += 1;
            disturbed < DISTURBED_LAUNCHES && neighbours.wait()
        } else {
            undecided += 1;
            ended.decision.verdict == GateVerdict::Undecided && undecided < LAUNCHES
        };
        if again {
            continue;
        }
        let GateDecision { verdict, ratio, basis } = ended.decision;
        return Ok(Measurement {
            gate: plan.gate,
            verdict,
            ratio,
            basis,
            pairs: ended.pairs,
            calls: bout.calls(),
            launches: undecided + disturbed,
            disturbed: ended.disturbed,
            seconds: start.elapsed().as_secs_f64(),
        });
    }
}

/// How one launch ended.
struct LaunchEnd {
    pairs: Vec<SamplePair>,
    decision: GateDecision,
    disturbed: Option<f64>,
}

/// Fresh processes, then pairs until they clear the gate, the last look is over, or a look shows that
/// others disturbed it.
fn launch<W: Workload>(
    bout: &mut PairedRun<'_, W>,
    plan: MeasurePlan,
    neighbours: &mut dyn Interference,
) -> Result<LaunchEnd, MeasureError<W::Wrong>> {
    bout.start()?;
    neighbours.watch();
    let most = most_pairs(plan.clock);
    let mut pairs = Vec::with_capacity(most);
    loop {
        pairs.push(bout.pair(pairs.len())?);
        if !is_look(pairs.len()) {
            continue;
        }
        let decision = decision(&pairs, plan);
        let disturbed = neighbours.disturbed(bout.used());
        if disturbed.is_some() {
            let decision = GateDecision { verdict: GateVerdict::Undecided, ..decision };
            return Ok(LaunchEnd { pairs, decision, disturbed });
        }
        if decision.verdict != GateVerdict::Undecided || pairs.len() >= most {
            return Ok(LaunchEnd { pairs, decision, disturbed });
        }
    }
}

/// The end of a measurement whose time the submission has used up; `None` if what it did in that time does not
/// show that it is too slow.
fn stopped<W: Workload>(bout: &PairedRun<'_, W>, plan: MeasurePlan) -> Option<LaunchEnd> {
    let pairs = bout.history().to_vec();
    let decision = used_up(&pairs, plan);
    (decision.verdict == GateVerdict::Fail).then_some(LaunchEnd {
        pairs,
        decision,
        disturbed: None,
    })
}
