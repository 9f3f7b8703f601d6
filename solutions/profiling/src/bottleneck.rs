//! Task `bottleneck`: how much the whole gains when one part becomes faster.

// BEGIN SOLUTION: -
use crate::ProfileError;
// END SOLUTION
use crate::Result;

/// The speedup of the whole when a part that takes `fraction` of the time becomes `factor` times
/// as fast:
///
/// 1 / ((1 - fraction) + fraction / factor)
///
/// A factor below 1 is a slowdown. An infinite factor means that the part takes no time; the result
/// is then the limit that no optimization of this part can exceed. That limit is infinite if the
/// part was everything.
///
/// Source: Amdahl, "Validity of the single processor approach to achieving large scale computing
/// capabilities" (1967).
///
/// # Errors
/// [`ProfileError::BadFraction`](crate::ProfileError::BadFraction) when `fraction` is not in 0..=1,
/// [`ProfileError::BadFactor`](crate::ProfileError::BadFactor) when `factor` is not above 0.
pub fn amdahl(fraction: f64, factor: f64) -> Result<f64> {
    // BEGIN SOLUTION: check both numbers, then apply the formula
    if !(0.0..=1.0).contains(&fraction) {
        return Err(ProfileError::BadFraction { fraction });
    }
    if factor.is_nan() || factor <= 0.0 {
        return Err(ProfileError::BadFactor { factor });
    }
    Ok(1.0 / ((1.0 - fraction) + fraction / factor))
    // END SOLUTION
}

/// Finds the part of a program that is worth optimizing.
#[derive(Clone, Debug, PartialEq)]
pub struct BottleneckAnalyzer {
    parts: Vec<(String, f64)>,
}

/// A part and its possible gain.
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
    /// An analyzer of these parts, each a name and its own time in seconds. The parts together are
    /// the whole, so pass own times, not times that include each other.
    ///
    /// # Errors
    /// [`ProfileError::NoParts`](crate::ProfileError::NoParts);
    /// [`ProfileError::BadSample`](crate::ProfileError::BadSample) for the first part whose seconds
    /// are NaN, infinite or negative;
    /// [`ProfileError::DuplicatePart`](crate::ProfileError::DuplicatePart);
    /// [`ProfileError::NoTime`](crate::ProfileError::NoTime) when all take 0 s. Checked in this
    /// order.
    pub fn new(parts: Vec<(String, f64)>) -> Result<Self> {
        // BEGIN SOLUTION: check the parts in the order that the documentation says
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
        // END SOLUTION
    }

    /// The part's fraction of the whole time.
    ///
    /// # Errors
    /// [`ProfileError::UnknownPart`](crate::ProfileError::UnknownPart).
    pub fn share(&self, name: &str) -> Result<f64> {
        // BEGIN SOLUTION: find the part and divide its seconds by those of all parts
        match self.parts.iter().find(|(part, _)| part == name) {
            Some((_, seconds)) => Ok(seconds / self.total_s()),
            None => Err(ProfileError::UnknownPart { name: name.to_string() }),
        }
        // END SOLUTION
    }

    /// All parts, in order of falling share; parts with equal shares keep their order.
    pub fn ranking(&self) -> Vec<Ranked> {
        // BEGIN SOLUTION: compute share and limit of each part, then sort
        let whole = self.total_s();
        let rank = |(name, seconds): &(String, f64)| {
            let share = seconds / whole;
            // A share is a valid fraction and infinity a valid factor, so there is always a limit.
            let limit = amdahl(share, f64::INFINITY).unwrap_or(f64::INFINITY);
            Ranked { name: name.clone(), share, limit }
        };
        let mut ranking: Vec<Ranked> = self.parts.iter().map(rank).collect();
        ranking.sort_by(|a, b| b.share.total_cmp(&a.share));
        ranking
        // END SOLUTION
    }

    /// The speedup of the whole if this part became `factor` times as fast.
    ///
    /// # Errors
    /// [`ProfileError::UnknownPart`](crate::ProfileError::UnknownPart),
    /// [`ProfileError::BadFactor`](crate::ProfileError::BadFactor).
    pub fn speedup_if(&self, name: &str, factor: f64) -> Result<f64> {
        // BEGIN SOLUTION: apply Amdahl's law to the part's share
        amdahl(self.share(name)?, factor)
        // END SOLUTION
    }

    // BEGIN SOLUTION: -
    fn total_s(&self) -> f64 {
        self.parts.iter().map(|(_, seconds)| seconds).sum()
    }
    // END SOLUTION
}
