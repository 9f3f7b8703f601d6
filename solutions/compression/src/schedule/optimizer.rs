//! An optimizer that keeps what is pruned at 0.

use crate::{ModelMasks, Result, Scope, SparsitySchedule};
// BEGIN SOLUTION: -
use crate::magnitude::{prune_together, set_zeros};
use crate::{CompressionError, Mask};
use tinytorch::TensorError;
// END SOLUTION
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
        // BEGIN SOLUTION: new masks if the schedule says so, the inner step, then the masks
        let step = self.inner.state().steps;
        if let Some((schedule, scope)) = self.schedule
            && schedule.prunes_at(step)
        {
            self.masks = masks_of(&parameters, schedule.sparsity(step), scope).map_err(invalid)?;
        }
        let mut parameters = parameters;
        let again = parameters.iter_mut().map(|(name, parameter)| (name.clone(), &mut **parameter));
        self.inner.step(again.collect(), gradients)?;
        for (name, parameter) in parameters {
            if let Some(mask) = self.masks.get(&name) {
                set_zeros(parameter, mask).map_err(invalid)?;
            }
        }
        Ok(())
        // END SOLUTION
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
        // BEGIN SOLUTION: the inner state with the masks
        let mut state = self.inner.state();
        let masks = self.masks.masks().iter().filter_map(|(name, mask)| {
            let kept = mask.kept().iter().map(|kept| f32::from(u8::from(*kept))).collect();
            Some((name.clone(), Tensor::from_vec(kept, mask.shape()).ok()?))
        });
        state.buffers.insert(MASK.to_owned(), masks.collect());
        state
        // END SOLUTION
    }

    fn restore(&mut self, state: OptimizerState) -> TensorResult<()> {
        // BEGIN SOLUTION: take the masks out, give the rest to the inner optimizer
        let mut state = state;
        let Some(masks) = state.buffers.remove(MASK) else {
            let reason = format!("the saved state lacks {MASK}");
            return Err(TensorError::InvalidConfig { op: "PruningOptimizer::restore", reason });
        };
        self.inner.restore(state)?;
        let masks = masks.iter().map(|(name, kept)| (name.clone(), Mask::of_zeros(kept)));
        self.masks = ModelMasks::new(masks.collect());
        Ok(())
        // END SOLUTION
    }
}
// BEGIN SOLUTION: -

/// What the masks are called in a state.
const MASK: &str = "mask";

/// The masks of the weights among these parameters.
fn masks_of(
    parameters: &[(String, &mut Tensor)],
    sparsity: f64,
    scope: Scope,
) -> Result<ModelMasks> {
    let weights = parameters.iter().filter(|(_, parameter)| parameter.ndim() >= 2);
    let weights: Vec<_> = weights.map(|(name, parameter)| (name.clone(), &**parameter)).collect();
    prune_together("PruningOptimizer::step", &weights, sparsity, scope)
}

#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
fn invalid(error: CompressionError) -> TensorError {
    TensorError::InvalidConfig { op: "PruningOptimizer::step", reason: error.to_string() }
}
// END SOLUTION
