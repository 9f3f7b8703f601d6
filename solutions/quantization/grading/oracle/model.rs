//! Models: their activations in `f64`, and their codes by exact layers.

use super::{affine, layers};
use crate::contract::{
    Granularity, Layer, Net, Params, Part, Quantized, Scheme, TensorParams, Window,
};
use grader_protocol::Floats;

const U8: Scheme = Scheme::Unsigned { bits: 8 };
const SYMMETRIC: Scheme = Scheme::Symmetric { bits: 8 };

fn one(params: Params) -> TensorParams {
    TensorParams { granularity: Granularity::PerTensor, channels: vec![params] }
}

/// The codes of a tensor of one set of parameters.
pub fn codes_of(shape: &[usize], data: &[f32], params: Params) -> Quantized {
    let codes = data.iter().map(|x| affine::code(params, *x)).collect();
    Quantized { shape: shape.to_vec(), codes, params: one(params) }
}

/// The numbers of these codes.
pub fn numbers(of: &Quantized) -> Vec<f32> {
    of.codes.iter().map(|code| affine::number(of.params.channels[0], *code)).collect()
}

/// The codes after each layer.
pub fn codes(parts: &[Part], input: Quantized) -> Vec<Quantized> {
    let steps = parts.iter().scan(input, |codes, part| {
        *codes = after(part, codes);
        Some(codes.clone())
    });
    steps.collect()
}

fn after(part: &Part, input: &Quantized) -> Quantized {
    match part {
        Part::Linear(layer) => {
            let outputs = layer.weight.shape[1];
            let (_, sums) = layers::linear_sums(layer, input);
            let mut shape = input.shape.clone();
            *shape.last_mut().expect("an input has an axis") = outputs;
            layers::output(layer, &shape, (outputs, 1), &sums)
        }
        Part::Conv2d(layer, window) => {
            let (shape, _, sums) = layers::conv_sums(layer, *window, input);
            layers::output(layer, &shape, (shape[1], shape[2] * shape[3]), &sums)
        }
        Part::MaxPool2d(kernel, stride) => pooled(input, (*kernel).into(), (*stride).into()),
        Part::Flatten => {
            let features = input.shape[1..].iter().product();
            Quantized { shape: vec![input.shape[0], features], ..input.clone() }
        }
    }
}

/// The largest code of each window.
pub fn pooled(input: &Quantized, kernel: (usize, usize), stride: (usize, usize)) -> Quantized {
    let [n, c, h, w] = [0, 1, 2, 3].map(|axis| input.shape[axis]);
    let (plane_shape, codes) = largest((h, w), kernel, stride, &input.codes);
    let shape = vec![n, c, plane_shape.0, plane_shape.1];
    Quantized { shape, codes, params: input.params.clone() }
}

/// The height and width of planes of maxima, and the maxima of all planes.
fn largest<T: Copy + PartialOrd>(
    (h, w): (usize, usize),
    kernel: (usize, usize),
    stride: (usize, usize),
    elements: &[T],
) -> ((usize, usize), Vec<T>) {
    let down = layers::starts(h, kernel.0, stride.0);
    let across = layers::starts(w, kernel.1, stride.1);
    let mut maxima = Vec::new();
    for plane in elements.chunks(h * w) {
        for top in &down {
            for left in &across {
                let mut best = plane[top * w + left];
                for at in 0..kernel.0 * kernel.1 {
                    let x = plane[(top + at / kernel.1) * w + left + at % kernel.1];
                    best = if x > best { x } else { best };
                }
                maxima.push(best);
            }
        }
    }
    ((down.len(), across.len()), maxima)
}

/// A layer with weights, of a model that is not quantized.
#[derive(Clone, Debug)]
pub struct Weighted {
    pub name: String,
    /// `[inputs, outputs]` or `[filters, channels, height, width]`.
    pub shape: Vec<usize>,
    pub weight: Vec<f32>,
    pub bias: Vec<f32>,
    pub relu: bool,
}

impl Weighted {
    /// Its axis of outputs or filters.
    pub fn axis(&self) -> usize {
        usize::from(self.shape.len() == 2)
    }

    /// Its weights as codes, with a scale for each output.
    pub fn quantized(&self) -> Quantized {
        let channels = self.shape[self.axis()];
        let inner: usize = self.shape[self.axis() + 1..].iter().product();
        let channel = |at: usize| at / inner % channels;
        let mut largest = vec![0.0_f32; channels];
        for (at, w) in self.weight.iter().enumerate() {
            largest[channel(at)] = largest[channel(at)].max(w.abs());
        }
        let params = largest.iter().map(|m| affine::params(-m, *m, SYMMETRIC));
        let params: Vec<Params> = params.collect();
        let codes = self.weight.iter().enumerate();
        let codes = codes.map(|(at, w)| affine::code(params[channel(at)], *w)).collect();
        let params = TensorParams {
            granularity: Granularity::PerChannel { axis: self.axis() },
            channels: params,
        };
        Quantized { shape: self.shape.clone(), codes, params }
    }

    /// The layer in integers.
    pub fn integers(&self, input: Params, output: Params) -> Layer {
        let bias = Some(Floats(self.bias.clone()));
        Layer { weight: self.quantized(), bias, input, output, relu: self.relu, packed: false }
    }
}

