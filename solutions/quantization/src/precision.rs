//! Task `precision`: fewer bits, what each layer bears, and what to store it in.

mod choose;
mod packed;
mod search;
mod sensitivity;
mod stored;

pub use choose::choose_bits;
pub use packed::PackedTensor;
pub use search::{search_params, signal_to_noise_db};
pub use sensitivity::{BitOption, LayerSensitivity, sensitivity};
pub use stored::{StorageFormat, StoredTensor, StoredWeights, output_axis};
