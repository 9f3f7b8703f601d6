//! Task `precision`: what each layer bears.

use super::packed::{packed_bytes_are_counted, packed_is_unpacked};
use super::prelude::*;
use super::search::signal_to_noise_is_a_ratio_of_squares;
use super::stored::stored_integers_are_packed_by_channel;
use crate::contract::{Net, Network, Sensed};
use crate::oracle::few_bits;
use course_oracle::nets::{self, Parameter, parameters};
use course_oracle::networks;

cases! { task "precision", client Client;
    /// There is a result for each weight and number of bits, by name, in the order asked for.
    sensitivity_names_each_weight after [packed_is_unpacked];
    /// The loss is measured with one parameter rounded and all others as they are.
    sensitivity_rounds_one_parameter_at_a_time after [
        sensitivity_names_each_weight, stored_integers_are_packed_by_channel
    ];
    /// Bytes and signal-to-noise ratio are those of the stored parameter.
    sensitivity_tells_bytes_and_noise after [
        sensitivity_names_each_weight, stored_integers_are_packed_by_channel, packed_bytes_are_counted,
        signal_to_noise_is_a_ratio_of_squares
    ];
    /// The loss is computed once for each weight and number of bits.
    sensitivity_measures_each_once after [sensitivity_names_each_weight];
    /// Afterwards the model is as before.
    sensitivity_restores_the_model after [sensitivity_names_each_weight];
    /// When the loss fails, its error is returned, and the model is as before.
    sensitivity_restores_after_a_failure after [sensitivity_restores_the_model];
    /// Bits that do not exist are refused.
    sensitivity_refuses_bits after [sensitivity_names_each_weight];
    /// A bit more halves the noise: about `6` dB.
    a_bit_is_six_decibels after [sensitivity_tells_bytes_and_noise];
}

fn network(draw: &mut Draw) -> Network {
    Network::Net(if draw.int(0..=1) == 0 { nets::mlp(draw) } else { nets::cnn(draw) })
}

fn bits(draw: &mut Draw) -> Vec<u32> {
    let mut bits = vec![2, 3, 4, 6, 8];
    draw.shuffle(&mut bits);
    bits.truncate(draw.int(2..=4));
    bits
}

/// The driver's loss: the sum of squares of each parameter, times 1, 2, ...
fn loss<'a>(parameters: impl Iterator<Item = &'a [f32]>) -> f64 {
    let squares = |numbers: &[f32]| numbers.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>();
    (1..).zip(parameters).map(|(weight, numbers)| f64::from(weight) * squares(numbers)).sum()
}

fn unchanged(got: &Sensed, of: &[Parameter]) -> CaseVerdict {
    check::equal("the model keeps its parameters", &got.parameters.len(), &of.len())?;
    for (got, of) in got.parameters.iter().zip(of) {
        same_bits("each parameter should be as before", &got.data.0, &of.numbers)?;
    }
    Ok(())
}

fn sensitivity_names_each_weight(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for network in [Network::Net(nets::mlp(draw)), Network::Net(nets::cnn(draw))] {
        let bits = bits(draw);
        let got = code.sensitivity(network.clone(), bits.clone(), None)?;
        let layers = got.layers.iter().map(|layer| {
            (layer.name.clone(), layer.options.iter().map(|option| option.bits).collect::<Vec<_>>())
        });
        let weights = parameters(&network).into_iter().filter(Parameter::is_weight);
        let expected: Vec<_> = weights.map(|of| (of.name, bits.clone())).collect();
        let message = "there should be a layer for each parameter with two or more axes, with one option for each \
                       number of bits, in order";
        check::equal(message, &layers.collect::<Vec<_>>(), &expected)?;
    }
    Ok(())
}

fn sensitivity_rounds_one_parameter_at_a_time(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for network in [Network::Net(nets::mlp(draw)), Network::Net(nets::cnn(draw))] {
        let bits = bits(draw);
        let got = code.sensitivity(network.clone(), bits, None)?;
        let parameters = parameters(&network);
        for layer in &got.layers {
            for option in &layer.options {
                let rounded = parameters.iter().map(|of| {
                    if of.name == layer.name {
                        few_bits::store(&of.name, &of.shape, &of.numbers, option.bits).numbers
                    } else {
                        of.numbers.clone()
                    }
                });
                let rounded: Vec<_> = rounded.collect();
                let expected = loss(rounded.iter().map(Vec::as_slice));
                let message = "the loss should be that with this parameter rounded, and no other";
                check::close(message, option.loss, expected, 1e-9, 0.0)?;
            }
        }
    }
    Ok(())
}

fn sensitivity_tells_bytes_and_noise(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let network = network(draw);
    let bits = bits(draw);
    let got = code.sensitivity(network.clone(), bits, None)?;
    for of in parameters(&network) {
        let Some(layer) = got.layers.iter().find(|layer| layer.name == of.name) else { continue };
        for option in &layer.options {
            let stored = few_bits::store(&of.name, &of.shape, &of.numbers, option.bits);
            check::equal(
                "the stream and the scales have these bytes",
                &option.nbytes,
                &stored.nbytes,
            )?;
            let expected = few_bits::signal_to_noise(&of.numbers, &stored.numbers);
            let message = "the ratio should be that of the parameter and its rounded numbers";
            check::close(message, option.snr_db, expected, 1e-9, 1e-9)?;
        }
    }
    Ok(())
}

fn sensitivity_measures_each_once(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let network = network(draw);
    let bits = bits(draw);
    let weights = parameters(&network).iter().filter(|of| of.is_weight()).count();
    let expected = weights * bits.len();
    let got = code.sensitivity(network, bits, None)?;
    check::equal("the loss is computed once for each weight and bits", &got.calls, &expected)
}

fn sensitivity_restores_the_model(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let network = network(draw);
    let bits = bits(draw);
    let got = code.sensitivity(network.clone(), bits, None)?;
    unchanged(&got, &parameters(&network))
}

fn sensitivity_restores_after_a_failure(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for fails in 1..=4 {
        let network = network(draw);
        let bits = bits(draw);
        let got = code.sensitivity(network.clone(), bits, Some(fails))?;
        let message = "the loss's error should be returned";
        let expected = Some(r#"NoData { operation: "loss" }"#.to_owned());
        check::equal(message, &got.error, &expected)?;
        unchanged(&got, &parameters(&network))?;
    }
    Ok(())
}

fn sensitivity_refuses_bits(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for bits in [1, 9] {
        let network = network(draw);
        let got = code.sensitivity(network.clone(), vec![4, bits], None)?;
        let expected = Some(format!("BadBits {{ bits: {bits} }}"));
        check::equal("such bits should be `BadBits`", &got.error, &expected)?;
        unchanged(&got, &parameters(&network))?;
    }
    Ok(())
}

fn a_bit_is_six_decibels(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let sizes = vec![draw.int(50..=70), draw.int(20..=30), 2];
    let classifier = networks::drawn(Net::Mlp(sizes, Vec::new()), draw);
    let got = code.sensitivity(Network::Net(classifier), (3..=8).collect(), None)?;
    let options = got.layers.first().map(|layer| &layer.options[..]).unwrap_or_default();
    for pair in options.windows(2) {
        let gain = pair[1].snr_db - pair[0].snr_db;
        let message = "a bit more should give about 6 dB more";
        check::that((4.5..7.0).contains(&gain), message, || format!("{gain} dB: {options:?}"))?;
    }
    check::equal("there is an option for each number of bits", &options.len(), &6)
}
