//! Measures the time of inference and of a training step.

use std::hint::black_box;
use std::time::{Duration, Instant};

use tinytorch::train::{Adam, Optimizer};
use tinytorch::{Layer, Mode, Result, Tensor, layer};

/// Number of repetitions; the median is reported.
const ROUNDS: usize = 25;

/// Median times of a model for one batch.
#[derive(Clone, Copy, Debug)]
pub struct ModelTimes {
    /// Forward only.
    pub inference: Duration,
    /// Forward, loss, backward and the update.
    pub training_step: Duration,
}

/// Alternates the two measurements, so that other load affects both.
pub fn times<M: Layer>(
    mut model: M,
    forward: impl Fn(&M) -> Result<Tensor>,
    loss: impl Fn(&Tensor) -> Result<Tensor>,
) -> Result<ModelTimes> {
    let mut inference = Vec::new();
    let mut training = Vec::new();
    let mut optimizer = Adam::new(1e-5);
    for step in 0..ROUNDS {
        model.set_mode(Mode::Eval);
        layer::untrack(&mut model);
        let start = Instant::now();
        let _ = black_box(forward(&model)?);
        inference.push(start.elapsed());

        model.set_mode(Mode::Train { step: step as u64 });
        layer::track(&mut model);
        let start = Instant::now();
        let gradients = loss(&forward(&model)?)?.backward()?;
        optimizer.step(model.parameters_mut(), &gradients)?;
        training.push(start.elapsed());
    }
    Ok(ModelTimes { inference: median(inference), training_step: median(training) })
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
