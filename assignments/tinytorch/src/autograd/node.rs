//! A node of the graph: one recorded operation, or a leaf.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::{Result, Tensor};

/// From the gradient of an operation's output to those of its inputs, in order.
pub(crate) type BackwardFn = Box<dyn Fn(&Tensor) -> Result<Vec<Option<Tensor>>> + Send + Sync>;

/// One recorded operation, or a leaf.
pub(crate) struct Node {
    /// Grows with each node, so an operation's id is above those of its inputs.
    pub(super) id: u64,
    /// The shape of the node's tensor, and of its gradient.
    pub(super) shape: Vec<usize>,
    /// The inputs' nodes; `None` where an input needs no gradient.
    pub(super) inputs: Vec<Option<Arc<Node>>>,
    /// `None` for a leaf.
    pub(super) backward: Option<BackwardFn>,
}

static NEXT_ID: AtomicU64 = AtomicU64::new(0);

impl Node {
    fn new(shape: &[usize], inputs: Vec<Option<Arc<Node>>>, backward: Option<BackwardFn>) -> Self {
        let id = NEXT_ID.fetch_add(1, Ordering::Relaxed);
        Self { id, shape: shape.to_vec(), inputs, backward }
    }

    pub(super) fn leaf(shape: &[usize]) -> Arc<Self> {
        Arc::new(Self::new(shape, Vec::new(), None))
    }

    pub(super) fn operation(
        shape: &[usize],
        inputs: Vec<Option<Arc<Node>>>,
        backward: BackwardFn,
    ) -> Arc<Self> {
        Arc::new(Self::new(shape, inputs, Some(backward)))
    }
}

impl Drop for Node {
    /// Frees the graph with a loop. If each node dropped its inputs
    /// recursively, a long chain of operations would overflow the stack.
    fn drop(&mut self) {
        let mut pending: Vec<Arc<Node>> = self.inputs.drain(..).flatten().collect();
        while let Some(node) = pending.pop() {
            if let Some(mut last) = Arc::into_inner(node) {
                pending.extend(last.inputs.drain(..).flatten());
            }
        }
    }
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.backward.is_some() { "operation" } else { "leaf" };
        write!(f, "{kind} {} {:?}", self.id, self.shape)
    }
}
