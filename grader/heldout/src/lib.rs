//! What no student has: the digits that were kept away from training, and the accuracy on them.
//!
//! The file of these digits stands in this crate alone. Nothing under `assignments/` holds one of its rows
//! (`tests/apart.rs`).
//!
//! ```
//! let digits = grader_heldout::digits()?;
//! assert_eq!(digits.len(), 355);
//! # Ok::<(), tinytorch::data::DataError>(())
//! ```

use tinytorch::data::DataResult;
use tinytorch::data::digits::{self, Digits};

const HELD_OUT: &str = include_str!("../data/digits-heldout.csv");

/// The digits that nothing was trained on and nothing was chosen by.
///
/// # Errors
/// Never, unless the file of this crate was changed.
pub fn digits() -> DataResult<Digits> {
    digits::from_text("digits-heldout.csv", HELD_OUT)
}
