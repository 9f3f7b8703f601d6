//! Words of a text.

mod count;
mod longest;

pub use count::count;
pub use longest::longest;
