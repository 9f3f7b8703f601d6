//! Measure first: the instruments that the rest of the course uses.
//!
//! You build seven things, in this order; each file explains its task.
//!
//! | task | file | question |
//! |---|---|---|
//! | `timer` | `timer.rs` | How long does it take, and how sure are we? |
//! | `memory` | `memory.rs` | How much memory does it need at once, and what does it keep? |
//! | `flops` | `flops.rs` | How much arithmetic does a model need? |
//! | `context` | `context.rs` | All three at once: how fast is the arithmetic? |
//! | `spans` | `spans.rs` | Where in the program is the time spent? |
//! | `bottleneck` | `bottleneck.rs` | What can be gained by speeding up one part? |
//! | `compare` | `compare.rs`, `interaction.rs` | Is it really faster? Do two optimizations combine? |
//!
//! Given, and used by all tasks: [`ProfileError`] and [`Interval`].
//!
//! Conventions: times are in seconds, sizes in bytes, a multiply-accumulate is two FLOPs, and every
//! function that can be called with invalid arguments returns a [`Result`] whose error says what
//! was wrong.

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
