//! Task `codebook`: training that knows of the shared values.

use super::codebook::{codebook_is_that_of_k_means, refining_moves_values_to_means};
use super::prelude::*;
use crate::contract::CodebookTuning;
use crate::oracle::codebook;
use course_oracle::digits::HeldOut;
use course_oracle::nets::{self, parameters};
use course_oracle::sectors::{
    Sectors, bias_movement, depends_on_the_seed, mlp, nearly_silent, right_answers,
};

cases! { task "codebook", client Client;
    /// The model holds shared values from the beginning on.
    codebook_optimizer_shares_at_once after [codebook_is_that_of_k_means];
    /// Small steps add up behind the shared values until another value is nearer.
    codebook_optimizer_keeps_precise_numbers after [codebook_optimizer_shares_at_once];
    /// Every ten steps the codebooks follow their numbers.
    codebook_optimizer_refines after [codebook_optimizer_keeps_precise_numbers, refining_moves_values_to_means];
    /// What is `0` stays `0`, whatever its gradient, and biases move freely.
    codebook_optimizer_keeps_zeros after [codebook_optimizer_shares_at_once];
    /// Afterwards each weight has at most as many values as its codebook, and zeros are where they were.
    tuned_weights_are_shared;
    /// The tuned model has learnt from the data.
    tuned_codebooks_learn;
    /// Passes, batches and the learning rate are those asked for, and the rate falls along a cosine.
    tuned_codebooks_follow_the_schedule;
    /// The same seed gives the same bits, and another one another order of the data.
    tuned_codebooks_depend_on_the_seed;
    /// No passes, empty batches and bits that do not exist are refused.
    tuned_codebooks_refuse;
    /// With four values for each weight, tuning wins back digits that nobody has seen.
    tuned_codebooks_win_back_digits after [tuned_codebooks_learn, tuned_weights_are_shared];
}

const GOOD: CodebookTuning =
    CodebookTuning { bits: 2, epochs: 3, batch_size: 10, learning_rate: 0.01, seed: 1 };

/// An MLP, half of whose weights are 0 if asked for.
fn drawn_mlp(draw: &mut Draw, zeros: bool) -> Network {
    let Net::Mlp(sizes, mut weights) = nets::mlp(draw) else { unreachable!("an MLP") };
    if zeros {
        for weight in weights.iter_mut().step_by(2) {
            weight.0.iter_mut().skip(1).step_by(2).for_each(|x| *x = 0.0);
        }
    }
    Network::Net(Net::Mlp(sizes, weights))
}

fn drawn_gradients(draw: &mut Draw, network: &Network, steps: usize) -> Vec<Vec<Floats>> {
    let lengths: Vec<usize> = parameters(network).iter().map(|of| of.numbers.len()).collect();
    let mut one = || lengths.iter().map(|len| Floats(normals(draw, *len))).collect();
    (0..steps).map(|_| one()).collect()
}

/// Compares all steps with the simulation. Where a number is as near to one value as to another, either is right.
fn follows(
    code: &mut Client,
    network: Network,
    (bits, rate): (u32, f64),
    gradients: Vec<Vec<Floats>>,
) -> CaseVerdict {
    let expected = codebook::steps(&parameters(&network), bits, rate, &gradients);
    let steps = code.codebook_steps(network, bits, rate, gradients)?;
    check::equal("the model before and after each step", &steps.len(), &expected.len())?;
    for (at, (got, expected)) in steps.iter().zip(&expected).enumerate() {
        for (got, expected) in got.iter().zip(expected) {
            let message = match at {
                0 => "the values before the first step",
                1..=9 => "the values before codebooks are refined",
                _ => "the values after codebooks were refined",
            };
            check::all_close(message, &wide(&got.data.0), expected, 1e-3, 1e-4)?;
        }
    }
    Ok(())
}

fn codebook_optimizer_shares_at_once(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for bits in [1, 2] {
        let network = drawn_mlp(draw, false);
        follows(code, network, (bits, 0.1), Vec::new())?;
    }
    Ok(())
}

fn codebook_optimizer_keeps_precise_numbers(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for _ in 0..3 {
        let network = drawn_mlp(draw, false);
        // The same gradient in each step: no single one reaches another value.
        let mut gradients = drawn_gradients(draw, &network, 1);
        gradients = vec![gradients.remove(0); 8];
        follows(code, network, (2, 0.05), gradients)?;
    }
    Ok(())
}

fn codebook_optimizer_refines(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for _ in 0..3 {
        let network = mlp(&[9, 12, 6], draw);
        let gradients = drawn_gradients(draw, &network, 22);
        follows(code, network, (3, 0.05), gradients)?;
    }
    Ok(())
}

fn codebook_optimizer_keeps_zeros(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let network = drawn_mlp(draw, true);
    let gradients = drawn_gradients(draw, &network, 5);
    let steps = code.codebook_steps(network.clone(), 2, 0.1, gradients.clone())?;
    let last = steps.last().cloned().unwrap_or_default();
    for (at, (of, after)) in parameters(&network).iter().zip(&last).enumerate() {
        if of.is_weight() {
            let zeros = of.numbers.iter().zip(&after.data.0);
            let stay = zeros.filter(|(before, _)| **before == 0.0).all(|(_, after)| *after == 0.0);
            check::that(stay, "what is 0 should stay 0", || format!("{after:?}"))?;
            continue;
        }
        let moved = |i: usize| {
            let sum: f64 = gradients.iter().map(|step| f64::from(step[at].0[i])).sum();
            f64::from(of.numbers[i]) - 0.1 * sum
        };
        let expected: Vec<f64> = (0..of.numbers.len()).map(moved).collect();
        check::all_close("a bias moves freely", &wide(&after.data.0), &expected, 1e-4, 1e-4)?;
    }
    Ok(())
}

