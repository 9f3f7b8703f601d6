//! The order of a measurement: fresh processes, warm-up, pairs until the verdict is clear.

use crate::measurement::{Clock, Measurement, Pair, Spoiled, logs};
use crate::{Bout, Contender, Gate, LOOKS, Ratio, Verdict, Workload, interval, verdict};
use std::time::Instant;

/// A measurement that stays undecided is made this many times in all.
const LAUNCHES: u32 = 2;

/// What is measured and how.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plan {
    /// What must be cleared.
    pub gate: Gate,
    /// By which clock.
    pub clock: Clock,
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
    plan: Plan,
) -> Result<Measurement, Spoiled<W::Wrong>> {
    let start = Instant::now();
    let mut bout = Bout::new(baseline, submission, workload, plan.clock);
    let mut launches = 0;
    loop {
        launches += 1;
        bout.start()?;
        let (pairs, verdict) = decide(&mut bout, plan.gate)?;
        if verdict == Verdict::Undecided && launches < LAUNCHES {
            continue;
        }
        return Ok(Measurement {
            gate: plan.gate,
            verdict,
            ratio: known(&pairs),
            pairs,
            calls: bout.calls(),
            launches,
            seconds: start.elapsed().as_secs_f64(),
        });
    }
}

/// Pairs until an interval clears the gate or the last look is over.
fn decide<W: Workload>(
    bout: &mut Bout<'_, W>,
    gate: Gate,
) -> Result<(Vec<Pair>, Verdict), Spoiled<W::Wrong>> {
    let most = LOOKS[LOOKS.len() - 1];
    let mut pairs = Vec::with_capacity(most);
    loop {
        pairs.push(bout.pair(pairs.len())?);
        if let Some(verdict) = verdict(&logs(&pairs), gate) {
            return Ok((pairs, verdict));
        }
    }
}

/// The interval at the last look; the whole axis if the clock showed nothing.
fn known(pairs: &[Pair]) -> Ratio {
    interval(&logs(pairs)).unwrap_or(Ratio { estimate: 1.0, low: 0.0, high: f64::INFINITY })
}
