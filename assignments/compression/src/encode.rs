//! Task `encode`: a model as a short file.

mod bits;
mod format;
mod huffman;
mod seal;
mod streams;

pub use bits::{BitReader, BitWriter};
pub use format::{ByteReport, byte_report, decode_model, encode_model, load_encoded};
pub use huffman::HuffmanCode;
pub use seal::{checksum, seal, unseal};
