//! From the pairs of a measurement to its verdict.
//!
//! The interval around the mean of all pairs decides where it can. At the last look two more things are asked,
//! so that nobody stays undecided by being slow now and then: a few samples of a kind of their own are left
//! out, and the total counts where many of them are, and the submission alone shows that.

use crate::interval::{around, interval, typical};
use crate::looks::{LOOKS, critical, is_look};
use crate::measurement::{charge, logs};
use crate::{GateVerdict, MeasurePlan, SampleClock, SamplePair, SpeedRatio, order, spread};

/// The last look at elapsed time and at spans. Calls on several threads are long, and what scatters them (two virtual
/// CPUs that sometimes share one core) does not become small by more of them: a class would wait for
/// twenty seconds a submission, to hear *undecided*.
const WALL_PAIRS: usize = LOOKS[5];
/// What uses up the time of its measurement is too slow if its totals are this many times below the gate; they
/// come without an interval.
const FAR_BELOW: f64 = 1.25;

/// What a verdict rests on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VerdictBasis {
    /// The mean of the logarithms of all pairs.
    #[default]
    AllPairs,
    /// That of the middle half of the pairs: a few others would have left it undecided.
    TypicalPairs,
    /// The total time of each side: the submission's samples alone differ much from each other.
    Totals,
    /// The total time of each side, by the clock that is worse for the submission, which used up the time of
    /// the whole measurement.
    UsedUp,
}

/// What is known after some pairs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GateDecision {
    /// Where the ratio lies.
    pub verdict: GateVerdict,
    /// The ratio; the whole axis if the clock showed nothing.
    pub ratio: SpeedRatio,
    /// What both rest on.
    pub basis: VerdictBasis,
}

impl GateDecision {
    fn new(ratio: SpeedRatio, plan: MeasurePlan, basis: VerdictBasis) -> Self {
        Self { verdict: ratio.against(plan.gate), ratio, basis }
    }

    fn is_fail(&self) -> bool {
        self.verdict == GateVerdict::Fail
    }
}

/// How many pairs are measured at most.
pub const fn most_pairs(clock: SampleClock) -> usize {
    match clock {
        SampleClock::Cpu => LOOKS[LOOKS.len() - 1],
        SampleClock::Wall | SampleClock::Span => WALL_PAIRS,
    }
}

/// What these pairs say of the gate, in the order in which they were measured. Whether to go on is another
/// question: an undecided one is final only after [`most_pairs`].
///
/// # Cost
/// `n log n` in the number of pairs.
pub fn decision(pairs: &[SamplePair], plan: MeasurePlan) -> GateDecision {
    let logs = logs(pairs);
    let all =
        interval(&logs).unwrap_or(SpeedRatio { estimate: 1.0, low: 0.0, high: f64::INFINITY });
    let mean = GateDecision::new(all, plan, VerdictBasis::AllPairs);
    if plan.clock == SampleClock::Wall || !is_look(pairs.len()) {
        return mean;
    }
    let is_last = pairs.len() >= most_pairs(plan.clock);
    match mean.verdict {
        GateVerdict::Pass => without_slow_samples_of_its_own(mean, pairs, plan),
        GateVerdict::Undecided if is_last => settled(&logs, pairs, plan).unwrap_or(mean),
        GateVerdict::Fail | GateVerdict::Undecided => mean,
    }
}

/// Fast samples do not outweigh slow ones where the total says otherwise: then more pairs are measured, and in
/// the end the total counts.
fn without_slow_samples_of_its_own(
    pass: GateDecision,
    pairs: &[SamplePair],
    plan: MeasurePlan,
) -> GateDecision {
    match by_totals(pairs, plan).filter(GateDecision::is_fail) {
        Some(total) if pairs.len() >= most_pairs(plan.clock) => total,
        Some(_) => GateDecision { verdict: GateVerdict::Undecided, ..pass },
        None => pass,
    }
}

/// What the typical pairs say when all of them say nothing, and else the totals. Typical pairs alone pass
/// nobody: the total must not be below the gate.
fn settled(logs: &[f64], pairs: &[SamplePair], plan: MeasurePlan) -> Option<GateDecision> {
    let typical =
        typical(logs).map(|ratio| GateDecision::new(ratio, plan, VerdictBasis::TypicalPairs));
    let is_borne_out =
        |typical: &GateDecision| typical.is_fail() || ratio_of_totals(pairs) > plan.gate.ratio();
    let decided = |decision: &GateDecision| decision.verdict != GateVerdict::Undecided;
    typical.filter(decided).filter(is_borne_out).or_else(|| by_totals(pairs, plan).filter(decided))
}

/// What the total CPU time says, where the spread is the submission's own.
///
/// That spread does not widen the interval, because a submission could otherwise scatter until it is never decided. The
/// interval is as wide as for a submission that is as steady as the baseline.
fn by_totals(pairs: &[SamplePair], plan: MeasurePlan) -> Option<GateDecision> {
    if !spread::is_own(pairs) {
        return None;
    }
    let reach = critical(pairs.len())? * spread::error_of_control(pairs);
    around(ratio_of_totals(pairs).ln(), reach)
        .map(|ratio| GateDecision::new(ratio, plan, VerdictBasis::Totals))
}

/// The baseline's total time over the submission's, with its charge.
fn ratio_of_totals(pairs: &[SamplePair]) -> f64 {
    let charge = charge(pairs);
    total(pairs, |pair| pair.baseline) / total(pairs, |pair| pair.submission + charge)
}

/// The total of one side. What takes far longer in an eighth of the samples, the machine may have done.
fn total(pairs: &[SamplePair], time: impl Fn(&SamplePair) -> f64) -> f64 {
    let times: Vec<f64> = pairs.iter().map(time).collect();
    order::capped(&times).iter().sum()
}

/// What follows when the submission has used up the time of the whole measurement, from all pairs so far, those
/// of the warm-up too. It is too slow if its total is far below the gate by the plan's clock or by elapsed
/// time (which waiting is), and undecided otherwise.
///
/// # Cost
/// Linear in the number of pairs.
pub fn used_up(pairs: &[SamplePair], plan: MeasurePlan) -> GateDecision {
    let charge = charge(pairs);
    let sum = |time: &dyn Fn(&SamplePair) -> f64| pairs.iter().map(time).sum::<f64>();
    let by_clock = sum(&|pair| pair.baseline) / sum(&|pair| pair.submission + charge);
    let by_wall = sum(&|pair| pair.wall[0]) / sum(&|pair| pair.wall[1]);
    let least = by_clock.min(by_wall);
    let estimate = if least.is_finite() { least } else { f64::INFINITY };
    let ratio = SpeedRatio { estimate, low: estimate / FAR_BELOW, high: estimate * FAR_BELOW };
    // Nothing is passed by using up the time.
    let too_slow = ratio.against(plan.gate) == GateVerdict::Fail;
    let verdict = if too_slow { GateVerdict::Fail } else { GateVerdict::Undecided };
    GateDecision { verdict, ratio, basis: VerdictBasis::UsedUp }
}
