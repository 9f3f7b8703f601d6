//! Task `bottleneck`: what speeding up one part can do for the whole.

use crate::{ProfileError, Result, numbers};
use std::cmp::Reverse;
use std::collections::HashSet;

/// Amdahl's law.
pub fn amdahl(fraction: f64, factor: f64) -> Result<f64> {
    if fraction.is_nan() || fraction < 0.0 || fraction > 1.0 {
        return Err(ProfileError::BadFraction { fraction });
    }
    if !(factor > 0.0) {
        return Err(ProfileError::BadFactor { factor });
    }
    let untouched = 1.0 - fraction;
    let sped_up = fraction / factor;
    Ok((untouched + sped_up).recip())
}

#[derive(Clone, Debug, PartialEq)]
pub struct BottleneckAnalyzer {
    parts: Vec<(String, f64)>,
    whole: f64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Ranked {
    pub name: String,
    pub share: f64,
    pub limit: f64,
}

impl BottleneckAnalyzer {
    pub fn new(parts: Vec<(String, f64)>) -> Result<Self> {
        let seconds: Vec<f64> = parts.iter().map(|part| part.1).collect();
        numbers::require(&seconds, numbers::not_negative).map_err(|e| match e {
            ProfileError::NoSamples => ProfileError::NoParts,
            other => other,
        })?;
        let mut seen = HashSet::new();
        if let Some((twice, _)) = parts.iter().find(|(name, _)| !seen.insert(name)) {
            return Err(ProfileError::DuplicatePart { name: twice.clone() });
        }
        let whole = seconds.iter().sum();
        if whole == 0.0 {
            return Err(ProfileError::NoTime);
        }
        Ok(Self { parts, whole })
    }

    pub fn share(&self, name: &str) -> Result<f64> {
        for (part, seconds) in &self.parts {
            if part == name {
                return Ok(seconds / self.whole);
            }
        }
        Err(ProfileError::UnknownPart { name: name.into() })
    }

    pub fn ranking(&self) -> Vec<Ranked> {
        let mut order: Vec<usize> = (0..self.parts.len()).collect();
        // Times are not negative, so their bit patterns sort like the numbers. sort_by_key is
        // stable: ties stay as they were.
        order.sort_by_key(|&i| Reverse((self.parts[i].1 + 0.0).to_bits()));
        order
            .into_iter()
            .map(|i| {
                let (name, seconds) = &self.parts[i];
                let share = seconds / self.whole;
                Ranked { name: name.clone(), share, limit: (1.0 - share).recip() }
            })
            .collect()
    }

    pub fn speedup_if(&self, name: &str, factor: f64) -> Result<f64> {
        self.share(name).and_then(|share| amdahl(share, factor))
    }
}
