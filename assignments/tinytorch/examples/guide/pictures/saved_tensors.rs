//! Two layers, operation by operation: the values, and the tensors that each operation
//! really keeps.

use tinytorch::alloc::counters;
use tinytorch::autograd::Gradients;
use tinytorch::loss::cross_entropy;
use tinytorch::{Result, Rng, Tensor};

/// Rows, features, hidden features, classes: all different.
const SIZES: [usize; 4] = [64, 16, 32, 10];

type ApplyFn = fn(&[Tensor]) -> Result<Tensor>;
/// A tensor and its name.
pub(super) type NamedTensor = (&'static str, Tensor);

/// One operation of the model.
pub(super) struct ModelStage {
    pub(super) operation: &'static str,
    pub(super) input: NamedTensor,
    /// A parameter, if the operation has one.
    pub(super) parameter: Option<NamedTensor>,
    pub(super) output: NamedTensor,
    /// Names of the tensors that it keeps until the graph is dropped.
    pub(super) keeps: Vec<&'static str>,
}

/// The model's operations, and the gradients of its parameters.
pub(super) fn stages() -> Result<(Vec<ModelStage>, Gradients)> {
    let [rows, features, hidden, classes] = SIZES;
    let mut rng = Rng::new(7);
    let mut leaf = |shape: &[usize]| Tensor::randn(shape, 0.3, &mut rng).requires_grad();
    let x = leaf(&[rows, features]).detach(); // data: needs no gradient
    let matmul: ApplyFn = |t| t[0].matmul(&t[1]);
    let add: ApplyFn = |t| t[0].add(&t[1]);
    let loss: ApplyFn = |t| cross_entropy(&t[0], &vec![3; t[0].shape()[0]]);
    let plan = [
        ("matmul", Some(("W1", leaf(&[features, hidden]))), "h", matmul),
        ("add", Some(("b1", leaf(&[hidden]))), "a", add),
        ("relu", None, "r", |t: &[Tensor]| Ok(t[0].relu())),
        ("matmul", Some(("W2", leaf(&[hidden, classes]))), "o", matmul),
        ("add", Some(("b2", leaf(&[classes]))), "s", add),
        ("cross_entropy", None, "loss", loss),
    ];
    let mut stages: Vec<ModelStage> = Vec::new();
    for (operation, parameter, name, apply) in plan {
        let input = stages.last().map_or(("x", x.clone()), |stage| stage.output.clone());
        let inputs: Vec<NamedTensor> =
            [Some(input.clone()), parameter.clone()].into_iter().flatten().collect();
        let keeps = kept(apply, &inputs, name)?;
        let tensors: Vec<Tensor> = inputs.into_iter().map(|(_, tensor)| tensor).collect();
        let output = (name, apply(&tensors)?);
        stages.push(ModelStage { operation, input, parameter, output, keeps });
    }
    let gradients = stages[stages.len() - 1].output.1.backward()?;
    Ok((stages, gradients))
}

/// The tensors that stay allocated when only the graph can still hold them.
fn kept(
    apply: ApplyFn,
    inputs: &[NamedTensor],
    output_name: &'static str,
) -> Result<Vec<&'static str>> {
    let fresh: Result<Vec<Tensor>> = inputs.iter().map(|(_, tensor)| copy(tensor)).collect();
    let fresh = fresh?;
    let output = apply(&fresh)?;
    let mut keeps = Vec::new();
    for ((name, _), tensor) in inputs.iter().zip(fresh) {
        if !is_freed(tensor) {
            keeps.push(*name);
        }
    }
    let graph = output.sum_all(); // holds what the operation recorded, but not its output
    if !is_freed(output) {
        keeps.push(output_name);
    }
    drop(graph);
    Ok(keeps)
}

/// The same elements in separate memory.
fn copy(tensor: &Tensor) -> Result<Tensor> {
    let copy = Tensor::from_vec(tensor.to_vec(), tensor.shape())?;
    Ok(if tensor.tracks_grad() { copy.requires_grad() } else { copy })
}

/// Whether dropping this handle frees the elements.
fn is_freed(tensor: Tensor) -> bool {
    let (bytes, before) = (tensor.nbytes(), counters().live_bytes);
    drop(tensor);
    before - counters().live_bytes >= bytes
}
