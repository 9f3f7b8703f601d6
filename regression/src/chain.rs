//! A kernel with an exactly known amount of work, for tests of the timing judge. It computes steps
//! of a linear congruential generator, each of which depends on the previous one. The result of
//! many steps can also be computed in a few (Brown, "Random Number Generation with Arbitrary
//! Strides", 1994), so verification costs almost nothing.

use grader_course::config::SubmissionLimits;
use grader_driver::timed::{Bench, Kernel, decode, encode};
use grader_pipeline::Wire;
use grader_protocol::Answer;
use grader_sandbox::Sandbox;
use grader_timing::{CallBatch, Workload};
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Knuth's constants for 64 bits.
const FACTOR: u64 = 6_364_136_223_846_793_005;
const SUMMAND: u64 = 1_442_695_040_888_963_407;

/// The start value and the number of steps of a chain.
pub type Chain = (u64, u64);

/// Computes a chain step by step, at about a nanosecond per step.
pub fn walk((start, steps): Chain) -> u64 {
    (0..steps).fold(start, |at, _| at.wrapping_mul(FACTOR).wrapping_add(SUMMAND))
}

/// The final value of a chain, in O(log steps).
pub fn end_of((start, mut steps): Chain) -> u64 {
    // The affine map of 1, 2, 4, 8... steps, and that of the steps already applied.
    let mut factor = FACTOR;
    let mut summand = SUMMAND;
    let mut all_factor = 1_u64;
    let mut all_summand = 0_u64;
    while steps > 0 {
        if steps & 1 == 1 {
            all_factor = all_factor.wrapping_mul(factor);
            all_summand = all_summand.wrapping_mul(factor).wrapping_add(summand);
        }
        summand = summand.wrapping_mul(factor.wrapping_add(1));
        factor = factor.wrapping_mul(factor);
        steps >>= 1;
    }
    start.wrapping_mul(all_factor).wrapping_add(all_summand)
}

/// Computes each chain `N` times: `N` times the work of [`RepeatedChain<1>`].
#[derive(Default)]
pub struct RepeatedChain<const N: u32>;

impl<const N: u32> Kernel for RepeatedChain<N> {
    type Input = Chain;
    type Output = u64;

    fn load(&mut self, input: &[u8]) -> Answer<Chain> {
        decode(input)
    }
    fn call(&mut self, chain: &mut Chain) -> Answer<u64> {
        Ok((0..N).fold(0, |_, _| black_box(walk(black_box(*chain)))))
    }
    fn fetch(&mut self, end: u64) -> Answer<Vec<u8>> {
        encode(&end)
    }
}

/// The kernels with known work: `times_1`, `times_2`, `times_5`, `times_8`, `times_20`.
pub fn bench() -> Bench {
    Bench::default()
        .with::<RepeatedChain<1>>("times_1")
        .with::<RepeatedChain<2>>("times_2")
        .with::<RepeatedChain<5>>("times_5")
        .with::<RepeatedChain<8>>("times_8")
        .with::<RepeatedChain<20>>("times_20")
}

/// Draws distinct chains of equal length.
pub struct ChainWorkload {
    steps: u64,
    next: u64,
    asked: Vec<Chain>,
}

impl ChainWorkload {
    /// Chains of `steps` steps.
    pub const fn new(steps: u64) -> Self {
        Self { steps, next: 1, asked: Vec::new() }
    }
}

impl Workload for ChainWorkload {
    type Wrong = &'static str;

    fn batch(&mut self, calls: usize) -> CallBatch {
        let mut draw = || {
            self.next += 1;
            (end_of((self.next, 99)), self.steps)
        };
        self.asked = (0..calls).map(|_| draw()).collect();
        let encoded = |chain| encode(chain).expect("numbers can be encoded");
        CallBatch { set_up: None, inputs: self.asked.iter().map(encoded).collect() }
    }

    fn verify(&mut self, outputs: &[Vec<u8>]) -> Result<(), &'static str> {
        let right = |(output, asked): (&Vec<u8>, &Chain)| decode(output) == Ok(end_of(*asked));
        let all = outputs.len() <= self.asked.len();
        let all = all && outputs.iter().zip(&self.asked).all(right);
        if all { Ok(()) } else { Err("not where the chain ends") }
    }
}

/// The limits of the measured process.
const LIMITS: SubmissionLimits = SubmissionLimits {
    call_seconds: 20,
    task_seconds: 20,
    cpu_seconds: 3600,
    memory_mb: 1024,
    threads: 8,
    compile_seconds: 60,
    compile_memory_mb: 1024,
};

/// A wire to another process of the current program, running only on `cpus`. The program must call
/// [`grader_driver::serve`] first; without a socket that call fails immediately.
///
/// # Panics
/// If the program's own file cannot be found.
pub fn wire<'a>(sandbox: &'a Sandbox, cpus: &[usize]) -> Wire<'a> {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    let program: &Path =
        PROGRAM.get_or_init(|| std::env::current_exe().expect("the program's own file"));
    Wire::new(sandbox, program, &LIMITS, 1).to_be_timed_on(cpus)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_short_way_ends_where_the_long_one_does() {
        for steps in [0, 1, 2, 3, 100, 12_345] {
            assert_eq!(end_of((7, steps)), walk((7, steps)), "{steps}");
        }
    }
}
