//! The public interface, item by item. Compiled only if the driver did not compile with a submission, to tell the
//! student which item is missing or has another signature.
//!
//! Each item from one PROBE line to the next is independent of the others. Students read the text after `EXPECT`.

#![allow(dead_code, unused, reason = "only whether it compiles counts")]

use tinytorch::clock::ManualClock;

// PROBE timer: percentile
// EXPECT: pub fn percentile(samples: &[f64], q: f64) -> Result<f64>
fn timer_percentile() -> Result<f64, profiling::ProfileError> {
    profiling::percentile(&[1.0], 50.0)
}

// PROBE timer: TimingStats::from_samples
// EXPECT: pub fn from_samples(seconds: &[f64]) -> Result<Self>
fn timer_from_samples() -> Result<profiling::TimingStats, profiling::ProfileError> {
    profiling::TimingStats::from_samples(&[1.0])
}

// PROBE timer: TimingStats's counts and times
// EXPECT: pub struct TimingStats { pub runs: usize, pub mean: f64, pub std: f64, pub min: f64, pub max: f64, pub p50: f64, pub p95: f64, pub p99: f64, pub ci95: Interval }
fn timer_fields(stats: &profiling::TimingStats) -> (usize, [f64; 7]) {
    let times = [stats.mean, stats.std, stats.min, stats.max, stats.p50, stats.p95, stats.p99];
    (stats.runs, times)
}

// PROBE timer: TimingStats::ci95
// EXPECT: pub ci95: Interval, with the given `pub struct Interval { pub low: f64, pub high: f64 }`
fn timer_interval(stats: &profiling::TimingStats) -> (f64, f64) {
    let interval: profiling::Interval = stats.ci95;
    (interval.low, interval.high)
}

// PROBE timer: Timer::new
// EXPECT: pub fn new() -> Self, for `Timer` on the `MonotonicClock`
fn timer_new() -> profiling::Timer {
    profiling::Timer::new()
}

// PROBE timer: Timer::with_clock
// EXPECT: pub fn with_clock(clock: C) -> Self, for `Timer<C: Clock>`
fn timer_with_clock(clock: ManualClock) -> profiling::Timer<ManualClock> {
    profiling::Timer::with_clock(clock)
}

// PROBE timer: Timer::measure
// EXPECT: pub fn measure<R>(&self, f: impl FnMut() -> R, warmup: usize, runs: usize) -> Result<TimingStats>
fn timer_measure(
    timer: &profiling::Timer,
    manual: &profiling::Timer<ManualClock>,
) -> Result<profiling::TimingStats, profiling::ProfileError> {
    let mut calls = 0;
    manual.measure(|| calls += 1, 3, 10)?;
    timer.measure(|| vec![1.0], 3, 10)
}

// PROBE timer: Timer::DEFAULT_WARMUP
// EXPECT: pub const DEFAULT_WARMUP: usize = 3; and pub const DEFAULT_RUNS: usize = 100;
fn timer_defaults() -> [usize; 2] {
    [profiling::Timer::DEFAULT_WARMUP, profiling::Timer::DEFAULT_RUNS]
}

// PROBE memory: MemoryProfiler::new
// EXPECT: pub fn new() -> Self
fn memory_new() -> profiling::MemoryProfiler {
    profiling::MemoryProfiler::new()
}

// PROBE memory: MemoryProfiler::profile
// EXPECT: pub fn profile<R>(&self, f: impl FnOnce() -> R) -> MemoryStats
fn memory_profile(profiler: &profiling::MemoryProfiler, moved: String) -> profiling::MemoryStats {
    profiler.profile(|| moved)
}

// PROBE memory: MemoryStats
// EXPECT: #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)] pub struct MemoryStats { pub baseline_bytes: usize, pub peak_bytes: usize, pub allocated_bytes: usize, pub allocations: usize, pub leaked_bytes: usize }
fn memory_fields() -> [usize; 5] {
    let stats = profiling::MemoryStats::default();
    let copied = stats;
    let bytes = [stats.baseline_bytes, stats.peak_bytes, stats.allocated_bytes];
    [bytes[0], bytes[1], bytes[2], copied.allocations, copied.leaked_bytes]
}

// PROBE flops: FlopCounter::new
// EXPECT: pub fn new() -> Self
fn flops_new() -> profiling::FlopCounter {
    profiling::FlopCounter::new()
}

// PROBE flops: FlopCounter::linear
// EXPECT: pub fn linear(&self, input: &[usize], in_features: usize, out_features: usize, bias: bool) -> Result<u64>
fn flops_linear(counter: &profiling::FlopCounter) -> Result<u64, profiling::ProfileError> {
    counter.linear(&[1, 2], 2, 3, true)
}

