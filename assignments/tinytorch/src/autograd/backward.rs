//! The walk from a result back to the leaves.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::{Node, no_grad};
use crate::{Result, Tensor, TensorError};

/// The gradients of the leaves a result came from.
#[derive(Debug, Default)]
pub struct Gradients {
    by_leaf: HashMap<u64, Tensor>,
}

impl Gradients {
    /// The gradient of `leaf`, of its shape; `None` if the result did not come
    /// from it, or it is no leaf.
    pub fn get(&self, leaf: &Tensor) -> Option<&Tensor> {
        self.by_leaf.get(&leaf.node.as_ref()?.id)
    }

    /// As [`get`](Gradients::get), to change it in place: for clipping.
    pub fn get_mut(&mut self, leaf: &Tensor) -> Option<&mut Tensor> {
        self.by_leaf.get_mut(&leaf.node.as_ref()?.id)
    }

    /// The number of leaves that have a gradient.
    pub fn len(&self) -> usize {
        self.by_leaf.len()
    }

    /// Whether no leaf has one.
    pub fn is_empty(&self) -> bool {
        self.by_leaf.is_empty()
    }
}

/// A node that is waiting for its turn, with the gradient added up so far.
struct Pending {
    node: Arc<Node>,
    gradient: Tensor,
}

impl Tensor {
    /// The gradients of this number with respect to every leaf it came from.
    ///
    /// # Errors
    /// When the tensor is not a single number, or came from no leaf.
    ///
    /// # Cost
    /// About twice the operations it came from. The graph stays until the
    /// tensors that hold it are dropped, so it can be walked again.
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
    /// When it has not, or the tensor came from no leaf.
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

/// Visits the nodes with falling ids: all that use a node come before it, so its
/// gradient is complete when its turn comes.
fn walk(root: &Arc<Node>, seed: Tensor) -> Result<Gradients> {
    let mut gradients = Gradients::default();
    let mut pending = BTreeMap::new();
    pending.insert(root.id, Pending { node: Arc::clone(root), gradient: seed });
    while let Some((id, Pending { node, gradient })) = pending.pop_last() {
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

fn add_share(pending: &mut BTreeMap<u64, Pending>, input: &Arc<Node>, share: Tensor) -> Result<()> {
    if *share.shape() != *input.shape {
        let reason = "a gradient has another shape than its tensor (a bug in the library)";
        let (got, wanted) = (share.shape(), &input.shape[..]);
        return Err(TensorError::mismatch("backward", got, wanted, reason.to_string()));
    }
    if let Some(waiting) = pending.get_mut(&input.id) {
        // In place where nobody else shares the elements.
        waiting.gradient.data += &share.data;
    } else {
        let node = Arc::clone(input);
        pending.insert(input.id, Pending { node, gradient: share });
    }
    Ok(())
}
