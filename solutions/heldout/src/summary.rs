//! A mean over seeds, with its interval.

use tinytorch::stats::t_quantile;

/// Numbers that were measured once for each seed, such as counts of right answers.
#[derive(Clone, Debug, PartialEq)]
pub struct SeedSummary {
    /// One for each seed.
    pub values: Vec<f64>,
    /// Their mean; NaN without values.
    pub mean: f64,
    /// How far the 95 % interval of the mean reaches to each side; NaN for fewer than two values.
    ///
    /// Source: Student's t interval, for values that are close to a normal distribution.
    pub reach: f64,
}

impl SeedSummary {
    /// Of these values.
    pub fn new(values: Vec<f64>) -> Self {
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        let error = (squares / (count - 1.0) / count).sqrt();
        let reach = t_quantile(0.975, count - 1.0).map_or(f64::NAN, |t| t * error);
        Self { values, mean, reach }
    }

    /// The values, separated by commas, without decimals.
    pub fn listed(&self) -> String {
        let texts: Vec<String> = self.values.iter().map(|value| format!("{value:.0}")).collect();
        texts.join(", ")
    }

    /// The least value; infinite without values.
    pub fn least(&self) -> f64 {
        self.values.iter().copied().fold(f64::INFINITY, f64::min)
    }
}

#[test]
fn the_interval_is_students() {
    let of = SeedSummary::new(vec![1.0, 2.0, 4.0, 5.0]);
    assert!((of.mean - 3.0).abs() < 1e-12, "{}", of.mean);
    // The standard deviation is the root of 10 / 3, and t with 3 degrees of freedom is 3.182.
    assert!((of.reach - 3.182_446 * (10.0_f64 / 3.0 / 4.0).sqrt()).abs() < 1e-5, "{}", of.reach);
    assert!((of.least() - 1.0).abs() < 1e-12, "{}", of.least());
    assert_eq!(of.listed(), "1, 2, 4, 5");
    assert!(SeedSummary::new(vec![1.0]).reach.is_nan());
}
