//! Values computed by `NumPy` and `SciPy`, with the script `make.py`.

use serde::Deserialize;
use std::sync::LazyLock;

/// The whole file.
#[derive(Deserialize)]
pub struct Oracle {
    /// `numpy.percentile`.
    pub percentiles: Vec<Percentiles>,
    /// `scipy.stats.t.ppf(0.975, df)` for df = 1, 2, ...
    pub t_975: Vec<f64>,
    /// `scipy.stats.t.interval(0.95, ...)` of the mean.
    pub t_intervals: Vec<Interval>,
    /// `scipy.stats.bootstrap(method="percentile")` of the ratio of means, 400,000 resamples.
    pub bootstraps: Vec<Bootstrap>,
}

/// Percentiles of one set of samples.
#[derive(Deserialize)]
pub struct Percentiles {
    pub samples: Vec<f64>,
    /// The percentiles, 0 to 100.
    pub q: Vec<f64>,
    pub values: Vec<f64>,
}

/// An interval of the mean.
#[derive(Deserialize)]
pub struct Interval {
    pub samples: Vec<f64>,
    pub low: f64,
    pub high: f64,
}

/// An interval of the ratio of two means.
#[derive(Deserialize)]
pub struct Bootstrap {
    pub baseline: Vec<f64>,
    pub variant: Vec<f64>,
    pub confidence: f64,
    pub low: f64,
    pub high: f64,
}

/// The values, parsed once.
pub static SCIPY: LazyLock<Oracle> = LazyLock::new(|| {
    serde_json::from_str(include_str!("scipy.json"))
        .unwrap_or_else(|error| panic!("scipy.json cannot be read: {error}"))
});

/// The 97.5 % quantile of Student's t distribution.
///
/// # Panics
/// When `degrees` is 0 or not in the table: a mistake in a case.
pub fn t_975(degrees: usize) -> f64 {
    SCIPY.t_975[degrees - 1]
}
