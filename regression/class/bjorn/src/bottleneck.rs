use crate::{ProfileError, Result};

pub fn amdahl(fraction: f64, factor: f64) -> Result<f64> {
    if !(fraction >= 0.0) || !(fraction <= 1.0) {
        return Err(ProfileError::BadFraction { fraction });
    }
    if !(factor > 0.0) {
        return Err(ProfileError::BadFactor { factor });
    }
    let new_time = (1.0 - fraction) + fraction / factor;
    Ok(1.0 / new_time)
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
        for i in 0..parts.len() {
            let value = parts[i].1;
            if !value.is_finite() || value < 0.0 {
                return Err(ProfileError::BadSample { index: i, value });
            }
        }
        for i in 0..parts.len() {
            for j in 0..i {
                if parts[i].0 == parts[j].0 {
                    return Err(ProfileError::DuplicatePart { name: parts[i].0.clone() });
                }
            }
        }
        let all = BottleneckAnalyzer { parts };
        if all.sum() == 0.0 {
            return Err(ProfileError::NoTime);
        }
        Ok(all)
    }

    fn sum(&self) -> f64 {
        let mut s = 0.0;
        for p in &self.parts {
            s += p.1;
        }
        s
    }

    pub fn share(&self, name: &str) -> Result<f64> {
        for p in &self.parts {
            if p.0 == name {
                return Ok(p.1 / self.sum());
            }
        }
        Err(ProfileError::UnknownPart { name: name.to_string() })
    }

    pub fn ranking(&self) -> Vec<Ranked> {
        // insertion sort: behind everything that is as large or larger
        let mut list: Vec<Ranked> = Vec::new();
        for (name, s) in &self.parts {
            let share = s / self.sum();
            let mut place = 0;
            while place < list.len() && list[place].share >= share {
                place += 1;
            }
            let limit = amdahl(share, f64::INFINITY).unwrap();
            list.insert(place, Ranked { name: name.clone(), share, limit });
        }
        list
    }

    pub fn speedup_if(&self, name: &str, factor: f64) -> Result<f64> {
        let share = self.share(name)?;
        amdahl(share, factor)
    }
}
