//! Task `linear`: the sums.

use super::layers::{Drawn, Sizes, layer_of, linear_agrees};
use super::prelude::*;

cases! { task "linear", client Client;
    /// The sums are those of plain loops in wide integers, bit for bit.
    linear_sums_are_exact;
    /// The output has the codes of exactly requantized sums.
    linear_codes_are_exact after [linear_sums_are_exact];
}

fn linear_sums_are_exact(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message =
        "a sum should be the codes minus the zero point, times the weights, plus the bias";
    for _ in 0..4 {
        let sizes =
            Sizes { rows: draw.int(1..=5), inputs: draw.int(1..=40), outputs: draw.int(1..=20) };
        let Drawn { layer, input } = layer_of(draw, sizes, Scheme::Unsigned { bits: 8 });
        let (bias, sums) = oracle::linear_sums(&layer, &input);
        let got = code.linear_sums(layer, input)?;
        check::equal(message, &wide(&got.bias), &bias)?;
        check::equal(message, &wide(&got.sums), &sums)?;
    }
    Ok(())
}

fn linear_codes_are_exact(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "each sum should be multiplied, moved by the zero point, and saturated";
    for _ in 0..4 {
        let sizes =
            Sizes { rows: draw.int(1..=5), inputs: draw.int(1..=40), outputs: draw.int(1..=20) };
        linear_agrees(message, code, layer_of(draw, sizes, Scheme::Unsigned { bits: 8 }))?;
    }
    Ok(())
}
