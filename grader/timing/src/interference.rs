//! Who else computes where it is measured. CPU time bears neighbours; elapsed time does not.

use std::time::Duration;

/// Watches the CPUs of a measurement.
pub trait Interference {
    /// Begins to watch.
    fn watch(&mut self);

    /// The share of the CPUs that others have had since then, if that is too much. `ours` is the CPU
    /// time of what was measured meanwhile.
    fn disturbed(&self, ours: Duration) -> Option<f64>;

    /// Waits, within bounds of its own, until the others are quiet; false if they were not. Nothing
    /// of ours runs meanwhile.
    fn wait(&mut self) -> bool;
}

/// Minds nobody: for CPU time.
pub struct IgnoreInterference;

impl Interference for IgnoreInterference {
    fn watch(&mut self) {}

    fn disturbed(&self, _: Duration) -> Option<f64> {
        None
    }

    fn wait(&mut self) -> bool {
        true
    }
}
