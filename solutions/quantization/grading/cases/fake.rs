//! Task `finetune`: rounding that lets gradients through.

use super::prelude::*;
use super::stored::stored_integers_are_packed_by_channel;
use crate::contract::{Net, Network};
use crate::oracle::{affine, few_bits};
use course_oracle::nets::{self, parameters};
use course_oracle::networks;
use course_oracle::values::{Row, Table};

cases! { task "finetune", client Client;
    /// Fake-quantized numbers are those that the codes stand for.
    fake_numbers_are_rounded;
    /// The gradient is `1` where a number has a code of its own and `0` where it saturates.
    fake_gradient_is_one_inside_and_zero_outside after [fake_numbers_are_rounded];
    /// A number that is rounded to the last code still has a gradient, also half a step beyond the range.
    fake_gradient_reaches_half_a_step_beyond after [fake_gradient_is_one_inside_and_zero_outside];
    /// Each channel has its own range, along any axis, also of a view.
    fake_channels_have_their_own_range after [fake_gradient_is_one_inside_and_zero_outside];
    /// Numbers and gradients are those of PyTorch.
    fake_agrees_with_pytorch after [fake_gradient_is_one_inside_and_zero_outside];
    /// What cannot be quantized is refused, as by `quantize`.
    fake_refuses;
    /// A model of linear layers computes with rounded weights, and with biases as they are.
    fake_models_round_weights after [fake_numbers_are_rounded, stored_integers_are_packed_by_channel];
    /// A model of convolutions computes with filters that are rounded one by one.
    fake_models_round_filters after [fake_numbers_are_rounded, stored_integers_are_packed_by_channel];
    /// The gradient of a model goes to the weights behind the rounded ones.
    fake_models_have_gradients after [
        fake_gradient_is_one_inside_and_zero_outside, fake_models_round_weights, fake_models_round_filters
    ];
    /// Scales stay as they are until they are searched again.
    fake_scales_stay after [fake_models_round_weights];
    /// Weights that have left their range have no gradient.
    fake_models_stop_weights_outside after [fake_scales_stay, fake_models_have_gradients];
    /// Models with other layers, and bits that do not exist, are refused.
    fake_models_refuse;
}

/// The checked answer for a tensor.
fn check_fake(
    code: &mut Client,
    (values, gradient): (&'static str, &'static str),
    tensor: Array,
    params: TensorParams,
    draw: &mut Draw,
) -> CaseVerdict {
    let (shape, numbers) = elements(&tensor);
    let seed = normals(draw, numbers.len());
    let (got, got_gradient) =
        code.fake_quantize(tensor, params.clone(), rows(&shape, seed.clone()))?;
    let (channels, _) = few_bits::channels(&shape, params.granularity);
    let of = |at: usize| (params.channels[channels[at]], numbers[at]);
    let rounded: Vec<f32> =
        (0..numbers.len()).map(|at| few_bits::rounded(of(at).0, of(at).1)).collect();
    check::equal("the result has the tensor's shape", &got.shape, &shape)?;
    same_numbers(values, &got.data.0, &rounded)?;
    let passes = |at: usize| if has_code(of(at).0, of(at).1) { seed[at] } else { 0.0 };
    let expected: Vec<f32> = (0..numbers.len()).map(passes).collect();
    let got_gradient = got_gradient.map(|gradient| gradient.data.0).unwrap_or_default();
    same_numbers(gradient, &got_gradient, &expected)
}

/// Equal, except for the sign of a zero.
fn same_numbers(message: &'static str, got: &[f32], expected: &[f32]) -> CaseVerdict {
    check::that(got == expected, message, || format!("got {got:?}, expected {expected:?}"))
}

/// Whether the code of a number is one of the scheme's before saturation.
fn has_code(params: Params, x: f32) -> bool {
    let (min, max) = affine::limits(params.scheme);
    let code = affine::steps(params, x).round_ties_even() + f64::from(params.zero_point);
    f64::from(min) <= code && code <= f64::from(max)
}

const VALUES: &str = "a number should become what its code stands for";
const GRADIENT: &str =
    "the gradient should be passed on where the number has a code, and be 0 where it saturates";

fn any_params(draw: &mut Draw) -> Params {
    let scheme = any_scheme(draw);
    let (low, high) = (draw.real(0.1, 2.0) as f32, draw.real(0.1, 2.0) as f32);
    affine::params(-low, high, scheme)
}