// PROBE flops: ConvShape
// EXPECT: pub struct ConvShape { pub in_channels: usize, pub out_channels: usize, pub kernel: (usize, usize), pub stride: (usize, usize), pub padding: (usize, usize), pub bias: bool }
fn flops_conv_shape() -> profiling::ConvShape {
    let (kernel, stride, padding) = ((3, 3), (1, 1), (0, 0));
    profiling::ConvShape { in_channels: 1, out_channels: 2, kernel, stride, padding, bias: true }
}

// PROBE flops: FlopCounter::conv2d
// EXPECT: pub fn conv2d(&self, input: &[usize], conv: &ConvShape) -> Result<u64>
fn flops_conv2d(
    counter: &profiling::FlopCounter,
    conv: &profiling::ConvShape,
) -> Result<u64, profiling::ProfileError> {
    counter.conv2d(&[1, 1, 5, 5], conv)
}

// PROBE flops: FlopCounter::attention
// EXPECT: pub fn attention(&self, input: &[usize], d_model: usize, n_heads: usize) -> Result<u64>
fn flops_attention(counter: &profiling::FlopCounter) -> Result<u64, profiling::ProfileError> {
    counter.attention(&[1, 2, 4], 4, 2)
}

// PROBE flops: FlopCounter::layers
// EXPECT: pub fn layers(&self, layers: &[NamedSpec], input: &[usize]) -> Result<FlopReport>
fn flops_layers(
    counter: &profiling::FlopCounter,
    layers: &[tinytorch::NamedSpec],
) -> Result<profiling::FlopReport, profiling::ProfileError> {
    counter.layers(layers, &[1, 2])
}

// PROBE flops: FlopCounter::model
// EXPECT: pub fn model(&self, model: &dyn Layer, input: &[usize]) -> Result<FlopReport>
fn flops_model(
    counter: &profiling::FlopCounter,
    model: &dyn tinytorch::Layer,
) -> Result<profiling::FlopReport, profiling::ProfileError> {
    counter.model(model, &[1, 2])
}

// PROBE flops: FlopReport::layers
// EXPECT: pub struct FlopReport { pub layers: Vec<LayerFlops> }
fn flops_report(report: &profiling::FlopReport) -> &Vec<profiling::LayerFlops> {
    &report.layers
}

// PROBE flops: LayerFlops
// EXPECT: pub struct LayerFlops { pub name: String, pub flops: u64, pub output_shape: Vec<usize> }
fn flops_layer(layer: profiling::LayerFlops) -> (String, u64, Vec<usize>) {
    (layer.name, layer.flops, layer.output_shape)
}

// PROBE flops: FlopReport::total
// EXPECT: pub fn total(&self) -> u64
fn flops_total(report: &profiling::FlopReport) -> u64 {
    report.total()
}

// PROBE flops: FlopReport::bottleneck
// EXPECT: pub fn bottleneck(&self) -> Option<&LayerFlops>
fn flops_bottleneck(report: &profiling::FlopReport) -> Option<&profiling::LayerFlops> {
    report.bottleneck()
}

// PROBE flops: FlopReport::shares
// EXPECT: pub fn shares(&self) -> Vec<f64>
fn flops_shares(report: &profiling::FlopReport) -> Vec<f64> {
    report.shares()
}

// PROBE context: ProfilerContext::new
// EXPECT: pub fn new(name: &str) -> Self, for `ProfilerContext` on the `MonotonicClock`
fn context_new() -> profiling::ProfilerContext {
    profiling::ProfilerContext::new("name")
}

// PROBE context: ProfilerContext::with_clock
// EXPECT: pub fn with_clock(name: &str, clock: C) -> Self, for `ProfilerContext<C: Clock>`
fn context_with_clock(clock: ManualClock) -> profiling::ProfilerContext<ManualClock> {
    profiling::ProfilerContext::with_clock("name", clock)
}

// PROBE context: ProfilerContext::add_flops
// EXPECT: pub fn add_flops(&mut self, flops: u64)
fn context_add_flops(context: &mut profiling::ProfilerContext<ManualClock>) {
    context.add_flops(1_u64);
}

// PROBE context: ProfilerContext::add_bytes
// EXPECT: pub fn add_bytes(&mut self, bytes: u64)
fn context_add_bytes(context: &mut profiling::ProfilerContext<ManualClock>) {
    context.add_bytes(1_u64);
}

