//! From pairs of times to an interval around their ratio.

use crate::looks::{ALLOWANCE, LOOKS, critical};
use crate::{SpeedRatio, order};

/// Neighbouring pairs are averaged in blocks of these sizes to see whether they are alike.
const BLOCKS: [usize; 4] = [1, 2, 4, 8];
/// Fewer blocks than this say too little about their spread.
const FEWEST_BLOCKS: usize = 8;
/// Pairs at the last look.
const LAST: usize = LOOKS[LOOKS.len() - 1];

/// The interval around the ratio after a look's number of pairs, from the logarithms of the single
/// ratios in the order in which they were measured. It holds at all looks at once with a
/// probability of 99.8 % for normal noise. `None` between looks, and for numbers that are not
/// finite.
///
/// # Cost
/// Linear in the number of pairs.
pub fn interval(logs: &[f64]) -> Option<SpeedRatio> {
    let critical = critical(logs.len())?;
    around(mean(logs), critical * standard_error(logs))
}

/// The interval around the ratio of the middle half of the pairs, after the last look's number of them: a few
/// samples that are far slower or faster than the others do not move it. `None` after any other number.
///
/// # Cost
/// `n log n` in the number of pairs.
pub fn typical(logs: &[f64]) -> Option<SpeedRatio> {
    if logs.len() != LAST {
        return None;
    }
    let middle = order::middle_half(logs);
    // The textbook's error of a trimmed mean is that of the winsorized values over the share that is left,
    // with as many degrees of freedom as values are.
    let left = middle.len() as f64 / logs.len() as f64;
    let error = standard_error(&order::winsorized(logs)) / left;
    around(mean(&middle), critical(middle.len())? * error)
}

/// `reach` and the allowance to both sides of a logarithm; `None` if that is not finite.
pub(crate) fn around(log: f64, reach: f64) -> Option<SpeedRatio> {
    let reach = reach + ALLOWANCE;
    (log.is_finite() && reach.is_finite()).then(|| SpeedRatio {
        estimate: log.exp(),
        low: (log - reach).exp(),
        high: (log + reach).exp(),
    })
}

/// The standard error of the mean. Pairs that are measured one after the other may be alike (a
/// neighbour's load lasts longer than a pair); then the blocks differ more than single pairs
/// promise, and the largest estimate counts.
pub(crate) fn standard_error(logs: &[f64]) -> f64 {
    let usable = BLOCKS.iter().filter(|size| **size == 1 || logs.len() / **size >= FEWEST_BLOCKS);
    usable.map(|size| standard_error_of_blocks(logs, *size)).fold(0.0, f64::max)
}

fn standard_error_of_blocks(logs: &[f64], size: usize) -> f64 {
    let means: Vec<f64> = logs.chunks_exact(size).map(mean).collect();
    let count = means.len() as f64;
    let center = mean(&means);
    let squares: f64 = means.iter().map(|block| (block - center).powi(2)).sum();
    (squares / (count - 1.0) / count).sqrt()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(interval(&[1.0; 4]), None);
        assert_eq!(interval(&[1.0; 6]), None);
        assert_eq!(typical(&[1.0; 96]), None);
    }

    #[test]
    fn equal_pairs_leave_the_allowance() {
        // Without noise the t interval has no width.
        let ratio = interval(&[2.0_f64.ln(); 128]).unwrap();
        assert!((ratio.low.ln() - (2.0_f64.ln() - ALLOWANCE)).abs() < 1e-9);
        assert!((ratio.high.ln() - (2.0_f64.ln() + ALLOWANCE)).abs() < 1e-9);
    }

    #[test]
    fn a_quarter_of_far_slower_samples_does_not_move_the_typical_ratio() {
        let logs: Vec<f64> = (0..128).map(|n| if n < 32 { -4.0 } else { 1.0 }).collect();
        let ratio = typical(&logs).unwrap();
        assert!((ratio.estimate.ln() - 1.0).abs() < 1e-9);
        let all = interval(&logs).unwrap();
        assert!(all.low < 0.1 && all.high > 2.0, "{all:?}");
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
        assert_eq!(interval(&[f64::INFINITY; 128]), None);
        assert_eq!(typical(&[f64::INFINITY; 128]), None);
    }
}
