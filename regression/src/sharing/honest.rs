//! Ways to compute on two threads or more at once.

use super::{PIECES, piece, sum};
use crate::chain::Chain;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{channel, sync_channel};
use std::sync::{Arc, Barrier, Mutex, PoisonError};
use std::thread::{self, available_parallelism};

/// Shares of the work on threads of a scope, one thread each.
fn on_threads(chain: Chain, shares: &[Range<u64>]) -> u64 {
    thread::scope(|scope| {
        let start = |share: &Range<u64>| {
            let share = share.clone();
            scope.spawn(move || sum(chain, share))
        };
        let threads: Vec<_> = shares.iter().map(start).collect();
        threads.into_iter().fold(0_u64, |all, one| all.wrapping_add(one.join().unwrap_or(0)))
    })
}

pub fn two_halves(chain: Chain) -> u64 {
    on_threads(chain, &[0..PIECES / 2, PIECES / 2..PIECES])
}

pub fn main_takes_a_half(chain: Chain) -> u64 {
    thread::scope(|scope| {
        let other = scope.spawn(|| sum(chain, PIECES / 2..PIECES));
        let own = sum(chain, 0..PIECES / 2);
        own.wrapping_add(other.join().unwrap_or(0))
    })
}

pub fn handles(chain: Chain) -> u64 {
    let shared = Arc::new(chain);
    let start = |share: Range<u64>| {
        let shared = Arc::clone(&shared);
        thread::spawn(move || sum(*shared, share))
    };
    let threads = [0..PIECES / 2, PIECES / 2..PIECES].map(start);
    threads.into_iter().fold(0_u64, |all, one| all.wrapping_add(one.join().unwrap_or(0)))
}

fn equal_shares(count: u64) -> Vec<Range<u64>> {
    (0..count).map(|at| at * PIECES / count..(at + 1) * PIECES / count).collect()
}

pub fn four_threads(chain: Chain) -> u64 {
    on_threads(chain, &equal_shares(4))
}

pub fn eight_threads(chain: Chain) -> u64 {
    on_threads(chain, &equal_shares(8))
}

pub fn uneven_by_a_fifth(chain: Chain) -> u64 {
    on_threads(chain, &[0..55, 55..PIECES])
}

/// Two threads that take the next piece until there is none.
fn take_turns(chain: Chain, next: impl Fn() -> Option<u64> + Sync) -> u64 {
    let worker = || {
        let mut all = 0_u64;
        while let Some(at) = next() {
            all = all.wrapping_add(piece(chain, at));
        }
        all
    };
    thread::scope(|scope| {
        let threads = [scope.spawn(worker), scope.spawn(worker)];
        threads.into_iter().fold(0_u64, |all, one| all.wrapping_add(one.join().unwrap_or(0)))
    })
}

pub fn queue_by_an_atomic(chain: Chain) -> u64 {
    let next = AtomicU64::new(0);
    let next = || Some(next.fetch_add(1, Ordering::Relaxed)).filter(|at| *at < PIECES);
    take_turns(chain, next)
}

pub fn queue_by_a_mutex(chain: Chain) -> u64 {
    let queue = Mutex::new(0..PIECES);
    take_turns(chain, || queue.lock().unwrap_or_else(PoisonError::into_inner).next())
}

pub fn queue_by_a_channel(chain: Chain) -> u64 {
    let (send, receive) = channel();
    for at in 0..PIECES {
        send.send(at).unwrap_or(());
    }
    drop(send);
    let queue = Mutex::new(receive);
    take_turns(chain, || queue.lock().unwrap_or_else(PoisonError::into_inner).recv().ok())
}

/// The main thread hands a tenth at a time to the thread that asks for it.
pub fn queue_by_hand_over(chain: Chain) -> u64 {
    const TENTH: u64 = PIECES / 10;
    let (send, receive) = sync_channel::<u64>(0);
    let queue = Mutex::new(receive);
    let worker = || {
        let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let mut all = 0_u64;
        while let Ok(first) = next() {
            all = all.wrapping_add(sum(chain, first..first + TENTH));
        }
        all
    };
    thread::scope(|scope| {
        let threads = [scope.spawn(worker), scope.spawn(worker)];
        for first in (0..PIECES).step_by(TENTH as usize) {
            send.send(first).unwrap_or(());
        }
        drop(send);
        threads.into_iter().fold(0_u64, |all, one| all.wrapping_add(one.join().unwrap_or(0)))
    })
}

pub fn splits_itself(chain: Chain) -> u64 {
    fn split(chain: Chain, share: Range<u64>) -> u64 {
        if share.end - share.start <= PIECES / 8 {
            return sum(chain, share);
        }
        let middle = u64::midpoint(share.start, share.end);
        thread::scope(|scope| {
            let other = scope.spawn(move || split(chain, middle..share.end));
            let own = split(chain, share.start..middle);
            own.wrapping_add(other.join().unwrap_or(0))
        })
    }
    split(chain, 0..PIECES)
}

/// Both wait for each other half-way, as when an operand is packed by all before it is used.
pub fn halves_with_a_barrier(chain: Chain) -> u64 {
    const ROUNDS: u64 = 2;
    let barrier = Barrier::new(2);
    let half = |number: u64| {
        (0..ROUNDS).fold(0_u64, |all, round| {
            let first = (2 * round + number) * PIECES / (2 * ROUNDS);
            let end = (2 * round + number + 1) * PIECES / (2 * ROUNDS);
            let all = all.wrapping_add(sum(chain, first..end));
            barrier.wait();
            all
        })
    };
    thread::scope(|scope| {
        let threads = [scope.spawn(|| half(0)), scope.spawn(|| half(1))];
        threads.into_iter().fold(0_u64, |all, one| all.wrapping_add(one.join().unwrap_or(0)))
    })
}

pub fn main_yields_meanwhile(chain: Chain) -> u64 {
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let all = scope.spawn(|| {
            let all = two_halves(chain);
            done.store(true, Ordering::Release);
            all
        });
        while !done.load(Ordering::Acquire) {
            thread::yield_now();
        }
        all.join().unwrap_or(0)
    })
}

pub fn no_more_threads_than_cpus(chain: Chain) -> u64 {
    let cpus = available_parallelism().map_or(1, |cpus| cpus.get() as u64);
    on_threads(chain, &equal_shares(cpus.min(2)))
}
