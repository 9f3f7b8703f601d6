//! A driver whose speed is measured: bound to CPUs, stopped between samples, on its own clock.

use super::Wire;
use grader_sandbox::SyscallProfile;
use grader_timing::RemoteProcess;
use std::time::Duration;

/// Has glibc keep what was freed, in one heap, so that pages that were touched once stay. By default a
/// large block goes back to the system when it is freed, and comes back as new pages, with a fault for
/// each when it is touched: then a measurement is one of the system, and in a virtual machine two threads
/// that share the faults can take ten times as long for them as one. (Other C libraries do not read
/// this.)
const KEEP_MEMORY: [(&str, &str); 3] = [
    ("MALLOC_ARENA_MAX", "1"),
    ("MALLOC_MMAP_THRESHOLD_", "33554432"),
    ("MALLOC_TRIM_THRESHOLD_", "4294967296"),
];

impl Wire<'_> {
    /// Lets the drivers run on these CPUs only, and keep their memory. For those that start from now on.
    #[must_use]
    pub fn to_be_timed_on(mut self, cpus: &[usize]) -> Self {
        self.cpus = Some(cpus.to_vec());
        self.command.env = KEEP_MEMORY.map(|(name, value)| (name.into(), value.into())).into();
        self
    }
}

impl Wire<'_> {
    /// Has the threads watched during each call. The process must be bound to one CPU. For drivers that start
    /// from now on.
    #[must_use]
    pub const fn watching_threads(mut self) -> Self {
        self.watched = true;
        self.command.policy.profile = SyscallProfile::Watch;
        self
    }
}

impl RemoteProcess for Wire<'_> {
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
