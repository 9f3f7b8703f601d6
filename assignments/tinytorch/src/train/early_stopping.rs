//! Stops a training that no longer improves.

use std::collections::BTreeMap;

use crate::layer::load_parameters;
use crate::{Layer, Result, Tensor};

/// Watches a score that should fall, reports when it has stopped falling, and
/// keeps the parameters with the lowest score.
///
/// Source: Prechelt, "Early Stopping - But When?" (1998), the criterion of
/// successive strips without improvement.
///
/// ```
/// use tinytorch::train::EarlyStopping;
/// use tinytorch::{Rng, nn::Linear};
///
/// let model = Linear::new(2, 1, true, &mut Rng::new(1));
/// let mut stopping = EarlyStopping::new(1);
/// let stop: Vec<bool> =
///     [0.9, 0.5, 0.6, 0.5].iter().map(|&score| stopping.observe(score, &model)).collect();
/// assert_eq!(stop, [false, false, false, true]);
/// assert_eq!(stopping.best_score(), Some(0.5));
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct EarlyStopping {
    patience: usize,
    min_delta: f64,
    pub(super) state: StoppingState,
}

/// The state of early stopping between epochs.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct StoppingState {
    pub(super) best_score: Option<f64>,
    pub(super) best_parameters: BTreeMap<String, Tensor>,
    pub(super) epochs_without_improvement: usize,
}

impl EarlyStopping {
    /// Stops when more than `patience` epochs in a row have no better score.
    pub fn new(patience: usize) -> Self {
        Self { patience, min_delta: 0.0, state: StoppingState::default() }
    }

    /// A score counts as better only if it is lower by more than this.
    pub fn min_delta(self, min_delta: f64) -> Self {
        Self { min_delta, ..self }
    }

    /// Takes the score of an epoch and returns whether to stop. NaN is never
    /// better.
    ///
    /// # Cost
    /// No immediate copy: the best parameters share their elements with the
    /// model until its next step, which copies them.
    pub fn observe(&mut self, score: f64, model: &dyn Layer) -> bool {
        let state = &mut self.state;
        let is_better = match state.best_score {
            Some(best) => score < best - self.min_delta,
            None => !score.is_nan(),
        };
        if is_better {
            let parameters = model.parameters().into_iter();
            state.best_parameters = parameters.map(|(name, t)| (name, t.detach())).collect();
            state.best_score = Some(score);
            state.epochs_without_improvement = 0;
        } else {
            state.epochs_without_improvement += 1;
        }
        state.epochs_without_improvement > self.patience
    }

    /// The lowest score so far.
    pub fn best_score(&self) -> Option<f64> {
        self.state.best_score
    }

    /// Restores the best parameters into the model, if there was any score.
    ///
    /// # Errors
    /// When it is not the model that was observed.
    pub fn restore_best(&self, model: &mut dyn Layer) -> Result<()> {
        if self.state.best_score.is_none() {
            return Ok(());
        }
        load_parameters(model, self.state.best_parameters.clone().into_iter().collect())
    }

    /// The settings that must match when a training resumes, as text.
    pub(super) fn settings(&self) -> String {
        format!("patience {}, min_delta {}", self.patience, self.min_delta)
    }
}
