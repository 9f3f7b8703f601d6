//! The values between the contract's bodies and the student's code. Nothing here knows which answers are right.

#![allow(unexpected_cfgs, reason = "`missing_*` is set only when a submission is compiled")]

#[cfg(not(missing_flops))]
#[path = "driver/flops.rs"]
mod flops;
#[path = "driver/slots.rs"]
mod slots;
#[cfg(not(missing_timer))]
#[path = "driver/timer.rs"]
mod timer;

profiling_driver!();

#[cfg(not(missing_spans))]
mod spans {
    use super::contract::Span;
    use profiling::PerformanceProfiler;
    use std::time::Duration;
    use tinytorch::clock::ManualClock;

    pub(super) fn open(profiler: &mut PerformanceProfiler<ManualClock>, clock: &ManualClock, span: &Span) {
        profiler.span(&span.name, |inside| {
            clock.advance(Duration::from_nanos(span.before));
            for child in &span.children {
                open(inside, clock, child);
            }
            clock.advance(Duration::from_nanos(span.after));
        });
    }
}

#[cfg(not(missing_bottleneck))]
mod bottleneck {
    use super::{Answer, contract::Part};
    use profiling::BottleneckAnalyzer;

    pub(super) fn analyzer(parts: Vec<Part>) -> Answer<BottleneckAnalyzer> {
        let parts = parts.into_iter().map(|part| (part.name, part.seconds));
        Ok(BottleneckAnalyzer::new(parts.collect())?)
    }
}
