//! The requests to a `profiling` submission, in plain data. Times are in seconds, sizes in
//! bytes.

use serde::{Deserialize, Serialize};

/// `TimingStats` on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Timing {
    /// Number of timed runs.
    pub runs: usize,
    /// Arithmetic mean.
    pub mean: f64,
    /// Sample standard deviation (n - 1).
    pub std: f64,
    /// Smallest sample.
    pub min: f64,
    /// Largest sample.
    pub max: f64,
    /// Median.
    pub p50: f64,
    /// 95th percentile.
    pub p95: f64,
    /// 99th percentile.
    pub p99: f64,
    /// 95 % confidence interval of the mean: low, high.
    pub ci95: (f64, f64),
}

/// A measurement, and the number of calls of the measured function.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// The measurement.
    pub timing: Timing,
    /// How often the function was called, warm-up included.
    pub calls: usize,
}

/// The work for a real timer.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Workload {
    /// Sleeps this long in each call.
    Sleep {
        /// Nanoseconds.
        nanoseconds: u64,
    },
    /// Computes the forward pass of `Mlp::new(&[width; 3])` on a batch of one.
    Mlp {
        /// Neurons per layer.
        width: usize,
    },
    /// Does nothing.
    Nothing,
}

/// `MemoryStats` on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    /// Bytes live before the function ran.
    pub baseline_bytes: usize,
    /// The maximum of live bytes, above the baseline.
    pub peak_bytes: usize,
    /// All bytes allocated, freed or not.
    pub allocated_bytes: usize,
    /// Number of allocations.
    pub allocations: usize,
    /// Bytes still live at the end, above the baseline.
    pub leaked_bytes: usize,
}

/// One step of a memory workload: `Vec<u8>`s with exact capacity in numbered slots.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MemoryStep {
    /// Allocates into a slot, whose old contents are dropped first.
    Allocate {
        /// The slot.
        slot: usize,
        /// The size.
        bytes: usize,
    },
    /// Frees the contents of a slot.
    Free {
        /// The slot.
        slot: usize,
    },
    /// Allocates and never frees (until the process ends).
    Leak {
        /// The size.
        bytes: usize,
    },
    /// Creates and drops `Tensor::zeros`.
    Zeros {
        /// Its shape.
        shape: [usize; 2],
    },
}

/// A layer, like `tinytorch::LayerSpec`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Layer {
    /// Fully connected, over any leading dimensions.
    Linear {
        /// Columns of the input.
        in_features: usize,
        /// Columns of the output.
        out_features: usize,
        /// Whether a bias is added.
        bias: bool,
    },
    /// 2-D convolution on NCHW.
    Conv2d {
        /// Input channels.
        in_channels: usize,
        /// Output channels.
        out_channels: usize,
        /// Height and width of the kernel.
        kernel: (usize, usize),
        /// Step down and right.
        stride: (usize, usize),
        /// Zeros added on each side: top and bottom, left and right.
        padding: (usize, usize),
        /// Whether a bias is added.
        bias: bool,
    },
    /// Maximum over windows.
    MaxPool2d {
        /// Height and width of the window.
        kernel: (usize, usize),
        /// Step down and right.
        stride: (usize, usize),
    },
    /// Keeps the first dimension, merges the others.
    Flatten,
    /// max(0, x).
    Relu,
    /// Gaussian error linear unit.
    Gelu,
    /// Softmax over the last dimension.
    Softmax,
    /// Table look-up: `[..]` ids to `[.., dim]`.
    Embedding {
        /// Rows of the table.
        vocab_size: usize,
        /// Columns of the table.
        dim: usize,
    },
    /// Normalization over the last dimension.
    LayerNorm {
        /// Size of the last dimension.
        dim: usize,
    },
    /// Multi-head self-attention with its four projections (with biases).
    Attention {
        /// Model width.
        d_model: usize,
        /// Heads.
        n_heads: usize,
    },
}

