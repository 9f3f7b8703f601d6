//! Data for training the course's models.
//!
//! | data | where | what a model learns from it |
//! |---|---|---|
//! | handwritten digits | [`digits`] | which digit an image shows |
//! | augmented copies of images | [`augment`] | the same, from more images than there are |
//! | sums | [`addition`], in batches [`sums`] | to complete `123+456=` |
//! | characters as numbers | [`tokenizer`] | |
//!
//! The digits are compiled into the library, so nothing has to be downloaded and no file
//! has to be found. The held-out part of them is not in this crate; the grader uses it
//! to measure accuracy.

pub mod addition;
pub mod augment;
mod augmented;
pub mod digits;
mod error;
mod resize;
pub mod sums;
pub mod tokenizer;

pub use augmented::Augmented;
pub use error::{DataError, DataResult};

use crate::Rng;

/// A fingerprint of a text: FNV-1a, 64 bits. It detects a changed or truncated file, but
/// does not protect against deliberate manipulation.
///
/// Source: Fowler, Noll, Vo; parameters from RFC 9923.
///
/// ```
/// assert_eq!(tinytorch::data::fingerprint(b"foobar"), 0x8594_4171_f739_67e8);
/// ```
pub fn fingerprint(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// A generator for one example of one epoch. Each number is mixed before the next one is
/// added, so that (1, 2) and (2, 1) give unrelated sequences.
fn stream(seed: u64, epoch: u64, index: u64) -> Rng {
    let mixed = [epoch, index]
        .into_iter()
        .fold(seed, |state, part| Rng::new(state).next_u64().wrapping_add(part));
    Rng::new(Rng::new(mixed).next_u64())
}
