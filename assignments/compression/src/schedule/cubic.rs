//! The sparsity over time.

use crate::Result;

/// The sparsity of each training step: it grows fast at first, while many weights are redundant, and slowly at the end. Given.
///
/// Steps count from 0. At `begin` the sparsity is `initial`, from `end` on it is `target`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SparsitySchedule {
    /// The sparsity before `begin`.
    pub initial: f64,
    /// The sparsity from `end` on.
    pub target: f64,
    /// The first step that prunes.
    pub begin: u64,
    /// The step that prunes for the last time.
    pub end: u64,
    /// Steps between two prunings.
    pub every: u64,
}

impl SparsitySchedule {
    /// Checks the fields, for all that use a schedule.
    ///
    /// # Errors
    /// [`BadValue`](crate::CompressionError::BadValue) of `SparsitySchedule` if a sparsity is not between 0 and 1, if
    /// `initial` is above `target`, if `end` is before `begin`, or if `every` is 0.
    pub fn checked(self) -> Result<Self> {
        todo!("each of the four")
    }

    /// The sparsity at a step: `target + (initial - target) (1 - (step - begin) / (end - begin))^3` between `begin` and `end`,
    /// exactly `initial` before and exactly `target` from `end` on.
    ///
    /// Source: Zhu and Gupta, "To Prune, or Not to Prune" (2017), equation 1.
    pub fn sparsity(self, step: u64) -> f64 {
        let _ = &step; // Not used yet: goes with the todo!.
        todo!("a cubic between two constants")
    }

    /// Whether masks are made anew at a step: at `begin`, at each `every` steps after it before `end`, and at `end`.
    pub fn prunes_at(self, step: u64) -> bool {
        let _ = &step; // Not used yet: goes with the todo!.
        todo!("`end` is always among them")
    }
}
