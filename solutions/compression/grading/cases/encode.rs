//! Task `encode`: a model as a file. It is encoded by one process of the submission and decoded by another one: nothing but the
//! bytes reaches it.

use super::huffman::{huffman_code_is_bounded, huffman_reads_what_it_wrote};
use super::prelude::*;
use crate::oracle::codebook;
use course_oracle::nets::{self, Parameter, parameters};
use course_oracle::networks;
use grader_protocol::CallFailure;

cases! { task "encode", client Client;
    /// A model with few values comes back from its file, in another process: weights exactly, biases nearly.
    few_values_come_back after [huffman_reads_what_it_wrote, huffman_code_is_bounded];
    /// So does a GPT, with all its names.
    gpt_comes_back after [few_values_come_back];
    /// Several files of one process are told apart by another one.
    files_are_told_apart after [few_values_come_back];
    /// Weights with many values become those of a codebook.
    many_values_become_those_of_a_codebook;
    /// Each weight has the bits that were asked for it.
    each_weight_has_its_bits after [many_values_become_those_of_a_codebook];
    /// A bias becomes a signed byte times the scale of its parameter.
    biases_become_bytes;
    /// Weights without zeros, of zeros alone, and with zeros at both ends come back.
    zeros_come_back after [few_values_come_back];
    /// A model takes the parameters from a file, in another process.
    models_load_files after [few_values_come_back];
    /// A file of another model is refused, and the model does not change.
    models_refuse_other_files after [models_load_files];
    /// Numbers that are not finite, and bits that do not exist, are refused by name.
    encode_refuses;
}

/// What each parameter of a file should be: shared values for weights, bytes for the others.
pub fn expected(of: &Parameter, bits: u32) -> Vec<f64> {
    let numbers = wide(&of.numbers);
    if of.is_weight() {
        let values = codebook::fit(&codebook::used(&numbers), bits, codebook::ROUNDS);
        return codebook::shared(&values, &numbers);
    }
    let most = of.numbers.iter().fold(0.0_f32, |most, x| most.max(x.abs()));
    let scale = most / 127.0;
    let steps = |x: &f32| if scale == 0.0 { 0.0 } else { (x / scale).round_ties_even() };
    of.numbers.iter().map(|x| f64::from(steps(x) * scale)).collect()
}

/// Compares what was decoded, in the order of the model.
fn is_decoded(network: &Network, bits: u32, decoded: &[(String, Array)]) -> CaseVerdict {
    let mut all = parameters(network);
    let mut decoded: Vec<&(String, Array)> = decoded.iter().collect();
    if let Network::Net(_) = network {
        let names: Vec<&str> = decoded.iter().map(|(name, _)| name.as_str()).collect();
        let order: Vec<&str> = all.iter().map(|of| of.name.as_str()).collect();
        check::equal("the names, in the model's order", &names, &order)?;
    }
    all.sort_by(|a, b| a.name.cmp(&b.name));
    decoded.sort_by(|a, b| a.0.cmp(&b.0));
    check::equal("the number of parameters", &decoded.len(), &all.len())?;
    for (of, (name, array)) in all.iter().zip(decoded) {
        check::equal("the name of a parameter", name, &of.name)?;
        let (shape, numbers) = elements(array);
        check::equal("the shape of a parameter", &shape, &of.shape)?;
        check::all_close("a parameter", &wide(&numbers), &expected(of, bits), 1e-5, 1e-7)?;
        if of.is_weight() && codebook::distinct_values(&of.numbers) <= 1 << bits {
            let message = "a weight with few values should come back exactly";
            check::equal(message, &numbers, &of.numbers)?;
        }
    }
    Ok(())
}

