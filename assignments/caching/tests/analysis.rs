//! Task `analysis`. Run with `cargo test -p caching --test analysis`.
//!
//! Before you start, every test here fails with `not yet implemented: ...`. That is the expected
//! start.

use caching::{
    CacheError, break_even, cache_bytes, cached_work, decode_macs, fit_growth, forward_macs,
    recomputed_work,
};
use tinytorch::models::GptConfig;

const CONFIG: GptConfig =
    GptConfig { vocab_size: 10, max_seq_len: 100, d_model: 4, n_heads: 2, n_layers: 3 };

#[test]
fn a_cache_holds_keys_and_values_of_every_layer() {
    // 2 x 3 layers x 2 sequences x 5 tokens x 4 numbers x 4 bytes.
    assert_eq!(cache_bytes(&CONFIG, 2, 5), 960);
}

#[test]
fn a_token_costs_its_projections_its_mlp_what_it_sees_and_the_head() {
    // 3 layers x (12 x 16 + 2 x 4 x 1) + 4 x 10.
    assert_eq!(decode_macs(&CONFIG, 0), 640);
    assert_eq!(decode_macs(&CONFIG, 9), 640 + 3 * 2 * 4 * 9);
}

#[test]
fn a_sequence_costs_what_its_tokens_cost() {
    assert_eq!(forward_macs(&CONFIG, 0), 0);
    assert_eq!(forward_macs(&CONFIG, 3), 640 + 664 + 688);
}

#[test]
fn with_a_cache_the_work_grows_by_one_token_without_by_all() {
    let [two, three, four] = [2, 3, 4].map(|tokens| forward_macs(&CONFIG, tokens));
    assert_eq!(cached_work(&CONFIG, 2, 3), [two, three, four]);
    assert_eq!(recomputed_work(&CONFIG, 2, 3), [two, two + three, two + three + four]);
    assert!(cached_work(&CONFIG, 2, 0).is_empty());
}

#[test]
fn a_cache_pays_from_where_its_running_costs_stay_below() {
    // 5 + 1, 5 + 2, ... compared with 1, 3, 6, 10.
    assert_eq!(break_even(5.0, &[1.0; 4], &[1.0, 2.0, 3.0, 4.0]), Ok(Some(4)));
    // Cheaper after one token, more expensive after two, finally cheaper from three on.
    assert_eq!(break_even(0.0, &[1.0, 9.0, 1.0], &[2.0, 2.0, 9.0]), Ok(Some(3)));
    assert_eq!(break_even(0.0, &[1.0, 1.0], &[1.0, 1.0]), Ok(None));
    let error = break_even(0.0, &[1.0], &[f64::NAN]).unwrap_err();
    assert!(matches!(error, CacheError::BadData { .. }), "{error}");
}

#[test]
fn a_power_law_is_found_again() {
    let points: Vec<(f64, f64)> =
        [1.0, 2.0, 5.0, 10.0].iter().map(|x: &f64| (*x, 3.0 * x.powi(2))).collect();
    let growth = fit_growth(&points).unwrap();
    assert!((growth.exponent - 2.0).abs() < 1e-12 && (growth.factor - 3.0).abs() < 1e-9);
    assert!((growth.r_squared - 1.0).abs() < 1e-12);
    assert!((growth.predict(7.0) - 147.0).abs() < 1e-9);
}

#[test]
fn the_nearest_line_has_the_smallest_squares() {
    // In logarithms: (0, 0), (1, 0), (2, 3). The line has slope 3/2 and starts at -1/2.
    let e = 1.0_f64.exp();
    let growth = fit_growth(&[(1.0, 1.0), (e, 1.0), (e * e, e.powi(3))]).unwrap();
    assert!((growth.exponent - 1.5).abs() < 1e-12);
    assert!((growth.factor.ln() + 0.5).abs() < 1e-12);
    assert!((growth.r_squared - 0.75).abs() < 1e-12);
}

#[test]
fn points_without_a_line_are_refused() {
    for points in [vec![], vec![(1.0, 2.0)], vec![(1.0, 2.0), (1.0, 3.0)], vec![(1.0, 0.0); 3]] {
        let error = fit_growth(&points).unwrap_err();
        assert!(matches!(error, CacheError::BadData { .. }), "{error}");
    }
}
