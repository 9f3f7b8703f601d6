use crate::ProfileError::{self, *};
use crate::Result;

pub fn amdahl(fraction: f64, factor: f64) -> Result<f64> {
    match (fraction, factor) {
        (f, _) if f.is_nan() || f < 0.0 || f > 1.0 => Err(BadFraction { fraction }),
        (_, s) if s.is_nan() || s <= 0.0 => Err(BadFactor { factor }),
        (f, s) => Ok(1.0 / (1.0 - f + f / s)),
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct BottleneckAnalyzer {
    names: Vec<String>,
    shares: Vec<f64>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Ranked {
    pub name: String,
    pub share: f64,
    pub limit: f64,
}

impl BottleneckAnalyzer {
    pub fn new(parts: Vec<(String, f64)>) -> Result<Self> {
        let (names, times): (Vec<String>, Vec<f64>) = parts.into_iter().unzip();
        if names.is_empty() {
            return Err(NoParts);
        }
        if let Some(index) = times.iter().position(|t| !(*t >= 0.0 && *t < f64::INFINITY)) {
            return Err(BadSample { index, value: times[index] });
        }
        let mut sorted = names.clone();
        sorted.sort();
        if let Some(pair) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(ProfileError::DuplicatePart { name: pair[0].clone() });
        }
        let all: f64 = times.iter().sum();
        if all == 0.0 {
            return Err(NoTime);
        }
        Ok(Self { names, shares: times.into_iter().map(|t| t / all).collect() })
    }

    pub fn share(&self, name: &str) -> Result<f64> {
        let at = self.names.iter().position(|n| n == name);
        at.map(|i| self.shares[i]).ok_or_else(|| UnknownPart { name: name.to_owned() })
    }

    pub fn ranking(&self) -> Vec<Ranked> {
        let mut order: Vec<usize> = (0..self.names.len()).collect();
        order.sort_by(|&i, &j| self.shares[j].total_cmp(&self.shares[i]));
        order
            .into_iter()
            .map(|i| Ranked {
                name: self.names[i].clone(),
                share: self.shares[i],
                limit: 1.0 / (1.0 - self.shares[i]),
            })
            .collect()
    }

    pub fn speedup_if(&self, name: &str, factor: f64) -> Result<f64> {
        self.share(name).and_then(|share| amdahl(share, factor))
    }
}
