//! Task `model`: from a model in `f32` to one in integers.

use super::layer_prelude::refused;
use super::prelude::*;
use crate::contract::{Images, Model, ModelLayer, Net};
use crate::oracle::model::{
    Weighted, activations, codes, codes_of, covers, min_max, moving_average, numbers, parts,
    percentiles, weighted,
};

cases! { task "model", client Client;
    /// The MLP's linear layers keep their names and order; each ReLU is a part of the layer before it, and the last has none.
    mlp_keeps_names_and_fuses_relu;
    /// The CNN's layers in their order, with their names and sizes.
    cnn_keeps_names_and_fuses_relu;
    /// Weights are symmetric codes of `8` bits with a scale for each output or filter.
    weights_have_a_scale_for_each_output after [mlp_keeps_names_and_fuses_relu];
    /// Biases are in units of a sum.
    biases_are_in_units_of_a_sum after [mlp_keeps_names_and_fuses_relu];
    /// The input and the output of each layer cover what was seen there, after the ReLU and before the pooling.
    ranges_are_those_of_the_data after [mlp_keeps_names_and_fuses_relu];
    /// All batches count.
    ranges_come_from_all_batches after [ranges_are_those_of_the_data];
    /// Other data give other ranges, of all layers.
    ranges_depend_on_the_data after [ranges_are_those_of_the_data];
    /// The observer that was asked for is used for the input and for each layer, batch by batch in their order.
    ranges_are_those_of_the_observer after [ranges_come_from_all_batches];
    /// The logits are those of exact layers with the model's parameters, bit for bit.
    mlp_is_exact after [ranges_are_those_of_the_data, weights_have_a_scale_for_each_output];
    /// The same of the CNN.
    cnn_is_exact after [ranges_are_those_of_the_data, weights_have_a_scale_for_each_output];
    /// An image gives the same bits alone, in a batch, and again.
    outputs_do_not_depend_on_the_batch after [mlp_is_exact];
    /// Without data, with data of another shape, with NaN, and with an observer that does not exist there is no model.
    calibration_is_refused;
}

const MIN_MAX: ObserverKind = ObserverKind::MinMax;

fn floats(draw: &mut Draw, count: usize, size: f64) -> Floats {
    Floats((0..count).map(|_| (draw.normal() * size) as f32).collect())
}

fn mlp(draw: &mut Draw) -> Net {
    let sizes: Vec<usize> = (0..*draw.pick(&[3, 4])).map(|_| draw.int(3..=16)).collect();
    let mut weights = Vec::new();
    for pair in sizes.windows(2) {
        weights.push(floats(draw, pair[0] * pair[1], 0.5));
        weights.push(floats(draw, pair[1], 0.5));
    }
    Net::Mlp(sizes, weights)
}

fn cnn(draw: &mut Draw) -> Net {
    let [c, a, b] = [(); 3].map(|()| draw.int(2..=4));
    let [h, w] = [(); 2].map(|()| draw.int(10..=15));
    let classes = draw.int(2..=6);
    let left = |size: usize| ((size - 2) / 2 - 2) / 2;
    let weights = [a * c * 9, a, b * a * 9, b, b * left(h) * left(w) * classes, classes];
    let weights = weights.map(|count| floats(draw, count, 0.4));
    Net::Cnn([c, h, w, a, b, classes], weights.to_vec())
}

/// A batch of inputs for a drawn model; their spread is about `size`.
fn batch(draw: &mut Draw, classifier: &Net, count: usize, size: f64) -> Array {
    let shape = match classifier {
        Net::Mlp(sizes, _) => vec![count, sizes[0]],
        Net::Cnn([c, h, w, ..], _) => vec![count, *c, *h, *w],
        Net::TrainedMlp | Net::TrainedCnn => unreachable!("a drawn model"),
    };
    let Floats(data) = floats(draw, shape.iter().product(), size);
    rows(&shape, data)
}

fn batches(draw: &mut Draw, classifier: &Net, count: usize) -> Vec<Array> {
    (0..count)
        .map(|_| {
            let rows = draw.int(1..=4);
            batch(draw, classifier, rows, 1.0)
        })
        .collect()
}

/// A layer with weights.
struct Told {
    name: String,
    weight: Quantized,
    bias: Vec<i32>,
    input: Params,
    output: Params,
    relu: bool,
}

