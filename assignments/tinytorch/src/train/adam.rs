//! Adam, with decoupled weight decay.

use std::collections::BTreeMap;

use super::optimizer::{Optimizer, OptimizerState, buffer, checked_gradients, elements_mut};
use crate::autograd::Gradients;
use crate::{Result, Tensor};

/// Adam: each element moves by about the learning rate, whatever the scale of its
/// gradient. With weight decay it is `AdamW`: the decay is decoupled, so it does
/// not go through the moments.
///
/// With gradient `g` at step `t = 1, 2, ...`, for each parameter `p`:
///
/// ```text
/// p <- p - lr wd p
/// m <- b1 m + (1 - b1) g              (m, v start at 0)
/// v <- b2 v + (1 - b2) g^2
/// p <- p - lr (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps)
/// ```
///
/// Source: Kingma and Ba, "Adam: A Method for Stochastic Optimization" (2015),
/// algorithm 1; Loshchilov and Hutter, "Decoupled Weight Decay Regularization"
/// (2019), with the decay multiplied by the learning rate, as
/// `torch.optim.AdamW` does.
///
/// ```
/// use tinytorch::train::{Adam, Optimizer};
///
/// let adam = Adam::new(1e-3);
/// let adamw = Adam::new(1e-3).weight_decay(0.1).decay_matrices_only();
/// assert_ne!(adam.settings(), adamw.settings());
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Adam {
    learning_rate: f64,
    betas: (f64, f64),
    epsilon: f64,
    weight_decay: f64,
    decay_matrices_only: bool,
    steps: u64,
    first_moment: BTreeMap<String, Tensor>,
    second_moment: BTreeMap<String, Tensor>,
}

impl Adam {
    /// The default settings: betas 0.9 and 0.999, epsilon 1e-8, no weight decay.
    pub fn new(learning_rate: f64) -> Self {
        Self {
            learning_rate,
            betas: (0.9, 0.999),
            epsilon: 1e-8,
            weight_decay: 0.0,
            decay_matrices_only: false,
            steps: 0,
            first_moment: BTreeMap::new(),
            second_moment: BTreeMap::new(),
        }
    }

    /// The decay rates of the moments: of the gradient, and of its square.
    pub fn betas(self, first: f64, second: f64) -> Self {
        Self { betas: (first, second), ..self }
    }

    /// The number that keeps the division finite.
    pub fn epsilon(self, epsilon: f64) -> Self {
        Self { epsilon, ..self }
    }

    /// The strength of the pull toward 0: each step subtracts the fraction
    /// `learning rate * weight_decay` of a parameter.
    pub fn weight_decay(self, weight_decay: f64) -> Self {
        Self { weight_decay, ..self }
    }

    /// No decay for parameters with fewer than two axes: biases, and the weights
    /// of normalizations.
    pub fn decay_matrices_only(self) -> Self {
        Self { decay_matrices_only: true, ..self }
    }

    /// The rule of step `t` for a parameter of `ndim` axes. The parts that do not
    /// depend on the element are computed once, in f64: `1 - 0.999` in f32 is
    /// wrong in the fifth digit.
    fn rule(&self, t: u64, ndim: usize) -> AdamStep {
        let exponent = i32::try_from(t).unwrap_or(i32::MAX);
        let correction = (1.0 - self.betas.0.powi(exponent), 1.0 - self.betas.1.powi(exponent));
        let decays = ndim >= 2 || !self.decay_matrices_only;
        let decay = if decays { self.learning_rate * self.weight_decay } else { 0.0 };
        AdamStep {
            keep: (1.0 - decay) as f32,
            beta_1: self.betas.0 as f32,
            rest_1: (1.0 - self.betas.0) as f32,
            beta_2: self.betas.1 as f32,
            rest_2: (1.0 - self.betas.1) as f32,
            step_size: (self.learning_rate / correction.0) as f32,
            root_of_correction: correction.1.sqrt() as f32,
            epsilon: self.epsilon as f32,
        }
    }
}

impl Optimizer for Adam {
    fn step(
        &mut self,
        parameters: Vec<(String, &mut Tensor)>,
        gradients: &Gradients,
    ) -> Result<()> {
        let gradients = checked_gradients("adam", &parameters, gradients)?;
        for ((name, parameter), gradient) in parameters.into_iter().zip(gradients) {
            let rule = self.rule(self.steps + 1, parameter.ndim());
            let first = buffer("adam", &mut self.first_moment, &name, parameter)?;
            let second = buffer("adam", &mut self.second_moment, &name, parameter)?;
            rule.apply(elements_mut(parameter), &gradient, first, second);
        }
        self.steps += 1;
        Ok(())
    }

    fn learning_rate(&self) -> f64 {
        self.learning_rate
    }

    fn set_learning_rate(&mut self, learning_rate: f64) {
        self.learning_rate = learning_rate;
    }

    fn settings(&self) -> String {
        let Self { betas, epsilon, weight_decay, decay_matrices_only, .. } = self;
        let only = if *decay_matrices_only { " of matrices" } else { "" };
        format!(
            "adam, betas {} {}, epsilon {epsilon}, weight decay {weight_decay}{only}",
            betas.0, betas.1
        )
    }

    fn state(&self) -> OptimizerState {
        let buffers = [
            ("first_moment".to_string(), self.first_moment.clone()),
            ("second_moment".to_string(), self.second_moment.clone()),
        ];
        OptimizerState { steps: self.steps, buffers: BTreeMap::from(buffers) }
    }

    fn restore(&mut self, mut state: OptimizerState) -> Result<()> {
        let steps = state.steps;
        let first = state.take("adam", "first_moment", true)?;
        let second = state.take("adam", "second_moment", true)?;
        state.finish("adam")?;
        self.steps = steps;
        self.first_moment = first;
        self.second_moment = second;
        Ok(())
    }
}

/// The numbers of one step, in the precision of the elements.
struct AdamStep {
    keep: f32,
    beta_1: f32,
    rest_1: f32,
    beta_2: f32,
    rest_2: f32,
    step_size: f32,
    root_of_correction: f32,
    epsilon: f32,
}

impl AdamStep {
    fn apply(
        &self,
        parameter: &mut [f32],
        gradient: &[f32],
        first: &mut [f32],
        second: &mut [f32],
    ) {
        let moments = first.iter_mut().zip(second);
        for ((p, &g), (m, v)) in parameter.iter_mut().zip(gradient).zip(moments) {
            *m = self.beta_1 * *m + self.rest_1 * g;
            *v = self.beta_2 * *v + self.rest_2 * g * g;
            let scale = v.sqrt() / self.root_of_correction + self.epsilon;
            *p = self.keep * *p - self.step_size * *m / scale;
        }
    }
}