// PROBE context: ProfilerContext::finish
// EXPECT: pub fn finish(self) -> ProfileReport
fn context_finish(context: profiling::ProfilerContext<ManualClock>) -> profiling::ProfileReport {
    context.finish()
}

// PROBE context: ProfileReport's fields
// EXPECT: pub struct ProfileReport { pub name: String, pub seconds: f64, pub memory: MemoryStats, pub flops: u64, pub bytes_moved: u64 }
fn context_fields(report: profiling::ProfileReport) -> (String, f64, u64, u64) {
    (report.name, report.seconds, report.flops, report.bytes_moved)
}

// PROBE context: ProfileReport::memory
// EXPECT: pub memory: MemoryStats, with the five fields of `MemoryStats` as they were given
fn context_memory(report: &profiling::ProfileReport) -> [usize; 5] {
    let memory: profiling::MemoryStats = report.memory;
    let bytes = [memory.baseline_bytes, memory.peak_bytes, memory.allocated_bytes];
    [bytes[0], bytes[1], bytes[2], memory.allocations, memory.leaked_bytes]
}

// PROBE context: ProfileReport::gflops
// EXPECT: pub fn gflops(&self) -> Option<f64>
fn context_gflops(report: &profiling::ProfileReport) -> Option<f64> {
    report.gflops()
}

// PROBE context: ProfileReport::arithmetic_intensity
// EXPECT: pub fn arithmetic_intensity(&self) -> Option<f64>
fn context_intensity(report: &profiling::ProfileReport) -> Option<f64> {
    report.arithmetic_intensity()
}

// PROBE context: ProfileReport::render
// EXPECT: pub fn render(&self) -> String
fn context_render(report: &profiling::ProfileReport) -> String {
    report.render()
}

// PROBE spans: PerformanceProfiler::new
// EXPECT: pub fn new() -> Self, for `PerformanceProfiler` on the `MonotonicClock`
fn spans_new() -> profiling::PerformanceProfiler {
    profiling::PerformanceProfiler::new()
}

// PROBE spans: PerformanceProfiler::with_clock
// EXPECT: pub fn with_clock(clock: C) -> Self, for `PerformanceProfiler<C: Clock>`
fn spans_with_clock(clock: ManualClock) -> profiling::PerformanceProfiler<ManualClock> {
    profiling::PerformanceProfiler::with_clock(clock)
}

// PROBE spans: PerformanceProfiler::span
// EXPECT: pub fn span<R>(&mut self, name: &str, f: impl FnOnce(&mut Self) -> R) -> R
fn spans_span(profiler: &mut profiling::PerformanceProfiler<ManualClock>, moved: String) -> String {
    profiler.span("outer", |p: &mut profiling::PerformanceProfiler<ManualClock>| {
        p.span("inner", |_| moved)
    })
}

// PROBE spans: PerformanceProfiler::report
// EXPECT: pub fn report(&self) -> SpanReport
fn spans_report(profiler: &profiling::PerformanceProfiler<ManualClock>) -> profiling::SpanReport {
    profiler.report()
}

// PROBE spans: SpanReport::rows
// EXPECT: pub struct SpanReport { pub rows: Vec<SpanRow> }
fn spans_rows(report: &profiling::SpanReport) -> &Vec<profiling::SpanRow> {
    &report.rows
}

// PROBE spans: SpanRow
// EXPECT: pub struct SpanRow { pub path: String, pub depth: usize, pub calls: usize, pub total_s: f64, pub own_s: f64, pub share: f64 }
fn spans_row(row: profiling::SpanRow) -> (String, [usize; 2], [f64; 3]) {
    (row.path, [row.depth, row.calls], [row.total_s, row.own_s, row.share])
}

// PROBE spans: SpanReport::total_s
// EXPECT: pub fn total_s(&self) -> f64
fn spans_total(report: &profiling::SpanReport) -> f64 {
    report.total_s()
}

// PROBE spans: SpanReport::render
// EXPECT: pub fn render(&self) -> String
fn spans_render(report: &profiling::SpanReport) -> String {
    report.render()
}

// PROBE bottleneck: amdahl
// EXPECT: pub fn amdahl(fraction: f64, factor: f64) -> Result<f64>
fn bottleneck_amdahl() -> Result<f64, profiling::ProfileError> {
    profiling::amdahl(0.5, 2.0)
}

// PROBE bottleneck: BottleneckAnalyzer::new
// EXPECT: pub fn new(parts: Vec<(String, f64)>) -> Result<Self>
fn bottleneck_new(
    parts: Vec<(String, f64)>,
) -> Result<profiling::BottleneckAnalyzer, profiling::ProfileError> {
    profiling::BottleneckAnalyzer::new(parts)
}