fn told(model: &Model) -> Vec<Told> {
    let layers = model.layers.iter().filter_map(|(name, layer)| {
        let name = name.clone();
        Some(match layer.clone() {
            ModelLayer::Linear(of) => Told {
                name,
                weight: of.weight,
                bias: of.bias,
                input: of.input,
                output: of.output.params,
                relu: of.output.relu,
            },
            ModelLayer::Conv2d(of) => Told {
                name,
                weight: of.weight,
                bias: of.bias,
                input: of.input,
                output: of.output.params,
                relu: of.output.relu,
            },
            _ => return None,
        })
    });
    layers.collect()
}

/// The model of a drawn one, calibrated with these batches.
fn quantized(
    code: &mut Client,
    classifier: &Net,
    batches: &[Array],
    observer: ObserverKind,
) -> Result<Model, CallFailure> {
    let (data, inputs) = (Images::Given(batches.to_vec()), Images::Given(Vec::new()));
    Ok(code.model(classifier.clone(), data, observer, false, inputs)?.0)
}

/// The parameters of the input and of each layer's output, which are those of the next layer's input.
fn chain(model: &Model) -> Result<Vec<Params>, grader_judge::Failure> {
    let message = "the input of each layer should have the parameters of the output before it";
    let mut chain = vec![model.input];
    for layer in told(model) {
        check::equal(message, &layer.input, chain.last().expect("the input"))?;
        chain.push(layer.output);
    }
    Ok(chain)
}

/// Each observed tensor of a model, and its numbers batch by batch.
fn seen(classifier: &Net, batches: &[Array]) -> Vec<Vec<Vec<f64>>> {
    let by_batch: Vec<_> =
        batches.iter().map(|batch| activations(classifier, &batch.shape, &batch.data.0)).collect();
    let stages = 0..by_batch[0].len();
    stages.map(|stage| by_batch.iter().map(|batch| batch[stage].clone()).collect()).collect()
}

/// Passes when each range is that of the numbers that were seen.
fn ranges_agree(
    message: &'static str,
    model: &Model,
    seen: &[Vec<Vec<f64>>],
    range: impl Fn(&[Vec<f64>]) -> (f64, f64),
) -> CaseVerdict {
    let params = chain(model)?;
    check::equal(message, &params.len(), &seen.len())?;
    for (at, (params, numbers)) in params.iter().zip(seen).enumerate() {
        let (low, high) = range(numbers);
        check::that(covers(*params, low, high), message, || {
            format!("at {at}: {params:?} for {low} to {high}")
        })?;
    }
    Ok(())
}

fn extremes(numbers: &[Vec<f64>]) -> (f64, f64) {
    min_max(&numbers.concat())
}

fn mlp_keeps_names_and_fuses_relu(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "the quantized MLP should consist of its linear layers fc1, fc2, ..., all but the last with a ReLU";
    for _ in 0..2 {
        let classifier = mlp(draw);
        let batches = batches(draw, &classifier, 1);
        let model = quantized(code, &classifier, &batches, MIN_MAX)?;
        let weighted = weighted(&classifier);
        check::equal(message, &model.layers.len(), &weighted.len())?;
        let names = |name: &str, relu: bool| (name.to_owned(), relu);
        let got: Vec<_> = told(&model).iter().map(|of| names(&of.name, of.relu)).collect();
        let expected: Vec<_> = weighted.iter().map(|of| names(&of.name, of.relu)).collect();
        check::equal(message, &got, &expected)?;
    }
    Ok(())
}

fn cnn_keeps_names_and_fuses_relu(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "the quantized CNN should consist of conv1, pool1, conv2, pool2, flatten and fc, with a ReLU in both \
                   convolutions, and windows as in the CNN";
    let classifier = cnn(draw);
    let batches = batches(draw, &classifier, 1);
    let model = quantized(code, &classifier, &batches, MIN_MAX)?;
    let text = |(name, layer): &(String, ModelLayer)| match layer {
        ModelLayer::Linear(of) => format!("{name}: linear, relu {}", of.output.relu),
        ModelLayer::Conv2d(of) => {
            format!("{name}: {:?} {:?}, relu {}", of.stride, of.padding, of.output.relu)
        }
        ModelLayer::MaxPool2d { kernel, stride } => format!("{name}: {kernel:?} {stride:?}"),
        ModelLayer::Flatten => name.clone(),
    };
    let expected = [
        "conv1: (1, 1) (0, 0), relu true",
        "pool1: (2, 2) (2, 2)",
        "conv2: (1, 1) (0, 0), relu true",
        "pool2: (2, 2) (2, 2)",
        "flatten",
        "fc: linear, relu false",
    ];
    let got: Vec<String> = model.layers.iter().map(text).collect();
    check::equal(message, &got, &expected.map(String::from).to_vec())
}

