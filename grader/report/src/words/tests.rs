//! Tests of the wording.

use super::account::{account, unseen};
use super::format::{date, percent, points, ratio, share};
use super::timing::{timing, timing_in_short};
use grader_model::student::{StudentTask, TaskWeights};
use grader_model::{
    CreditRule, CreditStep, Outcome, TaskScore, TimedThreads, TimingBasis, TimingResult,
};

#[test]
fn points_have_no_needless_digits() {
    for (value, text) in
        [(10.0, "10"), (7.5, "7.5"), (1.0 / 3.0, "0.33"), (0.0, "0"), (-0.001, "0")]
    {
        assert_eq!(points(value), text);
    }
}

fn measured(charged_share: f64, cpus: u32) -> TimingResult {
    TimingResult {
        against: "the naive product".into(),
        gate: 16.0,
        estimate: 9.8,
        low: 9.4,
        high: 10.2,
        pairs: 8,
        launches: 1,
        clock: grader_model::TimingClock::Cpu,
        cpus,
        charged_share,
        seconds: 1.0,
        threads: None,
        basis: TimingBasis::AllPairs,
    }
}

fn task(credit: CreditRule, undecided: f64) -> StudentTask {
    let score = TaskScore {
        id: "timer".into(),
        title: "Timer".into(),
        points: 18.67,
        max_points: 26.0,
        passed: 28,
        cases: 37,
        outcome: Outcome::Partial,
        hint: String::new(),
        pending: undecided,
        credit: Some(credit),
    };
    let weights = TaskWeights { passed: 30.0, undecided, total: 42.5 };
    StudentTask { score, cases: Vec::new(), unseen: 3, unseen_weight: 4.0, weights }
}

#[test]
fn points_are_accounted_for() {
    assert_eq!(
        account(&task(CreditRule::Proportional, 0.0)),
        "28 of 37 cases passed, weights 30 of 42.5: 18.67 of 26 points, in proportion to the weight"
    );
    let steps = [(50.0, 0.25), (100.0, 1.0)];
    let steps = steps.map(|(percent, fraction)| CreditStep { percent, fraction });
    assert_eq!(
        account(&task(CreditRule::Steps(steps.to_vec()), 6.0)),
        "28 of 37 cases passed, weights 30 of 42.5 (6 undecided): 18.67 of 26 points (6 pending), in \
         steps: 50 % of the weight earns 25 % of the points, 100 % of the weight earns 100 % of the points"
    );
    assert_eq!(
        unseen(&task(CreditRule::AllOrNothing, 0.0)).unwrap(),
        "3 more cases (weight 4) count without being shown"
    );
}

#[test]
fn a_date_has_its_time_zone() {
    assert_eq!(date(1_764_518_400), "2025-11-30 16:00 UTC");
    assert!(date(i64::MAX).ends_with("UTC"));
}

#[test]
fn a_measurement_is_a_sentence_and_a_line() {
    assert_eq!(
        timing(&measured(0.0, 1)),
        "9.8x as fast as the naive product (99.8 % confidence interval 9.4 to 10.2). Required: 16x. Measured \
         in 8 alternating pairs, CPU time."
    );
    assert_eq!(timing_in_short(&measured(0.0, 1)), "9.8x [9.4, 10.2], required 16x, 8 pairs");
}

#[test]
fn how_threads_overlapped_is_said() {
    let threads = Some(TimedThreads { work: 1.031, together: Some(0.95) });
    let clock = grader_model::TimingClock::Span;
    let text = timing(&TimingResult { threads, clock, ..measured(0.0, 1) });
    let expected = "pairs, time with a CPU for each thread. Two or more threads computed at the same time for \
                    95 % of the measurement. All threads together used 1.03x the CPU time of one thread alone.";
    assert!(text.contains(expected), "{text}");
}

#[test]
fn what_a_ratio_rests_on_is_said_when_it_is_not_the_mean() {
    let words = |basis| timing(&TimingResult { basis, ..measured(0.0, 1) });
    assert!(words(TimingBasis::TypicalPairs).contains("middle half of the pairs counts"));
    assert!(words(TimingBasis::Totals).contains("the total time counts"));
    assert!(!words(TimingBasis::Totals).contains("99.8"), "its interval follows another rule");
    assert!(words(TimingBasis::UsedUp).contains("used up the time"));
}

#[test]
fn what_was_charged_is_said_when_it_is_no_chance() {
    assert!(!timing(&measured(0.04, 1)).contains("added"));
    assert!(timing(&measured(0.4, 2)).contains("on 2 CPUs. Your code also computes"));
    assert!(timing(&measured(0.4, 1)).contains("(40 % of the total) was added"));
}

#[test]
fn ratios_have_three_digits() {
    for (value, text) in
        [(9.76, "9.76"), (9.7, "9.7"), (55.86, "55.9"), (123.4, "123"), (4.0, "4"), (100.0, "100")]
    {
        assert_eq!(ratio(value), text);
    }
}

#[test]
fn almost_all_is_not_all() {
    assert_eq!((percent(0.9999), percent(1.0)), (99, 100));
    assert_eq!((percent(0.0001), percent(0.0)), (1, 0));
}

#[test]
fn a_share_is_a_share_whatever_the_points_are() {
    for (points, max) in [(f64::NAN, 1.0), (1.0, 0.0), (-1.0, 1.0)] {
        assert_eq!(share(points, max).to_bits(), 0.0_f64.to_bits());
    }
    assert!((share(20.0, 10.0) - 1.0).abs() < f64::EPSILON);
}