// PROBE bottleneck: BottleneckAnalyzer::share
// EXPECT: pub fn share(&self, name: &str) -> Result<f64>
fn bottleneck_share(
    analyzer: &profiling::BottleneckAnalyzer,
) -> Result<f64, profiling::ProfileError> {
    analyzer.share("name")
}

// PROBE bottleneck: BottleneckAnalyzer::ranking
// EXPECT: pub fn ranking(&self) -> Vec<Ranked>
fn bottleneck_ranking(analyzer: &profiling::BottleneckAnalyzer) -> Vec<profiling::Ranked> {
    analyzer.ranking()
}

// PROBE bottleneck: Ranked
// EXPECT: pub struct Ranked { pub name: String, pub share: f64, pub limit: f64 }
fn bottleneck_ranked(ranked: profiling::Ranked) -> (String, [f64; 2]) {
    (ranked.name, [ranked.share, ranked.limit])
}

// PROBE bottleneck: BottleneckAnalyzer::speedup_if
// EXPECT: pub fn speedup_if(&self, name: &str, factor: f64) -> Result<f64>
fn bottleneck_speedup_if(
    analyzer: &profiling::BottleneckAnalyzer,
) -> Result<f64, profiling::ProfileError> {
    analyzer.speedup_if("name", 2.0)
}

// PROBE compare: OptimizationComparer::new
// EXPECT: pub fn new(confidence: f64, resamples: usize, seed: u64) -> Result<Self>
fn compare_new() -> Result<profiling::OptimizationComparer, profiling::ProfileError> {
    profiling::OptimizationComparer::new(0.95, 1000_usize, 1_u64)
}

// PROBE compare: OptimizationComparer::compare
// EXPECT: pub fn compare(&self, baseline: &[f64], variant: &[f64]) -> Result<Comparison>
fn compare_compare(
    comparer: &profiling::OptimizationComparer,
) -> Result<profiling::Comparison, profiling::ProfileError> {
    comparer.compare(&[2.0], &[1.0])
}

// PROBE compare: Comparison
// EXPECT: pub struct Comparison { pub ratio: f64, pub interval: Interval, pub verdict: Verdict }
fn compare_fields(seen: &profiling::Comparison) -> (f64, [f64; 2], &profiling::Verdict) {
    (seen.ratio, [seen.interval.low, seen.interval.high], &seen.verdict)
}

// PROBE compare: Verdict
// EXPECT: pub enum Verdict { Faster, Slower, Indistinguishable }
fn compare_verdict(verdict: &profiling::Verdict) -> u8 {
    match verdict {
        profiling::Verdict::Faster => 0,
        profiling::Verdict::Slower => 1,
        profiling::Verdict::Indistinguishable => 2,
    }
}

// PROBE compare: InteractionAnalyzer::new
// EXPECT: pub fn new(tolerance: f64) -> Result<Self>
fn interaction_new() -> Result<profiling::InteractionAnalyzer, profiling::ProfileError> {
    profiling::InteractionAnalyzer::new(0.05)
}

// PROBE compare: InteractionAnalyzer::analyze
// EXPECT: pub fn analyze(&self, baseline: f64, a: f64, b: f64, both: f64) -> Result<Interaction>
fn interaction_analyze(
    analyzer: &profiling::InteractionAnalyzer,
) -> Result<profiling::Interaction, profiling::ProfileError> {
    analyzer.analyze(4.0, 2.0, 2.0, 1.0)
}

// PROBE compare: Interaction
// EXPECT: pub struct Interaction { pub speedup_a: f64, pub speedup_b: f64, pub speedup_both: f64, pub if_multiplied: f64, pub if_added: Option<f64>, pub kind: InteractionKind }
fn interaction_fields(
    seen: &profiling::Interaction,
) -> ([f64; 4], Option<f64>, &profiling::InteractionKind) {
    let speedups = [seen.speedup_a, seen.speedup_b, seen.speedup_both, seen.if_multiplied];
    (speedups, seen.if_added, &seen.kind)
}

// PROBE compare: InteractionKind
// EXPECT: pub enum InteractionKind { Multiply, Add, Cancel, Partial, Synergy }
fn interaction_kind(kind: &profiling::InteractionKind) -> u8 {
    match kind {
        profiling::InteractionKind::Multiply => 0,
        profiling::InteractionKind::Add => 1,
        profiling::InteractionKind::Cancel => 2,
        profiling::InteractionKind::Partial => 3,
        profiling::InteractionKind::Synergy => 4,
    }
}
