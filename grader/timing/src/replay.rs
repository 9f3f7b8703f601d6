//! A measurement decided again, from the pairs that were kept of it.

use crate::measurement::{Pair, logs};
use crate::{Gate, LOOKS, Ratio, Verdict, interval};

/// What was known at one look.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Look {
    /// Pairs so far.
    pub pairs: usize,
    /// The interval around the ratio.
    pub ratio: Ratio,
    /// Where it lies.
    pub verdict: Verdict,
}

/// Every look that these pairs allow, in order. The last one is that of the verdict; a look at which
/// nothing could be said (a clock that showed nothing) is left out.
pub fn replay(pairs: &[Pair], gate: Gate) -> Vec<Look> {
    let looks = LOOKS.into_iter().take_while(|look| *look <= pairs.len());
    let at = |look| {
        let ratio = interval(&logs(&pairs[..look]))?;
        Some(Look { pairs: look, ratio, verdict: ratio.against(gate) })
    };
    looks.filter_map(at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let looks = replay(&pairs(noisy), Gate::at_least(4.0).unwrap());
        assert_eq!(looks.iter().map(|look| look.pairs).collect::<Vec<_>>(), [5, 8, 12]);
        assert_eq!(looks[0].verdict, Verdict::Undecided);
        assert_eq!(looks[2].verdict, Verdict::Pass);
        assert!(
            looks[2].ratio.high - looks[2].ratio.low < looks[0].ratio.high - looks[0].ratio.low
        );
    }

    #[test]
    fn too_few_pairs_say_nothing() {
        assert!(replay(&pairs([5.0; 4]), Gate::at_least(4.0).unwrap()).is_empty());
    }

    #[test]
    fn what_was_computed_off_the_clock_is_added_again() {
        let mut pairs = pairs([8.0; 5]);
        for pair in &mut pairs {
            pair.excess = 3.0;
        }
        let looks = replay(&pairs, Gate::at_least(4.0).unwrap());
        assert!((looks[0].ratio.estimate - 2.0).abs() < 1e-9);
        assert_eq!(looks[0].verdict, Verdict::Fail);
    }
}
