//! Helpers that several tasks need. Mine, not part of the handout.

use crate::{ProfileError, Result};

/// All samples pass, and there is at least one.
pub(crate) fn require(samples: &[f64], ok: fn(f64) -> bool) -> Result<()> {
    if samples.is_empty() {
        return Err(ProfileError::NoSamples);
    }
    for (index, &value) in samples.iter().enumerate() {
        if !ok(value) {
            return Err(ProfileError::BadSample { index, value });
        }
    }
    Ok(())
}

pub(crate) fn finite(x: f64) -> bool {
    x.is_finite()
}

pub(crate) fn not_negative(x: f64) -> bool {
    x.is_finite() && x >= 0.0
}

pub(crate) fn positive(x: f64) -> bool {
    x.is_finite() && x > 0.0
}

/// Mean and sum of squared deviations, updated one sample at a time (Welford).
#[derive(Default)]
pub(crate) struct Running {
    n: f64,
    mean: f64,
    m2: f64,
}

impl Running {
    pub(crate) fn of(samples: &[f64]) -> Self {
        let mut r = Self::default();
        samples.iter().for_each(|&x| r.push(x));
        r
    }

    fn push(&mut self, x: f64) {
        self.n += 1.0;
        let d = x - self.mean;
        self.mean += d / self.n;
        self.m2 = d.mul_add(x - self.mean, self.m2);
    }

    pub(crate) fn mean(&self) -> f64 {
        self.mean
    }

    /// Sample standard deviation. One sample has none, we call that 0.
    pub(crate) fn std(&self) -> f64 {
        if self.n < 2.0 { 0.0 } else { (self.m2.max(0.0) / (self.n - 1.0)).sqrt() }
    }

    pub(crate) fn standard_error(&self) -> f64 {
        self.std() / self.n.sqrt()
    }
}
