//! Work that can be shared among threads, and ways to do that: honest ones, which must be seen to compute at
//! once, and those that start threads and gain nothing by them.

mod dishonest;
mod honest;

use crate::chain::{Chain, end_of, walk};
use grader_driver::timed::{Bench, Kernel, decode, encode};
use grader_protocol::Answer;
use grader_timing::{CallBatch, Workload};
use std::hint::black_box;
use std::ops::Range;

/// Pieces of the work, each as long as the others.
pub const PIECES: u64 = 100;
/// The kernel with all of it on one thread.
pub const ALONE: &str = "alone";

/// A way to share the work among two threads.
#[derive(Clone, Copy, Debug)]
pub struct SharingMethod {
    /// The kernel's name.
    pub name: &'static str,
    /// Whether it computes on two threads or more at once.
    pub is_parallel: bool,
    /// Does the work of a chain.
    pub compute: fn(Chain) -> u64,
}

/// Every way.
pub const WAYS: [SharingMethod; 33] = [
    SharingMethod { name: ALONE, is_parallel: false, compute: |chain| sum(chain, 0..PIECES) },
    honest("two_halves", honest::two_halves),
    honest("main_takes_a_half", honest::main_takes_a_half),
    honest("handles", honest::handles),
    honest("four_threads", honest::four_threads),
    honest("eight_threads_in_turn", honest::eight_threads),
    honest("uneven_by_a_fifth", honest::uneven_by_a_fifth),
    honest("queue_by_an_atomic", honest::queue_by_an_atomic),
    honest("queue_by_a_mutex", honest::queue_by_a_mutex),
    honest("queue_by_a_channel", honest::queue_by_a_channel),
    honest("queue_by_hand_over", honest::queue_by_hand_over),
    honest("splits_itself", honest::splits_itself),
    honest("halves_with_a_barrier", honest::halves_with_a_barrier),
    honest("main_yields_meanwhile", honest::main_yields_meanwhile),
    honest("no_more_threads_than_cpus", honest::no_more_threads_than_cpus),
    dishonest("joins_each_before_the_next", dishonest::joins_each_before_the_next),
    dishonest("the_other_gets_nothing", dishonest::the_other_gets_nothing),
    dishonest("the_other_sleeps", dishonest::the_other_sleeps),
    dishonest("the_other_spins", dishonest::the_other_spins),
    dishonest("the_other_yields", dishonest::the_other_yields),
    dishonest("the_other_naps", dishonest::the_other_naps),
    dishonest("both_do_all", dishonest::both_do_all),
    dishonest("one_lock_around_all", dishonest::one_lock_around_all),
    dishonest("one_lock_around_each", dishonest::one_lock_around_each),
    dishonest("one_does_nine_tenths", dishonest::one_does_nine_tenths),
    dishonest("one_by_one_beside_a_spinner", dishonest::one_by_one_beside_a_spinner),
    dishonest("one_by_one_beside_a_yielder", dishonest::one_by_one_beside_a_yielder),
    dishonest("one_by_one_beside_a_napper", dishonest::one_by_one_beside_a_napper),
    dishonest("a_token_awaited_asleep", dishonest::a_token_awaited_asleep),
    dishonest("a_token_awaited_by_spinning", dishonest::a_token_awaited_by_spinning),
    dishonest("a_token_awaited_by_yielding", dishonest::a_token_awaited_by_yielding),
    dishonest("a_token_awaited_by_naps", dishonest::a_token_awaited_by_naps),
    dishonest("each_waits_for_the_one_before", dishonest::each_waits_for_the_one_before),
];

const fn honest(name: &'static str, compute: fn(Chain) -> u64) -> SharingMethod {
    SharingMethod { name, is_parallel: true, compute }
}

const fn dishonest(name: &'static str, compute: fn(Chain) -> u64) -> SharingMethod {
    SharingMethod { name, is_parallel: false, compute }
}

/// The end of one piece: a chain of its own.
fn piece((start, steps): Chain, at: u64) -> u64 {
    black_box(walk(black_box((start.wrapping_add(at), steps))))
}

/// The sum of some pieces.
fn sum(chain: Chain, pieces: Range<u64>) -> u64 {
    pieces.fold(0, |sum, at| sum.wrapping_add(piece(chain, at)))
}

/// The way with number `AT` as a kernel.
#[derive(Default)]
struct SharingKernel<const AT: usize>;

impl<const AT: usize> Kernel for SharingKernel<AT> {
    type Input = Chain;
    type Output = u64;

    fn load(&mut self, input: &[u8]) -> Answer<Chain> {
        decode(input)
    }
    fn call(&mut self, chain: &mut Chain) -> Answer<u64> {
        Ok((WAYS[AT].compute)(*chain))
    }
    fn fetch(&mut self, sum: u64) -> Answer<Vec<u8>> {
        encode(&sum)
    }
}

/// Adds all ways to the kernels of `bench`.
#[must_use]
pub fn add_to(bench: Bench) -> Bench {
    macro_rules! with {
        ($($at:literal)*) => { bench$(.with::<SharingKernel<$at>>(WAYS[$at].name))* };
    }
    with!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32)
}

/// Draws chains, none twice, each of which is [`PIECES`] pieces of work.
pub struct ShareWorkload {
    steps: u64,
    next: u64,
    asked: Vec<Chain>,
}

impl ShareWorkload {
    /// Pieces of `steps` steps, about a nanosecond each.
    pub const fn new(steps: u64) -> Self {
        Self { steps, next: 1, asked: Vec::new() }
    }
}

impl Workload for ShareWorkload {
    type Wrong = &'static str;

    fn batch(&mut self, calls: usize) -> CallBatch {
        let draw = |_| {
            self.next += 1;
            (end_of((self.next, 99)), self.steps)
        };
        self.asked = (0..calls).map(draw).collect();
        let encoded = |chain| encode(chain).expect("numbers can be encoded");
        CallBatch { set_up: None, inputs: self.asked.iter().map(encoded).collect() }
    }

    fn verify(&mut self, outputs: &[Vec<u8>]) -> Result<(), &'static str> {
        let end = |(start, steps): Chain, at| end_of((start.wrapping_add(at), steps));
        let sum =
            |asked: Chain| (0..PIECES).fold(0_u64, |sum, at| sum.wrapping_add(end(asked, at)));
        let right = |(output, asked): (&Vec<u8>, &Chain)| decode(output) == Ok(sum(*asked));
        let all = outputs.len() <= self.asked.len();
        let all = all && outputs.iter().zip(&self.asked).all(right);
        if all { Ok(()) } else { Err("not the sum of all pieces") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_does_the_work() {
        let mut work = ShareWorkload::new(50);
        work.batch(1);
        for way in WAYS {
            let output = encode(&(way.compute)(work.asked[0])).unwrap();
            assert_eq!(work.verify(&[output]), Ok(()), "{}", way.name);
        }
        assert!(work.verify(&[encode(&7_u64).unwrap()]).is_err());
    }
}