/// The network with few values in each weight, and this share of zeros.
pub fn with_few_values(classifier: Net, bits: u32, zeros: f64, draw: &mut Draw) -> Net {
    let shapes: Vec<usize> =
        networks::parameters(&classifier).iter().map(|(_, shape)| shape.len()).collect();
    let (Net::Mlp(_, weights) | Net::Cnn(_, weights)) = classifier.clone() else {
        return classifier;
    };
    let mut weights = weights;
    for (weight, axes) in weights.iter_mut().zip(shapes) {
        if axes > 1 {
            let values = normals(draw, 1 << bits);
            for x in &mut weight.0 {
                let value = values[draw.int(0..=values.len() - 1)];
                *x = if draw.real(0.0, 1.0) < zeros { 0.0 } else { value };
            }
        }
    }
    match classifier {
        Net::Mlp(sizes, _) => Net::Mlp(sizes, weights),
        Net::Cnn(sizes, _) => Net::Cnn(sizes, weights),
        other => other,
    }
}

/// Encodes in one process, and decodes in another.
pub fn encoded_and_decoded(
    code: &mut Client,
    network: &Network,
    bits: u32,
) -> Result<Vec<(String, Array)>, CallFailure> {
    let file = code.encode(network.clone(), vec![bits])?;
    code.fresh_process()?;
    code.decode(file)
}

pub fn few_values_come_back(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for bits in 1..=3 {
        for classifier in [nets::mlp(draw), nets::cnn(draw)] {
            let zeros = draw.real(0.1, 0.9);
            let network = Network::Net(with_few_values(classifier, bits, zeros, draw));
            let decoded = encoded_and_decoded(code, &network, bits)?;
            is_decoded(&network, bits, &decoded)?;
        }
    }
    Ok(())
}

fn gpt_comes_back(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for bits in [2, 8] {
        let network = nets::gpt(draw);
        let decoded = encoded_and_decoded(code, &network, bits)?;
        is_decoded(&network, bits, &decoded)?;
    }
    Ok(())
}

fn files_are_told_apart(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let networks: Vec<Network> = (0..3)
        .map(|_| {
            let classifier = nets::mlp(draw);
            Network::Net(with_few_values(classifier, 2, 0.5, draw))
        })
        .collect();
    let mut files = Vec::new();
    for network in &networks {
        files.push(code.encode(network.clone(), vec![2])?);
    }
    // In the process that encoded them, and in a fresh one.
    for fresh in [false, true] {
        if fresh {
            code.fresh_process()?;
        }
        for (network, file) in networks.iter().zip(&files) {
            is_decoded(network, 2, &code.decode(file.clone())?)?;
        }
    }
    Ok(())
}

fn many_values_become_those_of_a_codebook(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for bits in [1, 2, 3, 4] {
        let network = Network::Net(nets::mlp(draw));
        let decoded = encoded_and_decoded(code, &network, bits)?;
        is_decoded(&network, bits, &decoded)?;
    }
    Ok(())
}

fn each_weight_has_its_bits(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let network = Network::Net(nets::mlp(draw));
    let all = parameters(&network);
    let bits: Vec<u32> = all.iter().map(|_| draw.int(1..=5) as u32).collect();
    let file = code.encode(network, bits.clone())?;
    code.fresh_process()?;
    let decoded = code.decode(file)?;
    for ((of, bits), (_, array)) in all.iter().zip(bits).zip(&decoded) {
        let got = wide(&elements(array).1);
        check::all_close("a parameter", &got, &expected(of, bits), 1e-5, 1e-7)?;
    }
    Ok(())
}

fn biases_become_bytes(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let scale = draw.int(1..=40) as f32 / 64.0;
    // Ties, the largest magnitude below 0, and zeros.
    let bias = vec![-127.0 * scale, 2.5 * scale, 3.5 * scale, -0.5 * scale, 0.0, 60.2 * scale];
    let weights = vec![
        Floats(normals(draw, 12)),
        Floats(bias),
        Floats(normals(draw, 18)),
        Floats(vec![0.0, 0.0, 0.0]),
    ];
    let network = Network::Net(Net::Mlp(vec![2, 6, 3], weights));
    let decoded = encoded_and_decoded(code, &network, 4)?;
    let biases: Vec<Vec<f32>> =
        decoded.iter().skip(1).step_by(2).map(|(_, of)| elements(of).1).collect();
    let expected = parameters(&network);
    for (got, of) in biases.iter().zip(expected.iter().skip(1).step_by(2)) {
        let expected = self::expected(of, 4);
        check::all_close("the nearest byte, ties to even", &wide(got), &expected, 1e-6, 0.0)?;
    }
    Ok(())
}

