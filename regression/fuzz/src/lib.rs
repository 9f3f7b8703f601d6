//! Everything that strangers can make the grader read, as targets of a fuzzer: bytes in, and a panic
//! when a promise was broken.
//!
//! A promise is more than not to panic: what is taken keeps its caps, a mistake has a place, memory is
//! bounded by the input. Nothing here knows the fuzzer. `tests/replay.rs` calls the targets in every
//! test run, and `libfuzzer/` calls them some million times.

// The macros that make the drivers.
#[macro_use]
extern crate acceleration_grading;
#[macro_use]
extern crate caching_grading;
#[macro_use]
extern crate compression_grading;
#[macro_use]
extern crate profiling_grading;
#[macro_use]
extern crate quantization_grading;

mod archives;
pub mod corpus;
mod drivers;
mod frames;
mod hidden;
mod honest;
mod memory;
mod messages;
pub mod mutate;
mod objects;
mod script;
mod settings;
mod text;

/// Something that reads what strangers wrote.
#[derive(Clone, Copy, Debug)]
pub struct FuzzTarget {
    /// Its name, and that of its file in `corpus/`.
    pub name: &'static str,
    run: fn(&[u8]),
    /// Inputs to begin with, beside the corpus.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

impl FuzzTarget {
    /// Feeds it one input, after others.
    ///
    /// # Panics
    /// When a promise is broken, or memory grows from input to input.
    pub fn feed(&self, input: &[u8]) {
        (self.run)(input);
        memory::between_runs();
    }
}

/// All targets.
pub const TARGETS: &[FuzzTarget] = &[
    FuzzTarget { name: "archives", run: archives::run, seeds: archives::seeds },
    FuzzTarget { name: "frames", run: frames::run, seeds: frames::seeds },
    FuzzTarget { name: "hidden", run: hidden::run, seeds: hidden::seeds },
    FuzzTarget { name: "messages", run: messages::run, seeds: messages::seeds },
    FuzzTarget { name: "objects", run: objects::run, seeds: objects::seeds },
    FuzzTarget { name: "settings", run: settings::run, seeds: settings::seeds },
];

/// The target called `name`.
pub fn target(name: &str) -> Option<FuzzTarget> {
    TARGETS.iter().copied().find(|target| target.name == name)
}
