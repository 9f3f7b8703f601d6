//! A number of bits for each layer.

use crate::{LayerSensitivity, Result};

/// For each layer one of its numbers of bits, so that all layers together take at most `budget` bytes and the sum of their
/// losses is the least possible; of equals, the one with the fewest bytes.
///
/// # Errors
/// Of `choose_bits`: [`BadValue`](crate::QuantError::BadValue) when a layer has no option, a loss is not finite, or even
/// the smallest options exceed the budget (the reason names the bytes that they need).
///
/// # Cost
/// Not the product of the numbers of options: choices that cost as many bytes as another or more, and lose no less, are
/// dropped layer by layer.
pub fn choose_bits(layers: &[LayerSensitivity], budget: usize) -> Result<Vec<u32>> {
    let _ = (&layers, &budget); // Not used yet: goes with the todo!.
    todo!("extend the best choices layer by layer")
}
