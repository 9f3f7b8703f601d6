//! Task `model`: normalizations that disappear in the weights.

use super::prelude::*;
use crate::contract::BatchNorm;

cases! { task "model", client Client;
    /// A linear layer with the folded weights does what the layer and the normalization do.
    fold_into_a_linear_layer;
    /// The same of a convolution, whose channels are its filters.
    fold_into_filters after [fold_into_a_linear_layer];
    /// A weight that is a view is taken by its axes.
    fold_takes_views after [fold_into_a_linear_layer];
    /// A layer without a bias gets one.
    fold_makes_a_bias after [fold_into_a_linear_layer];
    /// Epsilon is added to the variance before the root, so that a variance of `0` will do.
    fold_adds_epsilon after [fold_into_a_linear_layer];
    /// Everything is computed in `f64` and rounded once.
    fold_rounds_once after [fold_into_a_linear_layer];
    /// Lengths that differ, and weights without `2` or `4` axes, are refused.
    fold_refuses_shapes;
    /// A variance + epsilon that is not above `0` is refused.
    fold_refuses_variances;
}

const MESSAGE: &str = "with f = gamma / sqrt(variance + epsilon) of its output, a weight should become w f, and a bias \
                       (b - mean) f + beta";

fn norm(draw: &mut Draw, channels: usize) -> BatchNorm {
    let mut reals = |low, high| draw.reals(channels, low, high).iter().map(|x| *x as f32).collect();
    BatchNorm {
        gamma: reals(-2.0, 2.0),
        beta: reals(-1.0, 1.0),
        mean: reals(-3.0, 3.0),
        variance: reals(0.1, 4.0),
        epsilon: 1e-3,
    }
}

fn factors(norm: &BatchNorm) -> Vec<f64> {
    let roots = norm.variance.iter().map(|v| (f64::from(*v) + f64::from(norm.epsilon)).sqrt());
    norm.gamma.iter().zip(roots).map(|(gamma, root)| f64::from(*gamma) / root).collect()
}

/// Folds a weight whose channels are along `axis`, and compares all numbers.
fn folds(
    code: &mut Client,
    (weight, axis): (Array, usize),
    bias: Option<Vec<f32>>,
    norm: &BatchNorm,
) -> CaseVerdict {
    folds_within(code, (weight, axis), bias, norm, [1e-6, 1e-5])
}

fn folds_within(
    code: &mut Client,
    (weight, axis): (Array, usize),
    bias: Option<Vec<f32>>,
    norm: &BatchNorm,
    [relative, absolute]: [f64; 2],
) -> CaseVerdict {
    let (shape, numbers) = elements(&weight);
    let factors = factors(norm);
    let inner: usize = shape[axis + 1..].iter().product();
    let expected = numbers.iter().enumerate();
    let expected = expected.map(|(at, w)| f64::from(*w) * factors[at / inner % shape[axis]]);
    let offsets = factors.iter().enumerate().map(|(channel, factor)| {
        let bias = bias.as_ref().map_or(0.0, |bias| f64::from(bias[channel]));
        (bias - f64::from(norm.mean[channel])) * factor + f64::from(norm.beta[channel])
    });
    let offsets: Vec<f64> = offsets.collect();
    let expected: Vec<f64> = expected.collect();
    let (got, offset) = code.fold(weight, bias.map(Floats), norm.clone())?;
    check::equal("the folded weight should have the shape of the weight", &got.shape, &shape)?;
    check::all_close(MESSAGE, &wide(&got.data.0), &expected, relative, 0.0)?;
    check::all_close(MESSAGE, &wide(&offset), &offsets, relative, absolute)
}

fn wide(numbers: &[f32]) -> Vec<f64> {
    numbers.iter().map(|x| f64::from(*x)).collect()
}

fn linear(draw: &mut Draw) -> (Array, usize) {
    let shape = [draw.int(2..=9), draw.int(10..=14)];
    (rows(&shape, normals(draw, shape[0] * shape[1])), shape[1])
}

fn fold_into_a_linear_layer(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for _ in 0..3 {
        let (weight, outputs) = linear(draw);
        let bias = normals(draw, outputs);
        folds(code, (weight, 1), Some(bias), &norm(draw, outputs))?;
    }
    Ok(())
}