fn fake_numbers_are_rounded(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for _ in 0..10 {
        let params = any_params(draw);
        let shape = [draw.int(1..=6), draw.int(1..=6)];
        let tensor = rows(&shape, normals(draw, shape[0] * shape[1]));
        let (got, _) = code.fake_quantize(tensor.clone(), per_tensor(params), tensor.clone())?;
        check::equal("the result has the tensor's shape", &got.shape, &tensor.shape)?;
        let rounded = tensor.data.0.iter().map(|&x| few_bits::rounded(params, x));
        same_numbers(VALUES, &got.data.0, &rounded.collect::<Vec<_>>())?;
    }
    Ok(())
}

fn per_tensor(params: Params) -> TensorParams {
    TensorParams { granularity: Granularity::PerTensor, channels: vec![params] }
}

/// Numbers far inside, and far outside on both sides.
fn fake_gradient_is_one_inside_and_zero_outside(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for _ in 0..10 {
        let params = any_params(draw);
        let (min, max) = affine::limits(params.scheme);
        let end = |code: i32| f64::from(affine::number(params, code));
        let mut numbers =
            vec![(2.0 * end(max) + 1.0) as f32, (2.0 * end(min) - 1.0) as f32, 1e30, -1e30];
        numbers.extend((0..12).map(|_| draw.real(end(min), end(max)) as f32));
        draw.shuffle(&mut numbers);
        let tensor = rows(&[4, 4], numbers);
        check_fake(code, (VALUES, GRADIENT), tensor, per_tensor(params), draw)?;
    }
    Ok(())
}

fn fake_gradient_reaches_half_a_step_beyond(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "the gradient depends on the rounded code: up to half a step beyond the range it is passed on";
    for _ in 0..10 {
        // A power of two, so that half a step is exact.
        let scale = 2.0_f32.powi(draw.int(0..=6) as i32 - 3);
        let scheme = any_scheme(draw);
        let (min, max) = affine::limits(scheme);
        let zero_point = if affine::is_symmetric(scheme) {
            0
        } else {
            draw.int(0..=(max - min) as usize) as i32 + min
        };
        let params = Params { scale, zero_point, scheme };
        let end = |code: i32, steps: f32| scale * ((code - zero_point) as f32 + steps);
        let beyond = [0.25, 0.375, 0.5, 0.625, 0.75];
        let numbers = beyond.iter().flat_map(|by| [end(max, *by), end(min, -by)]).collect();
        let tensor = rows(&[10], numbers);
        check_fake(code, (VALUES, message), tensor, per_tensor(params), draw)?;
    }
    Ok(())
}

fn fake_channels_have_their_own_range(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "the gradient depends on the range of the number's channel";
    for axes in [vec![], vec![2, 0, 1]] {
        for axis in 0..3 {
            let shape: Vec<usize> = (0..3).map(|_| draw.int(2..=4)).collect();
            let numbers = normals(draw, shape.iter().product());
            let tensor = Array { axes: axes.clone(), ..rows(&shape, numbers) };
            let (shape, _) = elements(&tensor);
            let scheme = any_scheme(draw);
            let mut of = |_| {
                affine::params(-(draw.real(0.1, 2.0) as f32), draw.real(0.1, 2.0) as f32, scheme)
            };
            let channels = (0..shape[axis]).map(&mut of).collect();
            let params = TensorParams { granularity: Granularity::PerChannel { axis }, channels };
            check_fake(code, (VALUES, message), tensor, params, draw)?;
        }
    }
    Ok(())
}

fn scheme(kind: &str, bits: u32) -> Scheme {
    match kind {
        "unsigned" => Scheme::Unsigned { bits },
        "signed" => Scheme::Signed { bits },
        _ => Scheme::Symmetric { bits },
    }
}

fn same_as_pytorch(
    code: &mut Client,
    shape: &[usize],
    params: TensorParams,
    row: &Row,
) -> CaseVerdict {
    let tensor = rows(shape, row.list("x"));
    let upstream = rows(shape, row.list("upstream"));
    let (got, gradient) = code.fake_quantize(tensor, params, upstream)?;
    let wide = |numbers: &[f32]| numbers.iter().map(|&x| f64::from(x)).collect::<Vec<_>>();
    let message = "the result should be that of PyTorch, up to the last digit of a float";
    check::all_close(message, &wide(&got.data.0), &row.list("y"), 1e-6, 1e-9)?;
    let message = "the gradient should be that of PyTorch";
    let gradient = gradient.map(|gradient| gradient.data.0).unwrap_or_default();
    same_numbers(message, &gradient, &row.list("gradient"))
}

