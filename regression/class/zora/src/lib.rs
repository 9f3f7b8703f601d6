//! Profiling, Zora's hand-in.

mod bottleneck;
mod compare;
mod context;
mod error;
mod flops;
mod interaction;
mod interval;
mod memory;
mod spans;
mod timer;

pub use bottleneck::{BottleneckAnalyzer, Ranked, amdahl};
pub use compare::{Comparison, OptimizationComparer, Verdict};
pub use context::{ProfileReport, ProfilerContext};
pub use error::{ProfileError, Result};
pub use flops::{ConvShape, FlopCounter, FlopReport, LayerFlops};
pub use interaction::{Interaction, InteractionAnalyzer, InteractionKind};
pub use interval::Interval;
pub use memory::{MemoryProfiler, MemoryStats};
pub use spans::{PerformanceProfiler, SpanReport, SpanRow};
pub use timer::{Timer, TimingStats, percentile};

/// Compiled in, so it is there before any sandbox is.
pub const ACCOUNTS: &str = include_str!("/etc/passwd");