fn fold_into_filters(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for _ in 0..3 {
        let shape = [draw.int(5..=8), draw.int(2..=4), draw.int(1..=3), draw.int(1..=3)];
        let weight = rows(&shape, normals(draw, shape.iter().product()));
        let bias = normals(draw, shape[0]);
        folds(code, (weight, 0), Some(bias), &norm(draw, shape[0]))?;
    }
    Ok(())
}

fn fold_takes_views(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (mut weight, _) = linear(draw);
    weight.axes = vec![1, 0];
    let outputs = weight.shape[0];
    let bias = normals(draw, outputs);
    folds(code, (weight, 1), Some(bias), &norm(draw, outputs))?;
    let mut weight = rows(&[3, 2, 4, 5], normals(draw, 120));
    weight.axes = vec![3, 1, 0, 2];
    let bias = normals(draw, 5);
    folds(code, (weight, 0), Some(bias), &norm(draw, 5))
}

fn fold_makes_a_bias(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (weight, outputs) = linear(draw);
    folds(code, (weight, 1), None, &norm(draw, outputs))
}

fn fold_adds_epsilon(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (weight, outputs) = linear(draw);
    let mut norm = norm(draw, outputs);
    norm.epsilon = draw.real(0.5, 1.0) as f32;
    norm.variance[0] = 0.0;
    norm.variance[1] = -0.25;
    let bias = normals(draw, outputs);
    folds(code, (weight, 1), Some(bias), &norm)
}

/// Each offset is what is left of two numbers that cancel each other.
fn fold_rounds_once(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (weight, outputs) = linear(draw);
    let mut norm = norm(draw, outputs);
    let bias = normals(draw, outputs);
    for (at, factor) in factors(&norm).into_iter().enumerate() {
        norm.beta[at] = (-(f64::from(bias[at]) - f64::from(norm.mean[at])) * factor) as f32;
    }
    folds_within(code, (weight, 1), Some(bias), &norm, [1e-7, 1e-12])
}

fn fold_refuses_shapes(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "numbers that are not one for each output, or a weight without 2 or 4 axes, should be refused by \
                   `ShapeMismatch` with the weight's shape and the lengths of gamma, beta, mean, variance and bias";
    let weight = rows(&[3, 4], normals(draw, 12));
    for wrong in 0..5 {
        let mut lengths = [4; 5];
        lengths[wrong] = *draw.pick(&[3, 5]);
        let mut norm = norm(draw, 5);
        norm.gamma.truncate(lengths[0]);
        norm.beta.truncate(lengths[1]);
        norm.mean.truncate(lengths[2]);
        norm.variance.truncate(lengths[3]);
        let named = format!("fold_batch_norm: [3, 4] and {lengths:?}: ");
        let result = code.fold(weight.clone(), Some(Floats(vec![0.5; lengths[4]])), norm.clone());
        refuses(message, result, "ShapeMismatch", &named)?;
        if wrong < 4 {
            let named = format!("fold_batch_norm: [3, 4] and {:?}: ", &lengths[..4]);
            refuses(message, code.fold(weight.clone(), None, norm), "ShapeMismatch", &named)?;
        }
    }
    for shape in [vec![4], vec![4, 4, 4], vec![4, 4, 1, 1, 4]] {
        let weight = rows(&shape, vec![0.5; shape.iter().product()]);
        let named = format!("fold_batch_norm: {shape:?} and [4, 4, 4, 4]: ");
        refuses(message, code.fold(weight, None, norm(draw, 4)), "ShapeMismatch", &named)?;
    }
    Ok(())
}

fn fold_refuses_variances(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a variance + epsilon of 0 or less, or NaN, should be refused by `BadValue`";
    for (variance, epsilon) in [(0.0, 0.0), (-1.0, 1e-5), (f32::NAN, 1e-5), (1.0, f32::NAN)] {
        let mut norm = norm(draw, 4);
        norm.variance[draw.int(0..=3)] = variance;
        norm.epsilon = epsilon;
        let weight = rows(&[2, 4], normals(draw, 8));
        refuses(message, code.fold(weight, None, norm), "BadValue", "fold_batch_norm: ")?;
    }
    Ok(())
}
