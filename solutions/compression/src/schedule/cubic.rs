//! The sparsity over time.

// BEGIN SOLUTION: -
use crate::CompressionError;
// END SOLUTION
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
        // BEGIN SOLUTION: each of the four
        let bad = |reason: String| Err(CompressionError::value("SparsitySchedule", reason));
        for sparsity in [self.initial, self.target] {
            if !(0.0..=1.0).contains(&sparsity) {
                return bad(format!("a sparsity of {sparsity}: use 0 to 1"));
            }
        }
        if self.initial > self.target {
            return bad(format!(
                "from {} down to {}: sparsity only grows",
                self.initial, self.target
            ));
        }
        if self.end < self.begin {
            return bad(format!(
                "from step {} to step {}: the end comes first",
                self.begin, self.end
            ));
        }
        if self.every == 0 {
            return bad("every 0 steps: use at least 1".to_owned());
        }
        Ok(self)
        // END SOLUTION
    }

    /// The sparsity at a step: `target + (initial - target) (1 - (step - begin) / (end - begin))^3` between `begin` and `end`,
    /// exactly `initial` before and exactly `target` from `end` on.
    ///
    /// Source: Zhu and Gupta, "To Prune, or Not to Prune" (2017), equation 1.
    pub fn sparsity(self, step: u64) -> f64 {
        // BEGIN SOLUTION: a cubic between two constants
        if step < self.begin {
            return self.initial;
        }
        if step >= self.end {
            return self.target;
        }
        let progress = (step - self.begin) as f64 / (self.end - self.begin) as f64;
        self.target + (self.initial - self.target) * (1.0 - progress).powi(3)
        // END SOLUTION
    }

    /// Whether masks are made anew at a step: at `begin`, at each `every` steps after it before `end`, and at `end`.
    pub fn prunes_at(self, step: u64) -> bool {
        // BEGIN SOLUTION: `end` is always among them
        let inside = self.begin <= step && step < self.end;
        step == self.end || (inside && (step - self.begin).is_multiple_of(self.every))
        // END SOLUTION
    }
}
