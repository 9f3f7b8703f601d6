//! The file.

use crate::Result;
use tinytorch::{Layer, Tensor};

/// Where the bytes of a file go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ByteReport {
    /// Names, shapes, and what else says how to read the rest; and the checksum.
    pub header: usize,
    /// Values of codebooks.
    pub codebooks: usize,
    /// Lengths of Huffman codes.
    pub tables: usize,
    /// Where the non-zero weights are.
    pub positions: usize,
    /// Which value each of them has.
    pub values: usize,
    /// Parameters that are no weights.
    pub biases: usize,
}

impl ByteReport {
    /// All of them: the length of the file. Given.
    pub fn total(&self) -> usize {
        self.header + self.codebooks + self.tables + self.positions + self.values + self.biases
    }
}

/// A model as a file. It holds the names and shapes of all parameters in order, and
///
/// - of each [weight](crate::weights): which elements are 0, and for the others the nearest value of a
///   [`Codebook`](crate::Codebook) of `2^bits(name)` values, fitted in at most 30 rounds. So a weight that has no more different
///   values than that, besides 0, comes back exactly;
/// - of each other parameter: one signed byte an element, the nearest multiple (ties to even) of its scale, the largest
///   magnitude divided by 127.
///
/// How they are written is up to you, but for the end: the file is [sealed](crate::seal). Zeros are the most frequent symbol, and
/// a code of one bit for each is too long: count runs of them. Codebooks and scales are `f32`. Whatever the weights are, the file has
/// at most 4 bytes for each element, 64 bytes and the name for each parameter, and 64 bytes more.
///
/// # Errors
/// Those of [`Codebook::fit`](crate::Codebook::fit); [`BadValue`](crate::CompressionError::BadValue) of `encode_model` for a parameter
/// that is not finite, for more than 8 axes, for more than 2^22 elements in all and for a name of more than 255 bytes.
pub fn encode_model(model: &dyn Layer, bits: impl Fn(&str) -> u32) -> Result<Vec<u8>> {
    let _ = (&model, &bits); // Not used yet: goes with the todo!.
    todo!("header, then tensor by tensor")
}

/// The parameters in a file, by name, in order. It needs nothing but the bytes.
///
/// # Errors
/// [`BadFile`](crate::CompressionError::BadFile) for bytes that [`encode_model`](crate::encode_model) did not write: damaged, cut off, or
/// made to do harm. Whatever they say, memory and time stay proportional to the length of the file and the 2^22 elements that a
/// model may have at most.
pub fn decode_model(file: &[u8]) -> Result<Vec<(String, Tensor)>> {
    let _ = &file; // Not used yet: goes with the todo!.
    todo!("unseal, then check every number before it is used")
}

/// Replaces the parameters of a model by those in a file.
///
/// # Errors
/// Those of [`decode_model`], and of [`load_parameters`](tinytorch::layer::load_parameters) if the file holds another model; the
/// model does not change.
pub fn load_encoded(model: &mut dyn Layer, file: &[u8]) -> Result<()> {
    let _ = (&model, &file); // Not used yet: goes with the todo!.
    todo!("decode, then load")
}

/// Where the bytes of a file go. The parts add up to its length; what shares a byte counts for the part that begins it.
///
/// # Errors
/// Those of [`decode_model`].
pub fn byte_report(file: &[u8]) -> Result<ByteReport> {
    let _ = &file; // Not used yet: goes with the todo!.
    todo!("count while reading")
}
