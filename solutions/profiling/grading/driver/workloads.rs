//! What the cases run under a student's profilers: scripted memory use, clocks that a script moves, given models.

#![allow(dead_code, reason = "some of it is for tasks that may be missing")]

use super::Answer;
use super::contract::{MemoryStep, Model};
use std::cell::Cell;
use std::hint::black_box;
use std::time::Duration;
use tinytorch::clock::ManualClock;
use tinytorch::models::{Cnn, CnnConfig, Gpt, GptConfig, Mlp};
use tinytorch::{Layer, Rng, Tensor};

/// The storage of the scripts' blocks. The table itself is allocated here, before anything is
/// measured.
pub(super) struct Slots(Vec<Option<Vec<u8>>>);

impl Slots {
    /// Enough slots for the steps.
    pub(super) fn for_steps<'a>(steps: impl IntoIterator<Item = &'a MemoryStep>) -> Self {
        let slots = steps.into_iter().map(|step| match step {
            MemoryStep::Allocate { slot, .. } | MemoryStep::Free { slot } => slot + 1,
            MemoryStep::Leak { .. } | MemoryStep::Zeros { .. } => 0,
        });
        Self(vec![None; slots.max().unwrap_or(0)])
    }

    /// Runs the steps in order.
    pub(super) fn run(&mut self, steps: &[MemoryStep]) {
        for step in steps {
            match *step {
                MemoryStep::Allocate { slot, bytes } => {
                    self.0[slot] = None;
                    self.0[slot] = Some(block(bytes));
                }
                MemoryStep::Free { slot } => self.0[slot] = None,
                MemoryStep::Leak { bytes } => std::mem::forget(block(bytes)),
                MemoryStep::Zeros { shape } => drop(black_box(Tensor::zeros(&shape))),
            }
        }
    }

    /// Frees every block, but not the table.
    pub(super) fn clear(&mut self) {
        self.0.fill(None);
    }
}

/// Uses `black_box`, because the optimizer may otherwise remove an unused allocation.
pub(super) fn block(bytes: usize) -> Vec<u8> {
    black_box(Vec::with_capacity(bytes))
}

/// Moves the clock by the next duration at each call; the last one repeats.
pub(super) struct ClockScript<'a> {
    nanoseconds: &'a [u64],
    clock: &'a ManualClock,
    calls: Cell<usize>,
}

impl<'a> ClockScript<'a> {
    pub(super) const fn new(nanoseconds: &'a [u64], clock: &'a ManualClock) -> Self {
        Self { nanoseconds, clock, calls: Cell::new(0) }
    }

    pub(super) fn call(&self) {
        let call = self.calls.replace(self.calls.get() + 1);
        let scripted = self.nanoseconds.get(call).or(self.nanoseconds.last());
        self.clock.advance(Duration::from_nanos(scripted.copied().unwrap_or(0)));
    }
}

/// A result that takes time to drop.
pub(super) struct SlowDrop {
    pub(super) clock: ManualClock,
    pub(super) by: Duration,
}

impl Drop for SlowDrop {
    fn drop(&mut self) {
        self.clock.advance(self.by);
    }
}

/// The given models. Only their shapes matter here.
pub(super) fn model(model: Model) -> Answer<Box<dyn Layer>> {
    let rng = &mut Rng::new(1);
    Ok(match model {
        Model::Mlp => Box::new(Mlp::new(&[784, 128, 64, 10], rng)?),
        Model::Cnn => {
            let config =
                CnnConfig { in_channels: 1, image: (28, 28), channels: [8, 16], classes: 10 };
            Box::new(Cnn::new(config, rng)?)
        }
        Model::Gpt => {
            let config =
                GptConfig { vocab_size: 16, max_seq_len: 64, d_model: 64, n_heads: 4, n_layers: 2 };
            Box::new(Gpt::new(config, rng)?)
        }
    })
}

/// Opens a span and those inside it.
#[cfg(not(missing_spans))]
pub(super) fn open(
    profiler: &mut profiling::PerformanceProfiler<ManualClock>,
    clock: &ManualClock,
    span: &super::contract::Span,
) {
    profiler.span(&span.name, |inside| {
        clock.advance(Duration::from_nanos(span.before));
        for child in &span.children {
            open(inside, clock, child);
        }
        clock.advance(Duration::from_nanos(span.after));
    });
}