fn zeros_come_back(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let size = draw.int(18..=25);
    let value = draw.real(0.5, 2.0) as f32;
    let len = 40 * size;
    let mut alone = vec![0.0; len];
    alone[draw.int(0..=len - 1)] = value;
    let mut ends = vec![0.0; len];
    ends[len / 2] = -value;
    ends[len / 2 + 1] = value;
    // Runs that are as long as a layout of codes may make them, and one longer.
    let mut runs = vec![0.0; len];
    for at in [7, 15, 31, 62, 63, 64, 128, 255, 256, 300, 556, len - 1] {
        runs[at] = value;
    }
    for numbers in [alone, ends, runs, vec![0.0; len], vec![value; len]] {
        let weights = vec![Floats(numbers), Floats(vec![0.5; size])];
        let network = Network::Net(Net::Mlp(vec![40, size], weights));
        let decoded = encoded_and_decoded(code, &network, 1)?;
        is_decoded(&network, 1, &decoded)?;
    }
    Ok(())
}

fn models_load_files(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let Net::Mlp(sizes, weights) = nets::mlp(draw) else { unreachable!("an MLP") };
    let network = Network::Net(with_few_values(Net::Mlp(sizes.clone(), weights), 2, 0.5, draw));
    let other = Network::Net(networks::drawn(Net::Mlp(sizes, Vec::new()), draw));
    let file = code.encode(network.clone(), vec![2])?;
    code.fresh_process()?;
    let (error, loaded) = code.load_encoded(other, file)?;
    check::equal("a file of the same architecture", &error, &None)?;
    for (of, array) in parameters(&network).iter().zip(&loaded) {
        let got = wide(&elements(array).1);
        check::all_close("a parameter", &got, &expected(of, 2), 1e-5, 1e-7)?;
    }
    Ok(())
}

fn models_refuse_other_files(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let network = Network::Net(networks::drawn(Net::Mlp(vec![3, 5, 2], Vec::new()), draw));
    let wider = Network::Net(networks::drawn(Net::Mlp(vec![3, 6, 2], Vec::new()), draw));
    let deeper = Network::Net(networks::drawn(Net::Mlp(vec![3, 5, 4, 2], Vec::new()), draw));
    let before = parameters(&network);
    for other in [wider, deeper] {
        let file = code.encode(other, vec![2])?;
        let (error, after) = code.load_encoded(network.clone(), file)?;
        check::that(error.is_some(), "a file of another model should be refused", String::new)?;
        for (of, after) in before.iter().zip(&after) {
            check::equal("the model should not change", &elements(after).1, &of.numbers)?;
        }
    }
    let (error, after) = code.load_encoded(network, vec![1, 2, 3, 4, 5])?;
    check::that(error.is_some(), "bytes that are no file should be refused", String::new)?;
    check::equal("the model should not change", &elements(&after[0]).1, &before[0].numbers)
}

fn encode_refuses(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let Net::Mlp(sizes, weights) = nets::mlp(draw) else { unreachable!("an MLP") };
    let names = networks::parameters(&Net::Mlp(sizes.clone(), Vec::new()));
    for at in [0, 1, weights.len() - 1] {
        let mut weights = weights.clone();
        weights[at].0[0] = if at == 1 { f32::INFINITY } else { f32::NAN };
        let network = Network::Net(Net::Mlp(sizes.clone(), weights));
        let result = code.encode(network, vec![2]);
        refuses("a number that is not finite", result, "BadValue", &names[at].0)?;
    }
    for bits in [0, 9] {
        let network = Network::Net(Net::Mlp(sizes.clone(), weights.clone()));
        let result = code.encode(network, vec![bits]);
        refuses("bits are 1 to 8", result, "BadValue", "Codebook::fit")?;
    }
    Ok(())
}
