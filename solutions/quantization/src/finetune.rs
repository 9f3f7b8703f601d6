//! Task `finetune`: training that knows of the rounding.

mod fake;
mod train;

pub use fake::{FakeQuantized, fake_quantize};
pub use train::{FineTuning, fine_tune};
