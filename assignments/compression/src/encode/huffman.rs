//! Short codes for what is frequent.

use crate::{BitReader, BitWriter, Result};

/// A canonical Huffman code of at most 15 bits: symbols with shorter codes come first, and of equal length those with lower
/// numbers, so that the lengths alone describe it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HuffmanCode {
    lengths: Vec<u32>,
}

impl HuffmanCode {
    /// The code with the fewest bits in all for symbols 0, 1, ... that occur so often. What does not occur has no code (length 0).
    /// A single symbol has a code of one bit. If the best code has lengths above 15, they are bounded: then each count becomes
    /// half of itself, rounded up, until it fits.
    ///
    /// # Errors
    /// [`BadValue`](crate::CompressionError::BadValue) of `HuffmanCode::new` if nothing occurs, and for more than 256 symbols.
    ///
    /// Source: Huffman, "A Method for the Construction of Minimum-Redundancy Codes" (1952).
    pub fn new(counts: &[usize]) -> Result<Self> {
        let _ = &counts; // Not used yet: goes with the todo!.
        todo!("join the two rarest until one is left")
    }

    /// The code with these lengths, 0 for a symbol without a code.
    ///
    /// # Errors
    /// [`BadFile`](crate::CompressionError::BadFile) if no symbol has a code, if a length is above 15, or if the lengths are those of no
    /// code or of one with gaps: the sum of `2^-length` is not 1. (A single symbol with length 1 is the exception.)
    pub fn from_lengths(lengths: Vec<u32>) -> Result<Self> {
        let _ = &lengths; // Not used yet: goes with the todo!.
        todo!("Kraft's sum")
    }

    /// The length of each symbol's code, in bits. Given.
    pub fn lengths(&self) -> &[u32] {
        &self.lengths
    }

    /// Writes symbols.
    ///
    /// # Errors
    /// [`BadValue`](crate::CompressionError::BadValue) of `HuffmanCode::write` for a symbol without a code.
    pub fn write(&self, symbols: &[usize], to: &mut BitWriter) -> Result<()> {
        let _ = (&symbols, &to); // Not used yet: goes with the todo!.
        todo!("the canonical codes")
    }

    /// Reads `count` symbols.
    ///
    /// # Errors
    /// [`BadFile`](crate::CompressionError::BadFile) if the bits end before, or are no code. Nothing is allocated for symbols that the
    /// remaining bits cannot hold.
    pub fn read(&self, count: usize, from: &mut BitReader<'_>) -> Result<Vec<usize>> {
        let _ = (&count, &from); // Not used yet: goes with the todo!.
        todo!("bit by bit, with the first code of each length")
    }
}
