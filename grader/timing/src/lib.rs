//! How much faster is a submission than the course's baseline, and does it clear its gate?
//!
//! A verdict is a statement about a ratio, never about a time, and it is made only when an interval
//! around the ratio lies wholly on one side of the gate. [`measure`] has the order of things, over
//! two [`Contender`]s, which are processes ([`RemoteKernel`]) or, in tests, a clock made of numbers.
//! [`interval`] has the statistics: pure, and tested by simulation.
//!
//! Nothing is known here of modules, points or students.

mod contender;
mod decision;
mod equalise;
mod gate;
mod interference;
mod interval;
mod looks;
mod measure;
mod measurement;
mod order;
mod outside;
mod overlap;
mod paired_run;
mod remote;
mod replay;
mod spread;

/// The files of this crate: they decide about verdicts.
pub const SOURCES: &[(&str, &[u8])] = grader_protocol::sources!();

pub use contender::{CallBatch, Contender, Sample, Workload};
pub use decision::{GateDecision, VerdictBasis, decision, most_pairs, used_up};
pub use gate::{Gate, GateVerdict, SpeedRatio};
pub use interference::{IgnoreInterference, Interference};
pub use interval::{interval, typical};
pub use looks::{ALLOWANCE, CRITICAL, LOOKS, ONE_SIDED, is_look};
pub use measure::{MeasurePlan, measure, measure_beside};
pub use measurement::{
    MeasureError, Measurement, SampleClock, SamplePair, SampleThreads, charge, logs,
};
pub use overlap::{ThreadMoment, ThreadState, overlap};
pub use paired_run::PairedRun;
pub use remote::{RemoteKernel, RemoteProcess};
pub use replay::{Look, replay};
