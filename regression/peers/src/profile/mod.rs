//! The subcommand `profile`: where our own time goes, with the instruments that
//! students build in the module `profiling`, on the CPU clock.

mod render;
mod walk;

use anyhow::{Context, Result};
use profiling::Timer;
use tinytorch::train::{Adam, Optimizer};
use tinytorch::{Rng, Tensor, layer, loss};

use self::walk::Walk;
use crate::clock::CpuClock;
use crate::exchange::Arrays;
use crate::problem::{Model, Problem};
use crate::protocol::Task;
use crate::training::TIMED;
use crate::worker::{Framework, Ours};

/// The spans of one model and task, as text.
pub fn run(problem: &Problem, task: Task, repetitions: usize) -> Result<String> {
    let arrays = problem.arrays(7)?;
    let whole = whole(problem, &arrays, task, repetitions)?;
    let mut model = Model::new(&problem.architecture, &mut Rng::new(7))?;
    if task == Task::Training {
        layer::track(model.layer_mut());
    }
    let mut adam = Adam::new(TIMED.lr).weight_decay(TIMED.weight_decay);
    step(&mut Walk::new(task), &mut model, &arrays, &mut adam)?; // warms up
    let mut walk = Walk::new(task);
    for _ in 0..repetitions {
        step(&mut walk, &mut model, &arrays, &mut adam)?;
    }
    render::text(problem, &walk, whole, repetitions)
}

/// Seconds of the whole computation in one piece.
fn whole(problem: &Problem, arrays: &Arrays, task: Task, repetitions: usize) -> Result<f64> {
    let mut ours = Ours::load(&problem.architecture, arrays, TIMED)?;
    let mut once = || match task {
        Task::Inference => ours.infer(),
        Task::Training => ours.step().map(|_| ()),
    };
    once()?;
    Ok(Timer::with_clock(CpuClock).measure(once, Timer::DEFAULT_WARMUP, repetitions)?.mean)
}

/// The model layer by layer; for training also the loss and the update.
fn step(walk: &mut Walk, model: &mut Model, arrays: &Arrays, adam: &mut Adam) -> Result<()> {
    let logits = walk.model(model, arrays.get("input").context("no input")?)?;
    if walk.task == Task::Inference {
        return Ok(());
    }
    let targets = arrays.get("target").context("no target")?.to_ids()?;
    let logits = logits.detach().requires_grad();
    walk.profiler.span("loss", |_| loss::cross_entropy(&logits, &targets)?.backward())?;

    // A gradient for every parameter at once: what the layers gave, each on its
    // own, is gone. The numbers do not change what an update costs.
    let mut sum = Tensor::scalar(0.0);
    for (_, parameter) in model.layer().parameters() {
        sum = sum.add(&parameter.sum_all())?;
    }
    let gradients = sum.backward()?;
    drop(sum);
    let parameters = model.layer_mut().parameters_mut();
    walk.profiler.span("update", |_| adam.step(parameters, &gradients))?;
    Ok(())
}