/// One row of a FLOP report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerFlops {
    /// The layer's name.
    pub name: String,
    /// Its FLOPs.
    pub flops: u64,
    /// The shape of its output.
    pub output_shape: Vec<usize>,
}

/// `FlopReport` on the wire.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Flops {
    /// Layer by layer, in order.
    pub layers: Vec<LayerFlops>,
    /// `total()`.
    pub total: u64,
    /// The name that `bottleneck()` returns.
    pub bottleneck: Option<String>,
    /// `shares()`.
    pub shares: Vec<f64>,
}

/// One of the given models.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Model {
    /// `Mlp` 784-128-64-10.
    Mlp,
    /// `Cnn` on 28x28 images with one channel, `channels` [8, 16], 10 classes.
    Cnn,
    /// `Gpt` with `d_model` 64, 4 heads, 2 layers, vocabulary 16.
    Gpt,
}

/// The input of a `ProfilerContext`, with a clock that the script moves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ContextScript {
    /// The context's name.
    pub name: String,
    /// The time on the clock between the start and the end.
    pub nanoseconds: u64,
    /// Arguments of `add_flops`, one call each.
    pub flops: Vec<u64>,
    /// Arguments of `add_bytes`, one call each.
    pub bytes_moved: Vec<u64>,
    /// Memory steps in between (freed, unless leaked).
    pub memory: Vec<MemoryStep>,
}

/// `ProfileReport` on the wire.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Context {
    /// The context's name.
    pub name: String,
    /// Elapsed time.
    pub seconds: f64,
    /// Sum of all calls of `add_flops`.
    pub flops: u64,
    /// Sum of all calls of `add_bytes`.
    pub bytes_moved: u64,
    /// Memory use during the context.
    pub memory: Memory,
    /// `gflops()`: achieved GFLOP/s, if defined.
    pub gflops: Option<f64>,
    /// `arithmetic_intensity()`: FLOPs per byte moved, if defined.
    pub intensity: Option<f64>,
    /// `render()`.
    pub rendered: String,
}

/// A span to open: the clock moves by `before`, then the children run, then it moves by `after`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// Name.
    pub name: String,
    /// Nanoseconds before the children.
    pub before: u64,
    /// Spans inside this one.
    pub children: Vec<Self>,
    /// Nanoseconds after the children.
    pub after: u64,
}

/// One row of a span report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpanRow {
    /// Names from the root, joined with `/`.
    pub path: String,
    /// Nesting depth; 0 for a root.
    pub depth: usize,
    /// How often a span with this path was closed.
    pub calls: usize,
    /// Seconds inside, children included.
    pub total: f64,
    /// Seconds inside, children excluded.
    pub own: f64,
    /// `own` over the total of all roots.
    pub share: f64,
}

/// `SpanReport` on the wire.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spans {
    /// Rows in order of first opening.
    pub rows: Vec<SpanRow>,
    /// Seconds of all roots together.
    pub total: f64,
    /// `render()`.
    pub rendered: String,
}

/// A part of a program and the seconds it takes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// Its seconds.
    pub seconds: f64,
}

/// One row of `BottleneckAnalyzer::ranking()`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ranked {
    /// The part.
    pub name: String,
    /// Its share of the whole.
    pub share: f64,
    /// The speedup of the whole if this part took no time.
    pub limit: f64,
}

/// Whether a variant is faster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// The interval is above 1.
    Faster,
    /// The interval is below 1.
    Slower,
    /// The interval contains 1.
    Indistinguishable,
}

/// `Comparison` on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// Mean of the baseline over mean of the variant.
    pub ratio: f64,
    /// Percentile-bootstrap interval of the ratio.
    pub interval: (f64, f64),
    /// The conclusion from the interval.
    pub verdict: Verdict,
}

/// How two optimizations interact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// The speedups multiply.
    Multiply,
    /// The saved seconds add up.
    Add,
    /// Together no better than the better one alone.
    Cancel,
    /// More than canceled, less than multiplied.
    Partial,
    /// More than either prediction.
    Synergy,
}

