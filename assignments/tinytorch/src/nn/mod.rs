//! Layers, one per file.
//!
//! Letters in shapes: N images, C channels, H height, W width; B sequences in
//! a batch, T new tokens of a sequence, S tokens seen so far, D width of the
//! model (`d_model`), H heads, Dh width of a head.

mod activation;
mod attention;
mod conv2d;
mod convolve;
mod direct;
mod dropout;
mod embedding;
mod flatten;
mod im2col;
mod layer_norm;
mod linear;
mod max_pool;
mod normalize;
mod pool;
mod scaled_dot_product;
mod sequential;
mod transformer;
mod window;

pub use activation::{Gelu, Relu, Softmax};
pub use attention::{KeyValue, MultiHeadAttention};
pub use conv2d::Conv2d;
pub use dropout::Dropout;
pub use embedding::Embedding;
pub(crate) use embedding::ids_from_tensor;
pub use flatten::Flatten;
pub use layer_norm::LayerNorm;
pub use linear::Linear;
pub use pool::MaxPool2d;
pub use sequential::Sequential;
pub use transformer::TransformerBlock;
