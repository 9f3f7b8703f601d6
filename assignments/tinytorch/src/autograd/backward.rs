//! The backward pass: from a result to its leaves.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::{Node, no_grad};
use crate::{Result, Tensor, TensorError};

/// The gradients of a result's leaves.
#[derive(Debug, Default)]
pub struct Gradients {
    by_leaf: HashMap<u64, Tensor>,
}

impl Gradients {
    /// The gradient of `leaf`, with the same shape. `None` if `leaf` is not a
    /// leaf or the result does not depend on it.
    pub fn get(&self, leaf: &Tensor) -> Option<&Tensor> {
        self.by_leaf.get(&leaf.node.as_ref()?.id)
    }

    /// Like [`get`](Gradients::get), but mutable: for clipping.
    pub fn get_mut(&mut self, leaf: &Tensor) -> Option<&mut Tensor> {
        self.by_leaf.get_mut(&leaf.node.as_ref()?.id)
    }

    /// The number of leaves that have a gradient.
    pub fn len(&self) -> usize {
        self.by_leaf.len()
    }

    /// Whether no leaf has a gradient.
    pub fn is_empty(&self) -> bool {
        self.by_leaf.is_empty()
    }
}

/// A node that has not been visited yet, with the gradient accumulated so far.
struct PendingNode {
    node: Arc<Node>,
    gradient: Tensor,
}

impl Tensor {
    /// The gradients of this single-element tensor with respect to every leaf
    /// that it depends on.
    ///
    /// # Errors
    /// When the tensor has more than one element or depends on no leaf.
    ///
    /// # Cost
    /// About twice the operations of the forward pass. The graph stays until the
    /// tensors that hold it are dropped, so `backward` can be called again.
    pub fn backward(&self) -> Result<Gradients> {
        if self.len() != 1 {
            let reason = "only a single number has gradients without a seed; \
                          use sum_all, mean_all or backward_from";
            return Err(TensorError::shape("backward", self.shape(), reason.to_string()));
        }
        self.backward_from(&Tensor::ones(self.shape()))
    }

    /// The gradients of `sum(self * seed)` with respect to every leaf.
    ///
    /// # Shapes
    /// `seed` has the shape of `self`.
    ///
    /// # Errors
    /// When the shapes differ or the tensor depends on no leaf.
    pub fn backward_from(&self, seed: &Tensor) -> Result<Gradients> {
        if seed.shape() != self.shape() {
            let reason = "the seed must have the tensor's shape".to_string();
            return Err(TensorError::mismatch("backward", self.shape(), seed.shape(), reason));
        }
        let Some(root) = &self.node else {
            let reason = "came from no tensor that requires_grad, so there is nothing to \
                          differentiate (or it was computed inside no_grad)";
            return Err(TensorError::value("backward", self.shape(), reason.to_string()));
        };
        no_grad(|| walk(root, seed.detach()))
    }
}

/// Visits the nodes in order of falling id: every node that uses a node comes
/// before it, so a node's gradient is complete when it is visited.
fn walk(root: &Arc<Node>, seed: Tensor) -> Result<Gradients> {
    let mut gradients = Gradients::default();
    let mut pending = BTreeMap::new();
    pending.insert(root.id, PendingNode { node: Arc::clone(root), gradient: seed });
    while let Some((id, PendingNode { node, gradient })) = pending.pop_last() {
        let Some(backward) = &node.backward else {
            gradients.by_leaf.insert(id, gradient);
            continue;
        };
        for (input, share) in node.inputs.iter().zip(backward(&gradient)?) {
            if let (Some(input), Some(share)) = (input, share) {
                add_share(&mut pending, input, share)?;
            }
        }
    }
    Ok(gradients)
}

fn add_share(
    pending: &mut BTreeMap<u64, PendingNode>,
    input: &Arc<Node>,
    share: Tensor,
) -> Result<()> {
    if *share.shape() != *input.shape {
        let reason = "a gradient has another shape than its tensor (a bug in the library)";
        let got = share.shape();
        let wanted = &input.shape[..];
        return Err(TensorError::mismatch("backward", got, wanted, reason.to_string()));
    }
    if let Some(waiting) = pending.get_mut(&input.id) {
        // In place if no other tensor shares the elements.
        waiting.gradient.data += &share.data;
    } else {
        let node = Arc::clone(input);
        pending.insert(input.id, PendingNode { node, gradient: share });
    }
    Ok(())
}