fn weights_have_a_scale_for_each_output(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "weights should be codes from -127 to 127, each output (of a convolution: each filter) with the scale \
                   that its own weights need";
    for mut classifier in [mlp(draw), cnn(draw)] {
        // One output has only small weights.
        if let Net::Mlp(_, weights) | Net::Cnn(_, weights) = &mut classifier {
            let outputs = weights[1].0.len();
            let first = &mut weights[0].0;
            let inner = first.len() / outputs;
            let small = draw.int(0..=outputs - 1);
            let is_filter = matches!(classifier, Net::Cnn(..));
            if let Net::Mlp(_, weights) | Net::Cnn(_, weights) = &mut classifier {
                for (at, w) in weights[0].0.iter_mut().enumerate() {
                    let channel = if is_filter { at / inner } else { at % outputs };
                    *w *= if channel == small { 0.01 } else { 1.0 };
                }
            }
        }
        let batches = batches(draw, &classifier, 1);
        let model = quantized(code, &classifier, &batches, MIN_MAX)?;
        let expected = weighted(&classifier);
        check::equal(message, &told(&model).len(), &expected.len())?;
        for (got, expected) in told(&model).iter().zip(&expected) {
            check::equal(message, &got.weight, &expected.quantized())?;
        }
    }
    Ok(())
}

fn biases_are_in_units_of_a_sum(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a bias should be rounded to units of its sum: scale of the layer's input x scale of the output's weights";
    for classifier in [mlp(draw), cnn(draw)] {
        let batches = batches(draw, &classifier, 2);
        let model = quantized(code, &classifier, &batches, MIN_MAX)?;
        for (got, of) in told(&model).iter().zip(weighted(&classifier)) {
            let expected = bias(&of, got);
            check::equal(message, &got.bias, &expected)?;
        }
    }
    Ok(())
}

fn bias(of: &Weighted, got: &Told) -> Vec<i32> {
    let scales = of.quantized().params.channels;
    let unit = |channel: &Params| f64::from(got.input.scale) * f64::from(channel.scale);
    let steps = of.bias.iter().zip(&scales).map(|(bias, scale)| f64::from(*bias) / unit(scale));
    steps.map(|steps| steps.round_ties_even() as i32).collect()
}

fn ranges_are_those_of_the_data(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "input and outputs should have the ranges of what the f32 model computes on the batch: outputs after the \
                   ReLU, and before a pooling";
    for classifier in [mlp(draw), cnn(draw), mlp(draw), cnn(draw)] {
        let batches = vec![batch(draw, &classifier, 5, 1.0)];
        let model = quantized(code, &classifier, &batches, MIN_MAX)?;
        ranges_agree(message, &model, &seen(&classifier, &batches), extremes)?;
    }
    Ok(())
}

fn ranges_come_from_all_batches(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "all batches should be observed: the first, the last and those between them may hold the extremes";
    for classifier in [mlp(draw), cnn(draw)] {
        for widest in 0..3 {
            let mut batches = batches(draw, &classifier, 3);
            batches[widest] = batch(draw, &classifier, 2, 4.0);
            let model = quantized(code, &classifier, &batches, MIN_MAX)?;
            ranges_agree(message, &model, &seen(&classifier, &batches), extremes)?;
        }
    }
    Ok(())
}

fn ranges_depend_on_the_data(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a model calibrated with inputs that are 100 times as large should have ranges that fit them";
    for classifier in [mlp(draw), cnn(draw)] {
        for size in [0.01, 1.0, 100.0] {
            let batches = vec![batch(draw, &classifier, 3, size)];
            let model = quantized(code, &classifier, &batches, MIN_MAX)?;
            ranges_agree(message, &model, &seen(&classifier, &batches), extremes)?;
        }
    }
    Ok(())
}

fn ranges_are_those_of_the_observer(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "each range should be that of the observer that the calibration names, which sees the batches in their \
                   order";
    for classifier in [mlp(draw), cnn(draw)] {
        let mut batches = batches(draw, &classifier, 3);
        batches[2] = batch(draw, &classifier, 3, 2.0);
        let seen = seen(&classifier, &batches);
        let momentum = draw.real(0.2, 0.8) as f32;
        let kind = ObserverKind::MovingAverage { momentum };
        let model = quantized(code, &classifier, &batches, kind)?;
        let average = |numbers: &[Vec<f64>]| moving_average(numbers, f64::from(momentum));
        ranges_agree(message, &model, &seen, average)?;
        let percent = draw.real(80.0, 95.0);
        let kind = ObserverKind::Percentile { percent };
        let model = quantized(code, &classifier, &batches, kind)?;
        let between = |numbers: &[Vec<f64>]| percentiles(&numbers.concat(), percent);
        ranges_agree(message, &model, &seen, between)?;
    }
    Ok(())
}

