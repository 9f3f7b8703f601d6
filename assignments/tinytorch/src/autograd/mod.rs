//! Reverse-mode automatic differentiation.
//!
//! A tensor that [`requires_grad`](Tensor::requires_grad) is a leaf. Every
//! operation on it, and on results computed from it, is recorded as a node of a
//! graph that points from the result back to its inputs.
//! [`backward`](Tensor::backward) walks that graph from the result to the leaves
//! and returns their [`Gradients`]. It changes no tensor, so there is nothing to
//! reset between steps.
//!
//! Tensors that depend on no leaf record nothing and cost nothing extra. Inside
//! [`no_grad`] nothing is recorded at all: use it for inference with a model whose
//! parameters are leaves. The [guide](crate::guide::backward) shows all of this on
//! two layers.
//!
//! ```
//! use tinytorch::Tensor;
//!
//! let x = Tensor::from_vec(vec![1.0, 2.0, 3.0], &[3])?.requires_grad();
//! let loss = x.mul(&x)?.sum_all();
//! let gradients = loss.backward()?;
//! assert_eq!(gradients.get(&x).unwrap().to_vec(), [2.0, 4.0, 6.0]);
//! # Ok::<(), tinytorch::TensorError>(())
//! ```
//!
//! Source: Griewank and Walther, "Evaluating Derivatives" (2008), chapter 3.

mod backward;
mod broadcast;
mod mode;
mod node;

pub use backward::Gradients;
pub(crate) use broadcast::unbroadcast;
pub use mode::{is_grad_enabled, no_grad};
pub(crate) use node::{BackwardFn, Node};

use crate::Tensor;

/// Whether an operation on these inputs is recorded.
pub(crate) fn records<'a>(inputs: impl IntoIterator<Item = &'a Tensor>) -> bool {
    is_grad_enabled() && inputs.into_iter().any(Tensor::tracks_grad)
}

impl Tensor {
    /// The same elements as a new leaf: operations on it are recorded from now on,
    /// and [`backward`](Tensor::backward) returns its gradient.
    ///
    /// A clone is the same leaf. The new leaf has no link to the graph that
    /// produced `self`.
    pub fn requires_grad(mut self) -> Tensor {
        self.node = Some(Node::leaf(self.shape()));
        self
    }

    /// Whether operations on this tensor are recorded: it is a leaf, or was
    /// computed from one outside [`no_grad`].
    pub fn tracks_grad(&self) -> bool {
        self.node.is_some()
    }

    /// The same elements without a graph. Nothing is copied.
    pub fn detach(&self) -> Tensor {
        Tensor { data: self.data.clone(), node: None }
    }

    /// Records that `self` was computed from `inputs`, if any of them is tracked.
    ///
    /// `backward` takes which inputs need a gradient and returns the function from
    /// the gradient of `self` to theirs (`None` for inputs that need none). Tensors
    /// captured by that function must be detached: a node that held its own output
    /// would never be freed.
    /// output would never be freed.
    pub(crate) fn record<const N: usize>(
        self,
        inputs: [&Tensor; N],
        backward: impl FnOnce([bool; N]) -> BackwardFn,
    ) -> Tensor {
        self.record_with_output(inputs, |needs, _| backward(needs))
    }

    /// Like [`record`](Tensor::record), for a gradient that is computed from the
    /// result itself. `backward` gets the result detached.
    pub(crate) fn record_with_output<const N: usize>(
        self,
        inputs: [&Tensor; N],
        backward: impl FnOnce([bool; N], Tensor) -> BackwardFn,
    ) -> Tensor {
        if !records(inputs) {
            return self;
        }
        let backward = backward(inputs.map(Tensor::tracks_grad), self.detach());
        self.with_node(inputs, backward)
    }

    /// Like [`record`](Tensor::record), for any number of inputs.
    pub(crate) fn record_all(
        self,
        inputs: &[Tensor],
        backward: impl FnOnce(Vec<bool>) -> BackwardFn,
    ) -> Tensor {
        if !records(inputs) {
            return self;
        }
        let backward = backward(inputs.iter().map(Tensor::tracks_grad).collect());
        self.with_node(inputs, backward)
    }

    fn with_node<'a>(
        self,
        inputs: impl IntoIterator<Item = &'a Tensor>,
        backward: BackwardFn,
    ) -> Tensor {
        let edges = inputs.into_iter().map(|input| input.node.clone()).collect();
        let node = Node::operation(self.shape(), edges, backward);
        Tensor { node: Some(node), ..self }
    }
}
