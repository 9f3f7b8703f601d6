//! Gradients against central differences of an independent forward in f64.
//!
//! A gradient in f32 has about seven digits, a central difference in f32 only
//! three: too few to notice a small mistake. So the difference is computed in
//! f64, with a forward pass that shares no code with the library.

use ndarray::Dimension;
use tinytorch::{Result, Rng, Tensor};

use super::oracle::{OracleArray, array};

/// The function under test: from the inputs to one result.
pub type Forward<'a> = &'a dyn Fn(&[Tensor]) -> Result<Tensor>;
/// The same in f64.
pub type Oracle<'a> = &'a dyn Fn(&[OracleArray]) -> OracleArray;

/// The allowed error of a gradient, relative to its largest element.
const TOLERANCE: f64 = 1e-4;
/// The smallest scale for that comparison: where a gradient cancels to 0, a
/// rounding error remains.
const LEAST_SCALE: f64 = 1e-2;
/// Inputs with more elements than this are probed at a random choice of them.
const PROBES: usize = 48;

/// Compares the result with the oracle's, and the gradients of
/// `sum(result * seed)`, for a random seed, with central differences of the
/// oracle. Each input is a leaf.
///
/// An input's gradient must not depend on which other inputs are tracked, nor
/// on the memory layout of the elements.
///
/// # Panics
/// Where they differ, with the input, the index and both numbers.
#[track_caller]
pub fn check_gradients(inputs: &[Tensor], forward: Forward<'_>, oracle: Oracle<'_>) {
    let points: Vec<OracleArray> = inputs.iter().map(array).collect();
    let leaves: Vec<Tensor> = inputs.iter().map(|x| x.detach().requires_grad()).collect();
    let result = forward(&leaves).expect("the operation accepts the inputs");
    assert_near("the result", &result, &oracle(&points));

    let seed = Tensor::randn(result.shape(), 1.0, &mut Rng::new(97));
    let gradients = gradients_of(&result, &leaves, &seed);
    let wide_seed = array(&seed);
    let loss = |at: &[OracleArray]| (oracle(at) * &wide_seed).sum();
    for (i, gradient) in gradients.iter().enumerate() {
        check_against_differences(i, gradient, &points, &loss);
    }
    check_one_at_a_time(inputs, forward, &seed, &gradients);
    check_other_layout(inputs, forward, &seed, &gradients);
}

#[track_caller]
fn gradients_of(result: &Tensor, leaves: &[Tensor], seed: &Tensor) -> Vec<Tensor> {
    let gradients = result.backward_from(seed).expect("a recorded result");
    let of_leaf = |leaf| gradients.get(leaf).expect("a gradient for each input").clone();
    leaves.iter().map(of_leaf).collect()
}

#[track_caller]
fn check_against_differences(
    input: usize,
    gradient: &Tensor,
    points: &[OracleArray],
    loss: &dyn Fn(&[OracleArray]) -> f64,
) {
    assert_eq!(gradient.shape(), points[input].shape(), "the shape of gradient {input}");
    let gradient: Vec<f64> = array(gradient).into_iter().collect();
    let probed = probes(gradient.len());
    let numeric: Vec<f64> =
        probed.iter().map(|&i| central_difference(points, input, i, loss)).collect();
    let scale = numeric.iter().fold(LEAST_SCALE, |scale, g| scale.max(g.abs()));
    for (&i, expected) in probed.iter().zip(numeric) {
        let (actual, allowed) = (gradient[i], TOLERANCE * scale);
        let index = position(i, points[input].shape());
        assert!(
            (actual - expected).abs() <= allowed,
            "gradient {input} at {index:?}: {actual} instead of {expected}, allowed {allowed:.1e}"
        );
    }
}

/// The derivative of `loss` with respect to one element, to about ten digits.
fn central_difference(
    points: &[OracleArray],
    input: usize,
    element: usize,
    loss: &dyn Fn(&[OracleArray]) -> f64,
) -> f64 {
    let moved = |by: f64| {
        let mut points = points.to_vec();
        let slot = points[input].as_slice_mut().expect("row by row");
        slot[element] += by;
        loss(&points)
    };
    let x = points[input].as_slice().expect("row by row")[element];
    let step = 1e-5 * x.abs().max(1.0);
    (moved(step) - moved(-step)) / (2.0 * step)
}

/// Positions of the elements to probe: all, or a random choice if there are
/// many.
fn probes(len: usize) -> Vec<usize> {
    let mut all: Vec<usize> = (0..len).collect();
    if len > PROBES {
        Rng::new(len as u64).shuffle(&mut all);
        all.truncate(PROBES);
    }
    all
}

/// The index of the element at a row-by-row position.
fn position(mut at: usize, shape: &[usize]) -> Vec<usize> {
    let mut index: Vec<usize> = shape.iter().rev().map(|&n| (at % n, at /= n).0).collect();
    index.reverse();
    index
}

/// If only one input is tracked, its gradient has the same bits.
#[track_caller]
fn check_one_at_a_time(inputs: &[Tensor], forward: Forward<'_>, seed: &Tensor, all: &[Tensor]) {
    if inputs.len() < 2 {
        return;
    }
    for (i, expected) in all.iter().enumerate() {
        let mut inputs: Vec<Tensor> = inputs.iter().map(Tensor::detach).collect();
        inputs[i] = inputs[i].detach().requires_grad();
        let result = forward(&inputs).expect("it worked with all tracked");
        let alone = gradients_of(&result, &inputs[i..=i], seed);
        assert_eq!(&alone[0], expected, "gradient {i} with only that input tracked");
    }
}

/// If the elements are stored column by column, nothing changes.
#[track_caller]
fn check_other_layout(inputs: &[Tensor], forward: Forward<'_>, seed: &Tensor, all: &[Tensor]) {
    let leaves: Vec<Tensor> = inputs.iter().map(|x| column_by_column(x).requires_grad()).collect();
    let result = forward(&leaves).expect("it worked row by row");
    let gradients = gradients_of(&result, &leaves, &column_by_column(seed));
    for (actual, expected) in gradients.iter().zip(all) {
        assert_near("a gradient in another layout", actual, &array(expected));
    }
}

/// The same tensor, with its first axis fastest in memory.
pub fn column_by_column(tensor: &Tensor) -> Tensor {
    let reversed: Vec<usize> = (0..tensor.ndim()).rev().collect();
    let stored = tensor.detach().permute(&reversed).expect("each axis once");
    let stored = Tensor::from_vec(stored.to_vec(), stored.shape()).expect("its own shape");
    stored.permute(&reversed).expect("each axis once")
}

#[track_caller]
fn assert_near(what: &str, actual: &Tensor, expected: &OracleArray) {
    assert_eq!(actual.shape(), expected.shape(), "the shape of {what}");
    let scale = expected.iter().fold(1.0_f64, |scale, x| scale.max(x.abs()));
    for (actual, (index, expected)) in array(actual).iter().zip(expected.indexed_iter()) {
        let at = index.slice();
        assert!(
            (actual - expected).abs() <= 1e-5 * scale,
            "{what} at {at:?}: {actual} instead of {expected}"
        );
    }
}
