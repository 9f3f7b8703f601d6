//! How the threads of a process overlap, from looks at them while they compute.
//!
//! All threads share one CPU, so no look can show two of them computing at once. It shows which of them
//! *would* compute, each on a CPU of its own, if there were enough; and the scheduler gives each of those
//! its turn. The CPU time between two looks, divided by the number of such threads, is how long that part
//! would last then, and the sum of all parts is the *span* of the call. Neighbours make each turn rarer
//! and change none of this.
//!
//! What a thread does with its turns is not asked: spinning counts as computing, and costs CPU time.

use grader_protocol::ThreadOverlap;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// A call at which fewer looks saw a thread compute was not seen well enough. The clock of another process
/// moves on only at the scheduler's ticks, so its steps are fewer than the looks.
const FEWEST_LOOKS: usize = 10;
/// Nor was one of which more than this share passed between two looks.
const LONGEST_GAP: f64 = 0.25;

/// A turn with less CPU time than this was only needed to find out that there was nothing to do.
const FLEETING: Duration = Duration::from_micros(100);

/// The threads of a process at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ThreadMoment {
    /// CPU time of the process so far.
    pub cpu: Duration,
    /// Those that have not ended.
    pub threads: Vec<ThreadState>,
}

/// One thread at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ThreadState {
    /// Which one.
    pub id: u32,
    /// Whether it computes, or would if it had a CPU.
    pub runnable: bool,
    /// How often it has gone to sleep.
    pub sleeps: u64,
    /// How often it was taken off its CPU while it would have computed on.
    pub interruptions: u64,
    /// How often it was given a CPU; 0 where that is not known.
    pub turns: u64,
    /// Its CPU time so far; 0 where that is not known.
    pub cpu: Duration,
}

/// How the threads overlapped between the first look and the last; `None` if they were not seen well
/// enough. The first look is from before the call, the last one from after it.
///
/// The span is never shorter than the CPU time of any one thread.
///
/// # Cost
/// Linear in the number of looks at single threads.
pub fn overlap(looks: &[ThreadMoment]) -> Option<ThreadOverlap> {
    let first = looks.first()?;
    let last = looks.last()?;
    let work = seconds_between(first, last);
    let gap = looks.windows(2).map(|pair| seconds_between(&pair[0], &pair[1])).fold(0.0, f64::max);
    let widths = widths(looks);
    let during = widths.iter().filter(|width| **width > 0.0).count();
    if during < FEWEST_LOOKS || gap > LONGEST_GAP * work {
        return None;
    }
    let mut span = 0.0;
    let mut together = 0.0;
    for (pair, widths) in looks.windows(2).zip(widths.windows(2)) {
        // What changed in between changed half-way, on the average.
        let seconds = seconds_between(&pair[0], &pair[1]);
        let of_both = |share: fn(f64) -> f64| f64::midpoint(share(widths[0]), share(widths[1]));
        span += seconds * of_both(|width| 1.0 / width.max(1.0));
        together += seconds * of_both(|width| if width > 1.0 { 1.0 } else { 0.0 });
    }
    let span = span.max(busiest(looks));
    Some(ThreadOverlap {
        span: Duration::from_secs_f64(span),
        together: Duration::from_secs_f64(together),
    })
}

fn seconds_between(earlier: &ThreadMoment, later: &ThreadMoment) -> f64 {
    later.cpu.saturating_sub(earlier.cpu).as_secs_f64()
}

/// How many threads were computing at each look.
fn widths(looks: &[ThreadMoment]) -> Vec<f64> {
    let mut known = BTreeMap::<u32, ThreadRecord>::new();
    let mut computing: Vec<BTreeSet<u32>> = Vec::with_capacity(looks.len());
    for (at, look) in looks.iter().enumerate() {
        // A number may be used again once its thread has ended.
        known.retain(|id, _| look.threads.iter().any(|thread| thread.id == *id));
        let mut now = BTreeSet::new();
        for thread in &look.threads {
            let before = known.get(&thread.id);
            let seen = ThreadRecord::after(before, thread, at);
            if let Some(before) = before.filter(|before| before.had_nothing_to_compute(thread)) {
                for earlier in &mut computing[before.since..] {
                    earlier.remove(&thread.id);
                }
            }
            if seen.computes {
                now.insert(thread.id);
            }
            known.insert(thread.id, seen);
        }
        computing.push(now);
    }
    computing.iter().map(|threads| threads.len() as f64).collect()
}

/// What is known of a thread.
#[derive(Clone, Copy)]
struct ThreadRecord {
    sleeps: u64,
    /// Its interruptions when it was first seen to have slept so often.
    interruptions: u64,
    /// Whether it is computing: on the CPU or taken off it in the middle of its work, and not merely woken.
    computes: bool,
    /// The look since which it has computed next to nothing, and its CPU time then.
    since: usize,
    cpu: Duration,
}

impl ThreadRecord {
    /// A thread that was woken counts once it has its turn. One that naps until it is another's turn to
    /// sleep is runnable nearly all the time, and wakes only to sleep again. A new thread counts at once.
    fn after(before: Option<&Self>, thread: &ThreadState, at: usize) -> Self {
        let on_cpu = thread.turns > thread.sleeps + thread.interruptions;
        let same_stretch = before.filter(|before| before.sleeps == thread.sleeps);
        let went_on = match same_stretch {
            Some(before) => before.computes || thread.interruptions > before.interruptions,
            None => before.is_none() && thread.sleeps == 0,
        };
        let idle = same_stretch.filter(|before| !before.has_computed(thread));
        Self {
            since: idle.map_or(at, |before| before.since),
            cpu: idle.map_or(thread.cpu, |before| before.cpu),
            sleeps: thread.sleeps,
            interruptions: same_stretch.map_or(thread.interruptions, |before| before.interruptions),
            computes: thread.runnable && (on_cpu || went_on),
        }
    }

    fn has_computed(&self, thread: &ThreadState) -> bool {
        thread.cpu.saturating_sub(self.cpu) > FLEETING
    }

    /// Whether it went to sleep as soon as it had its turn: one that is taken off its CPU just before it
    /// asks for a lock seems to compute on until then.
    fn had_nothing_to_compute(&self, now: &ThreadState) -> bool {
        now.turns > 0 && now.sleeps > self.sleeps && !self.has_computed(now)
    }
}

/// CPU seconds of the thread that used most, as far as it was seen.
fn busiest(looks: &[ThreadMoment]) -> f64 {
    let mut used = BTreeMap::<u32, (Duration, Duration)>::new();
    for thread in looks.iter().flat_map(|look| &look.threads) {
        let first = looks[0].threads.iter().find(|first| first.id == thread.id);
        let begin = first.map_or(Duration::ZERO, |first| first.cpu);
        let entry = used.entry(thread.id).or_insert((begin, begin));
        // A smaller number is another thread's that was given the same number.
        entry.1 = entry.1.max(thread.cpu);
    }
    let seconds = |(begin, end): &(Duration, Duration)| end.saturating_sub(*begin).as_secs_f64();
    used.values().map(seconds).fold(0.0, f64::max)
}

#[cfg(test)]
#[path = "overlap_tests.rs"]
mod tests;
