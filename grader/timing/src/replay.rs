//! A measurement decided again, from the pairs that were kept of it.

use crate::decision::{GateDecision, VerdictBasis, decision, used_up};
use crate::measurement::SamplePair;
use crate::{LOOKS, MeasurePlan};

/// What was known at one look.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Look {
    /// Pairs so far.
    pub pairs: usize,
    /// What they said.
    pub decision: GateDecision,
}

/// Every look that these pairs allow, in order. The last one is that of the verdict; a look at which
/// nothing could be said (a clock that showed nothing) is left out. A measurement whose time was used up has one
/// look, at its end.
pub fn replay(pairs: &[SamplePair], plan: MeasurePlan, basis: VerdictBasis) -> Vec<Look> {
    if basis == VerdictBasis::UsedUp {
        return vec![Look { pairs: pairs.len(), decision: used_up(pairs, plan) }];
    }
    let looks = LOOKS.into_iter().take_while(|look| *look <= pairs.len());
    let at = |look| Look { pairs: look, decision: decision(&pairs[..look], plan) };
    looks.map(at).filter(|look| look.decision.ratio.high.is_finite()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Gate, GateVerdict, SampleClock};

    fn plan(gate: f64) -> MeasurePlan {
        MeasurePlan { gate: Gate::at_least(gate).unwrap(), clock: SampleClock::Cpu }
    }

    fn pairs(ratios: impl IntoIterator<Item = f64>) -> Vec<SamplePair> {
        let pair = |ratio| SamplePair {
            baseline: ratio,
            submission: 1.0,
            excess: -1.0,
            wall: [0.0; 2],
            threads: None,
        };
        ratios.into_iter().map(pair).collect()
    }

    #[test]
    fn every_look_is_shown_and_the_last_one_decides() {
        let noisy = (0..12).map(|n| if n % 2 == 0 { 5.0 } else { 5.6 });
        let looks = replay(&pairs(noisy), plan(4.0), VerdictBasis::AllPairs);
        assert_eq!(looks.iter().map(|look| look.pairs).collect::<Vec<_>>(), [5, 8, 12]);
        assert_eq!(looks[0].decision.verdict, GateVerdict::Undecided);
        assert_eq!(looks[2].decision.verdict, GateVerdict::Pass);
        let width = |look: &Look| look.decision.ratio.high - look.decision.ratio.low;
        assert!(width(&looks[2]) < width(&looks[0]));
    }

    #[test]
    fn too_few_pairs_say_nothing() {
        assert!(replay(&pairs([5.0; 4]), plan(4.0), VerdictBasis::AllPairs).is_empty());
    }

    #[test]
    fn what_was_computed_off_the_clock_is_added_again() {
        let mut pairs = pairs([8.0; 5]);
        for pair in &mut pairs {
            pair.excess = 3.0;
        }
        let looks = replay(&pairs, plan(4.0), VerdictBasis::AllPairs);
        assert!((looks[0].decision.ratio.estimate - 2.0).abs() < 1e-9);
        assert_eq!(looks[0].decision.verdict, GateVerdict::Fail);
    }
}
