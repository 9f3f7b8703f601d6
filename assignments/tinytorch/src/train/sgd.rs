//! Stochastic gradient descent.

use std::collections::BTreeMap;

use super::optimizer::{Optimizer, OptimizerState, buffer, checked_gradients, elements_mut};
use crate::autograd::Gradients;
use crate::{Result, Tensor};

/// Stochastic gradient descent, with optional momentum and weight decay.
///
/// With gradient `g`, momentum `mu`, weight decay `wd` and learning rate `lr`,
/// for each parameter `p`:
///
/// ```text
/// g <- g + wd p
/// v <- mu v + g                (v starts at 0)
/// p <- p - lr v                or, Nesterov: p - lr (g + mu v)
/// ```
///
/// Weight decay is L2 regularization here: it goes through the momentum.
///
/// Source: Sutskever et al., "On the importance of initialization and momentum
/// in deep learning" (2013), with the learning rate outside `v`, as in
/// `torch.optim.SGD`.
///
/// ```
/// use tinytorch::train::{Optimizer, Sgd};
///
/// let sgd = Sgd::new(0.1).momentum(0.9).nesterov().weight_decay(1e-4);
/// assert_eq!(sgd.learning_rate(), 0.1);
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Sgd {
    learning_rate: f64,
    momentum: f64,
    nesterov: bool,
    weight_decay: f64,
    steps: u64,
    velocity: BTreeMap<String, Tensor>,
}

impl Sgd {
    /// No momentum, no weight decay.
    pub fn new(learning_rate: f64) -> Self {
        Self {
            learning_rate,
            momentum: 0.0,
            nesterov: false,
            weight_decay: 0.0,
            steps: 0,
            velocity: BTreeMap::new(),
        }
    }

    /// The fraction of the last velocity that is kept; 0.9 is common.
    pub fn momentum(self, momentum: f64) -> Self {
        Self { momentum, ..self }
    }

    /// Looks one momentum step ahead. Has no effect without momentum.
    pub fn nesterov(self) -> Self {
        Self { nesterov: true, ..self }
    }

    /// The strength of the pull toward 0.
    pub fn weight_decay(self, weight_decay: f64) -> Self {
        Self { weight_decay, ..self }
    }
}

impl Optimizer for Sgd {
    fn step(
        &mut self,
        parameters: Vec<(String, &mut Tensor)>,
        gradients: &Gradients,
    ) -> Result<()> {
        let gradients = checked_gradients("sgd", &parameters, gradients)?;
        let rule = SgdStep {
            learning_rate: self.learning_rate as f32,
            momentum: self.momentum as f32,
            nesterov: self.nesterov,
            weight_decay: self.weight_decay as f32,
        };
        for ((name, parameter), gradient) in parameters.into_iter().zip(gradients) {
            if self.momentum == 0.0 {
                rule.plain(elements_mut(parameter), &gradient);
            } else {
                let velocity = buffer("sgd", &mut self.velocity, &name, parameter)?;
                rule.with_momentum(elements_mut(parameter), &gradient, velocity);
            }
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
        let Self { momentum, nesterov, weight_decay, .. } = self;
        format!("sgd, momentum {momentum}, nesterov {nesterov}, weight decay {weight_decay}")
    }

    fn state(&self) -> OptimizerState {
        let buffers = [("momentum".to_string(), self.velocity.clone())];
        OptimizerState { steps: self.steps, buffers: BTreeMap::from(buffers) }
    }

    fn restore(&mut self, mut state: OptimizerState) -> Result<()> {
        let steps = state.steps;
        let velocity = state.take("sgd", "momentum", self.momentum != 0.0)?;
        state.finish("sgd")?;
        self.steps = steps;
        self.velocity = velocity;
        Ok(())
    }
}

/// The numbers of one step, in the precision of the elements.
struct SgdStep {
    learning_rate: f32,
    momentum: f32,
    nesterov: bool,
    weight_decay: f32,
}

impl SgdStep {
    fn plain(&self, parameter: &mut [f32], gradient: &[f32]) {
        for (p, &g) in parameter.iter_mut().zip(gradient) {
            *p -= self.learning_rate * (g + self.weight_decay * *p);
        }
    }

    fn with_momentum(&self, parameter: &mut [f32], gradient: &[f32], velocity: &mut [f32]) {
        for ((p, &g), v) in parameter.iter_mut().zip(gradient).zip(velocity) {
            let g = g + self.weight_decay * *p;
            *v = self.momentum * *v + g;
            let direction = if self.nesterov { g + self.momentum * *v } else { *v };
            *p -= self.learning_rate * direction;
        }
    }
}
