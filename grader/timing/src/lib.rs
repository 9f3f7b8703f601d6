//! How much faster is a submission than the course's baseline, and does it clear its gate?
//!
//! A verdict is a statement about a ratio, never about a time, and it is made only when an interval
//! around the ratio lies wholly on one side of the gate. [`measure`] has the order of things, over
//! two [`Contender`]s, which are processes ([`Remote`]) or, in tests, a clock made of numbers.
//! [`interval`] has the statistics: pure, and tested by simulation.
//!
//! Nothing is known here of modules, points or students.

mod bout;
mod contender;
mod decision;
mod equalise;
mod gate;
mod interval;
mod looks;
mod measure;
mod measurement;
mod neighbours;
mod order;
mod outside;
mod overlap;
mod remote;
mod replay;
mod spread;

/// The files of this crate: they decide about verdicts.
pub const SOURCES: &[(&str, &[u8])] = grader_protocol::sources!();

pub use bout::Bout;
pub use contender::{Batch, Contender, Sample, Workload};
pub use decision::{Basis, Decision, decision, most_pairs, used_up};
pub use gate::{Gate, Ratio, Verdict};
pub use interval::{interval, typical};
pub use looks::{ALLOWANCE, CRITICAL, LOOKS, ONE_SIDED, is_look};
pub use measure::{Plan, measure, measure_beside};
pub use measurement::{Clock, Measurement, Pair, Spoiled, Threads, charge, logs};
pub use neighbours::{Neighbours, NoMatterWho};
pub use overlap::{Moment, ThreadState, overlap};
pub use remote::{Partner, Remote};
pub use replay::{Look, replay};
