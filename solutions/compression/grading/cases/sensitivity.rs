//! Task `compressor`: what each layer bears.

use super::prelude::*;
use crate::contract::Sensed;
use crate::oracle::magnitude;
use course_oracle::nets::{self, Parameter, parameters};

cases! { task "compressor", client Client;
    /// One weight at a time is pruned, and the others stay as they are.
    sensitivity_prunes_one_weight_at_a_time;
    /// Sparsities are tried in the order asked for, and the score is called once for each.
    sensitivity_keeps_the_order_asked_for after [sensitivity_prunes_one_weight_at_a_time];
    /// Biases are no layers of their own.
    sensitivity_leaves_biases_out;
    /// Afterwards the model has its parameters back.
    sensitivity_gives_the_model_back;
    /// Also when the score fails, whose error is passed on.
    sensitivity_gives_the_model_back_after_an_error after [sensitivity_gives_the_model_back];
    /// A sparsity that does not exist is refused, and the model has its parameters.
    sensitivity_refuses;
}

/// The driver's score: the sum of squares of each parameter, times its place.
fn score(all: &[Parameter]) -> f64 {
    let squares = |of: &Parameter| wide(&of.numbers).iter().map(|x| x * x).sum::<f64>();
    (1_u8..).zip(all).map(|(place, of)| f64::from(place) * squares(of)).sum()
}

/// The score with the weight at `place` pruned.
fn pruned_score(all: &[Parameter], place: usize, sparsity: f64) -> f64 {
    let mut all = all.to_vec();
    let numbers = &mut all[place].numbers;
    let kept = magnitude::kept(numbers, magnitude::count(sparsity, numbers.len()));
    numbers.iter_mut().zip(kept).filter(|(_, kept)| !kept).for_each(|(x, _)| *x = 0.0);
    score(&all)
}

fn is_as_before(sensed: &Sensed, all: &[Parameter]) -> CaseVerdict {
    check::equal("the number of parameters", &sensed.parameters.len(), &all.len())?;
    for (of, after) in all.iter().zip(&sensed.parameters) {
        same_bits("the model should have its parameters back", &after.data.0, &of.numbers)?;
    }
    Ok(())
}

fn agrees(code: &mut Client, network: Network, sparsities: &[f64]) -> CaseVerdict {
    let all = parameters(&network);
    let sensed = code.sensitivity(network, sparsities.to_vec(), None)?;
    check::equal("no error is expected", &sensed.error, &None)?;
    let places: Vec<usize> = (0..all.len()).filter(|at| all[*at].is_weight()).collect();
    let names: Vec<&str> = places.iter().map(|at| all[*at].name.as_str()).collect();
    let got: Vec<&str> = sensed.layers.iter().map(|layer| layer.name.as_str()).collect();
    check::equal("each weight, in the model's order", &got, &names)?;
    let calls = places.len() * sparsities.len();
    check::equal("one score for each weight and sparsity", &sensed.calls, &calls)?;
    for (layer, place) in sensed.layers.iter().zip(places) {
        let tried: Vec<f64> = layer.options.iter().map(|option| option.sparsity).collect();
        check::equal("the sparsities, in the order asked for", &tried, &sparsities.to_vec())?;
        let got: Vec<f64> = layer.options.iter().map(|option| option.score).collect();
        let expected: Vec<f64> =
            sparsities.iter().map(|sparsity| pruned_score(&all, place, *sparsity)).collect();
        check::all_close("the score with this weight alone pruned", &got, &expected, 1e-4, 1e-4)?;
    }
    Ok(())
}

fn sensitivity_prunes_one_weight_at_a_time(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for network in [nets::mlp(draw), nets::cnn(draw)] {
        let sparsity = draw.real(0.4, 0.8);
        agrees(code, Network::Net(network), &[sparsity])?;
    }
    Ok(())
}

fn sensitivity_keeps_the_order_asked_for(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let network = Network::Net(nets::mlp(draw));
    let middle = draw.real(0.4, 0.6);
    agrees(code, network, &[0.9, 0.0, middle, 0.9, 0.2])
}

fn sensitivity_leaves_biases_out(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let network = Network::Net(nets::cnn(draw));
    let weights = parameters(&network).iter().filter(|of| of.is_weight()).count();
    let sensed = code.sensitivity(network, vec![0.5, 1.0], None)?;
    check::equal("one layer for each weight", &sensed.layers.len(), &weights)
}

fn sensitivity_gives_the_model_back(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let network = Network::Net(nets::mlp(draw));
    let all = parameters(&network);
    let sensed = code.sensitivity(network, vec![0.5, 1.0], None)?;
    is_as_before(&sensed, &all)
}

fn sensitivity_gives_the_model_back_after_an_error(
    code: &mut Client,
    draw: &mut Draw,
) -> CaseVerdict {
    for call in 1..=4 {
        let network = Network::Net(nets::mlp(draw));
        let all = parameters(&network);
        let sensed = code.sensitivity(network, vec![0.9, 0.5], Some(call))?;
        let error = sensed.error.clone().unwrap_or_default();
        let message = "the error of the score should be passed on";
        check::that(["score", "fails"].iter().all(|word| error.contains(word)), message, || {
            format!("{:?}", sensed.error)
        })?;
        check::equal("no score after one that failed", &sensed.calls, &call)?;
        is_as_before(&sensed, &all)?;
    }
    Ok(())
}

fn sensitivity_refuses(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for sparsity in [-0.1, 1.1, f64::NAN] {
        let network = Network::Net(nets::mlp(draw));
        let all = parameters(&network);
        let sensed = code.sensitivity(network, vec![0.5, sparsity], None)?;
        let error = sensed.error.clone().unwrap_or_default();
        let message = "a sparsity that does not exist should be refused";
        check::that(error.contains("prune_magnitude"), message, || format!("{:?}", sensed.error))?;
        is_as_before(&sensed, &all)?;
    }
    Ok(())
}
