//! The process's CPU clock, which does not run while others have the processor.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use tinytorch::clock::Clock;

/// CPU time of this process, all threads together.
#[derive(Clone, Copy, Debug)]
pub struct CpuClock;

impl Clock for CpuClock {
    fn now(&self) -> Duration {
        let now = clock_gettime(ClockId::ProcessCPUTime);
        Duration::new(now.tv_sec as u64, now.tv_nsec as u32)
    }
}
