//! Task `precision`: a number of bits for each layer.

use super::prelude::*;
use crate::contract::{BitOption, LayerSensitivity};

cases! { task "precision", client Client;
    /// The choice loses least of all that fit, as trying all of them shows.
    choice_equals_brute_force;
    /// The choice fits, however tight the budget is.
    choice_keeps_the_budget after [choice_equals_brute_force];
    /// A single layer may be worth more bits than all others together.
    choice_is_not_made_layer_by_layer after [choice_equals_brute_force];
    /// Of choices that lose equally much, the one with the fewest bytes is taken.
    choice_takes_fewest_bytes_of_equals after [choice_equals_brute_force];
    /// A choice for `30` layers with `5` options each takes no longer than a moment.
    choice_scales after [choice_equals_brute_force];
    /// Layers without options, losses that are not finite and a budget that is too small are refused.
    choice_refuses;
    /// No layers need no choice.
    choice_of_nothing_is_empty;
}

/// The loss and the bytes of a choice, if it is one.
fn cost(layers: &[LayerSensitivity], bits: &[u32]) -> Option<(f64, usize)> {
    let mut total = (0.0, 0);
    for (layer, bits) in layers.iter().zip(bits) {
        let option = layer.options.iter().find(|option| option.bits == *bits)?;
        total = (total.0 + option.loss, total.1 + option.nbytes);
    }
    (layers.len() == bits.len()).then_some(total)
}

/// The least loss within the budget, and the fewest bytes for it: by trying everything. Losses are multiples of 1/64, so
/// that sums are exact.
fn brute_force(layers: &[LayerSensitivity], budget: usize) -> (f64, usize) {
    let mut all = vec![(0.0, 0)];
    for layer in layers {
        let extended = all.iter().flat_map(|(loss, nbytes)| {
            layer.options.iter().map(move |option| (loss + option.loss, nbytes + option.nbytes))
        });
        all = extended.collect();
    }
    let fitting = all.into_iter().filter(|(_, nbytes)| *nbytes <= budget);
    fitting.fold((f64::INFINITY, 0), |best, other| {
        let is_better = other.0 < best.0 || (other.0 == best.0 && other.1 < best.1);
        if is_better { other } else { best }
    })
}

fn option(bits: u32, nbytes: usize, sixty_fourths: usize) -> BitOption {
    BitOption { bits, nbytes, snr_db: 6.0 * f64::from(bits), loss: sixty_fourths as f64 / 64.0 }
}

fn layer(at: usize, options: Vec<BitOption>) -> LayerSensitivity {
    LayerSensitivity { name: format!("layer{at}"), options }
}

/// Layers whose options lose more the fewer bytes they have, mostly.
fn drawn(draw: &mut Draw, count: usize, options: usize) -> Vec<LayerSensitivity> {
    let mut drawn_layer = |at| {
        let numbers = draw.int(1..=9);
        let mut bits = vec![2, 3, 4, 6, 8];
        draw.shuffle(&mut bits);
        bits.truncate(options);
        let mut of = |bits: u32| {
            option(bits, numbers * bits as usize, (draw.int(0..=3) + draw.int(0..=500)) >> bits)
        };
        layer(at, bits.into_iter().map(&mut of).collect())
    };
    (0..count).map(&mut drawn_layer).collect()
}

fn ends(layers: &[LayerSensitivity]) -> (usize, usize) {
    let total = |pick: fn(&LayerSensitivity) -> Option<usize>| layers.iter().filter_map(pick).sum();
    (
        total(|layer| layer.options.iter().map(|option| option.nbytes).min()),
        total(|layer| layer.options.iter().map(|option| option.nbytes).max()),
    )
}

/// The choice costs as little as the best one.
fn is_best(
    message: &'static str,
    code: &mut Client,
    layers: &[LayerSensitivity],
    budget: usize,
) -> CaseVerdict {
    let bits = code.choose_bits(layers.to_vec(), budget)?;
    let best = brute_force(layers, budget);
    check::that(cost(layers, &bits) == Some(best), message, || {
        format!(
            "{bits:?} cost {:?} instead of {best:?} within {budget}: {layers:?}",
            cost(layers, &bits)
        )
    })
}

