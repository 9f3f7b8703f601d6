//! Task `compare`. Run with `cargo test -p profiling --test compare`.
//!
//! Before you start, every test here fails with `not yet implemented: ...`. That is the expected
//! start. This task needs `percentile` of task `timer`.

use profiling::{
    Comparison, Interaction, InteractionAnalyzer, InteractionKind, OptimizationComparer,
    ProfileError, Verdict,
};
use tinytorch::Rng;

/// Times that scatter by 10 % around `mean` seconds.
fn times(count: usize, mean: f64, seed: u64) -> Vec<f64> {
    let mut rng = Rng::new(seed);
    (0..count).map(|_| mean * (1.0 + 0.1 * rng.uniform_range(-1.0, 1.0))).collect()
}

fn compare(baseline: &[f64], variant: &[f64]) -> Comparison {
    let comparer = OptimizationComparer::new(0.95, 2000, 42).unwrap();
    comparer.compare(baseline, variant).unwrap()
}

// Is it faster?

#[test]
fn the_ratio_is_baseline_over_variant() {
    let ratio = compare(&[2.0, 4.0], &[1.0, 1.0, 2.5]).ratio;
    assert!((ratio - 2.0).abs() < 1e-12, "{ratio}");
}

#[test]
fn twice_as_fast_is_faster_and_the_other_way_round_slower() {
    let (slow, fast) = (times(30, 2.0, 1), times(30, 1.0, 2));
    assert_eq!(compare(&slow, &fast).verdict, Verdict::Faster);
    assert_eq!(compare(&fast, &slow).verdict, Verdict::Slower);
}

#[test]
fn a_difference_within_the_noise_is_none() {
    let seen = compare(&times(30, 1.0, 3), &times(30, 1.0, 8));
    assert!((seen.ratio - 1.0).abs() > 1e-3, "{seen:?}");
    assert_eq!(seen.verdict, Verdict::Indistinguishable, "{seen:?}");
    assert!(seen.interval.contains(1.0) && seen.interval.contains(seen.ratio), "{seen:?}");
}

#[test]
fn both_sides_are_resampled_by_themselves() {
    // If samples were drawn in pairs, equal samples would always give 1.
    let same = times(30, 1.0, 3);
    let interval = compare(&same, &same).interval;
    assert!(interval.high - interval.low > 0.02, "{interval:?}");
}

#[test]
fn the_same_seed_gives_the_same_interval() {
    let (a, b) = (times(20, 1.0, 4), times(25, 1.1, 5));
    assert_eq!(compare(&a, &b), compare(&a, &b));
    let other = OptimizationComparer::new(0.95, 2000, 43).unwrap().compare(&a, &b).unwrap();
    assert_ne!(other.interval, compare(&a, &b).interval);
}

#[test]
fn more_confidence_is_a_wider_interval() {
    let (a, b) = (times(20, 1.0, 6), times(20, 1.0, 7));
    let width = |confidence| {
        let comparer = OptimizationComparer::new(confidence, 2000, 42).unwrap();
        let interval = comparer.compare(&a, &b).unwrap().interval;
        interval.high - interval.low
    };
    assert!(width(0.5) < width(0.9) && width(0.9) < width(0.99));
}

#[test]
fn constant_times_have_an_interval_of_one_point() {
    let seen = compare(&[3.0; 5], &[2.0; 4]);
    assert!((seen.interval.low - 1.5).abs() < 1e-12, "{seen:?}");
    assert!((seen.interval.high - 1.5).abs() < 1e-12, "{seen:?}");
    assert_eq!(seen.verdict, Verdict::Faster);
}

#[test]
fn the_comparer_checks_what_it_is_given() {
    let new = OptimizationComparer::new;
    assert_eq!(new(1.0, 100, 0), Err(ProfileError::BadConfidence { confidence: 1.0 }));
    assert_eq!(new(0.9, 0, 0), Err(ProfileError::TooFewResamples { resamples: 0 }));
    let comparer = new(0.9, 100, 0).unwrap();
    assert_eq!(comparer.compare(&[1.0], &[]), Err(ProfileError::NoSamples));
    let zero = ProfileError::BadSample { index: 1, value: 0.0 };
    assert_eq!(comparer.compare(&[1.0, 0.0], &[1.0]), Err(zero));
}

// Do two optimizations combine? From a baseline of 12 seconds.

fn analyze(a: f64, b: f64, both: f64) -> Interaction {
    InteractionAnalyzer::new(0.05).unwrap().analyze(12.0, a, b, both).unwrap()
}

#[test]
fn two_predictions_are_made() {
    let seen = analyze(6.0, 8.0, 4.0);
    let close = |got: f64, expected: f64| (got - expected).abs() < 1e-12;
    assert!(close(seen.speedup_a, 2.0) && close(seen.speedup_b, 1.5), "{seen:?}");
    assert!(close(seen.speedup_both, 3.0) && close(seen.if_multiplied, 3.0), "{seen:?}");
    // Saving 6 and 4 seconds leaves 2 of 12.
    assert!(close(seen.if_added.unwrap(), 6.0), "{seen:?}");
}

#[test]
fn the_kind_is_what_was_measured() {
    // A saves 6 seconds, B saves 4.
    for (both, kind) in [
        (6.0, InteractionKind::Cancel),
        (5.0, InteractionKind::Partial),
        (4.0, InteractionKind::Multiply),
        (3.0, InteractionKind::Partial),
        (2.0, InteractionKind::Add),
        (1.0, InteractionKind::Synergy),
    ] {
        assert_eq!(analyze(6.0, 8.0, both).kind, kind, "both take {both} s");
    }
}

#[test]
fn savings_that_leave_no_time_predict_nothing() {
    let seen = analyze(4.0, 4.0, 1.0);
    assert_eq!(seen.if_added, None);
    assert_eq!(seen.kind, InteractionKind::Synergy);
}

#[test]
fn the_analyzer_checks_what_it_is_given() {
    let new = InteractionAnalyzer::new;
    assert_eq!(new(-0.1), Err(ProfileError::BadTolerance { tolerance: -0.1 }));
    let result = new(0.0).unwrap().analyze(1.0, 1.0, 0.0, 1.0);
    assert_eq!(result, Err(ProfileError::BadSample { index: 2, value: 0.0 }));
}
