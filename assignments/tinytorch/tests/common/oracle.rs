//! The operations again, forward only, in f64 and in the plainest way, as a
//! reference for the f32 operations and their gradients. Layers and models can be
//! composed from these.

use ndarray::{Array2, ArrayD, Axis, Ix2, IxDyn, Slice};

/// A tensor of the oracle.
pub type OracleArray = ArrayD<f64>;

/// The elements in f64, row by row.
pub fn array(tensor: &tinytorch::Tensor) -> OracleArray {
    tensor.view().mapv(f64::from).as_standard_layout().into_owned()
}

/// A single number: shape `[]`.
pub fn scalar(value: f64) -> OracleArray {
    OracleArray::from_elem(IxDyn(&[]), value)
}

/// The shape that two shapes broadcast to; they must fit.
pub fn broadcast_shape(left: &[usize], right: &[usize]) -> Vec<usize> {
    let ndim = left.len().max(right.len());
    let padded = |shape: &[usize]| [&vec![1; ndim - shape.len()][..], shape].concat();
    let pairs = padded(left).into_iter().zip(padded(right));
    pairs.map(|(a, b)| if a == 1 { b } else { a }).collect()
}

/// `f` of each pair of elements, with broadcasting.
pub fn zip(left: &OracleArray, right: &OracleArray, f: fn(f64, f64) -> f64) -> OracleArray {
    let shape = broadcast_shape(left.shape(), right.shape());
    let wide = |x: &OracleArray| x.broadcast(IxDyn(&shape)).expect("shapes that fit").to_owned();
    ndarray::Zip::from(&wide(left)).and(&wide(right)).map_collect(|&a, &b| f(a, b))
}

/// The same elements, row by row, in another shape.
pub fn reshape(x: &OracleArray, shape: &[usize]) -> OracleArray {
    OracleArray::from_shape_vec(IxDyn(shape), x.iter().copied().collect())
        .expect("as many elements")
}

/// The part `start..end` of an axis.
pub fn slice_axis(x: &OracleArray, axis: usize, start: usize, end: usize) -> OracleArray {
    x.slice_axis(Axis(axis), Slice::from(start..end)).to_owned()
}

/// Concatenates the arrays along an axis.
pub fn concat(arrays: &[OracleArray], axis: usize) -> OracleArray {
    let views: Vec<_> = arrays.iter().map(|x| x.view()).collect();
    ndarray::concatenate(Axis(axis), &views).expect("shapes that fit")
}

/// `f` of each lane along an axis, which gets the length of the result of `f`.
pub fn lanes(x: &OracleArray, axis: usize, f: impl Fn(&[f64]) -> Vec<f64>) -> OracleArray {
    let mut shape = x.shape().to_vec();
    shape[axis] = f(&vec![0.0; shape[axis]]).len();
    let mut result = OracleArray::zeros(IxDyn(&shape));
    for (lane, mut to) in x.lanes(Axis(axis)).into_iter().zip(result.lanes_mut(Axis(axis))) {
        to.assign(&ndarray::Array1::from(f(&lane.to_vec())));
    }
    result
}

/// `f` of each lane along an axis, which is removed.
pub fn reduce(x: &OracleArray, axis: usize, f: fn(&[f64]) -> f64) -> OracleArray {
    lanes(x, axis, |lane| vec![f(lane)]).index_axis_move(Axis(axis), 0)
}

/// The sum of a lane.
pub fn sum(lane: &[f64]) -> f64 {
    lane.iter().sum()
}

/// The mean of a lane.
pub fn mean(lane: &[f64]) -> f64 {
    sum(lane) / lane.len() as f64
}

/// The largest element of a lane.
pub fn max(lane: &[f64]) -> f64 {
    lane.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}

/// Matrix products of the last two axes; the leading ones broadcast.
pub fn matmul(left: &OracleArray, right: &OracleArray) -> OracleArray {
    let (left_batch, left_matrix) = left.shape().split_at(left.ndim() - 2);
    let (right_batch, right_matrix) = right.shape().split_at(right.ndim() - 2);
    let batch = broadcast_shape(left_batch, right_batch);
    let products: Vec<f64> = (matrices(left, &batch).iter().zip(matrices(right, &batch)))
        .flat_map(|(a, b)| plain_product(a, &b))
        .collect();
    let shape = [&batch[..], &[left_matrix[0], right_matrix[1]]].concat();
    OracleArray::from_shape_vec(IxDyn(&shape), products).expect("its shape")
}

/// The matrices of the last two axes, one for each index of `batch`.
fn matrices(x: &OracleArray, batch: &[usize]) -> Vec<Array2<f64>> {
    let matrix = &x.shape()[x.ndim() - 2..];
    let wide = x.broadcast(IxDyn(&[batch, matrix].concat())).expect("shapes that fit");
    let stack = reshape(&wide.to_owned(), &[batch.iter().product(), matrix[0], matrix[1]]);
    stack.outer_iter().map(|m| m.to_owned().into_dimensionality::<Ix2>().expect("2")).collect()
}

fn plain_product(a: &Array2<f64>, b: &Array2<f64>) -> Array2<f64> {
    let element = |(i, j)| (0..a.ncols()).map(|k| a[[i, k]] * b[[k, j]]).sum();
    Array2::from_shape_fn((a.nrows(), b.ncols()), element)
}

/// `max(0, x)`.
pub fn relu(x: f64) -> f64 {
    x.max(0.0)
}

/// GELU in its tanh approximation.
pub fn gelu(x: f64) -> f64 {
    let inner = (2.0 / std::f64::consts::PI).sqrt() * (x + 0.044_715 * x.powi(3));
    x / 2.0 * (1.0 + inner.tanh())
}

/// `exp(x) / sum(exp(x))` along an axis.
pub fn softmax(x: &OracleArray, axis: usize) -> OracleArray {
    log_softmax(x, axis).mapv(f64::exp)
}

/// The logarithm of the softmax along an axis.
pub fn log_softmax(x: &OracleArray, axis: usize) -> OracleArray {
    lanes(x, axis, |lane| {
        let top = max(lane);
        let total: f64 = lane.iter().map(|v| (v - top).exp()).sum();
        lane.iter().map(|v| v - top - total.ln()).collect()
    })
}

/// The softmax over the last axis of `scale * scores`, `[..., T, S]`, plus a mask
/// that is minus infinity where a token would see a later one.
pub fn causal_softmax(scores: &OracleArray, scale: f64) -> OracleArray {
    let [.., rows, columns] = *scores.shape() else { panic!("[..., T, S]") };
    let mask = OracleArray::from_shape_fn(IxDyn(&[rows, columns]), |at| {
        if at[1] + rows > columns + at[0] { f64::NEG_INFINITY } else { 0.0 }
    });
    softmax(&(scores * scale + mask), scores.ndim() - 1)
}

/// The mean of `-log_softmax` at the targets; rows without a target do not count.
///
/// # Shapes
/// Logits `[..., C]`, one target per row.
pub fn cross_entropy(logits: &OracleArray, targets: &[Option<usize>]) -> OracleArray {
    let classes = logits.shape()[logits.ndim() - 1];
    let rows = reshape(&log_softmax(logits, logits.ndim() - 1), &[targets.len(), classes]);
    let chosen = targets.iter().enumerate().filter_map(|(row, class)| Some((row, (*class)?)));
    let losses: Vec<f64> = chosen.map(|(row, class)| -rows[[row, class]]).collect();
    scalar(mean(&losses))
}
