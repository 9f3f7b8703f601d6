//! What a stage costs: elapsed time, and CPU time of the thread that runs it.

use grader_model::{GradingStage, StageCost};
use rustix::time::{ClockId, clock_gettime};
use std::time::{Duration, Instant};

/// A clock that runs from its creation.
pub struct StageClock {
    wall: Instant,
    cpu: Duration,
}

impl StageClock {
    /// Starts.
    pub fn start() -> Self {
        Self { wall: Instant::now(), cpu: thread_cpu() }
    }

    /// The cost so far, with `children` being CPU time of other processes to be added.
    pub fn cost(&self, stage: GradingStage, children: Duration) -> StageCost {
        StageCost {
            stage,
            wall_seconds: self.wall.elapsed().as_secs_f64(),
            cpu_seconds: (thread_cpu().saturating_sub(self.cpu) + children).as_secs_f64(),
        }
    }
}

/// The sum of the costs of one stage.
pub fn total(stage: GradingStage, costs: &[StageCost]) -> StageCost {
    StageCost {
        stage,
        wall_seconds: costs.iter().map(|cost| cost.wall_seconds).sum(),
        cpu_seconds: costs.iter().map(|cost| cost.cpu_seconds).sum(),
    }
}

/// CPU time of the calling thread so far.
pub fn thread_cpu() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or(0))
}