fn fake_agrees_with_pytorch(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let table = Table::read(include_str!("../oracle/values/fake_quantize.csv")).rows;
    for _ in 0..6 {
        let row = draw.pick(&table);
        let scheme = scheme(row.text("kind"), row.one("bits"));
        let params = Params { scale: row.one("scale"), zero_point: row.one("zero_point"), scheme };
        let shape = [row.list::<f32>("x").len()];
        same_as_pytorch(code, &shape, per_tensor(params), row)?;
    }
    let table = Table::read(include_str!("../oracle/values/fake_quantize_channels.csv")).rows;
    for row in &table {
        let scheme = Scheme::Symmetric { bits: row.one("bits") };
        let of = |scale| Params { scale, zero_point: 0, scheme };
        let channels = row.list("scales").into_iter().map(of).collect();
        let granularity = Granularity::PerChannel { axis: row.one("axis") };
        same_as_pytorch(code, &row.list("shape"), TensorParams { granularity, channels }, row)?;
    }
    Ok(())
}

fn fake_refuses(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "what cannot be quantized should be refused by `quantize`";
    let params = any_params(draw);
    let empty = rows(&[0, 4], vec![]);
    let result = code.fake_quantize(empty.clone(), per_tensor(params), empty);
    refuses(message, result, "Empty", "quantize")?;
    let spoilt = rows(&[2], vec![1.0, *draw.pick(&[f32::NAN, f32::INFINITY])]);
    let result = code.fake_quantize(spoilt.clone(), per_tensor(params), spoilt);
    refuses(message, result, "NotFinite", "quantize")?;
    let granularity = Granularity::PerChannel { axis: 1 };
    let channels = TensorParams { granularity, channels: vec![params; 3] };
    let tensor = rows(&[3, 2], normals(draw, 6));
    let result = code.fake_quantize(tensor.clone(), channels, tensor);
    refuses(message, result, "ShapeMismatch", "quantize: [3, 2] and [3]")
}

/// A model of which something is asked, and what is known of it.
struct Question {
    classifier: Net,
    bits: u32,
    input: Array,
    seed: Array,
}

impl Question {
    fn new(classifier: Net, draw: &mut Draw) -> Self {
        let batch = draw.int(2..=3);
        let (input, outputs) = match &classifier {
            Net::Mlp(sizes, _) => (vec![batch, sizes[0]], sizes[sizes.len() - 1]),
            Net::Cnn([channels, h, w, .., classes], _) => {
                (vec![batch, *channels, *h, *w], *classes)
            }
            trained => panic!("{trained:?} is not drawn"),
        };
        let input = rows(&input, normals(draw, input.iter().product()));
        let seed = rows(&[batch, outputs], normals(draw, batch * outputs));
        Self { classifier, bits: draw.int(2..=6) as u32, input, seed }
    }

    /// The answer for the model itself.
    fn ask(&self, code: &mut Client) -> Result<(Array, Vec<Array>), CallFailure> {
        self.ask_with(code, &self.classifier, false)
    }

    /// The answer with other weights in the model.
    fn ask_with(
        &self,
        code: &mut Client,
        next: &Net,
        again: bool,
    ) -> Result<(Array, Vec<Array>), CallFailure> {
        let [model, next] =
            [&self.classifier, next].map(|classifier| Network::Net(classifier.clone()));
        code.fake(model, self.bits, next, again, self.input.clone(), self.seed.clone())
    }

    /// The weights of `next` rounded with the scales of `scales`, in `f64`; and where a gradient passes.
    fn rounded(&self, next: &Net, scales: &Net) -> (Vec<Vec<f64>>, Vec<Vec<bool>>) {
        let pairs = parameters(&Network::Net(next.clone())).into_iter();
        let scales = parameters(&Network::Net(scales.clone()));
        let round = pairs.zip(scales).map(|(of, scales)| {
            if !of.is_weight() {
                let count = of.numbers.len();
                return (of.numbers.into_iter().map(f64::from).collect(), vec![true; count]);
            }
            let stored = few_bits::store(&scales.name, &scales.shape, &scales.numbers, self.bits);
            let (channels, _) = few_bits::channels(&of.shape, stored.granularity);
            let pairs = channels.iter().zip(&of.numbers);
            let pairs = pairs.map(|(channel, x)| (stored.channels[*channel], *x));
            let numbers = pairs.clone().map(|(params, x)| few_bits::rounded(params, x).into());
            (numbers.collect(), pairs.map(|(params, x)| has_code(params, x)).collect())
        });
        round.unzip()
    }

    fn check_output(
        &self,
        message: &'static str,
        got: &Array,
        weights: &[Vec<f64>],
    ) -> CaseVerdict {
        let expected = networks::forward(&self.classifier, weights, &self.input.data.0);
        let got: Vec<f64> = got.data.0.iter().map(|&y| y.into()).collect();
        check::all_close(message, &got, &expected, 1e-4, 1e-4)
    }