/// `Interaction` on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Interaction {
    /// Baseline over variant A.
    pub speedup_a: f64,
    /// Baseline over variant B.
    pub speedup_b: f64,
    /// Baseline over both together.
    pub speedup_both: f64,
    /// The speedup of both if speedups multiplied.
    pub if_multiplied: f64,
    /// The speedup of both if savings added up; `None` if that leaves no time.
    pub if_added: Option<f64>,
    /// The case that applies.
    pub kind: Kind,
}

grader_protocol::contract! {
    /// The functions that students of `profiling` write.
    pub trait Profiling {
        /// `percentile(samples, q)`.
        fn percentile(samples: Vec<f64>, q: f64) -> f64;
        /// `TimingStats::from_samples(samples)`.
        fn stats(samples: Vec<f64>) -> Timing;
        /// `Timer::measure` with a clock that moves by `nanoseconds[i]` in call i (including
        /// warm-up; the last value repeats).
        fn measure(nanoseconds: Vec<u64>, warmup: usize, runs: usize) -> Measured;
        /// The number of times that `Timer::measure` calls its function, even if it returns an
        /// error.
        fn calls(warmup: usize, runs: usize) -> usize;
        /// `Timer::measure` of a function that moves the clock by `call` nanoseconds and whose
        /// result moves it by `drop` when dropped.
        fn measure_drop(call: u64, drop: u64, warmup: usize, runs: usize) -> Measured;
        /// `Timer::measure` of real work.
        fn measure_real(workload: Workload, warmup: usize, runs: usize) -> Measured;
        /// `MemoryProfiler::profile` of the steps.
        fn memory(steps: Vec<MemoryStep>) -> Memory;
        /// `profile` of `before`, then a `profile` of `inner`, then `after`; returns outer and
        /// inner. The three share their slots, so that one can free memory that another
        /// allocated.
        fn memory_nested(
            before: Vec<MemoryStep>,
            inner: Vec<MemoryStep>,
            after: Vec<MemoryStep>,
        ) -> (Memory, Memory);
        /// `MemoryProfiler::profile` of a function that returns a vector of `bytes`.
        fn memory_returning(bytes: usize) -> Memory;
        /// `FlopCounter::linear`.
        fn flops_linear(input: Vec<usize>, in_features: usize, out_features: usize, bias: bool) -> u64;
        /// `FlopCounter::conv2d`; `layer` is a `Layer::Conv2d`.
        fn flops_conv2d(input: Vec<usize>, layer: Layer) -> u64;
        /// `FlopCounter::attention`.
        fn flops_attention(input: Vec<usize>, d_model: usize, n_heads: usize) -> u64;
        /// `FlopCounter::layers` over named layers.
        fn flops_layers(input: Vec<usize>, layers: Vec<(String, Layer)>) -> Flops;
        /// `FlopCounter::model` of one of the given models.
        fn flops_model(model: Model, input: Vec<usize>) -> Flops;
        /// A `ProfilerContext` during the script.
        fn context(script: ContextScript) -> Context;
        /// A `PerformanceProfiler` that runs the spans.
        fn spans(roots: Vec<Span>) -> Spans;
        /// `BottleneckAnalyzer::new(parts)?.ranking()`.
        fn bottleneck(parts: Vec<Part>) -> Vec<Ranked>;
        /// `BottleneckAnalyzer::speedup_if(name, factor)`.
        fn speedup_if(parts: Vec<Part>, name: String, factor: f64) -> f64;
        /// `amdahl(fraction, factor)`.
        fn amdahl(fraction: f64, factor: f64) -> f64;
        /// `OptimizationComparer::new(confidence, resamples, seed)?.compare(baseline, variant)`.
        fn compare(
            baseline: Vec<f64>,
            variant: Vec<f64>,
            confidence: f64,
            resamples: usize,
            seed: u64,
        ) -> Comparison;
        /// `InteractionAnalyzer::new(tolerance)?.analyze(baseline, a, b, both)`.
        fn interaction(tolerance: f64, baseline: f64, a: f64, b: f64, both: f64) -> Interaction;
    }
}
