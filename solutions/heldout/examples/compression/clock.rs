//! How much faster one model is than another.

use std::hint::black_box;
use std::time::Instant;

use tinytorch::{Layer, Tensor};

use crate::ExampleResult;

/// Pairs of calls.
const PAIRS: usize = 41;
/// Places in the order of ratios between which their median is, with a probability of 97 %.
///
/// Source: the binomial distribution; Hollander and Wolfe, "Nonparametric Statistical Methods" (1999), section 3.6.
const INTERVAL: (usize, usize) = (13, 27);

/// The median of the ratios of paired calls, with its interval.
#[derive(Clone, Copy, Debug)]
pub struct Speedup {
    pub median: f64,
    pub low: f64,
    pub high: f64,
}

impl Speedup {
    pub fn text(self) -> String {
        format!("{:.2}x ({:.2} to {:.2})", self.median, self.low, self.high)
    }
}

/// Seconds of one call, of as many calls as last some milliseconds.
pub fn seconds(model: &dyn Layer, input: &Tensor) -> ExampleResult<f64> {
    let once = timed(model, input, 1)?;
    let calls = (5e-3 / once).clamp(1.0, 1e4) as usize;
    timed(model, input, calls)
}

fn timed(model: &dyn Layer, input: &Tensor, calls: usize) -> ExampleResult<f64> {
    let start = Instant::now();
    for _ in 0..calls {
        let _ = black_box(model.forward(black_box(input))?);
    }
    Ok(start.elapsed().as_secs_f64() / calls as f64)
}

/// How much longer `slow` takes than `fast`. Both are called in turn, so that other load on the machine meets both.
pub fn speedup(slow: &dyn Layer, fast: &dyn Layer, input: &Tensor) -> ExampleResult<Speedup> {
    let pair = |_| Ok(seconds(slow, input)? / seconds(fast, input)?);
    let mut ratios: Vec<f64> = (0..PAIRS).map(pair).collect::<ExampleResult<_>>()?;
    ratios.sort_by(f64::total_cmp);
    let (low, high) = INTERVAL;
    Ok(Speedup { median: ratios[PAIRS / 2], low: ratios[low], high: ratios[high] })
}