    fn check_gradients(
        &self,
        message: &'static str,
        got: &[Array],
        (weights, passes): &(Vec<Vec<f64>>, Vec<Vec<bool>>),
    ) -> CaseVerdict {
        let all =
            networks::gradients(&self.classifier, weights, &self.input.data.0, &self.seed.data.0);
        check::equal("every parameter should have a gradient", &got.len(), &all.len())?;
        for ((got, gradient), passes) in got.iter().zip(all).zip(passes) {
            check::equal("a gradient for each element", &got.data.0.len(), &gradient.len())?;
            let mut expected = Vec::new();
            let mut known = Vec::new();
            for ((got, gradient), passes) in got.data.0.iter().zip(gradient).zip(passes) {
                // Without a derivative, any slope is as good as another.
                if let Some(gradient) = gradient {
                    expected.push(if *passes { gradient } else { 0.0 });
                    known.push(f64::from(*got));
                }
            }
            check::all_close(message, &known, &expected, 1e-3, 1e-3)?;
        }
        Ok(())
    }
}

fn fake_models_round_weights(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "the output should be that of rounded weights, with a scale for each column, and biases in `f32`";
    for _ in 0..3 {
        let question = Question::new(nets::mlp(draw), draw);
        let (got, _) = question.ask(code)?;
        question.check_output(
            message,
            &got,
            &question.rounded(&question.classifier, &question.classifier).0,
        )?;
    }
    Ok(())
}

fn fake_models_round_filters(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message =
        "the output should be that of rounded filters, with a scale for each, and biases in `f32`";
    for _ in 0..2 {
        let question = Question::new(nets::cnn(draw), draw);
        let (got, _) = question.ask(code)?;
        question.check_output(
            message,
            &got,
            &question.rounded(&question.classifier, &question.classifier).0,
        )?;
    }
    Ok(())
}

pub fn fake_models_have_gradients(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message =
        "the gradient should be that at the rounded weights, and go to the weights behind them";
    for classifier in [nets::mlp(draw), nets::cnn(draw)] {
        let question = Question::new(classifier, draw);
        let (_, gradients) = question.ask(code)?;
        question.check_gradients(
            message,
            &gradients,
            &question.rounded(&question.classifier, &question.classifier),
        )?;
    }
    Ok(())
}

/// The same network with all weights times this.
fn scaled(classifier: &Net, by: f32) -> Net {
    let weights = networks::weights(classifier).into_iter();
    let weights =
        weights.map(|weight| Floats(weight.into_iter().map(|x| x * by).collect())).collect();
    match classifier {
        Net::Mlp(sizes, _) => Net::Mlp(sizes.clone(), weights),
        Net::Cnn(sizes, _) => Net::Cnn(*sizes, weights),
        trained => trained.clone(),
    }
}

pub fn fake_scales_stay(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for by in [0.3, 2.5] {
        let question = Question::new(nets::mlp(draw), draw);
        let next = scaled(&networks::drawn(question.classifier.clone(), draw), by);
        let (got, _) = question.ask_with(code, &next, false)?;
        let message = "scales should stay as they are when the weights change";
        question.check_output(message, &got, &question.rounded(&next, &question.classifier).0)?;
        let (got, _) = question.ask_with(code, &next, true)?;
        let message = "`search_again` should find the scales of the new weights";
        question.check_output(message, &got, &question.rounded(&next, &next).0)?;
    }
    Ok(())
}

fn fake_models_stop_weights_outside(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a weight beyond its range should have no gradient, and all others theirs";
    let question = Question::new(nets::mlp(draw), draw);
    let next = scaled(&question.classifier, 1.5);
    let (_, gradients) = question.ask_with(code, &next, false)?;
    question.check_gradients(message, &gradients, &question.rounded(&next, &question.classifier))
}

fn fake_models_refuse(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let input = rows(&[1, 2], vec![0.0, 1.0]);
    let gpt = nets::gpt(draw);
    let bits = draw.int(2..=8) as u32;
    let result = code.fake(gpt.clone(), bits, gpt, false, input.clone(), input.clone());
    refuses("a GPT has layers that are not supported", result, "BadValue", "FakeQuantized::new")?;
    let mlp = Network::Net(nets::mlp(draw));
    for bits in [0, 1, 9] {
        let result = code.fake(mlp.clone(), bits, mlp.clone(), false, input.clone(), input.clone());
        check::returns_error("such bits should be `BadBits`", result, "BadBits")?;
    }
    Ok(())
}
