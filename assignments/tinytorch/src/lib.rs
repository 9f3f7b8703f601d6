//! The foundation of the course: tensors, layers, models, and the instruments
//! to measure them.
//!
//! You do not have to change anything in this crate. Read it: each file has one
//! subject, and the tools you build in the modules measure this code.
//!
//! | part | where |
//! |---|---|
//! | tensors and their operations | [`Tensor`] |
//! | gradients | [`autograd`] |
//! | loss functions | [`loss`] |
//! | optimizers and the training loop | [`train`] |
//! | models in files | [`checkpoint`] |
//! | layers | [`nn`], all behind the [`Layer`] trait |
//! | whole models | [`models`] |
//! | data to train on | [`data`] |
//! | the course's trained models | [`pretrained`] |
//! | singular values | [`linalg`] |
//! | memory counters | [`alloc`] |
//! | clocks, real and manual | [`clock`] |
//! | quantiles for confidence intervals | [`stats`] |
//! | reproducible random numbers | [`Rng`] |
//! | vector instructions, chosen at run time | [`simd`] |
//! | longer explanations, with pictures | [`guide`] |
//!
//! Two conventions hold everywhere. A tensor of shape `[2, 3]` lists its
//! elements row by row (the last axis varies fastest). Every function that can
//! be called with shapes that do not fit returns a [`Result`] whose error names
//! the operation and the shapes.
//!
//! ```
//! use tinytorch::{Layer, Rng, Tensor, models::Mlp};
//!
//! let mut rng = Rng::new(7);
//! let model = Mlp::new(&[784, 128, 64, 10], &mut rng)?;
//! let images = Tensor::rand_uniform(&[32, 784], 0.0, 1.0, &mut rng);
//! assert_eq!(model.forward(&images)?.shape(), [32, 10]);
//! # Ok::<(), tinytorch::TensorError>(())
//! ```

pub mod alloc;
pub mod autograd;
pub mod checkpoint;
pub mod clock;
pub mod data;
pub mod error;
pub mod guide;
pub mod layer;
pub mod linalg;
pub mod loss;
pub mod models;
pub mod nn;
mod ops;
pub mod pretrained;
pub mod rng;
pub mod simd;
pub mod stats;
pub mod tensor;
pub mod train;

pub use error::{Result, TensorError};
pub use layer::{Layer, LayerSpec, Mode, NamedSpec};
pub use rng::Rng;
pub use tensor::Tensor;
