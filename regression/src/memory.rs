//! Kernels that depend on memory and whose answers are known all the same, for proofs of the timing
//! judge: one streams over an array that no cache holds, one follows a chain through a table that fills
//! the last cache. Beside each there is one that gives the same answers and needs no memory.

use crate::chain::{Chain, end_of, walk};
use grader_driver::timed::{Bench, Kernel, decode, encode};
use grader_protocol::Answer;
use grader_timing::{CallBatch, Workload};
use std::hint::black_box;

/// Words in a line of a cache: one of each is read.
const LINE: usize = 8;
/// Words of a block, 4 MiB.
const BLOCK: usize = 1 << 19;
/// Blocks of the array. A prime, so that steps of any length visit every block before one comes again.
const BLOCKS: usize = 131;
/// Blocks from one asked call to the next: more than the most that a call reads.
const STRIDE: usize = 7;
/// Bytes of the array: 524 MiB.
pub const ARRAY_BYTES: usize = BLOCKS * BLOCK * size_of::<u64>();

/// Words of the table.
const TABLE: u64 = 1 << 23;
/// Bytes of the table: 64 MiB.
pub const TABLE_BYTES: usize = TABLE as usize * size_of::<u64>();
/// Steps that a call follows the table for.
const HOPS: u64 = 6_000;

/// Steps of a computation that stands for a block.
const STEPS_A_BLOCK: u64 = 120_000;

/// Where a block starts, as the kernels are asked for it.
fn block_at(number: u64) -> usize {
    number as usize % BLOCKS * BLOCK
}

/// The sum over a block of the array in which each word is its own index.
fn sum_of(number: u64) -> u64 {
    let start = block_at(number) as u64;
    let lines = (BLOCK / LINE) as u64;
    lines * start + LINE as u64 * (lines * (lines - 1) / 2)
}

/// Streams over `N` blocks that follow each other, the asked one last, and sums that one up.
pub struct StreamKernel<const N: u64> {
    array: Vec<u64>,
}

impl<const N: u64> Default for StreamKernel<N> {
    fn default() -> Self {
        Self { array: (0..(BLOCKS * BLOCK) as u64).collect() }
    }
}

impl<const N: u64> Kernel for StreamKernel<N> {
    type Input = Chain;
    type Output = u64;

    fn load(&mut self, input: &[u8]) -> Answer<Chain> {
        decode(input)
    }
    fn call(&mut self, (number, _): &mut Chain) -> Answer<u64> {
        let sum = |number: u64| {
            let start = block_at(number);
            let block = black_box(&self.array[start..start + BLOCK]);
            block.iter().step_by(LINE).fold(0, |sum: u64, word| sum.wrapping_add(*word))
        };
        Ok((0..N).rev().fold(0, |_, ahead| black_box(sum(*number + ahead))))
    }
    fn fetch(&mut self, sum: u64) -> Answer<Vec<u8>> {
        encode(&sum)
    }
}

/// Follows `N` chains through a table as large as a share of the last cache, the asked one last.
pub struct HopKernel<const N: u64> {
    table: Vec<u64>,
}

impl<const N: u64> Default for HopKernel<N> {
    fn default() -> Self {
        Self { table: (0..TABLE).map(|at| walk((at, 1)) % TABLE).collect() }
    }
}

impl<const N: u64> Kernel for HopKernel<N> {
    type Input = Chain;
    type Output = u64;

    fn load(&mut self, input: &[u8]) -> Answer<Chain> {
        decode(input)
    }
    fn call(&mut self, (start, hops): &mut Chain) -> Answer<u64> {
        let follow = |start: u64| (0..*hops).fold(start, |at, _| self.table[at as usize]);
        let start_of = |ahead: u64| (*start + ahead * 0x1_2345) % TABLE;
        Ok((0..N).rev().fold(0, |_, ahead| black_box(follow(black_box(start_of(ahead))))))
    }
    fn fetch(&mut self, end: u64) -> Answer<Vec<u8>> {
        encode(&end)
    }
}

/// Gives the answers of [`StreamKernel`] and computes instead of reading.
#[derive(Default)]
pub struct NoStream;

impl Kernel for NoStream {
    type Input = Chain;
    type Output = u64;

