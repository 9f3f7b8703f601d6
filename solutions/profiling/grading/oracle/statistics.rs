//! Textbook statistics in plain f64, and bounds for simulations.

/// Arithmetic mean.
pub fn mean(samples: &[f64]) -> f64 {
    samples.iter().sum::<f64>() / samples.len() as f64
}

/// The square root of the sum of squared deviations over `n - lost`. `lost` is 1 for a sample
/// and 0 for a whole population.
pub fn deviation(samples: &[f64], lost: usize) -> f64 {
    let centre = mean(samples);
    let squares: f64 = samples.iter().map(|x| (x - centre).powi(2)).sum();
    (squares / (samples.len() - lost) as f64).sqrt()
}

/// The samples in ascending order.
pub fn sorted(samples: &[f64]) -> Vec<f64> {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

/// The percentile by linear interpolation, `q` in percent (Hyndman and Fan's definition 7).
pub fn percentile(samples: &[f64], q: f64) -> f64 {
    let sorted = sorted(samples);
    let position = (sorted.len() - 1) as f64 * q / 100.0;
    let below = position.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (position - below as f64) * (sorted[above] - sorted[below])
}

/// The largest `k` such that fewer than `k` successes in `n` trials, each with probability
/// `p`, have a total probability of at most `risk`: a correct submission has fewer than `k`
/// successes with at most that probability.
pub fn fewest_successes(n: usize, p: f64, risk: f64) -> usize {
    let mut log_probability = n as f64 * (1.0 - p).ln();
    let mut below = 0.0;
    for k in 0..=n {
        below += log_probability.exp();
        if below > risk {
            return k;
        }
        log_probability += ((n - k) as f64 / (k + 1) as f64).ln() + (p / (1.0 - p)).ln();
    }
    n
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oracle::scipy::{SCIPY, t_975};
    use grader_judge::check;

    #[test]
    fn percentiles_are_numpys() {
        for set in &SCIPY.percentiles {
            let got: Vec<f64> = set.q.iter().map(|&q| percentile(&set.samples, q)).collect();
            check::all_close("percentile", &got, &set.values, 1e-12, 0.0).unwrap();
        }
    }

    #[test]
    fn t_intervals_are_scipys() {
        for set in &SCIPY.t_intervals {
            let n = set.samples.len();
            let half = t_975(n - 1) * deviation(&set.samples, 1) / (n as f64).sqrt();
            let got = [mean(&set.samples) - half, mean(&set.samples) + half];
            check::all_close("interval", &got, &[set.low, set.high], 1e-12, 0.0).unwrap();
        }
    }

    #[test]
    fn fewest_successes_are_those_of_the_binomial() {
        // R: pbinom(6, 10, 0.9) = 0.0128, pbinom(7, 10, 0.9) = 0.0702
        assert_eq!(fewest_successes(10, 0.9, 0.0127), 6);
        assert_eq!(fewest_successes(10, 0.9, 0.0129), 7);
        assert_eq!(fewest_successes(10, 0.9, 0.0703), 8);
    }
}
