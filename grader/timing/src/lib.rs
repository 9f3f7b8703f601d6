//! How much faster is a submission than the course's baseline, and does it clear its gate?
//!
//! A verdict is a statement about a ratio, never about a time, and it is made only when an interval
//! around the ratio lies wholly on one side of the gate. [`interval`] has the statistics: pure, and
//! tested by simulation.

mod gate;
mod interval;
mod looks;

pub use gate::{Gate, Ratio, Verdict};
pub use interval::{interval, verdict};
pub use looks::{ALLOWANCE, CRITICAL, LOOKS, ONE_SIDED, is_look};
