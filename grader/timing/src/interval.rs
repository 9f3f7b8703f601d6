//! From pairs of times to an interval around their ratio.

use crate::looks::{ALLOWANCE, LOOKS, critical};
use crate::{Gate, Ratio, Verdict};

/// Neighbouring pairs are averaged in blocks of these sizes to see whether they are alike.
const BLOCKS: [usize; 4] = [1, 2, 4, 8];
/// Fewer blocks than this say too little about their spread.
const FEWEST_BLOCKS: usize = 8;

/// The interval around the ratio after a look's number of pairs, from the logarithms of the single
/// ratios in the order in which they were measured. It holds at all looks at once with a
/// probability of 99.8 % for normal noise. `None` between looks, and for numbers that are not
/// finite.
///
/// # Cost
/// Linear in the number of pairs.
pub fn interval(logs: &[f64]) -> Option<Ratio> {
    let critical = critical(logs.len())?;
    let mean = mean(logs.iter().copied());
    let reach = critical * standard_error(logs) + ALLOWANCE;
    (mean.is_finite() && reach.is_finite()).then(|| Ratio {
        estimate: mean.exp(),
        low: (mean - reach).exp(),
        high: (mean + reach).exp(),
    })
}

/// The verdict after these pairs; `None` to go on measuring. [`Verdict::Undecided`] only when there
/// is no look left.
pub fn verdict(logs: &[f64], gate: Gate) -> Option<Verdict> {
    let verdict = interval(logs).map_or(Verdict::Undecided, |ratio| ratio.against(gate));
    let last = LOOKS[LOOKS.len() - 1];
    (verdict != Verdict::Undecided || logs.len() >= last).then_some(verdict)
}

/// The standard error of the mean. Pairs that are measured one after the other may be alike (a
/// neighbour's load lasts longer than a pair); then the blocks differ more than single pairs
/// promise, and the largest estimate counts.
fn standard_error(logs: &[f64]) -> f64 {
    let usable = BLOCKS.iter().filter(|size| **size == 1 || logs.len() / **size >= FEWEST_BLOCKS);
    usable.map(|size| standard_error_of_blocks(logs, *size)).fold(0.0, f64::max)
}

fn standard_error_of_blocks(logs: &[f64], size: usize) -> f64 {
    let means = || logs.chunks_exact(size).map(|block| mean(block.iter().copied()));
    let count = (logs.len() / size) as f64;
    let center = mean(means());
    let squares: f64 = means().map(|block| (block - center).powi(2)).sum();
    (squares / (count - 1.0) / count).sqrt()
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    sum / count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate(ratio: f64) -> Gate {
        Gate::at_least(ratio).unwrap()
    }

    #[test]
    fn five_pairs_give_the_textbook_interval() {
        let logs = [0.9, 1.0, 1.1, 1.0, 1.0];
        // Mean 1, standard deviation sqrt(0.02 / 4), standard error that over sqrt(5).
        let reach = 13.033_7 * (0.005_f64 / 5.0).sqrt() + 0.02;
        let ratio = interval(&logs).unwrap();
        assert!((ratio.estimate.ln() - 1.0).abs() < 1e-12);
        assert!((ratio.low.ln() - (1.0 - reach)).abs() < 1e-4);
        assert!((ratio.high.ln() - (1.0 + reach)).abs() < 1e-4);
    }

    #[test]
    fn nothing_is_said_between_looks() {
        assert_eq!(verdict(&[1.0; 4], gate(1.5)), None);
        assert_eq!(verdict(&[1.0; 6], gate(1.5)), None);
        assert_eq!(verdict(&[1.0; 5], gate(1.5)), Some(Verdict::Pass));
    }

    #[test]
    fn equal_pairs_do_not_decide_a_ratio_at_the_gate() {
        // Without noise the t interval has no width; what remains is the allowance.
        let logs = [1.99_f64.ln(); 128];
        assert_eq!(verdict(&logs[..96], gate(2.0)), None);
        assert_eq!(verdict(&logs, gate(2.0)), Some(Verdict::Undecided));
        assert_eq!(verdict(&logs, gate(2.04)), Some(Verdict::Fail));
    }

    #[test]
    fn pairs_that_come_in_groups_count_less() {
        let groups: Vec<f64> = (0..32).map(|i| if i / 4 % 2 == 0 { 0.9 } else { 1.1 }).collect();
        let mixed: Vec<f64> = (0..32).map(|i| if i % 2 == 0 { 0.9 } else { 1.1 }).collect();
        let width = |logs| interval(logs).map(|ratio| (ratio.high / ratio.low).ln()).unwrap();
        assert!(width(&groups) > 1.7 * width(&mixed));
    }

    #[test]
    fn a_time_of_zero_decides_nothing() {
        let logs = [f64::INFINITY; 128];
        assert_eq!(verdict(&logs, gate(2.0)), Some(Verdict::Undecided));
    }
}
