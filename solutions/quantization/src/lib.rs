//! The same answers from a quarter of the bytes: weights and activations as 8-bit integers.
//!
//! | task | file | what you build |
//! |---|---|---|
//! | `half` | `half.rs` | 16-bit floats as a storage format |
//! | `params` | `params.rs`, `params/tensor.rs` | scale and zero point of a range, of a tensor, of each channel |
//! | `quantize` | `quantize.rs`, `quantize/tensor.rs` | from `f32` to one byte an element, and back |
//! | `observe` | `observe/*.rs` | ranges of activations, from calibration data |
//! | `linear` | `requantize.rs`, `linear.rs` | a linear layer that computes in integers |
//! | `conv` | `conv.rs` | a convolution that computes in integers |
//! | `model` | `model.rs`, `model/*.rs` | whole models, in integers from the first layer to the logits |
//! | `fast` | `fast/*.rs` | the same sums on vectors of bytes, faster than `f32` |
//! | `precision` | `precision/*.rs` | fewer bits: what each layer bears, and what to store it in |
//! | `finetune` | `finetune/*.rs` | training that knows of the rounding |
//!
//! Given, and used by all tasks: [`Scheme`], [`Granularity`], [`Codes`], [`Window`], [`ConvShape`], [`QuantError`].
//!
//! Conventions: a *code* is the integer that stands for a number: `x ~ scale (code - zero_point)`. Rounding is to the
//! nearest integer, ties to even, unless a document says otherwise. Every function that can be called with invalid
//! arguments returns a [`Result`] whose error names the operation and the shapes.

mod conv;
mod error;
mod fast;
mod finetune;
mod half;
mod linear;
mod model;
mod observe;
mod params;
mod precision;
mod quantize;
mod requantize;
mod scheme;

pub use conv::{ConvShape, QuantizedConv2d, Window};
pub use error::{QuantError, Result};
pub use fast::{Int8Conv2d, Int8Linear, PackedFilters, PackedMatrix};
pub use finetune::{FakeQuantized, FineTuning, fake_quantize, fine_tune};
pub use half::{HalfFormat, HalfTensor};
pub use linear::QuantizedLinear;
pub use model::{
    BatchNorm, Calibration, ObserverKind, QuantizedLayer, QuantizedModel, fold_batch_norm,
    max_pool, quantize_cnn, quantize_mlp,
};
pub use observe::{
    HistogramObserver, MinMaxObserver, MovingAverageObserver, Observer, PercentileObserver,
};
pub use params::{Granularity, QuantParams, TensorParams};
pub use precision::{
    BitOption, LayerSensitivity, PackedTensor, StorageFormat, StoredTensor, StoredWeights,
    choose_bits, output_axis, search_params, sensitivity, signal_to_noise_db,
};
pub use quantize::{Codes, QuantizedTensor, quantize};
pub use requantize::{Multiplier, Requantizer};
pub use scheme::Scheme;