fn tuned_weights_are_shared(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (inputs, labels) = Sectors::draw(draw).points(40, draw);
    let Network::Net(Net::Mlp(sizes, mut weights)) = mlp(&[2, 12, 3], draw) else {
        unreachable!("an MLP")
    };
    weights[2].0.iter_mut().step_by(3).for_each(|x| *x = 0.0);
    let network = Network::Net(Net::Mlp(sizes, weights));
    for bits in [1, 2] {
        let tuning = CodebookTuning { bits, ..GOOD };
        let after = code.tune_codebooks(network.clone(), inputs.clone(), labels.clone(), tuning)?;
        for (of, after) in parameters(&network).iter().zip(&after) {
            if !of.is_weight() {
                continue;
            }
            let values = codebook::distinct_values(&after.data.0);
            let message = "a weight should have at most as many values as its codebook";
            check::that(values <= 1 << bits, message, || values.to_string())?;
            let zeros = of.numbers.iter().zip(&after.data.0);
            let stay = zeros.filter(|(before, _)| **before == 0.0).all(|(_, after)| *after == 0.0);
            check::that(stay, "what is 0 should stay 0", || format!("{after:?}"))?;
        }
    }
    Ok(())
}

fn tuned_codebooks_learn(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (inputs, labels) = Sectors::draw(draw).points(200, draw);
    let network = mlp(&[2, 24, 3], draw);
    let tuning = CodebookTuning { epochs: 25, batch_size: 20, learning_rate: 0.03, ..GOOD };
    let after = code.tune_codebooks(network.clone(), inputs.clone(), labels.clone(), tuning)?;
    let right = right_answers(&network, &after, &(inputs, labels));
    let message = "the tuned model should know 8 of 10 of its points";
    check::that(right >= 160, message, || format!("{right} of 200"))
}

/// A bias whose gradient keeps its sign moves by the learning rate in each step of Adam.
fn tuned_codebooks_follow_the_schedule(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for _ in 0..3 {
        let count = draw.int(30..=60);
        let inputs = rows(&[count, 3], normals(draw, 3 * count));
        let model = nearly_silent(draw);
        let rate = draw.real(1e-4, 1e-3);
        let (epochs, batch_size) = (draw.int(3..=7), draw.int(4..=9));
        let tuning = CodebookTuning { bits: 4, epochs, batch_size, learning_rate: rate, seed: 1 };
        let after = code.tune_codebooks(model.clone(), inputs, vec![1; count], tuning)?;
        // The mean of a cosine from the peak to 0 is half the peak.
        let steps = (count.div_ceil(batch_size) * epochs) as f64;
        let expected = rate * (steps + 1.0) / 2.0;
        let message = "a bias whose gradient keeps its sign should move by the sum of the learning rates: one for each \
                       batch of each pass, from the peak to 0 along a cosine";
        check::close(message, bias_movement(&model, &after), expected, 0.06, 0.0)?;
    }
    Ok(())
}

fn tuned_codebooks_depend_on_the_seed(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (inputs, labels) = Sectors::draw(draw).points(45, draw);
    let network = mlp(&[2, 6, 3], draw);
    let seed = draw.bits();
    let mut tune = |seed| {
        let tuning = CodebookTuning { seed, batch_size: 7, ..GOOD };
        code.tune_codebooks(network.clone(), inputs.clone(), labels.clone(), tuning)
    };
    let (first, second, other) = (tune(seed)?, tune(seed)?, tune(seed ^ 1)?);
    depends_on_the_seed(&first, &second, &other)
}

fn tuned_codebooks_refuse(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (inputs, labels) = Sectors::draw(draw).points(20, draw);
    let network = mlp(&[2, 5, 3], draw);
    let mut tune =
        |tuning| code.tune_codebooks(network.clone(), inputs.clone(), labels.clone(), tuning);
    let result = tune(CodebookTuning { epochs: 0, ..GOOD });
    refuses("0 passes over the data", result, "BadValue", "tune_codebooks")?;
    for bits in [0, 9] {
        let result = tune(CodebookTuning { bits, ..GOOD });
        refuses("bits are 1 to 8", result, "BadValue", "Codebook::fit")?;
    }
    let result = tune(CodebookTuning { batch_size: 0, ..GOOD });
    check::returns_error("an empty batch should be refused", result, "Tensor")
}

/// Without tuning some 335 of 355 are right with four values, and after a few passes some 350.
fn tuned_codebooks_win_back_digits(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let digits = HeldOut::all();
    let tuning = CodebookTuning {
        bits: 2,
        epochs: 0,
        batch_size: 64,
        learning_rate: 1e-3,
        seed: draw.bits(),
    };
    let shared = digits.right(&code.shared_digits(tuning, digits.scans.clone())?);
    let tuning = CodebookTuning { epochs: 4, ..tuning };
    let tuned = digits.right(&code.shared_digits(tuning, digits.scans.clone())?);
    let message = "tuning should win back at least 5 of 355 digits, and give 96 % of them";
    let enough = tuned >= shared + 5 && 100 * tuned >= 96 * digits.count();
    check::that(enough, message, || format!("{shared} shared, {tuned} tuned"))
}
