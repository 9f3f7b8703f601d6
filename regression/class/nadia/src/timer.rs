use crate::{Interval, ProfileError, Result};
use std::hint::black_box;
use tinytorch::clock::{Clock, MonotonicClock};

/// One sorted list for everything.
fn sort(samples: &[f64]) -> Result<Vec<f64>> {
    if samples.is_empty() {
        return Err(ProfileError::NoSamples);
    }
    let mut list = Vec::with_capacity(samples.len());
    for (index, &value) in samples.iter().enumerate() {
        if value.is_nan() || value.is_infinite() {
            return Err(ProfileError::BadSample { index, value });
        }
        list.push(value);
    }
    list.sort_unstable_by(f64::total_cmp);
    Ok(list)
}

fn between(list: &[f64], q: f64) -> f64 {
    let position = (list.len() - 1) as f64 * q / 100.0;
    let part = position.fract();
    if part == 0.0 {
        list[position as usize]
    } else {
        list[position as usize] * (1.0 - part) + list[position as usize + 1] * part
    }
}

pub fn percentile(samples: &[f64], q: f64) -> Result<f64> {
    let list = sort(samples)?;
    if (0.0..=100.0).contains(&q) { Ok(between(&list, q)) } else { Err(ProfileError::BadQuantile { q }) }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimingStats {
    pub runs: usize,
    pub mean: f64,
    pub std: f64,
    pub min: f64,
    pub max: f64,
    pub p50: f64,
    pub p95: f64,
    pub p99: f64,
    pub ci95: Interval,
}

impl TimingStats {
    pub fn from_samples(seconds: &[f64]) -> Result<Self> {
        if let Some(index) = seconds.iter().position(|s| *s < 0.0) {
            return Err(ProfileError::BadSample { index, value: seconds[index] });
        }
        let list = sort(seconds)?;
        let n = list.len() as f64;
        let mean = seconds.iter().sum::<f64>() / n;
        let var = seconds.iter().map(|s| (s - mean).powi(2)).sum::<f64>() / n;
        let std = var.sqrt();
        Ok(Self {
            runs: list.len(),
            mean,
            std,
            min: list[0],
            max: list[list.len() - 1],
            p50: between(&list, 50.0),
            p95: between(&list, 95.0),
            p99: between(&list, 99.0),
            // 95 % of all samples lie within two standard deviations
            ci95: Interval { low: mean - 1.96 * std, high: mean + 1.96 * std },
        })
    }
}

#[derive(Clone, Debug, Default)]
pub struct Timer<C: Clock = MonotonicClock> {
    clock: C,
}

impl Timer {
    pub const DEFAULT_WARMUP: usize = 3;
    pub const DEFAULT_RUNS: usize = 100;

    pub fn new() -> Self {
        Self::default()
    }
}

impl<C: Clock> Timer<C> {
    pub fn with_clock(clock: C) -> Self {
        Self { clock }
    }

    pub fn measure<R>(
        &self,
        mut f: impl FnMut() -> R,
        warmup: usize,
        runs: usize,
    ) -> Result<TimingStats> {
        if runs < 1 {
            return Err(ProfileError::NoRuns);
        }
        for _ in 0..warmup {
            let _warm = black_box(f());
        }
        let times: Vec<f64> = std::iter::repeat_with(|| {
            let start = self.clock.now();
            let result = black_box(f());
            let end = self.clock.now();
            drop(result);
            (end - start).as_secs_f64()
        })
        .take(runs)
        .collect();
        TimingStats::from_samples(&times)
    }
}
