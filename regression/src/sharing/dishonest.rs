//! Ways to start threads and gain nothing by them.

use super::{PIECES, piece, sum};
use crate::chain::Chain;
use std::hint::black_box;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

const NAP: Duration = Duration::from_nanos(1);
const HALVES: [Range<u64>; 2] = [0..PIECES / 2, PIECES / 2..PIECES];

/// How a thread passes the time.
type IdleFn = fn();

const SPIN: IdleFn = || std::hint::spin_loop();
const YIELD: IdleFn = thread::yield_now;
const DOZE: IdleFn = || thread::sleep(NAP);

pub fn joins_each_before_the_next(chain: Chain) -> u64 {
    HALVES.into_iter().fold(0_u64, |all, share| {
        all.wrapping_add(thread::spawn(move || sum(chain, share)).join().unwrap_or(0))
    })
}

/// `compute` beside a thread that does nothing in its way.
fn beside(idle: IdleFn, compute: impl FnOnce() -> u64) -> u64 {
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                idle();
            }
        });
        let all = compute();
        done.store(true, Ordering::Relaxed);
        all
    })
}

pub fn the_other_gets_nothing(chain: Chain) -> u64 {
    thread::scope(|scope| {
        let other = scope.spawn(|| sum(chain, 0..0));
        sum(chain, 0..PIECES).wrapping_add(other.join().unwrap_or(0))
    })
}

pub fn the_other_sleeps(chain: Chain) -> u64 {
    beside(|| thread::sleep(Duration::from_millis(5)), || sum(chain, 0..PIECES))
}

pub fn the_other_spins(chain: Chain) -> u64 {
    beside(SPIN, || sum(chain, 0..PIECES))
}

pub fn the_other_yields(chain: Chain) -> u64 {
    beside(YIELD, || sum(chain, 0..PIECES))
}

pub fn the_other_naps(chain: Chain) -> u64 {
    beside(DOZE, || sum(chain, 0..PIECES))
}

pub fn both_do_all(chain: Chain) -> u64 {
    thread::scope(|scope| {
        let other = scope.spawn(|| black_box(sum(chain, 0..PIECES)));
        let own = sum(chain, 0..PIECES);
        let _ = other.join();
        own
    })
}

pub fn one_lock_around_all(chain: Chain) -> u64 {
    let all = Mutex::new(0_u64);
    thread::scope(|scope| {
        for share in HALVES {
            let all = &all;
            scope.spawn(move || {
                let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
                *all = all.wrapping_add(sum(chain, share));
            });
        }
    });
    all.into_inner().unwrap_or_else(PoisonError::into_inner)
}

pub fn one_lock_around_each(chain: Chain) -> u64 {
    let all = Mutex::new(0_u64);
    thread::scope(|scope| {
        for share in HALVES {
            let all = &all;
            scope.spawn(move || {
                for at in share {
                    let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
                    *all = all.wrapping_add(piece(chain, at));
                }
            });
        }
    });
    all.into_inner().unwrap_or_else(PoisonError::into_inner)
}

pub fn one_does_nine_tenths(chain: Chain) -> u64 {
    thread::scope(|scope| {
        let other = scope.spawn(|| sum(chain, 0..PIECES / 10));
        sum(chain, PIECES / 10..PIECES).wrapping_add(other.join().unwrap_or(0))
    })
}

pub fn one_by_one_beside_a_spinner(chain: Chain) -> u64 {
    beside(SPIN, || joins_each_before_the_next(chain))
}

pub fn one_by_one_beside_a_yielder(chain: Chain) -> u64 {
    beside(YIELD, || joins_each_before_the_next(chain))
}

pub fn one_by_one_beside_a_napper(chain: Chain) -> u64 {
    beside(DOZE, || joins_each_before_the_next(chain))
}

/// Two threads that compute the pieces in turn, each waiting for the other in this way.
fn with_a_token(chain: Chain, idle: IdleFn) -> u64 {
    let next = AtomicU64::new(0);
    let worker = |number: u64| {
        let mut all = 0_u64;
        for at in (0..PIECES).filter(|at| at % 2 == number) {
            while next.load(Ordering::Acquire) != at {
                idle();
            }
            all = all.wrapping_add(piece(chain, at));
            next.store(at + 1, Ordering::Release);
        }
        all
    };
    thread::scope(|scope| {
        let threads = [scope.spawn(|| worker(0)), scope.spawn(|| worker(1))];
        threads.into_iter().fold(0_u64, |all, one| all.wrapping_add(one.join().unwrap_or(0)))
    })
}

pub fn a_token_awaited_by_spinning(chain: Chain) -> u64 {
    with_a_token(chain, SPIN)
}

pub fn a_token_awaited_by_yielding(chain: Chain) -> u64 {
    with_a_token(chain, YIELD)
}

pub fn a_token_awaited_by_naps(chain: Chain) -> u64 {
    with_a_token(chain, DOZE)
}

pub fn a_token_awaited_asleep(chain: Chain) -> u64 {
    let next = Mutex::new(0);
    let turn = Condvar::new();
    let worker = |number: u64| {
        let mut all = 0_u64;
        for at in (0..PIECES).filter(|at| at % 2 == number) {
            let held = next.lock().unwrap_or_else(PoisonError::into_inner);
            let held = turn.wait_while(held, |next| *next != at);
            drop(held.unwrap_or_else(PoisonError::into_inner));
            all = all.wrapping_add(piece(chain, at));
            *next.lock().unwrap_or_else(PoisonError::into_inner) = at + 1;
            turn.notify_all();
        }
        all
    };
    thread::scope(|scope| {
        let threads = [scope.spawn(|| worker(0)), scope.spawn(|| worker(1))];
        threads.into_iter().fold(0_u64, |all, one| all.wrapping_add(one.join().unwrap_or(0)))
    })
}

/// Eight threads are started at once, and each joins the one before it first.
pub fn each_waits_for_the_one_before(chain: Chain) -> u64 {
    const THREADS: u64 = 8;
    let start = |before: Option<thread::JoinHandle<u64>>, at: u64| {
        let share = at * PIECES / THREADS..(at + 1) * PIECES / THREADS;
        Some(thread::spawn(move || {
            let all = before.map_or(0, |before| before.join().unwrap_or(0));
            all.wrapping_add(sum(chain, share))
        }))
    };
    let last = (0..THREADS).fold(None, start);
    last.map_or(0, |last| last.join().unwrap_or(0))
}
