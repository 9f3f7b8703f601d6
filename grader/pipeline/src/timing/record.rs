//! Measurements as grades keep them, and back.

use grader_model::{CaseResult, TimedPair, TimedThreads, Timing, TimingBasis, TimingClock};
use grader_timing::{Basis, Clock, Gate, Look, Pair, Plan, Threads, replay};

/// What a verdict rests on, as grades record it.
pub const fn basis(of: Basis) -> TimingBasis {
    match of {
        Basis::AllPairs => TimingBasis::AllPairs,
        Basis::TypicalPairs => TimingBasis::TypicalPairs,
        Basis::Totals => TimingBasis::Totals,
        Basis::UsedUp => TimingBasis::UsedUp,
    }
}

/// A clock, as grades record it.
pub const fn stored_clock(clock: Clock) -> TimingClock {
    match clock {
        Clock::Cpu => TimingClock::Cpu,
        Clock::Wall => TimingClock::Wall,
        Clock::Span => TimingClock::Span,
    }
}

/// A pair, as grades record it.
pub fn stored(pair: &Pair, on: Basis) -> TimedPair {
    TimedPair {
        baseline: pair.baseline,
        submission: pair.submission,
        excess: pair.excess,
        threads: pair.threads.map(threads),
        wall: (on == Basis::UsedUp).then_some(pair.wall),
    }
}

/// The overlap of threads, as grades record it.
pub const fn threads(seen: Threads) -> TimedThreads {
    TimedThreads { work: seen.work, together: seen.together }
}

/// Every look at a stored measurement, decided again at a gate; nothing for a case that was not measured.
///
/// # Cost
/// Linear in the number of pairs, at each look.
pub fn looks_at(case: &CaseResult, gate: Gate) -> Vec<Look> {
    let (Some(timing), Some(pairs)) = (&case.timing, &case.timed_pairs) else { return Vec::new() };
    let pairs: Vec<Pair> = pairs.for_instructor().iter().map(pair).collect();
    let clock = match timing.clock {
        TimingClock::Cpu => Clock::Cpu,
        TimingClock::Wall => Clock::Wall,
        TimingClock::Span => Clock::Span,
    };
    replay(&pairs, Plan { gate, clock }, basis_of(timing))
}

fn pair(stored: &TimedPair) -> Pair {
    Pair {
        baseline: stored.baseline,
        submission: stored.submission,
        excess: stored.excess,
        wall: stored.wall.unwrap_or_default(),
        threads: stored.threads.map(|seen| Threads { work: seen.work, together: seen.together }),
    }
}

const fn basis_of(timing: &Timing) -> Basis {
    match timing.basis {
        TimingBasis::AllPairs => Basis::AllPairs,
        TimingBasis::TypicalPairs => Basis::TypicalPairs,
        TimingBasis::Totals => Basis::Totals,
        TimingBasis::UsedUp => Basis::UsedUp,
    }
}
