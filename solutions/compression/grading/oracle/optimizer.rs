//! Optimizers whose pruned weights stay 0, in `f64`.

use super::magnitude;
use crate::contract::{Inner, Masking, ModelMasks, PruningRun, SparsitySchedule};
use course_oracle::nets::{Parameter, parameters};
use course_oracle::wide;

/// The sparsity at a step: Zhu and Gupta (2017), equation 1.
pub fn sparsity(of: SparsitySchedule, step: u64) -> f64 {
    if step < of.begin {
        of.initial
    } else if step >= of.end {
        of.target
    } else {
        let rest = (of.end - step) as f64 / (of.end - of.begin) as f64;
        of.target - (of.target - of.initial) * rest * rest * rest
    }
}

pub fn prunes_at(of: SparsitySchedule, step: u64) -> bool {
    (of.begin..=of.end).contains(&step)
        && (step == of.end || (step - of.begin).is_multiple_of(of.every))
}

/// What an inner optimizer remembers of an element.
#[derive(Clone, Copy, Default)]
struct Memory {
    first: f64,
    second: f64,
}

impl Memory {
    /// The element after step `t`, counted from 1.
    fn stepped(&mut self, of: Inner, t: usize, parameter: f64, gradient: f64) -> f64 {
        let Inner { adam, momentum, learning_rate, weight_decay } = of;
        if !adam {
            self.first = momentum * self.first + gradient + weight_decay * parameter;
            return parameter - learning_rate * self.first;
        }
        let (a, b) = (0.9_f64, 0.999_f64);
        self.first = a * self.first + (1.0 - a) * gradient;
        self.second = b * self.second + (1.0 - b) * gradient * gradient;
        let first = self.first / (1.0 - a.powi(t as i32));
        let second = self.second / (1.0 - b.powi(t as i32));
        parameter * (1.0 - learning_rate * weight_decay)
            - learning_rate * first / (second.sqrt() + 1e-8)
    }
}

/// The numbers of all parameters and the masks after each step of a run.
pub fn run(of: &PruningRun) -> Vec<(Vec<Vec<f64>>, ModelMasks)> {
    let given = parameters(&of.model);
    let mut numbers: Vec<Vec<f64>> = given.iter().map(|of| wide(&of.numbers)).collect();
    let mut memories: Vec<Vec<Memory>> =
        numbers.iter().map(|numbers| vec![Memory::default(); numbers.len()]).collect();
    let mut masks = match &of.masking {
        Masking::Fixed(masks) => masks.clone(),
        Masking::Gradual(..) => ModelMasks { masks: Vec::new() },
    };
    let mut steps = Vec::new();
    for (step, gradients) in of.gradients.iter().enumerate() {
        if let Masking::Gradual(schedule, scope) = &of.masking
            && prunes_at(*schedule, step as u64)
        {
            let sparsity = sparsity(*schedule, step as u64);
            let now = as_parameters(&given, &numbers);
            masks = match scope {
                crate::contract::Scope::PerLayer => magnitude::per_layer(&now, sparsity),
                crate::contract::Scope::Global => magnitude::global(&now, sparsity),
            };
        }
        for (at, numbers) in numbers.iter_mut().enumerate() {
            let mask = masks.masks.iter().find(|(name, _)| *name == given[at].name);
            for (i, x) in numbers.iter_mut().enumerate() {
                let gradient = f64::from(gradients[at].0[i]);
                *x = memories[at][i].stepped(of.inner, step + 1, *x, gradient);
                if mask.is_some_and(|(_, mask)| !mask.kept[i]) {
                    *x = 0.0;
                }
            }
        }
        steps.push((numbers.clone(), masks.clone()));
    }
    steps
}

/// As the model holds them.
fn as_parameters(given: &[Parameter], numbers: &[Vec<f64>]) -> Vec<Parameter> {
    let with = |(of, numbers): (&Parameter, &Vec<f64>)| Parameter {
        numbers: numbers.iter().map(|x| *x as f32).collect(),
        ..of.clone()
    };
    given.iter().zip(numbers).map(with).collect()
}
