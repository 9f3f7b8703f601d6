use crate::{ProfileError, Result};

/// Amdahl's law, halving again and again instead of dividing once, so that I see where it goes.
pub fn amdahl(fraction: f64, factor: f64) -> Result<f64> {
    if !(0.0..=1.0).contains(&fraction) {
        return Err(ProfileError::BadFraction { fraction });
    }
    if !(factor > 0.0) {
        return Err(ProfileError::BadFactor { factor });
    }
    let serial = 1.0 - fraction;
    if factor.is_infinite() {
        return Ok(1.0 / serial);
    }
    // halve while it can be halved, then the rest
    let mut parallel = 1.0;
    let mut left = factor;
    while left != 1.0 {
        let step = left.clamp(1.0, 2.0);
        parallel /= step;
        left /= step;
    }
    Ok(1.0 / (serial + fraction * parallel))
}

#[derive(Clone, Debug, PartialEq)]
pub struct BottleneckAnalyzer {
    names: Vec<String>,
    seconds: Vec<f64>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Ranked {
    pub name: String,
    pub share: f64,
    pub limit: f64,
}

impl BottleneckAnalyzer {
    pub fn new(parts: Vec<(String, f64)>) -> Result<Self> {
        let (names, seconds): (Vec<String>, Vec<f64>) = parts.into_iter().unzip();
        if names.is_empty() {
            return Err(ProfileError::NoParts);
        }
        for (index, &value) in seconds.iter().enumerate() {
            if value < 0.0 || !value.is_finite() {
                return Err(ProfileError::BadSample { index, value });
            }
        }
        for (i, name) in names.iter().enumerate() {
            if names[i + 1..].contains(name) {
                return Err(ProfileError::DuplicatePart { name: name.clone() });
            }
        }
        if seconds.iter().all(|&s| s == 0.0) {
            return Err(ProfileError::NoTime);
        }
        Ok(Self { names, seconds })
    }

    pub fn share(&self, name: &str) -> Result<f64> {
        let i = self.names.iter().position(|n| n == name);
        let i = i.ok_or(ProfileError::UnknownPart { name: name.to_string() })?;
        Ok(self.seconds[i] / self.seconds.iter().sum::<f64>())
    }

    pub fn ranking(&self) -> Vec<Ranked> {
        let all: f64 = self.seconds.iter().sum();
        let mut ranking = Vec::new();
        for (name, s) in self.names.iter().zip(&self.seconds) {
            let share = s / all;
            ranking.push(Ranked { name: name.clone(), share, limit: 1.0 / (1.0 - share) });
        }
        ranking.sort_by(|a, b| b.share.total_cmp(&a.share));
        ranking
    }

    pub fn speedup_if(&self, name: &str, factor: f64) -> Result<f64> {
        amdahl(self.share(name)?, factor)
    }
}
