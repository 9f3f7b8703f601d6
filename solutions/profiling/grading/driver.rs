//! The module's driver: passes each request to the student's code and converts the result. It does
//! not know which answers are right.
//!
//! Each task is left out if the interface that it needs does not compile (`--cfg missing_timer`),
//! so that a changed signature affects only its own task.

#![allow(unexpected_cfgs, reason = "`missing_*` is known only to who compiles a submission")]

use crate::contract::{self, Layer, MemoryStep, Model, Part, Span, Workload};
use grader_protocol::{Answer, task};

#[cfg(not(missing_bottleneck))]
#[path = "driver/bottleneck.rs"]
mod bottleneck;
#[cfg(not(missing_compare))]
#[path = "driver/compare.rs"]
mod compare;
#[cfg(not(missing_context))]
#[path = "driver/context.rs"]
mod context;
#[cfg(not(missing_flops))]
#[path = "driver/flops.rs"]
mod flops;
#[cfg(not(missing_memory))]
#[path = "driver/memory.rs"]
mod memory;
#[cfg(not(missing_spans))]
#[path = "driver/spans.rs"]
mod spans;
#[path = "driver/steps.rs"]
mod steps;
#[cfg(not(missing_timer))]
#[path = "driver/timer.rs"]
mod timer;

/// Not the alias in the student's crate, so that a missing alias breaks nothing here.
#[allow(dead_code, reason = "unused when every task with errors is missing")]
type Result<T> = std::result::Result<T, profiling::ProfileError>;

/// The student's code as an implementation of the contract.
#[derive(Default)]
pub struct Student;

#[allow(unused_variables, reason = "what a missing task is asked with")]
impl contract::Profiling for Student {
    fn percentile(&mut self, samples: Vec<f64>, q: f64) -> Answer<f64> {
        task!([missing_timer], "timer", timer::percentile(&samples, q))
    }

    fn stats(&mut self, samples: Vec<f64>) -> Answer<contract::Timing> {
        task!([missing_timer], "timer", timer::stats(&samples))
    }

    fn measure(
        &mut self,
        nanoseconds: Vec<u64>,
        warmup: usize,
        runs: usize,
    ) -> Answer<contract::Measured> {
        task!([missing_timer], "timer", timer::measure(&nanoseconds, warmup, runs))
    }

    fn calls(&mut self, warmup: usize, runs: usize) -> Answer<usize> {
        task!([missing_timer], "timer", Ok(timer::calls(warmup, runs)))
    }

    fn measure_drop(
        &mut self,
        call: u64,
        drop: u64,
        warmup: usize,
        runs: usize,
    ) -> Answer<contract::Measured> {
        task!([missing_timer], "timer", timer::measure_drop(call, drop, warmup, runs))
    }

    fn measure_real(
        &mut self,
        workload: Workload,
        warmup: usize,
        runs: usize,
    ) -> Answer<contract::Measured> {
        task!([missing_timer], "timer", timer::measure_real(workload, warmup, runs))
    }

    fn memory(&mut self, steps: Vec<MemoryStep>) -> Answer<contract::Memory> {
        task!([missing_memory], "memory", Ok(memory::profile(&steps)))
    }

    fn memory_nested(
        &mut self,
        before: Vec<MemoryStep>,
        inner: Vec<MemoryStep>,
        after: Vec<MemoryStep>,
    ) -> Answer<(contract::Memory, contract::Memory)> {
        task!([missing_memory], "memory", Ok(memory::nested(&before, &inner, &after)))
    }

    fn memory_returning(&mut self, bytes: usize) -> Answer<contract::Memory> {
        task!([missing_memory], "memory", Ok(memory::returning(bytes)))
    }

    fn flops_linear(
        &mut self,
        input: Vec<usize>,
        in_features: usize,
        out_features: usize,
        bias: bool,
    ) -> Answer<u64> {
        task!([missing_flops], "flops", flops::linear(&input, in_features, out_features, bias))
    }

    fn flops_conv2d(&mut self, input: Vec<usize>, layer: Layer) -> Answer<u64> {
        task!([missing_flops], "flops", flops::conv2d(&input, layer))
    }

    fn flops_attention(
        &mut self,
        input: Vec<usize>,
        d_model: usize,
        n_heads: usize,
    ) -> Answer<u64> {
        task!([missing_flops], "flops", flops::attention(&input, d_model, n_heads))
    }

    fn flops_layers(
        &mut self,
        input: Vec<usize>,
        layers: Vec<(String, Layer)>,
    ) -> Answer<contract::Flops> {
        task!([missing_flops], "flops", flops::layers(&input, layers))
    }

    fn flops_model(&mut self, model: Model, input: Vec<usize>) -> Answer<contract::Flops> {
        task!([missing_flops], "flops", flops::model(model, &input))
    }

    fn context(&mut self, script: contract::ContextScript) -> Answer<contract::Context> {
        task!([missing_context], "context", Ok(context::run(&script)))
    }

    fn spans(&mut self, roots: Vec<Span>) -> Answer<contract::Spans> {
        task!([missing_spans], "spans", Ok(spans::run(&roots)))
    }

    fn bottleneck(&mut self, parts: Vec<Part>) -> Answer<Vec<contract::Ranked>> {
        task!([missing_bottleneck], "bottleneck", bottleneck::ranking(parts))
    }

    fn speedup_if(&mut self, parts: Vec<Part>, name: String, factor: f64) -> Answer<f64> {
        task!([missing_bottleneck], "bottleneck", bottleneck::speedup_if(parts, &name, factor))
    }

    fn amdahl(&mut self, fraction: f64, factor: f64) -> Answer<f64> {
        task!([missing_bottleneck], "bottleneck", bottleneck::amdahl(fraction, factor))
    }

    fn compare(
        &mut self,
        baseline: Vec<f64>,
        variant: Vec<f64>,
        confidence: f64,
        resamples: usize,
        seed: u64,
    ) -> Answer<contract::Comparison> {
        task!(
            [missing_compare],
            "compare",
            compare::compare(&baseline, &variant, confidence, resamples, seed)
        )
    }

    fn interaction(
        &mut self,
        tolerance: f64,
        baseline: f64,
        a: f64,
        b: f64,
        both: f64,
    ) -> Answer<contract::Interaction> {
        task!([missing_compare], "compare", compare::interaction(tolerance, [baseline, a, b, both]))
    }
}