/// Passes when codes and logits of an input are exact.
fn exact(code: &mut Client, draw: &mut Draw, classifier: &Net) -> CaseVerdict {
    let message =
        "the logits should be exactly the numbers of the codes that layers of integers give";
    let batches = batches(draw, classifier, 2);
    let input = batch(draw, classifier, 3, 1.2);
    let (data, inputs) = (Images::Given(batches), Images::Given(vec![input.clone()]));
    let (model, logits) = code.model(classifier.clone(), data, MIN_MAX, false, inputs)?;
    let params = chain(&model)?;
    check::equal(message, &params.len(), &(weighted(classifier).len() + 1))?;
    let parts = parts(classifier, &params);
    let expected = codes(&parts, codes_of(&input.shape, &input.data.0, params[0]));
    let last = expected.last().expect("a model has layers");
    check::equal(message, &logits.len(), &1)?;
    check::equal(message, &logits[0].shape, &last.shape)?;
    same_bits(message, &logits[0].data.0, &numbers(last))
}

fn mlp_is_exact(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for _ in 0..3 {
        let classifier = mlp(draw);
        exact(code, draw, &classifier)?;
    }
    Ok(())
}

fn cnn_is_exact(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for _ in 0..2 {
        let classifier = cnn(draw);
        exact(code, draw, &classifier)?;
    }
    Ok(())
}

/// The `index`-th input of a batch, alone.
fn alone(batch: &Array, index: usize) -> Array {
    let size = batch.data.0.len() / batch.shape[0];
    let shape = [&[1], &batch.shape[1..]].concat();
    rows(&shape, batch.data.0[index * size..][..size].to_vec())
}

fn outputs_do_not_depend_on_the_batch(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message =
        "an input should give the same bits alone and beside others, and when it comes again";
    for classifier in [mlp(draw), cnn(draw)] {
        let data = Images::Given(batches(draw, &classifier, 1));
        let mut many = batch(draw, &classifier, 4, 1.0);
        let size = many.data.0.len() / 4;
        // An input far outside of the range stands beside the others.
        many.data.0[..size].iter_mut().for_each(|x| *x *= 50.0);
        let mut inputs = vec![many.clone()];
        inputs.extend((0..4).map(|index| alone(&many, index)));
        inputs.push(many);
        let (_, got) = code.model(classifier, data, MIN_MAX, false, Images::Given(inputs))?;
        check::equal(message, &got.len(), &6)?;
        let single = got[1..5].iter().flat_map(|of| of.data.0.clone()).collect::<Vec<_>>();
        same_bits(message, &got[0].data.0, &single)?;
        same_bits(message, &got[5].data.0, &single)?;
    }
    Ok(())
}

fn calibration_is_refused(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "without batches there should be the error `NoData` with the function's name; batches that the model \
                   or the observer cannot take should be refused with their errors";
    for (classifier, name) in [(mlp(draw), "quantize_mlp"), (cnn(draw), "quantize_cnn")] {
        let no_data = quantized(code, &classifier, &[], MIN_MAX);
        refused(message, no_data, "NoData", &format!("{name}: "))?;
        let good = batch(draw, &classifier, 2, 1.0);
        let mut bad = good.clone();
        let at = draw.int(0..=bad.data.0.len() - 1);
        bad.data.0[at] = *draw.pick(&[f32::NAN, f32::INFINITY]);
        let not_finite = quantized(code, &classifier, &[good.clone(), bad], MIN_MAX);
        refused(message, not_finite, "NotFinite", "MinMaxObserver::observe: ")?;
        for (kind, start) in [
            (ObserverKind::Percentile { percent: 50.0 }, "PercentileObserver::new: "),
            (ObserverKind::Histogram { bins: 8 }, "HistogramObserver::new: "),
            (ObserverKind::MovingAverage { momentum: 0.0 }, "MovingAverageObserver::new: "),
        ] {
            let no_observer = quantized(code, &classifier, std::slice::from_ref(&good), kind);
            refused(message, no_observer, "BadValue", start)?;
        }
        let mut narrow = good;
        *narrow.shape.last_mut().expect("an axis") = 1;
        narrow.data.0.truncate(narrow.shape.iter().product());
        check::returns_error(message, quantized(code, &classifier, &[narrow], MIN_MAX), "Tensor")?;
    }
    Ok(())
}
