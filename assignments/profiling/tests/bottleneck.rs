//! Task `bottleneck`. Run with `cargo test -p profiling --test bottleneck`.
//!
//! Before you start, every test here fails with `not yet implemented: ...`. That is the expected
//! start.

use profiling::{BottleneckAnalyzer, ProfileError, amdahl};

fn assert_close(got: f64, expected: f64) {
    assert!((got - expected).abs() < 1e-12, "got {got}, expected {expected}");
}

fn parts(parts: &[(&str, f64)]) -> Vec<(String, f64)> {
    parts.iter().map(|&(name, seconds)| (name.to_string(), seconds)).collect()
}

fn analyzer() -> BottleneckAnalyzer {
    BottleneckAnalyzer::new(parts(&[("load", 1.0), ("attention", 6.0), ("mlp", 3.0)])).unwrap()
}

// Amdahl's law.

#[test]
fn half_the_time_twice_as_fast_is_a_third_faster() {
    assert_close(amdahl(0.5, 2.0).unwrap(), 4.0 / 3.0);
}

#[test]
fn the_rest_is_the_limit() {
    assert_close(amdahl(0.9, f64::INFINITY).unwrap(), 10.0);
    assert_close(amdahl(0.0, f64::INFINITY).unwrap(), 1.0);
    assert_eq!(amdahl(1.0, f64::INFINITY), Ok(f64::INFINITY));
}

#[test]
fn slowing_a_part_down_slows_the_whole_down() {
    assert_close(amdahl(0.5, 0.5).unwrap(), 2.0 / 3.0);
}

#[test]
fn fractions_and_factors_are_checked() {
    assert_eq!(amdahl(1.5, 2.0), Err(ProfileError::BadFraction { fraction: 1.5 }));
    assert_eq!(amdahl(-0.1, 2.0), Err(ProfileError::BadFraction { fraction: -0.1 }));
    assert_eq!(amdahl(0.5, 0.0), Err(ProfileError::BadFactor { factor: 0.0 }));
    assert!(matches!(amdahl(0.5, f64::NAN), Err(ProfileError::BadFactor { .. })));
}

// The analyzer.

#[test]
fn a_share_is_a_part_of_the_whole() {
    assert_close(analyzer().share("mlp").unwrap(), 0.3);
}

#[test]
fn the_largest_part_comes_first() {
    let ranking = analyzer().ranking();
    let names: Vec<_> = ranking.iter().map(|ranked| ranked.name.as_str()).collect();
    assert_eq!(names, ["attention", "mlp", "load"]);
    assert_close(ranking[0].share, 0.6);
    assert_close(ranking[0].limit, 2.5);
}

#[test]
fn equal_parts_keep_their_order() {
    let equal = parts(&[("b", 1.0), ("c", 2.0), ("a", 1.0)]);
    let ranking = BottleneckAnalyzer::new(equal).unwrap().ranking();
    let names: Vec<_> = ranking.iter().map(|ranked| ranked.name.as_str()).collect();
    assert_eq!(names, ["c", "b", "a"]);
}

#[test]
fn the_whole_gains_less_than_the_part() {
    // 1 + 6 / 3 + 3 = 6 of 10 seconds remain.
    assert_close(analyzer().speedup_if("attention", 3.0).unwrap(), 10.0 / 6.0);
    let unknown = analyzer().speedup_if("softmax", 3.0);
    assert_eq!(unknown, Err(ProfileError::UnknownPart { name: "softmax".to_string() }));
}

#[test]
fn parts_are_checked() {
    let error = |given: &[(&str, f64)]| BottleneckAnalyzer::new(parts(given)).unwrap_err();
    assert_eq!(error(&[]), ProfileError::NoParts);
    let negative = ProfileError::BadSample { index: 1, value: -2.0 };
    assert_eq!(error(&[("a", 1.0), ("b", -2.0)]), negative);
    let twice = ProfileError::DuplicatePart { name: "a".to_string() };
    assert_eq!(error(&[("a", 1.0), ("b", 2.0), ("a", 1.0)]), twice);
    assert_eq!(error(&[("a", 0.0), ("b", 0.0)]), ProfileError::NoTime);
}
