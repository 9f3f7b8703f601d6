//! Measurements as grades keep them, and back.

use grader_model::{CaseResult, TimedPair, TimedThreads, TimingBasis, TimingClock, TimingResult};
use grader_timing::{
    Gate, Look, MeasurePlan, SampleClock, SamplePair, SampleThreads, VerdictBasis, replay,
};

/// What a verdict rests on, as grades record it.
pub const fn basis(of: VerdictBasis) -> TimingBasis {
    match of {
        VerdictBasis::AllPairs => TimingBasis::AllPairs,
        VerdictBasis::TypicalPairs => TimingBasis::TypicalPairs,
        VerdictBasis::Totals => TimingBasis::Totals,
        VerdictBasis::UsedUp => TimingBasis::UsedUp,
    }
}

/// A clock, as grades record it.
pub const fn stored_clock(clock: SampleClock) -> TimingClock {
    match clock {
        SampleClock::Cpu => TimingClock::Cpu,
        SampleClock::Wall => TimingClock::Wall,
        SampleClock::Span => TimingClock::Span,
    }
}

/// A pair, as grades record it.
pub fn stored(pair: &SamplePair, on: VerdictBasis) -> TimedPair {
    TimedPair {
        baseline: pair.baseline,
        submission: pair.submission,
        excess: pair.excess,
        threads: pair.threads.map(threads),
        wall: (on == VerdictBasis::UsedUp).then_some(pair.wall),
    }
}

/// The overlap of threads, as grades record it.
pub const fn threads(seen: SampleThreads) -> TimedThreads {
    TimedThreads { work: seen.work, together: seen.together }
}

/// Every look at a stored measurement, decided again at a gate; nothing for a case that was not measured.
///
/// # Cost
/// Linear in the number of pairs, at each look.
pub fn looks_at(case: &CaseResult, gate: Gate) -> Vec<Look> {
    let (Some(timing), Some(pairs)) = (&case.timing, &case.timed_pairs) else { return Vec::new() };
    let pairs: Vec<SamplePair> = pairs.for_instructor().iter().map(pair).collect();
    let clock = match timing.clock {
        TimingClock::Cpu => SampleClock::Cpu,
        TimingClock::Wall => SampleClock::Wall,
        TimingClock::Span => SampleClock::Span,
    };
    replay(&pairs, MeasurePlan { gate, clock }, basis_of(timing))
}

fn pair(stored: &TimedPair) -> SamplePair {
    SamplePair {
        baseline: stored.baseline,
        submission: stored.submission,
        excess: stored.excess,
        wall: stored.wall.unwrap_or_default(),
        threads: stored
            .threads
            .map(|seen| SampleThreads { work: seen.work, together: seen.together }),
    }
}

const fn basis_of(timing: &TimingResult) -> VerdictBasis {
    match timing.basis {
        TimingBasis::AllPairs => VerdictBasis::AllPairs,
        TimingBasis::TypicalPairs => VerdictBasis::TypicalPairs,
        TimingBasis::Totals => VerdictBasis::Totals,
        TimingBasis::UsedUp => VerdictBasis::UsedUp,
    }
}
