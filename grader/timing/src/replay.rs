//! A measurement decided again, from the pairs that were kept of it.

use crate::decision::{Basis, Decision, decision, used_up};
use crate::measurement::Pair;
use crate::{LOOKS, Plan};

/// What was known at one look.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Look {
    /// Pairs so far.
    pub pairs: usize,
    /// What they said.
    pub decision: Decision,
}

/// Every look that these pairs allow, in order. The last one is that of the verdict; a look at which
/// nothing could be said (a clock that showed nothing) is left out. A measurement whose time was used up has one
/// look, at its end.
pub fn replay(pairs: &[Pair], plan: Plan, basis: Basis) -> Vec<Look> {
    if basis == Basis::UsedUp {
        return vec![Look { pairs: pairs.len(), decision: used_up(pairs, plan) }];
    }
    let looks = LOOKS.into_iter().take_while(|look| *look <= pairs.len());
    let at = |look| Look { pairs: look, decision: decision(&pairs[..look], plan) };
    looks.map(at).filter(|look| look.decision.ratio.high.is_finite()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Clock, Gate, Verdict};

    fn plan(gate: f64) -> Plan {
        Plan { gate: Gate::at_least(gate).unwrap(), clock: Clock::Cpu }
    }

    fn pairs(ratios: impl IntoIterator<Item = f64>) -> Vec<Pair> {
        let pair = |ratio| Pair {
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
        let looks = replay(&pairs(noisy), plan(4.0), Basis::AllPairs);
        assert_eq!(looks.iter().map(|look| look.pairs).collect::<Vec<_>>(), [5, 8, 12]);
        assert_eq!(looks[0].decision.verdict, Verdict::Undecided);
        assert_eq!(looks[2].decision.verdict, Verdict::Pass);
        let width = |look: &Look| look.decision.ratio.high - look.decision.ratio.low;
        assert!(width(&looks[2]) < width(&looks[0]));
    }

    #[test]
    fn too_few_pairs_say_nothing() {
        assert!(replay(&pairs([5.0; 4]), plan(4.0), Basis::AllPairs).is_empty());
    }

    #[test]
    fn what_was_computed_off_the_clock_is_added_again() {
        let mut pairs = pairs([8.0; 5]);
        for pair in &mut pairs {
            pair.excess = 3.0;
        }
        let looks = replay(&pairs, plan(4.0), Basis::AllPairs);
        assert!((looks[0].decision.ratio.estimate - 2.0).abs() < 1e-9);
        assert_eq!(looks[0].decision.verdict, Verdict::Fail);
    }
}
