//! Reports for a terminal.

mod class;
mod one;
mod style;
mod text;

pub use class::class_table;
pub use one::{one, one_for_instructor};
pub use style::Style;