/// The layers with weights of a drawn model.
pub fn weighted(classifier: &Net) -> Vec<Weighted> {
    let (shapes, names, weights) = match classifier {
        Net::Mlp(sizes, weights) => {
            let shapes: Vec<_> = sizes.windows(2).map(<[usize]>::to_vec).collect();
            let names = (1..=shapes.len()).map(|at| format!("fc{at}")).collect();
            (shapes, names, weights)
        }
        Net::Cnn([c, h, w, a, b, classes], weights) => {
            let left = |size: usize| ((size - 2) / 2 - 2) / 2;
            let shapes = vec![
                vec![*a, *c, 3, 3],
                vec![*b, *a, 3, 3],
                vec![b * left(*h) * left(*w), *classes],
            ];
            (shapes, ["conv1", "conv2", "fc"].map(String::from).to_vec(), weights)
        }
        Net::TrainedMlp | Net::TrainedCnn => unreachable!("a drawn model"),
    };
    let last = shapes.len() - 1;
    let layers = names.into_iter().zip(shapes).enumerate().map(|(at, (name, shape))| {
        let [weight, bias] = [2 * at, 2 * at + 1].map(|at| weights[at].0.clone());
        Weighted { name, shape, weight, bias, relu: at < last }
    });
    layers.collect()
}

/// The model in integers, with these parameters of the input and of each layer's output.
pub fn parts(classifier: &Net, params: &[Params]) -> Vec<Part> {
    let mut parts = Vec::new();
    for (at, layer) in weighted(classifier).iter().enumerate() {
        let integers = layer.integers(params[at], params[at + 1]);
        if layer.axis() == 0 {
            parts.push(Part::Conv2d(integers, Window { stride: (1, 1), padding: (0, 0) }));
            parts.push(Part::MaxPool2d([2, 2], [2, 2]));
        } else {
            if matches!(classifier, Net::Cnn(..)) {
                parts.push(Part::Flatten);
            }
            parts.push(Part::Linear(integers));
        }
    }
    parts
}

/// The numbers of the input, and of the output of each layer with weights after its `Relu`, for a batch of this shape.
pub fn activations(classifier: &Net, shape: &[usize], batch: &[f32]) -> Vec<Vec<f64>> {
    let mut values: Vec<f64> = batch.iter().map(|x| f64::from(*x)).collect();
    let mut image = if shape.len() == 4 { (shape[2], shape[3]) } else { (1, 1) };
    let mut all = vec![values.clone()];
    for layer in weighted(classifier) {
        values = if layer.axis() == 1 {
            dense(&layer, &values)
        } else {
            convolved(&layer, &values, &mut image)
        };
        if layer.relu {
            for x in &mut values {
                *x = x.max(0.0);
            }
        }
        all.push(values.clone());
        if layer.axis() == 0 {
            (image, values) = largest(image, (2, 2), (2, 2), &values);
        }
    }
    all
}

fn dense(layer: &Weighted, input: &[f64]) -> Vec<f64> {
    let (k, n) = (layer.shape[0], layer.shape[1]);
    let rows = input.chunks(k).flat_map(|row| {
        (0..n).map(move |j| {
            let products = row.iter().enumerate();
            let sum: f64 = products.map(|(p, x)| x * f64::from(layer.weight[p * n + j])).sum();
            sum + f64::from(layer.bias[j])
        })
    });
    rows.collect()
}

/// A convolution without padding. `image` becomes the height and width of the output.
fn convolved(layer: &Weighted, input: &[f64], image: &mut (usize, usize)) -> Vec<f64> {
    let [filters, channels, kh, kw] = [0, 1, 2, 3].map(|axis| layer.shape[axis]);
    let (h, w) = *image;
    *image = (h - kh + 1, w - kw + 1);
    let mut output = Vec::new();
    for pixels in input.chunks(channels * h * w) {
        for filter in 0..filters {
            let weights = &layer.weight[filter * channels * kh * kw..][..channels * kh * kw];
            for at in 0..image.0 * image.1 {
                let (top, left) = (at / image.1, at % image.1);
                let products = weights.iter().enumerate().map(|(at, weight)| {
                    let (channel, y, x) = (at / (kh * kw), at / kw % kh, at % kw);
                    f64::from(*weight) * pixels[(channel * h + top + y) * w + left + x]
                });
                output.push(products.sum::<f64>() + f64::from(layer.bias[filter]));
            }
        }
    }
    output
}

/// Whether parameters cover this range, apart from errors of `f32` in its ends.
pub fn covers(params: Params, low: f64, high: f64) -> bool {
    let (low, high) = (low.min(0.0), high.max(0.0));
    let scale = (high - low) / 255.0;
    let zero_point = -low / scale;
    (f64::from(params.scale) - scale).abs() <= 1e-4 * scale
        && (f64::from(params.zero_point) - zero_point).abs() <= 0.51
        && params.scheme == U8
}

/// What an observer of moving averages proposes after these batches.
pub fn moving_average(batches: &[Vec<f64>], momentum: f64) -> (f64, f64) {
    let ends = batches.iter().map(|batch| min_max(batch));
    let average = |of: (f64, f64), new: (f64, f64)| {
        (of.0 + momentum * (new.0 - of.0), of.1 + momentum * (new.1 - of.1))
    };
    ends.reduce(average).expect("a batch")
}

/// The smallest and the largest number.
pub fn min_max(numbers: &[f64]) -> (f64, f64) {
    numbers
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(*x), high.max(*x)))
}

/// The numbers at two percentiles, interpolated.
pub fn percentiles(numbers: &[f64], percent: f64) -> (f64, f64) {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = |percent: f64| {
        let position = (sorted.len() - 1) as f64 * percent / 100.0;
        let below = sorted[position.floor() as usize];
        let above = sorted[position.ceil() as usize];
        below + (above - below) * position.fract()
    };
    (at(100.0 - percent), at(percent))
}
