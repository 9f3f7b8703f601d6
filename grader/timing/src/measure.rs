//! The order of a measurement: fresh processes, warm-up, pairs until the verdict is clear.

use crate::measurement::{Clock, Measurement, Pair, Spoiled, logs};
use crate::neighbours::{Neighbours, NoMatterWho};
use crate::{Bout, Contender, Gate, LOOKS, Ratio, Verdict, Workload, interval, is_look, verdict};
use std::time::Instant;

/// A measurement that stays undecided is made this many times in all.
const LAUNCHES: u32 = 2;
/// One that is disturbed is begun this many times in all.
const DISTURBED_LAUNCHES: u32 = 3;

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
    measure_beside(baseline, submission, workload, plan, &mut NoMatterWho)
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
    plan: Plan,
    neighbours: &mut dyn Neighbours,
) -> Result<Measurement, Spoiled<W::Wrong>> {
    let start = Instant::now();
    let mut bout = Bout::new(baseline, submission, workload, plan.clock);
    let (mut undecided, mut disturbed) = (0, 0);
    loop {
        bout.start()?;
        neighbours.watch();
        let ended = decide(&mut bout, plan, neighbours)?;
        let again = if ended.disturbed.is_some() {
            disturbed += 1;
            disturbed < DISTURBED_LAUNCHES && neighbours.wait()
        } else {
            undecided += 1;
            ended.verdict == Verdict::Undecided && undecided < LAUNCHES
        };
        if again {
            continue;
        }
        return Ok(Measurement {
            gate: plan.gate,
            verdict: ended.verdict,
            ratio: known(&ended.pairs),
            pairs: ended.pairs,
            calls: bout.calls(),
            launches: undecided + disturbed,
            disturbed: ended.disturbed,
            seconds: start.elapsed().as_secs_f64(),
        });
    }
}

/// The last look at elapsed time and at spans. Calls on several threads are long, and what scatters them (two virtual
/// CPUs that sometimes share one core) does not become small by more of them: a class would wait for
/// twenty seconds a submission, to hear *undecided*.
const WALL_PAIRS: usize = LOOKS[5];

/// How one launch ended.
struct Ended {
    pairs: Vec<Pair>,
    verdict: Verdict,
    disturbed: Option<f64>,
}

/// Pairs until an interval clears the gate, the last look is over, or a look shows that others
/// disturbed it.
fn decide<W: Workload>(
    bout: &mut Bout<'_, W>,
    plan: Plan,
    neighbours: &dyn Neighbours,
) -> Result<Ended, Spoiled<W::Wrong>> {
    let most = match plan.clock {
        Clock::Cpu => LOOKS[LOOKS.len() - 1],
        Clock::Wall | Clock::Span => WALL_PAIRS,
    };
    let mut pairs = Vec::with_capacity(most);
    loop {
        pairs.push(bout.pair(pairs.len())?);
        if !is_look(pairs.len()) {
            continue;
        }
        let disturbed = neighbours.disturbed(bout.used());
        if disturbed.is_some() {
            return Ok(Ended { pairs, verdict: Verdict::Undecided, disturbed });
        }
        let verdict = verdict(&logs(&pairs), plan.gate)
            .or((pairs.len() >= most).then_some(Verdict::Undecided));
        if let Some(verdict) = verdict {
            return Ok(Ended { pairs, verdict, disturbed });
        }
    }
}

/// The interval at the last look; the whole axis if the clock showed nothing.
fn known(pairs: &[Pair]) -> Ratio {
    interval(&logs(pairs)).unwrap_or(Ratio { estimate: 1.0, low: 0.0, high: f64::INFINITY })
}
