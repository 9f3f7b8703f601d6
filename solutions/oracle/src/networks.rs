//! Small networks in `f64`, as plain loops.

use course_data::Net;
use grader_judge::Draw;
use grader_protocol::Floats;
use std::iter;

/// Images or rows: channels, height and width of one, and all elements.
#[derive(Clone)]
struct Batch {
    sizes: [usize; 3],
    data: Vec<f64>,
}

/// Names and shapes of a network's parameters, in order.
///
/// # Panics
/// For a trained network, as do the other functions here.
pub fn parameters(classifier: &Net) -> Vec<(String, Vec<usize>)> {
    let layer = |name: &str, weight: &[usize], outputs: usize| {
        [(format!("{name}.weight"), weight.to_vec()), (format!("{name}.bias"), vec![outputs])]
    };
    match classifier {
        Net::Mlp(sizes, _) => {
            let layers = (1..).zip(sizes.windows(2));
            layers.flat_map(|(at, pair)| layer(&format!("fc{at}"), pair, pair[1])).collect()
        }
        Net::Cnn([channels, h, w, a, b, classes], _) => {
            let inner = |size: usize| ((size - 2) / 2 - 2) / 2;
            let features = b * inner(*h) * inner(*w);
            let conv1 = layer("conv1", &[*a, *channels, 3, 3], *a);
            let conv2 = layer("conv2", &[*b, *a, 3, 3], *b);
            conv1
                .into_iter()
                .chain(conv2)
                .chain(layer("fc", &[features, *classes], *classes))
                .collect()
        }
        trained => panic!("{trained:?} is not drawn"),
    }
}

/// The numbers of a network's parameters, in order.
///
/// # Panics
/// For a trained network.
pub fn weights(classifier: &Net) -> Vec<Vec<f32>> {
    let (Net::Mlp(_, weights) | Net::Cnn(_, weights)) = classifier else {
        panic!("{classifier:?} is not drawn")
    };
    weights.iter().map(|weight| weight.0.clone()).collect()
}

/// The outputs of a network with these parameters, row by row.
///
/// # Panics
/// For a trained network.
pub fn forward(classifier: &Net, parameters: &[Vec<f64>], input: &[f32]) -> Vec<f64> {
    let input: Vec<f64> = input.iter().map(|&x| f64::from(x)).collect();
    match classifier {
        Net::Mlp(sizes, _) => {
            let last = sizes.len() - 2;
            let layers = sizes.windows(2).zip(parameters.chunks(2)).enumerate();
            layers.fold(input, |input, (at, (pair, layer))| {
                let output = linear(&input, [pair[0], pair[1]], layer);
                if at < last { relu(output) } else { output }
            })
        }
        Net::Cnn([channels, h, w, a, b, classes], _) => {
            let batch = Batch { sizes: [*channels, *h, *w], data: input };
            let first = pool(&conv(&batch, *a, &parameters[..2]));
            let second = pool(&conv(&first, *b, &parameters[2..4]));
            let features = second.sizes.iter().product();
            linear(&second.data, [features, *classes], &parameters[4..])
        }
        trained => panic!("{trained:?} is not drawn"),
    }
}

/// The derivative of the sum of outputs times `seed` for each parameter, from differences to both sides. They are exact, because the
/// network is linear in each parameter as long as no rectifier or maximum changes its mind. Where one does, the differences are not
/// alike, and there is no derivative: a weight that was rounded to 0 often leaves two equal elements for a maximum.
pub fn gradients(
    classifier: &Net,
    parameters: &[Vec<f64>],
    input: &[f32],
    seed: &[f32],
) -> Vec<Vec<Option<f64>>> {
    const STEP: f64 = 1e-4;
    let value = |parameters: &[Vec<f64>]| -> f64 {
        let outputs = forward(classifier, parameters, input);
        outputs.iter().zip(seed).map(|(y, seed)| y * f64::from(*seed)).sum()
    };
    let here = value(parameters);
    let derivative = |which: usize, at: usize| {
        let slope = |by: f64| {
            let mut parameters = parameters.to_vec();
            parameters[which][at] += by;
            (value(&parameters) - here) / by
        };
        let (above, below) = (slope(STEP), slope(-STEP));
        ((above - below).abs() < 1e-6 * (1.0 + above.abs())).then_some(above)
    };
    let of = |which: usize| (0..parameters[which].len()).map(|at| derivative(which, at)).collect();
    (0..parameters.len()).map(of).collect()
}

fn relu(values: Vec<f64>) -> Vec<f64> {
    values.into_iter().map(|x| x.max(0.0)).collect()
}

fn linear(input: &[f64], [inputs, outputs]: [usize; 2], layer: &[Vec<f64>]) -> Vec<f64> {
    let (weight, bias) = (&layer[0], &layer[1]);
    let row = |row: &[f64]| -> Vec<f64> {
        let sum = |to: usize| {
            (0..inputs).map(|from| row[from] * weight[from * outputs + to]).sum::<f64>()
        };
        (0..outputs).map(|to| sum(to) + bias[to]).collect()
    };
    input.chunks(inputs).flat_map(row).collect()
}

/// 3 x 3 filters without padding, then a rectifier.
fn conv(batch: &Batch, filters: usize, layer: &[Vec<f64>]) -> Batch {
    let [channels, h, w] = batch.sizes;
    let (weight, bias) = (&layer[0], &layer[1]);
    let mut data = Vec::new();
    for image in batch.data.chunks(channels * h * w) {
        for filter in 0..filters {
            for (y, x) in places(h - 2, w - 2) {
                let mut sum = bias[filter];
                for channel in 0..channels {
                    for (dy, dx) in places(3, 3) {
                        sum += image[(channel * h + y + dy) * w + x + dx]
                            * weight[((filter * channels + channel) * 3 + dy) * 3 + dx];
                    }
                }
                data.push(sum.max(0.0));
            }
        }
    }
    Batch { sizes: [filters, h - 2, w - 2], data }
}

/// The maximum of each 2 x 2 window.
fn pool(batch: &Batch) -> Batch {
    let [channels, h, w] = batch.sizes;
    let mut data = Vec::new();
    for plane in batch.data.chunks(h * w) {
        for (y, x) in places(h / 2, w / 2) {
            let window = places(2, 2).map(|(dy, dx)| plane[(2 * y + dy) * w + 2 * x + dx]);
            data.push(window.fold(f64::NEG_INFINITY, f64::max));
        }
    }
    Batch { sizes: [channels, h / 2, w / 2], data }
}

fn places(h: usize, w: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..h).flat_map(move |y| iter::repeat(y).zip(0..w))
}

/// The same network with drawn weights and biases.
pub fn drawn(classifier: Net, draw: &mut Draw) -> Net {
    let mut weight = |(_, shape): &(String, Vec<usize>)| {
        let fan_in = match shape[..] {
            [_, channels, h, w] => channels * h * w,
            _ => shape[0],
        };
        let reach = (2.0 / fan_in as f64).sqrt();
        Floats((0..shape.iter().product()).map(|_| (draw.normal() * reach) as f32).collect())
    };
    let weights = parameters(&classifier).iter().map(&mut weight).collect();
    match classifier {
        Net::Mlp(sizes, _) => Net::Mlp(sizes, weights),
        Net::Cnn(sizes, _) => Net::Cnn(sizes, weights),
        trained => trained,
    }
}
