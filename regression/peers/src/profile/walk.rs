//! A model, layer by layer, each in a span of its own.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use profiling::{FlopCounter, PerformanceProfiler};
use tinytorch::models::Gpt;
use tinytorch::nn::{Gelu, TransformerBlock};
use tinytorch::{Layer, Tensor};

use crate::clock::CpuClock;
use crate::exchange::Array;
use crate::problem::Model;
use crate::protocol::Task;

/// Runs layers and notes what they cost.
pub struct Walk {
    /// On the CPU clock.
    pub profiler: PerformanceProfiler<CpuClock>,
    /// Whether there are backward passes.
    pub task: Task,
    /// FLOPs by span, all calls together, backward passes included.
    pub flops: BTreeMap<String, u64>,
}

impl Walk {
    /// Nothing yet.
    pub fn new(task: Task) -> Self {
        let profiler = PerformanceProfiler::with_clock(CpuClock);
        Self { profiler, task, flops: BTreeMap::new() }
    }

    /// The model's output. Layers of the same name in different blocks share
    /// their span.
    pub fn model(&mut self, model: &Model, input: &Array) -> Result<Tensor> {
        let layers = match model {
            Model::Mlp(model) => model.layers().layers(),
            Model::Cnn(model) => model.layers().layers(),
            Model::Gpt(model) => return self.gpt(model, input),
        };
        let mut hidden = Tensor::from_vec(input.as_floats()?.to_vec(), &input.shape)?;
        for (i, (name, layer)) in layers.iter().enumerate() {
            hidden = self.layer(name, layer.as_ref(), &hidden, i > 0)?;
        }
        Ok(hidden)
    }

    fn gpt(&mut self, gpt: &Gpt, input: &Array) -> Result<Tensor> {
        let ids = input.to_ids()?;
        let tokens = input.shape.last().copied().context("ids have a length")?;
        let mut hidden = self.differentiated("embeddings", || {
            let vectors = gpt.token_embedding().forward_ids(&ids, &input.shape)?;
            vectors.add(&gpt.position_embedding().weight().slice_axis(0, 0, tokens)?)
        })?;
        for block in gpt.blocks() {
            hidden = self.block(block, &hidden)?;
        }
        hidden = self.layer("ln_f", gpt.final_norm(), &hidden, true)?;
        self.layer("head", gpt.head(), &hidden, true)
    }

    fn block(&mut self, block: &TransformerBlock, input: &Tensor) -> Result<Tensor> {
        let attended = self.layer("ln1", block.ln1(), input, true)?;
        let attended = self.layer("attn", block.attn(), &attended, true)?;
        let input = self.add(input, &attended)?;
        let mut hidden = self.layer("ln2", block.ln2(), &input, true)?;
        hidden = self.layer("fc1", block.fc1(), &hidden, true)?;
        hidden = self.layer("gelu", &Gelu, &hidden, true)?;
        hidden = self.layer("fc2", block.fc2(), &hidden, true)?;
        self.add(&input, &hidden)
    }

    fn add(&mut self, left: &Tensor, right: &Tensor) -> Result<Tensor> {
        let (left, right) = (self.leaf(left, true), self.leaf(right, true));
        self.differentiated("residual add", || left.add(&right))
    }

    /// One layer. `inner` says that its input came from another layer, so that
    /// the input needs a gradient as well.
    fn layer(
        &mut self,
        name: &str,
        layer: &dyn Layer,
        input: &Tensor,
        inner: bool,
    ) -> Result<Tensor> {
        let forward = FlopCounter::new().model(layer, input.shape())?.total();
        // A product's gradient is a product of the same size, for each factor.
        let passes = if self.task == Task::Inference { 1 } else { 2 + u64::from(inner) };
        *self.flops.entry(name.to_string()).or_default() += passes * forward;
        let input = self.leaf(input, inner);
        self.differentiated(name, || layer.forward(&input))
    }

    fn leaf(&self, tensor: &Tensor, needs_gradient: bool) -> Tensor {
        let tracked = needs_gradient && self.task == Task::Training;
        if tracked { tensor.detach().requires_grad() } else { tensor.detach() }
    }

    /// A span; for training with spans of the forward and the backward pass in it.
    fn differentiated(
        &mut self,
        name: &str,
        forward: impl FnOnce() -> tinytorch::Result<Tensor>,
    ) -> Result<Tensor> {
        let task = self.task;
        self.profiler.span(name, |profiler| {
            if task == Task::Inference {
                return Ok(forward()?);
            }
            let output = profiler.span("forward", |_| forward())?;
            // Any numbers of the right shape will do as the gradient.
            let seed = output.detach();
            profiler.span("backward", |_| output.backward_from(&seed))?;
            Ok(seed)
        })
    }
}
