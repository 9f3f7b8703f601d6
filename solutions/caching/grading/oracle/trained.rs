//! The weights of the trained GPT, read from the foundation's file without the foundation's code.

use crate::contract::Sizes;
use serde_json::Value;

const FILE: &[u8] = include_bytes!("../../../../assignments/tinytorch/models/gpt.safetensors");

/// The sizes of that model.
pub const SIZES: Sizes =
    Sizes { vocab_size: 13, max_seq_len: 256, d_model: 64, n_heads: 4, n_layers: 3 };

/// The parameter called `name`. If the file lacks it, that is a fault of the course.
///
/// Source of the format: the safetensors specification; eight bytes with the length of a JSON header,
/// the header, then all elements in little-endian order.
pub fn parameter(name: &str) -> Vec<f32> {
    let (length, rest) = FILE.split_first_chunk::<8>().expect("a safetensors file");
    let (header, data) = rest.split_at(u64::from_le_bytes(*length) as usize);
    let header: Value = serde_json::from_slice(header).expect("a header of JSON");
    let offset = |at: usize| header[name]["data_offsets"][at].as_u64().expect("offsets") as usize;
    let (numbers, _) = data[offset(0)..offset(1)].as_chunks::<4>();
    numbers.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()
}
