//! One architecture and its workload, measured with every instrument.

use crate::trained::Trained;
use profiling::{
    FlopCounter, FlopReport, MemoryProfiler, MemoryStats, ProfileReport, ProfilerContext, Timer,
    TimingStats,
};
use std::error::Error;
use tinytorch::{Layer, Tensor};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Timed forward passes of each model.
const RUNS: usize = 50;

/// A model and its input.
pub(crate) struct Workload {
    name: &'static str,
    model: Box<dyn Layer>,
    input: Tensor,
    accuracy: f64,
}

/// The measurements of a workload.
pub(crate) struct Measured {
    pub(crate) name: &'static str,
    /// The fraction of correct answers, on data that the model was not trained on.
    pub(crate) accuracy: f64,
    /// The number of trained parameters.
    pub(crate) parameters: usize,
    pub(crate) time: TimingStats,
    pub(crate) memory: MemoryStats,
    pub(crate) flops: u64,
    /// See [`Workload::bytes_moved`].
    pub(crate) bytes_moved: u64,
}

impl Measured {
    /// Achieved 10^9 FLOPs per second.
    pub(crate) fn gflops(&self) -> f64 {
        self.flops as f64 / self.time.mean / 1e9
    }

    /// FLOPs per byte moved.
    pub(crate) fn intensity(&self) -> f64 {
        self.flops as f64 / self.bytes_moved as f64
    }
}

impl Workload {
    /// A trained model on its input.
    pub(crate) fn new<M: Layer + 'static>(name: &'static str, trained: Trained<M>) -> Self {
        let Trained { model, input, accuracy } = trained;
        Self { name, model: Box::new(model), input, accuracy }
    }

    /// Measures time over many runs, and memory over a single one because it is the same in each.
    pub(crate) fn measure(&self) -> Outcome<Measured> {
        // If the model fails, it must fail here: the instruments would measure the failure.
        drop(self.model.forward(&self.input)?);
        let time = Timer::new().measure(
            || self.model.forward(&self.input),
            Timer::DEFAULT_WARMUP,
            RUNS,
        )?;
        let memory = MemoryProfiler::new().profile(|| self.model.forward(&self.input));
        let counted = FlopCounter::new().model(&*self.model, self.input.shape())?;
        let parameters = self.model.parameters().iter().map(|(_, tensor)| tensor.len()).sum();
        Ok(Measured {
            name: self.name,
            accuracy: self.accuracy,
            parameters,
            time,
            memory,
            flops: counted.total(),
            bytes_moved: self.bytes_moved(&counted),
        })
    }

    /// Measures a single forward pass. Everything else is done outside the measurement.
    pub(crate) fn report(&self) -> Outcome<ProfileReport> {
        let counted = FlopCounter::new().model(&*self.model, self.input.shape())?;
        let bytes_moved = self.bytes_moved(&counted);
        let name = format!("{}, one forward pass", self.name);
        let mut context = ProfilerContext::new(&name);
        drop(self.model.forward(&self.input)?);
        context.add_flops(counted.total());
        context.add_bytes(bytes_moved);
        Ok(context.finish())
    }

    /// An estimate, not a measurement: the bytes that are moved if nothing stays in a cache between
    /// two layers. Each weight is read once, each layer's input is read, and its output is written.
    fn bytes_moved(&self, counted: &FlopReport) -> u64 {
        let weights: usize =
            self.model.parameters().iter().map(|(_, tensor)| tensor.nbytes()).sum();
        let outputs: Vec<usize> = counted
            .layers
            .iter()
            .map(|layer| 4 * layer.output_shape.iter().product::<usize>())
            .collect();
        let written: usize = outputs.iter().sum();
        let last = outputs.last().copied().unwrap_or(0);
        let read = self.input.nbytes() + written - last;
        (weights + read + written) as u64
    }
}
