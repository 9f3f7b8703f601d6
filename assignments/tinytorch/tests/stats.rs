//! Quantiles against values from `SciPy` and `mpmath` (made by `oracle/make.py`).

use tinytorch::stats::{normal_quantile, t_quantile};

fn rows(csv: &str) -> Vec<Vec<f64>> {
    let lines = csv.lines().skip(1);
    let parse = |number: &str| number.parse().expect("a number in the oracle's file");
    lines.map(|line| line.split(',').map(parse).collect()).collect()
}

#[test]
fn t_quantile_matches_scipy() {
    let rows = rows(include_str!("oracle/t_quantile.csv"));
    assert!(rows.len() >= 200);
    assert_t_quantiles(rows, 1e-10);
}

#[test]
fn t_quantile_keeps_its_digits_near_the_median() {
    assert_t_quantiles(rows(include_str!("oracle/t_near_median.csv")), 1e-13);
}

#[track_caller]
fn assert_t_quantiles(rows: Vec<Vec<f64>>, tolerance: f64) {
    for row in rows {
        let (p, df, expected) = (row[0], row[1], row[2]);
        let actual = t_quantile(p, df).expect("0 < p < 1");
        let error = (actual - expected).abs() / expected.abs();
        assert!(
            error <= tolerance,
            "p {p}, df {df}: {actual} instead of {expected}, off by {error:e}"
        );
    }
}

#[test]
fn normal_quantile_matches_scipy() {
    for row in rows(include_str!("oracle/normal_quantile.csv")) {
        let (p, expected) = (row[0], row[1]);
        let actual = normal_quantile(p).expect("0 < p < 1");
        let error = (actual - expected).abs() / expected.abs();
        assert!(error <= 1e-13, "p {p}: {actual} instead of {expected}, off by {error:e}");
    }
}

#[test]
fn quantiles_are_symmetric_around_zero() {
    assert_eq!(t_quantile(0.5, 3.0), Some(0.0));
    assert_eq!(normal_quantile(0.5), Some(0.0));
    for df in [0.5, 3.0, 40.0, 1e7] {
        // 0.125 and 0.375 and their complements are exact in binary.
        for p in [0.125, 0.375] {
            assert_eq!(t_quantile(p, df), t_quantile(1.0 - p, df).map(|t| -t));
        }
    }
}

#[test]
fn infinitely_many_degrees_of_freedom_are_the_normal_distribution() {
    assert_eq!(t_quantile(0.9, f64::INFINITY), normal_quantile(0.9));
}

#[test]
fn both_ways_of_computing_agree_where_they_meet() {
    for (p, tolerance) in
        [(1e-300, 1e-10), (1e-9, 1e-12), (0.01, 1e-12), (0.4, 1e-12), (0.975, 1e-12)]
    {
        let below = t_quantile(p, 1e5).expect("0 < p < 1");
        let above = t_quantile(p, 1e5 + 1e-6).expect("0 < p < 1");
        assert!((below - above).abs() <= tolerance * below.abs(), "{below} and {above}");
    }
}

#[test]
fn a_quantile_beyond_the_largest_number_is_infinite() {
    assert_eq!(t_quantile(1e-12, 0.01), Some(f64::NEG_INFINITY));
}

#[test]
fn what_has_no_quantile_is_none() {
    for p in [0.0, 1.0, -0.1, 1.1, f64::NAN] {
        assert_eq!(normal_quantile(p), None);
        assert_eq!(t_quantile(p, 5.0), None);
    }
    for df in [0.0, -1.0, f64::NAN, f64::NEG_INFINITY] {
        assert_eq!(t_quantile(0.9, df), None);
    }
}
