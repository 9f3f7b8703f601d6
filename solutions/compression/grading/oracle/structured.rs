//! Smaller models by plain loops, and large ones whose removed parts are 0.

use course_data::Net;
use course_oracle::networks::{parameters, weights};
use course_oracle::wide;

/// A tensor by its shape and elements.
pub type Numbers = (Vec<usize>, Vec<f32>);

/// Elements of a tensor at these indices along one axis.
fn select((shape, numbers): &Numbers, axis: usize, at: &[usize]) -> Numbers {
    let outer: usize = shape[..axis].iter().product();
    let inner: usize = shape[axis + 1..].iter().product();
    let mut selected = Vec::new();
    for block in 0..outer {
        for index in at {
            let start = (block * shape[axis] + index) * inner;
            selected.extend_from_slice(&numbers[start..start + inner]);
        }
    }
    let mut shape = shape.clone();
    shape[axis] = at.len();
    (shape, selected)
}

fn all(of: &Net) -> Vec<Numbers> {
    parameters(of).into_iter().map(|(_, shape)| shape).zip(weights(of)).collect()
}

/// Parameters of the MLP that keeps these neurons of each hidden layer.
pub fn fewer_neurons(of: &Net, kept: &[Vec<usize>]) -> Vec<Numbers> {
    let mut smaller = all(of);
    for (layer, kept) in kept.iter().enumerate() {
        smaller[2 * layer] = select(&smaller[2 * layer], 1, kept);
        smaller[2 * layer + 1] = select(&smaller[2 * layer + 1], 0, kept);
        smaller[2 * layer + 2] = select(&smaller[2 * layer + 2], 0, kept);
    }
    smaller
}

/// Parameters of the CNN that keeps these filters of each convolution.
pub fn fewer_filters(of: &Net, kept: &[Vec<usize>; 2]) -> Vec<Numbers> {
    let mut smaller = all(of);
    let pixels = smaller[4].0[0] / smaller[2].0[0];
    smaller[0] = select(&smaller[0], 0, &kept[0]);
    smaller[1] = select(&smaller[1], 0, &kept[0]);
    smaller[2] = select(&select(&smaller[2], 1, &kept[0]), 0, &kept[1]);
    smaller[3] = select(&smaller[3], 0, &kept[1]);
    let rows: Vec<usize> = kept[1].iter().flat_map(|at| at * pixels..(at + 1) * pixels).collect();
    smaller[4] = select(&smaller[4], 0, &rows);
    smaller
}

/// All parameters in `f64`, with 0 for weights and biases of what is not kept, layer by layer.
pub fn masked(of: &Net, kept: &[Vec<usize>]) -> Vec<Vec<f64>> {
    let mut masked: Vec<Vec<f64>> = weights(of).iter().map(|of| wide(of)).collect();
    let is_mlp = matches!(of, Net::Mlp(..));
    for (layer, kept) in kept.iter().enumerate() {
        let outputs = masked[2 * layer + 1].len();
        let inputs = masked[2 * layer].len() / outputs;
        for removed in (0..outputs).filter(|at| !kept.contains(at)) {
            masked[2 * layer + 1][removed] = 0.0;
            for input in 0..inputs {
                let at = if is_mlp { input * outputs + removed } else { removed * inputs + input };
                masked[2 * layer][at] = 0.0;
            }
        }
    }
    masked
}

/// The L1 norms of outputs of a matrix, or of filters.
pub fn norms((shape, numbers): &Numbers) -> Vec<f64> {
    let magnitude = |x: &f32| f64::from(*x).abs();
    if let [_, outputs] = shape[..] {
        let column = |j: usize| numbers.iter().skip(j).step_by(outputs).map(magnitude).sum();
        return (0..outputs).map(column).collect();
    }
    let len = shape[1..].iter().product();
    numbers.chunks(len).map(|filter| filter.iter().map(magnitude).sum()).collect()
}

/// The indices of the `keep` largest, ascending; the first of equal ones.
pub fn largest(numbers: &[f64], keep: usize) -> Vec<usize> {
    let mut kept: Vec<usize> = Vec::new();
    for _ in 0..keep {
        let rest = (0..numbers.len()).filter(|at| !kept.contains(at));
        let best = rest.reduce(|a, b| if numbers[b] > numbers[a] { b } else { a });
        kept.extend(best);
    }
    kept.sort_unstable();
    kept
}

/// What is kept of each layer but the last when this share of it is removed by its norms.
pub fn kept_by_norm(of: &Net, fraction: f64) -> Vec<Vec<usize>> {
    let all = all(of);
    let hidden = all.len() / 2 - 1;
    let keep = |layer: usize| {
        let norms = norms(&all[2 * layer]);
        let removed = super::magnitude::count(fraction, norms.len());
        largest(&norms, (norms.len() - removed).max(1))
    };
    (0..hidden).map(keep).collect()
}
