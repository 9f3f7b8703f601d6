//! Nothing that a student may ever see, run beside or be handed holds a seed, an expected value or a line of
//! a hidden case. What the program itself writes is searched in `grader/cli/tests/leaks`.

mod beside;
mod inside;
mod needles;
mod reports;

/// Nobody would write it by hand. The attack `machine/searches_its_memory` knows it.
const SEED: u64 = 7_741_230_985_512_345_678;
