//! The smallest module there can be: one task with one function.

mod double;

pub use double::double;
