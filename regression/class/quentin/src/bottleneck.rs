// Task 6
use crate::{ProfileError, Result};
use std::collections::HashSet;

pub fn amdahl(fraction: f64, factor: f64) -> Result<f64> {
    // written this way around, NaN ends up on the error side too
    if !(fraction >= 0.0 && fraction <= 1.0) {
        return Err(ProfileError::BadFraction { fraction });
    }
    if !(factor > 0.0) {
        return Err(ProfileError::BadFactor { factor });
    }
    let untouched = 1.0 - fraction;
    Ok((untouched + fraction / factor).recip())
}

#[derive(Clone, Debug, PartialEq)]
pub struct BottleneckAnalyzer {
    parts: Vec<(String, f64)>,
    sum: f64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Ranked {
    pub name: String,
    pub share: f64,
    pub limit: f64,
}

impl BottleneckAnalyzer {
    pub fn new(parts: Vec<(String, f64)>) -> Result<Self> {
        if parts.is_empty() {
            return Err(ProfileError::NoParts);
        }
        for (index, &(_, value)) in parts.iter().enumerate() {
            if !value.is_finite() || value < 0.0 {
                return Err(ProfileError::BadSample { index, value });
            }
        }
        let mut seen = HashSet::new();
        for (name, _) in &parts {
            if !seen.insert(name) {
                return Err(ProfileError::DuplicatePart { name: name.clone() });
            }
        }
        let sum: f64 = parts.iter().map(|p| p.1).sum();
        if sum == 0.0 {
            return Err(ProfileError::NoTime);
        }
        Ok(Self { parts, sum })
    }

    pub fn share(&self, name: &str) -> Result<f64> {
        for (n, t) in &self.parts {
            if n == name {
                return Ok(t / self.sum);
            }
        }
        Err(ProfileError::UnknownPart { name: name.into() })
    }

    pub fn ranking(&self) -> Vec<Ranked> {
        let mut out = vec![];
        for (name, t) in &self.parts {
            let share = t / self.sum;
            out.push(Ranked { name: name.clone(), share, limit: 1.0 / (1.0 - share) });
        }
        // sort_by is stable, so ties keep their order
        out.sort_by(|x, y| y.share.partial_cmp(&x.share).unwrap());
        out
    }

    pub fn speedup_if(&self, name: &str, factor: f64) -> Result<f64> {
        let share = self.share(name)?;
        amdahl(share, factor)
    }
}
