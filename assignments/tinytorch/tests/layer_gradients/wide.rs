//! The layers and models again, forward only, in f64 and in the plainest way.

use ndarray::{Array4, Axis, Ix4, IxDyn};

use crate::common::oracle::{self, OracleArray};

/// Height and width.
pub type Pair = (usize, usize);

/// `x W + b`.
pub fn linear(x: &OracleArray, weight: &OracleArray, bias: Option<&OracleArray>) -> OracleArray {
    let features = x.shape()[x.ndim() - 1];
    let rows = oracle::reshape(x, &[x.len() / features.max(1), features]);
    let product = oracle::matmul(&rows, weight);
    let leading = &x.shape()[..x.ndim() - 1];
    let product = oracle::reshape(&product, &[leading, &[weight.shape()[1]]].concat());
    bias.map_or(product.clone(), |bias| oracle::zip(&product, bias, |a, b| a + b))
}

/// Computes each output pixel separately, from the definition.
pub fn conv2d(
    x: &OracleArray,
    weight: &OracleArray,
    bias: &OracleArray,
    stride: Pair,
    padding: Pair,
) -> OracleArray {
    let (input, weight) = (four(x), four(weight));
    let ((images, _, height, width), (filters, channels, kh, kw)) = (input.dim(), weight.dim());
    let size = |size, kernel, stride, padding| (size + 2 * padding - kernel) / stride + 1;
    let oh = size(height, kh, stride.0, padding.0);
    let ow = size(width, kw, stride.1, padding.1);
    let pixel = |image, channel, y: usize, x_at: usize| {
        let (y, x_at) = (y.checked_sub(padding.0)?, x_at.checked_sub(padding.1)?);
        input.get((image, channel, y, x_at)).copied()
    };
    let output = Array4::from_shape_fn((images, filters, oh, ow), |(image, filter, oy, ox)| {
        let mut sum = bias[filter];
        for (channel, ky, kx) in ndarray::indices((channels, kh, kw)) {
            let seen = pixel(image, channel, oy * stride.0 + ky, ox * stride.1 + kx);
            sum += seen.unwrap_or(0.0) * weight[(filter, channel, ky, kx)];
        }
        sum
    });
    output.into_dyn()
}

/// The maximum of each window.
pub fn max_pool2d(x: &OracleArray, kernel: Pair, stride: Pair) -> OracleArray {
    let x = four(x);
    let (n, channels, h, w) = x.dim();
    let (oh, ow) = ((h - kernel.0) / stride.0 + 1, (w - kernel.1) / stride.1 + 1);
    let output = Array4::from_shape_fn((n, channels, oh, ow), |(image, channel, oy, ox)| {
        let window = ndarray::indices(kernel).into_iter();
        let values =
            window.map(|(y, x_at)| x[(image, channel, oy * stride.0 + y, ox * stride.1 + x_at)]);
        values.fold(f64::NEG_INFINITY, f64::max)
    });
    output.into_dyn()
}

/// The rows of a table.
pub fn embedding(table: &OracleArray, ids: &[usize], shape: &[usize]) -> OracleArray {
    oracle::reshape(&table.select(Axis(0), ids), &[shape, &[table.shape()[1]]].concat())
}

/// Mean 0 and variance 1 of each row, then weight and bias.
pub fn layer_norm(x: &OracleArray, weight: &OracleArray, bias: &OracleArray) -> OracleArray {
    let normal = oracle::lanes(x, x.ndim() - 1, |row| {
        let mean = oracle::mean(row);
        let variance = row.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / row.len() as f64;
        row.iter().map(|x| (x - mean) / (variance + 1e-5).sqrt()).collect()
    });
    oracle::zip(&oracle::zip(&normal, weight, |a, b| a * b), bias, |a, b| a + b)
}

/// Weights and biases of query, key, value and output, and the cached keys and
/// values, `[B, H, S, Dh]`.
pub struct AttentionWeights<'a> {
    pub projections: &'a [OracleArray],
    pub heads: usize,
    pub past: Option<(&'a OracleArray, &'a OracleArray)>,
    pub causal: bool,
}

/// Token by token: visibility is a comparison of positions, not a mask.
pub fn attention(x: &OracleArray, this: &AttentionWeights<'_>) -> OracleArray {
    let [b, t, d] = [0, 1, 2].map(|i| x.shape()[i]);
    let (heads, width) = (this.heads, d / this.heads);
    let project =
        |i: usize| linear(x, &this.projections[2 * i], Some(&this.projections[2 * i + 1]));
    let by_head = |x: &OracleArray| {
        let split = oracle::reshape(x, &[b, t, heads, width]);
        split.permuted_axes(IxDyn(&[0, 2, 1, 3])).as_standard_layout().into_owned()
    };
    let (query, mut key, mut value) = (project(0), by_head(&project(1)), by_head(&project(2)));
    if let Some((k, v)) = this.past {
        key = oracle::concat(&[k.clone(), key], 2);
        value = oracle::concat(&[v.clone(), value], 2);
    }
    let before = key.shape()[2] - t;
    let mut joined = OracleArray::zeros(IxDyn(&[b, t, d]));
    for (image, head, token) in ndarray::indices((b, heads, t)) {
        let sees = if this.causal { before + token + 1 } else { before + t };
        let score = |other: usize| {
            let products = (0..width)
                .map(|i| query[[image, token, head * width + i]] * key[[image, head, other, i]]);
            products.sum::<f64>() / (width as f64).sqrt()
        };
        let scores: Vec<f64> = (0..sees).map(score).collect();
        let top = oracle::max(&scores);
        let total: f64 = scores.iter().map(|s| (s - top).exp()).sum();
        for (other, score) in scores.iter().enumerate() {
            for i in 0..width {
                joined[[image, token, head * width + i]] +=
                    (score - top).exp() / total * value[[image, head, other, i]];
            }
        }
    }
    linear(&joined, &this.projections[6], Some(&this.projections[7]))
}

/// The sixteen parameters of a block in their order.
pub fn block(x: &OracleArray, p: &[OracleArray], heads: usize) -> OracleArray {
    let add = |a: &OracleArray, b: &OracleArray| oracle::zip(a, b, |a, b| a + b);
    let attention_of = AttentionWeights { projections: &p[2..10], heads, past: None, causal: true };
    let x = add(x, &attention(&layer_norm(x, &p[0], &p[1]), &attention_of));
    let inside = linear(&layer_norm(&x, &p[10], &p[11]), &p[12], Some(&p[13]));
    add(&x, &linear(&inside.mapv(oracle::gelu), &p[14], Some(&p[15])))
}

fn four(x: &OracleArray) -> Array4<f64> {
    x.to_owned().into_dimensionality::<Ix4>().expect("4 axes")
}
