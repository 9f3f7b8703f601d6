//! An optimizer that keeps what is pruned at 0.

use crate::{ModelMasks, Result, Scope, SparsitySchedule};
use tinytorch::autograd::Gradients;
use tinytorch::train::{Optimizer, OptimizerState};
use tinytorch::{Result as TensorResult, Tensor};

/// An optimizer around another one: after each of its steps, pruned weights are 0 again, whatever momentum, moments and
/// weight decay made of them. With a schedule, the masks are made anew at the steps that it names, *before* the inner step,
/// from the weights as they are then; a weight that is pruned at one of them may come back at the next, because it is its
/// magnitude that counts, which is 0: so it comes back only if nothing smaller is left.
///
/// Steps are those of the inner optimizer's state, so a training that is resumed goes on with its schedule. The masks are
/// part of the [`state`](Optimizer::state): buffers called `mask`, with 1 for what is kept and 0 for what is pruned.
#[derive(Debug)]
pub struct PruningOptimizer<O> {
    inner: O,
    schedule: Option<(SparsitySchedule, Scope)>,
    masks: ModelMasks,
}

impl<O: Optimizer> PruningOptimizer<O> {
    /// Masks that stay as they are.
    pub fn fixed(inner: O, masks: ModelMasks) -> Self {
        Self { inner, schedule: None, masks }
    }

    /// Masks that grow along a schedule.
    ///
    /// # Errors
    /// Those of [`SparsitySchedule::checked`].
    pub fn gradual(inner: O, schedule: SparsitySchedule, scope: Scope) -> Result<Self> {
        let schedule = Some((schedule.checked()?, scope));
        Ok(Self { inner, schedule, masks: ModelMasks::default() })
    }

    /// The masks as they are now.
    pub fn masks(&self) -> &ModelMasks {
        &self.masks
    }
}

impl<O: Optimizer> Optimizer for PruningOptimizer<O> {
    /// Besides the errors of the inner optimizer: those of pruning, as
    /// [`InvalidConfig`](tinytorch::TensorError::InvalidConfig) of `PruningOptimizer::step`.
    fn step(
        &mut self,
        parameters: Vec<(String, &mut Tensor)>,
        gradients: &Gradients,
    ) -> TensorResult<()> {
        let _ = (&parameters, &gradients); // Not used yet: goes with the todo!.
        todo!("new masks if the schedule says so, the inner step, then the masks")
    }

    fn learning_rate(&self) -> f64 {
        self.inner.learning_rate()
    }

    fn set_learning_rate(&mut self, learning_rate: f64) {
        self.inner.set_learning_rate(learning_rate);
    }

    /// Those of the inner optimizer and the schedule.
    fn settings(&self) -> String {
        format!("pruned by {:?}: {}", self.schedule, self.inner.settings())
    }

    fn state(&self) -> OptimizerState {
        todo!("the inner state with the masks")
    }

    fn restore(&mut self, state: OptimizerState) -> TensorResult<()> {
        let _ = &state; // Not used yet: goes with the todo!.
        todo!("take the masks out, give the rest to the inner optimizer")
    }
}