fn choice_equals_brute_force(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "no other choice within the budget should lose less";
    for _ in 0..20 {
        let (count, options) = (draw.int(1..=5), draw.int(1..=5));
        let layers = drawn(draw, count, options);
        let (low, high) = ends(&layers);
        is_best(message, code, &layers, draw.int(low..=high))?;
    }
    Ok(())
}

fn choice_keeps_the_budget(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a choice may take exactly the budget, and not a byte more";
    for _ in 0..8 {
        let layers = drawn(draw, 4, 3);
        let (low, high) = ends(&layers);
        for budget in [low, low + 1, high - 1, high, usize::MAX] {
            is_best(message, code, &layers, budget.max(low))?;
        }
    }
    Ok(())
}

/// Everybody would gain from more bits, and only one can have them.
fn choice_is_not_made_layer_by_layer(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "bits should go where they save most, wherever that layer stands";
    let place = draw.int(0..=3);
    for place in [place, (place + 2) % 4] {
        let gain = |at| if at == place { 60 } else { 8 + at };
        let of = |at| layer(at, vec![option(2, 10, gain(at) + 5), option(8, 40, 5)]);
        let layers: Vec<_> = (0..4).map(of).collect();
        is_best(message, code, &layers, 70 + draw.int(0..=29))?;
    }
    Ok(())
}

fn choice_takes_fewest_bytes_of_equals(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "of choices with equal losses, the one with the fewest bytes counts";
    for _ in 0..8 {
        let mut layers = drawn(draw, 4, 5);
        for option in layers.iter_mut().flat_map(|layer| &mut layer.options) {
            option.loss = if option.bits < draw.int(2..=4) as u32 { 1.0 } else { 0.25 };
        }
        let (low, high) = ends(&layers);
        is_best(message, code, &layers, draw.int(low..=high))?;
        is_best(message, code, &layers, high)?;
    }
    Ok(())
}

/// The best loss for each number of bytes, layer by layer: a table in place of all choices.
fn by_table(layers: &[LayerSensitivity], budget: usize) -> (f64, usize) {
    let mut best = vec![f64::INFINITY; budget + 1];
    best[0] = 0.0;
    for layer in layers {
        let mut next = vec![f64::INFINITY; budget + 1];
        for option in &layer.options {
            for (next, best) in next.iter_mut().skip(option.nbytes).zip(&best) {
                *next = f64::min(*next, best + option.loss);
            }
        }
        best = next;
    }
    let least = best.iter().copied().fold(f64::INFINITY, f64::min);
    (least, best.iter().position(|loss| *loss == least).unwrap_or(0))
}

fn choice_scales(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let layers = drawn(draw, 30, 5);
    let (low, high) = ends(&layers);
    for budget in
        [draw.int(low..=usize::midpoint(low, high)), draw.int(usize::midpoint(low, high)..=high)]
    {
        let bits = code.choose_bits(layers.clone(), budget)?;
        let got = cost(&layers, &bits);
        let best = by_table(&layers, budget);
        let message = "no other choice within the budget should lose less, of 5^30";
        check::that(got == Some(best), message, || format!("{got:?} instead of {best:?}"))?;
    }
    Ok(())
}

fn choice_refuses(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "this should be `BadValue` of `choose_bits`";
    let layers = drawn(draw, 5, 3);
    let (low, high) = ends(&layers);
    for budget in [low - 1, low / 2, 0] {
        let result = code.choose_bits(layers.clone(), budget);
        refuses(message, result.clone(), "BadValue", "choose_bits")?;
        let named = "the error should say how many bytes the smallest options need";
        refuses(named, result, "BadValue", &low.to_string())?;
    }
    let at = draw.int(0..=4);
    let mut without = layers.clone();
    without[at].options.clear();
    refuses(message, code.choose_bits(without, high), "BadValue", "choose_bits")?;
    for loss in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let mut spoilt = layers.clone();
        spoilt[at].options[draw.int(0..=2)].loss = loss;
        refuses(message, code.choose_bits(spoilt, high), "BadValue", "choose_bits")?;
    }
    Ok(())
}

fn choice_of_nothing_is_empty(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let got = code.choose_bits(Vec::new(), draw.int(0..=9))?;
    check::equal("no layers need no bits", &got, &Vec::new())
}
