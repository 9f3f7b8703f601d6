//! A driver whose speed is measured: bound to CPUs, stopped between samples, on its own clock.

use super::Wire;
use grader_timing::Partner;
use std::time::Duration;

impl Wire<'_> {
    /// Lets the drivers run on these CPUs only. For those that start from now on.
    #[must_use]
    pub fn on_cpus(mut self, cpus: &[usize]) -> Self {
        self.cpus = Some(cpus.to_vec());
        self
    }
}

impl Partner for Wire<'_> {
    fn clock(&self) -> Option<Duration> {
        self.running.as_ref()?.child.clock()
    }

    fn freeze(&mut self) -> bool {
        self.running.as_mut().is_some_and(|running| running.child.freeze())
    }

    fn thaw(&mut self) -> bool {
        self.running.as_mut().is_some_and(|running| running.child.thaw())
    }
}
