//! Nothing that students may see, receive or have next to their running code contains a seed, an
//! expected value or a line of a hidden case. Output of the program itself is searched in
//! `grader/bin/tests/leaks`.

mod beside;
mod inside;
mod needles;
mod reports;

/// A number that no one would write by hand. The attack `machine/searches_its_memory` contains it.
const SEED: u64 = 7_741_230_985_512_345_678;
