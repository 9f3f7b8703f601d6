//! Task `bottleneck`: how much the whole gains when one part becomes faster.

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
    let _ = (&fraction, &factor); // Not used yet: goes with the todo!.
    todo!("check both numbers, then apply the formula")
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
        let _ = &parts; // Not used yet: goes with the todo!.
        todo!("check the parts in the order that the documentation says")
    }

    /// The part's fraction of the whole time.
    ///
    /// # Errors
    /// [`ProfileError::UnknownPart`](crate::ProfileError::UnknownPart).
    pub fn share(&self, name: &str) -> Result<f64> {
        let _ = (&self.parts, &name); // Not used yet: goes with the todo!.
        todo!("find the part and divide its seconds by those of all parts")
    }

    /// All parts, in order of falling share; parts with equal shares keep their order.
    pub fn ranking(&self) -> Vec<Ranked> {
        let _ = &self.parts; // Not used yet: goes with the todo!.
        todo!("compute share and limit of each part, then sort")
    }

    /// The speedup of the whole if this part became `factor` times as fast.
    ///
    /// # Errors
    /// [`ProfileError::UnknownPart`](crate::ProfileError::UnknownPart),
    /// [`ProfileError::BadFactor`](crate::ProfileError::BadFactor).
    pub fn speedup_if(&self, name: &str, factor: f64) -> Result<f64> {
        let _ = (&name, &factor); // Not used yet: goes with the todo!.
        todo!("apply Amdahl's law to the part's share")
    }
}
