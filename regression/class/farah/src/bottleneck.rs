use crate::{ProfileError, Result};

pub fn amdahl(fraction: f64, factor: f64) -> Result<f64> {
    match (fraction, factor) {
        (p, _) if !(0.0..=1.0).contains(&p) => Err(ProfileError::BadFraction { fraction }),
        (_, s) if s.is_nan() || s <= 0.0 => Err(ProfileError::BadFactor { factor }),
        (p, s) => Ok(1.0 / (1.0 - p + p / s)),
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct BottleneckAnalyzer {
    /// with shares instead of seconds
    parts: Vec<(String, f64)>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Ranked {
    pub name: String,
    pub share: f64,
    pub limit: f64,
}

impl BottleneckAnalyzer {
    pub fn new(mut parts: Vec<(String, f64)>) -> Result<Self> {
        if parts.is_empty() {
            return Err(ProfileError::NoParts);
        }
        for (index, (_, value)) in parts.iter().enumerate() {
            if !value.is_finite() || *value < 0.0 {
                return Err(ProfileError::BadSample { index, value: *value });
            }
        }
        let mut names = std::collections::BTreeSet::new();
        for (name, _) in &parts {
            if !names.insert(name.clone()) {
                return Err(ProfileError::DuplicatePart { name: name.clone() });
            }
        }
        let total: f64 = parts.iter().map(|p| p.1).sum();
        if total == 0.0 {
            return Err(ProfileError::NoTime);
        }
        parts.iter_mut().for_each(|p| p.1 /= total);
        Ok(Self { parts })
    }

    pub fn share(&self, name: &str) -> Result<f64> {
        let part = self.parts.iter().find(|p| p.0 == name);
        part.map(|p| p.1).ok_or_else(|| ProfileError::UnknownPart { name: name.to_string() })
    }

    pub fn ranking(&self) -> Vec<Ranked> {
        let mut parts = self.parts.clone();
        parts.sort_by(|a, b| b.1.partial_cmp(&a.1).unwrap());
        let ranked = |(name, share)| Ranked { name, share, limit: 1.0 / (1.0 - share) };
        parts.into_iter().map(ranked).collect()
    }

    pub fn speedup_if(&self, name: &str, factor: f64) -> Result<f64> {
        amdahl(self.share(name)?, factor)
    }
}
