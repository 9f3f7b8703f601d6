//! The requests to a `profiling` submission, and how the driver answers them. Times are in seconds, sizes in bytes.

grader_protocol::contract! {
    /// The functions that students of `profiling` write.
    pub trait Profiling;

    /// A measurement, and how often the measured function was called, warm-up included.
    plain struct Measurement { timing: Timing, calls: usize }
    /// The work for a real timer: a sleep, the forward pass of `Mlp::new(&[width; 3])` on a batch of one, or nothing.
    #[derive(Copy)]
    plain enum Workload { Sleep { nanoseconds: u64 }, Mlp { width: usize }, Nothing }
    /// One step of a memory workload, with `Vec<u8>`s of exact capacity in numbered slots. To allocate into a slot drops
    /// its old contents first. A leak is never freed (until the process ends). `Zeros` creates and drops a
    /// `Tensor::zeros`.
    #[derive(Copy, Eq)]
    plain enum MemoryStep {
        Allocate { slot: usize, bytes: usize }, Free { slot: usize }, Leak { bytes: usize }, Zeros { shape: [usize; 2] },
    }
    /// A given model: `Mlp` 784-128-64-10; `Cnn` on 28x28 images with one channel, `channels` [8, 16], 10 classes; `Gpt`
    /// with `d_model` 64, 4 heads, 2 layers, vocabulary 16.
    #[derive(Copy, Eq)]
    plain enum Model { Mlp, Cnn, Gpt }
    /// The input of a `ProfilerContext`: the time on its clock between start and end, the arguments of `add_flops` and
    /// `add_bytes`, one call each, and memory steps in between (freed, unless leaked).
    plain struct ContextScript {
        name: String, nanoseconds: u64, flops: Vec<u64>, bytes_moved: Vec<u64>, memory: Vec<MemoryStep>,
    }
    /// A span to open: the clock moves by `before` nanoseconds, then the children run, then it moves by `after`.
    #[derive(Eq)]
    plain struct Span { name: String, before: u64, children: Vec<Self>, after: u64 }
    /// A part of a program and the seconds that it takes.
    plain struct Part { name: String, seconds: f64 }

    #[derive(Copy)]
    mirror struct Timing <- profiling::TimingStats in timer {
        runs: usize, mean: f64, std: f64, min: f64, max: f64, p50: f64, p95: f64, p99: f64,
        ci95: (f64, f64) = (it.ci95.low, it.ci95.high),
    }
    #[derive(Copy, Eq)]
    mirror struct Memory <- profiling::MemoryStats in [memory, context] {
        baseline_bytes: usize, peak_bytes: usize, allocated_bytes: usize, allocations: usize, leaked_bytes: usize,
    }
    /// Shapes are NCHW; pairs are (down, across).
    #[derive(Copy, Eq)]
    mirror enum Layer -> tinytorch::LayerSpec {
        Linear { in_features: usize, out_features: usize, bias: bool },
        Conv2d {
            in_channels: usize, out_channels: usize, kernel: (usize, usize), stride: (usize, usize),
            padding: (usize, usize), bias: bool,
        },
        MaxPool2d { kernel: (usize, usize), stride: (usize, usize) },
        Flatten, Relu, Gelu, Softmax,
        Embedding { vocab_size: usize, dim: usize },
        LayerNorm { dim: usize },
        Attention { d_model: usize, n_heads: usize },
    }
    #[derive(Eq)]
    mirror struct LayerFlops <- profiling::LayerFlops in flops { name: String, flops: u64, output_shape: Vec<usize> }
    mirror struct Flops <- profiling::FlopReport in flops {
        layers: Vec<LayerFlops>,
        total: u64 = it.total(),
        bottleneck: Option<String> = it.bottleneck().map(|layer| layer.name.clone()),
        shares: Vec<f64> = it.shares(),
    }
    mirror struct Context <- profiling::ProfileReport in context {
        name: String, seconds: f64, flops: u64, bytes_moved: u64, memory: Memory,
        gflops: Option<f64> = it.gflops(),
        intensity: Option<f64> = it.arithmetic_intensity(),
        rendered: String = it.render(),
    }
    mirror struct SpanRow <- profiling::SpanRow in spans {
        path: String, depth: usize, calls: usize, total: f64 = it.total_s, own: f64 = it.own_s, share: f64,
    }
    mirror struct Spans <- profiling::SpanReport in spans {
        rows: Vec<SpanRow>, total: f64 = it.total_s(), rendered: String = it.render(),
    }
    mirror struct Ranked <- profiling::Ranked in bottleneck { name: String, share: f64, limit: f64 }
    #[derive(Copy, Eq)]
    mirror enum Verdict <- profiling::Verdict in compare { Faster, Slower, Indistinguishable }
    #[derive(Copy)]
    mirror struct Comparison <- profiling::Comparison in compare {
        ratio: f64, interval: (f64, f64) = (it.interval.low, it.interval.high), verdict: Verdict,
    }
    #[derive(Copy, Eq)]
    mirror enum Kind <- profiling::InteractionKind in compare { Multiply, Add, Cancel, Partial, Synergy }
    #[derive(Copy)]
    mirror struct Interaction <- profiling::Interaction in compare {
        speedup_a: f64, speedup_b: f64, speedup_both: f64, if_multiplied: f64, if_added: Option<f64>, kind: Kind,
    }

    task timer {
        /// `percentile(samples, q)`.
        fn percentile(samples: Vec<f64>, q: f64) -> f64 { profiling::percentile(&samples, q)? }
        /// `TimingStats::from_samples(samples)`.
        fn stats(samples: Vec<f64>) -> Timing { profiling::TimingStats::from_samples(&samples)?.wire() }
        /// `Timer::measure` with a clock that moves by `nanoseconds[i]` in call i (including warm-up; the last value
        /// repeats).
        fn measure(nanoseconds: Vec<u64>, warmup: usize, runs: usize) -> Measurement {
            timer::measure(&nanoseconds, warmup, runs)?
        }
        /// The number of times that `Timer::measure` calls its function, even if it returns an error.
        fn calls(warmup: usize, runs: usize) -> usize { timer::calls(warmup, runs) }
        /// `Timer::measure` of a function that moves the clock by `call` nanoseconds and whose result moves it by `drop`
        /// when dropped.
        fn measure_drop(call: u64, drop: u64, warmup: usize, runs: usize) -> Measurement {
            timer::measure_drop(call, drop, warmup, runs)?
        }
        /// `Timer::measure` of real work.
        fn measure_real(workload: Workload, warmup: usize, runs: usize) -> Measurement {
            timer::measure_real(workload, warmup, runs)?
        }
    }
    task memory {
        /// `MemoryProfiler::profile` of the steps.
        fn memory(steps: Vec<MemoryStep>) -> Memory {
            let mut slots = workloads::Slots::for_steps(&steps);
            let run = || {
                slots.run(&steps);
                slots.clear();
            };
            profiling::MemoryProfiler::new().profile(run).wire()
        }
        /// `profile` of `before`, then a `profile` of `inner`, then `after`; returns outer and inner. The three share
        /// their slots, so that one can free memory that another allocated.
        fn memory_nested(
            before: Vec<MemoryStep>, inner: Vec<MemoryStep>, after: Vec<MemoryStep>,
        ) -> (Memory, Memory) {
            let profiler = profiling::MemoryProfiler::new();
            let mut slots = workloads::Slots::for_steps(before.iter().chain(&inner).chain(&after));
            let mut inside = profiling::MemoryStats::default();
            let outside = profiler.profile(|| {
                slots.run(&before);
                inside = profiler.profile(|| slots.run(&inner));
                slots.run(&after);
                slots.clear();
            });
            (outside.wire(), inside.wire())
        }
        /// `MemoryProfiler::profile` of a function that returns a vector of `bytes`.
        fn memory_returning(bytes: usize) -> Memory {
            profiling::MemoryProfiler::new().profile(|| workloads::block(bytes)).wire()
        }
    }
    task flops {
        /// `FlopCounter::linear`.
        fn flops_linear(input: Vec<usize>, in_features: usize, out_features: usize, bias: bool) -> u64 {
            profiling::FlopCounter::new().linear(&input, in_features, out_features, bias)?
        }
        /// `FlopCounter::conv2d`; `layer` is a `Layer::Conv2d`.
        fn flops_conv2d(input: Vec<usize>, layer: Layer) -> u64 {
            profiling::FlopCounter::new().conv2d(&input, &convolution(layer))?
        }
        /// `FlopCounter::attention`.
        fn flops_attention(input: Vec<usize>, d_model: usize, n_heads: usize) -> u64 {
            profiling::FlopCounter::new().attention(&input, d_model, n_heads)?
        }
        /// `FlopCounter::layers` over named layers.
        fn flops_layers(input: Vec<usize>, layers: Vec<(String, Layer)>) -> Flops {
            let named = layers.native().into_iter().map(|(name, spec)| tinytorch::NamedSpec { name, spec });
            profiling::FlopCounter::new().layers(&named.collect::<Vec<_>>(), &input)?.wire()
        }
        /// `FlopCounter::model` of one of the given models.
        fn flops_model(model: Model, input: Vec<usize>) -> Flops {
            profiling::FlopCounter::new().model(&*workloads::model(model)?, &input)?.wire()
        }
    }
    task context {
        /// A `ProfilerContext` during the script.
        fn context(script: ContextScript) -> Context {
            let clock = tinytorch::clock::ManualClock::new();
            let mut slots = workloads::Slots::for_steps(&script.memory);
            let mut context = profiling::ProfilerContext::with_clock(&script.name, clock.clone());
            slots.run(&script.memory);
            slots.clear();
            script.flops.iter().for_each(|flops| context.add_flops(*flops));
            script.bytes_moved.iter().for_each(|bytes| context.add_bytes(*bytes));
            clock.advance(std::time::Duration::from_nanos(script.nanoseconds));
            context.finish().wire()
        }
    }
    task spans {
        /// A `PerformanceProfiler` that runs the spans.
        fn spans(roots: Vec<Span>) -> Spans {
            let clock = tinytorch::clock::ManualClock::new();
            let mut profiler = profiling::PerformanceProfiler::with_clock(clock.clone());
            for root in &roots {
                workloads::open(&mut profiler, &clock, root);
            }
            profiler.report().wire()
        }
    }
    task bottleneck {
        /// `BottleneckAnalyzer::new(parts)?.ranking()`.
        fn bottleneck(parts: Vec<Part>) -> Vec<Ranked> { analyzer(parts)?.ranking().wire() }
        /// `BottleneckAnalyzer::speedup_if(name, factor)`.
        fn speedup_if(parts: Vec<Part>, name: String, factor: f64) -> f64 {
            analyzer(parts)?.speedup_if(&name, factor)?
        }
        /// `amdahl(fraction, factor)`.
        fn amdahl(fraction: f64, factor: f64) -> f64 { profiling::amdahl(fraction, factor)? }
    }
    task compare {
        /// `OptimizationComparer::new(confidence, resamples, seed)?.compare(baseline, variant)`.
        fn compare(
            baseline: Vec<f64>, variant: Vec<f64>, confidence: f64, resamples: usize, seed: u64,
        ) -> Comparison {
            let comparer = profiling::OptimizationComparer::new(confidence, resamples, seed)?;
            comparer.compare(&baseline, &variant)?.wire()
        }
        /// `InteractionAnalyzer::new(tolerance)?.analyze(baseline, a, b, both)`.
        fn interaction(tolerance: f64, baseline: f64, a: f64, b: f64, both: f64) -> Interaction {
            profiling::InteractionAnalyzer::new(tolerance)?.analyze(baseline, a, b, both)?.wire()
        }
    }
}