    fn load(&mut self, input: &[u8]) -> Answer<Chain> {
        decode(input)
    }
    fn call(&mut self, (number, _): &mut Chain) -> Answer<u64> {
        black_box(walk(black_box((*number, STEPS_A_BLOCK))));
        Ok(sum_of(*number))
    }
    fn fetch(&mut self, sum: u64) -> Answer<Vec<u8>> {
        encode(&sum)
    }
}

/// Gives the answers of [`HopKernel`] and computes instead of reading.
#[derive(Default)]
pub struct NoHop;

impl Kernel for NoHop {
    type Input = Chain;
    type Output = u64;

    fn load(&mut self, input: &[u8]) -> Answer<Chain> {
        decode(input)
    }
    fn call(&mut self, chain: &mut Chain) -> Answer<u64> {
        black_box(walk(black_box((chain.0, STEPS_A_BLOCK))));
        Ok(end_of(*chain) % TABLE)
    }
    fn fetch(&mut self, end: u64) -> Answer<Vec<u8>> {
        encode(&end)
    }
}

/// Adds the kernels that depend on memory, and those that give the same answers without: `stream_1`,
/// `stream_5`, `no_stream`, `hop_1`, `hop_5`, `no_hop`.
#[must_use]
pub fn with_memory(bench: Bench) -> Bench {
    bench
        .with::<StreamKernel<1>>("stream_1")
        .with::<StreamKernel<5>>("stream_5")
        .with::<NoStream>("no_stream")
        .with::<HopKernel<1>>("hop_1")
        .with::<HopKernel<5>>("hop_5")
        .with::<NoHop>("no_hop")
}

/// Draws the inputs of these kernels, and knows the answers.
pub struct MemoryWorkload {
    draw: fn(u64) -> Chain,
    answer: fn(Chain) -> u64,
    next: u64,
    asked: Vec<Chain>,
}

impl MemoryWorkload {
    /// Blocks to stream over, each far from the ones before it.
    pub const fn blocks() -> Self {
        let draw = |next| (next * STRIDE as u64, 0);
        Self { draw, answer: |(number, _)| sum_of(number), next: 0, asked: Vec::new() }
    }

    /// Chains through the table.
    pub const fn hops() -> Self {
        let draw = |next| (end_of((next, 99)) % TABLE, HOPS);
        Self { draw, answer: |chain| end_of(chain) % TABLE, next: 0, asked: Vec::new() }
    }
}

impl Workload for MemoryWorkload {
    type Wrong = &'static str;

    fn batch(&mut self, calls: usize) -> CallBatch {
        let first = self.next;
        self.next += calls as u64;
        self.asked = (first..self.next).map(self.draw).collect();
        let encoded = |chain| encode(chain).expect("numbers can be encoded");
        CallBatch { set_up: None, inputs: self.asked.iter().map(encoded).collect() }
    }

    fn verify(&mut self, outputs: &[Vec<u8>]) -> Result<(), &'static str> {
        let right =
            |(output, asked): (&Vec<u8>, &Chain)| decode(output) == Ok((self.answer)(*asked));
        let all = outputs.len() <= self.asked.len() && outputs.iter().zip(&self.asked).all(right);
        if all { Ok(()) } else { Err("not what the memory holds") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers<K: Kernel<Input = Chain, Output = u64> + Default>(mut known: MemoryWorkload) {
        let mut kernel = K::default();
        let batch = known.batch(40);
        let answer = |input: &Vec<u8>| {
            let mut input = kernel.load(input).expect("an input");
            let output = kernel.call(&mut input).expect("an answer");
            kernel.fetch(output).expect("an output")
        };
        let mut outputs: Vec<_> = batch.inputs.iter().map(answer).collect();
        assert_eq!(known.verify(&outputs), Ok(()));
        outputs[39] = encode(&1_u64).expect("a number");
        assert!(known.verify(&outputs).is_err());
    }

    #[test]
    fn each_kernel_gives_the_known_answers() {
        answers::<StreamKernel<1>>(MemoryWorkload::blocks());
        answers::<StreamKernel<5>>(MemoryWorkload::blocks());
        answers::<NoStream>(MemoryWorkload::blocks());
        answers::<HopKernel<1>>(MemoryWorkload::hops());
        answers::<HopKernel<5>>(MemoryWorkload::hops());
        answers::<NoHop>(MemoryWorkload::hops());
    }
}
