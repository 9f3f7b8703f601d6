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
    // BEGIN SOLUTION: extend the best choices layer by layer
    let refuse = |reason| Err(crate::QuantError::BadValue { operation: "choose_bits", reason });
    let mut least_bytes = 0_usize;
    for LayerSensitivity { name, options } in layers {
        let Some(fewest) = options.iter().map(|option| option.nbytes).min() else {
            return refuse(format!("the layer `{name}` has no option"));
        };
        if let Some(option) = options.iter().find(|option| !option.loss.is_finite()) {
            return refuse(format!(
                "the loss of `{name}` at {} bits is {}",
                option.bits, option.loss
            ));
        }
        least_bytes = least_bytes.saturating_add(fewest);
    }
    if least_bytes > budget {
        return refuse(format!("the smallest options need {least_bytes} bytes of {budget}"));
    }
    let mut choices = vec![Choice { nbytes: 0, loss: 0.0, bits: Vec::new() }];
    for layer in layers {
        let extended = choices.iter().flat_map(|choice| {
            layer.options.iter().map(|option| Choice {
                nbytes: choice.nbytes.saturating_add(option.nbytes),
                loss: choice.loss + option.loss,
                bits: [&choice.bits[..], &[option.bits]].concat(),
            })
        });
        choices = efficient(extended.filter(|choice| choice.nbytes <= budget).collect());
    }
    // Bytes rise and losses fall from one choice to the next.
    Ok(choices.pop().map(|choice| choice.bits).unwrap_or_default())
    // END SOLUTION
}
// BEGIN SOLUTION: -

/// A number of bits for each of the first layers.
#[derive(Debug)]
struct Choice {
    nbytes: usize,
    loss: f64,
    bits: Vec<u32>,
}

/// The choices that lose less than every other one of as many bytes or fewer, in the order of bytes.
fn efficient(mut choices: Vec<Choice>) -> Vec<Choice> {
    choices.sort_by(|a, b| a.nbytes.cmp(&b.nbytes).then(a.loss.total_cmp(&b.loss)));
    let mut least = None;
    choices.retain(|choice| {
        let is_better = least.is_none_or(|least| choice.loss < least);
        if is_better {
            least = Some(choice.loss);
        }
        is_better
    });
    choices
}
// END SOLUTION
