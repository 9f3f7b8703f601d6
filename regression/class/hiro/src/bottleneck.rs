//! Task `bottleneck`: what speeding up one part can do for the whole.

use crate::ProfileError;
use crate::Result;

/// The speedup of the whole when a part that takes `fraction` of the time becomes `factor` times
/// as fast:
///
/// 1 / ((1 - fraction) + fraction / factor)
///
/// A factor below 1 is a slowdown. An infinite one means that the part takes no time any more, and
/// gives the limit: what no optimization of this part can ever exceed. That limit is infinite if
/// the part was everything.
///
/// Source: Amdahl, "Validity of the single processor approach to achieving large scale computing
/// capabilities" (1967).
///
/// # Errors
/// [`ProfileError::BadFraction`](crate::ProfileError::BadFraction) when `fraction` is not in 0..=1,
/// [`ProfileError::BadFactor`](crate::ProfileError::BadFactor) when `factor` is not above 0.
pub fn amdahl(fraction: f64, factor: f64) -> Result<f64> {
    if !(0.0..=1.0).contains(&fraction) {
        return Err(ProfileError::BadFraction { fraction });
    }
    if factor.is_nan() || factor <= 0.0 {
        return Err(ProfileError::BadFactor { factor });
    }
    Ok(1.0 / ((1.0 - fraction) + fraction / factor))
}

/// Says which part of a program is worth the work.
#[derive(Clone, Debug, PartialEq)]
pub struct BottleneckAnalyzer {
    parts: Vec<(String, f64)>,
}

/// A part, and what could be won there.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranked {
    /// The part's name.
    pub name: String,
    /// Its fraction of the whole time.
    pub share: f64,
    /// The speedup of the whole if this part took no time: [`amdahl`] with an infinite factor.
    pub limit: f64,
}

impl BottleneckAnalyzer {
    /// An analyzer of these parts, each a name and the seconds it takes by itself. Together they
    /// are the whole, so give own times, not times that include each other.
    ///
    /// # Errors
    /// [`ProfileError::NoParts`](crate::ProfileError::NoParts);
    /// [`ProfileError::BadSample`](crate::ProfileError::BadSample) for the first part whose seconds
    /// are NaN, infinite or negative;
    /// [`ProfileError::DuplicatePart`](crate::ProfileError::DuplicatePart);
    /// [`ProfileError::NoTime`](crate::ProfileError::NoTime) when all take 0 s. Checked in this
    /// order.
    pub fn new(parts: Vec<(String, f64)>) -> Result<Self> {
        if parts.is_empty() {
            return Err(ProfileError::NoParts);
        }
        let is_time = |seconds: f64| seconds.is_finite() && seconds >= 0.0;
        if let Some(index) = parts.iter().position(|(_, seconds)| !is_time(*seconds)) {
            return Err(ProfileError::BadSample { index, value: parts[index].1 });
        }
        for (index, (name, _)) in parts.iter().enumerate() {
            if parts[..index].iter().any(|(earlier, _)| earlier == name) {
                return Err(ProfileError::DuplicatePart { name: name.clone() });
            }
        }
        if parts.iter().all(|(_, seconds)| *seconds == 0.0) {
            return Err(ProfileError::NoTime);
        }
        Ok(Self { parts })
    }

    /// The part's fraction of the whole time.
    ///
    /// # Errors
    /// [`ProfileError::UnknownPart`](crate::ProfileError::UnknownPart).
    pub fn share(&self, name: &str) -> Result<f64> {
        match self.parts.iter().find(|(part, _)| part == name) {
            Some((_, seconds)) => Ok(seconds / self.total_s()),
            None => Err(ProfileError::UnknownPart { name: name.to_string() }),
        }
    }

    /// All parts, the largest share first; parts with equal shares as they were given.
    pub fn ranking(&self) -> Vec<Ranked> {
        let whole = self.total_s();
        let rank = |(name, seconds): &(String, f64)| {
            let share = seconds / whole;
            // A share is a fraction, and infinity is a factor, so there is always a limit.
            let limit = amdahl(share, f64::INFINITY).unwrap_or(f64::INFINITY);
            Ranked { name: name.clone(), share, limit }
        };
        let mut ranking: Vec<Ranked> = self.parts.iter().map(rank).collect();
        ranking.sort_by(|a, b| b.share.total_cmp(&a.share));
        ranking
    }

    /// The speedup of the whole if this part became `factor` times as fast.
    ///
    /// # Errors
    /// [`ProfileError::UnknownPart`](crate::ProfileError::UnknownPart),
    /// [`ProfileError::BadFactor`](crate::ProfileError::BadFactor).
    pub fn speedup_if(&self, name: &str, factor: f64) -> Result<f64> {
        amdahl(self.share(name)?, factor)
    }

    fn total_s(&self) -> f64 {
        self.parts.iter().map(|(_, seconds)| seconds).sum()
    }
}
