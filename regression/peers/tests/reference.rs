//! What a reference run accepts as a result, and what it says about goals.

use peers::exchange::{Array, Arrays};
use peers::measure::Ratio;
use peers::reference::decode;
use peers::reference::products::{Exact, problem};
use peers::reference::report::{Bound, Goal, Verdict};
use tinytorch::models::GptConfig;

/// The product of the problem's matrices in `f32`, by the definition.
fn product(problem: &Arrays, size: usize) -> Vec<f32> {
    let [a, b] = ["a", "b"].map(|name| problem[name].as_floats().unwrap());
    let element = |i: usize, j: usize| (0..size).map(|p| a[i * size + p] * b[p * size + j]).sum();
    (0..size * size).map(|at| element(at / size, at % size)).collect()
}

#[test]
fn a_product_may_round_and_nothing_else() {
    let size = 30;
    let problem = problem(size);
    let exact = Exact::new(&problem).unwrap();
    let right = product(&problem, size);
    let share = exact.error(&Array::floats(&[size, size], right.clone())).unwrap();
    assert!(share > 0.0 && share < 0.5, "{share}");
    for wrong in [f32::NAN, right[77] * 1.001, 0.0] {
        let mut other = right.clone();
        other[77] = wrong;
        let error = exact.error(&Array::floats(&[size, size], other)).unwrap_err().to_string();
        assert!(error.starts_with("element (2, 17) is"), "{error}");
    }
    assert!(exact.error(&Array::floats(&[size * size], right)).is_err());
}

#[test]
fn a_transposed_product_is_refused() {
    let size = 30;
    let problem = problem(size);
    let right = product(&problem, size);
    let transposed = (0..size * size).map(|at| right[at % size * size + at / size]).collect();
    let exact = Exact::new(&problem).unwrap();
    assert!(exact.error(&Array::floats(&[size, size], transposed)).is_err());
}

#[test]
fn a_goal_is_met_by_the_whole_interval_or_undecided() {
    let goal = |bound, low, high| {
        let ratio = Some(Ratio { mean: f64::midpoint(low, high), low, high });
        Goal { claim: String::new(), ratio, bound }.verdict()
    };
    assert_eq!(goal(Bound::AtLeast(12.0), 12.1, 14.0), Verdict::Met);
    assert_eq!(goal(Bound::AtLeast(12.0), 11.9, 14.0), Verdict::Undecided);
    assert_eq!(goal(Bound::AtLeast(12.0), 10.0, 11.9), Verdict::NotMet);
    assert_eq!(goal(Bound::AtMost(2.0), 1.0, 1.9), Verdict::Met);
    assert_eq!(goal(Bound::AtMost(2.0), 1.9, 2.1), Verdict::Undecided);
    assert_eq!(goal(Bound::AtMost(2.0), 2.1, 2.2), Verdict::NotMet);
    let nothing = Goal { claim: String::new(), ratio: None, bound: Bound::AtLeast(1.0) };
    assert_eq!(nothing.verdict(), Verdict::Unknown);
}

/// By hand, width 8 and 2 blocks: weights 12 x 64 and biases and normalizations 13 x 8
/// of each block, 2 x 8 of the last normalization, 8 x 5 of the head, one row of each
/// embedding; 2 x 2 x 6 x 8 of keys and values; 4 bytes each.
#[test]
fn the_floor_reads_weights_keys_and_values_once() {
    let config = GptConfig { vocab_size: 5, max_seq_len: 9, d_model: 8, n_heads: 2, n_layers: 2 };
    let problem = decode::problem(&config, 6).unwrap();
    let numbers = 2 * (12 * 64 + 13 * 8) + 2 * 8 + 8 * 5 + 2 * 8 + 2 * 2 * 6 * 8;
    assert_eq!(decode::bytes(&problem).unwrap(), 4 * numbers);
}

#[cfg(feature = "frameworks")]
#[test]
fn every_way_to_the_next_token_gives_the_same_scores() {
    let config = GptConfig { vocab_size: 5, max_seq_len: 9, d_model: 8, n_heads: 2, n_layers: 2 };
    let problem = decode::problem(&config, 6).unwrap();
    let scores = |worker| {
        let mut subject = decode::make(worker, &problem).unwrap().unwrap();
        // A second time: nothing of the first may be left.
        subject.compute().unwrap();
        subject.output().unwrap()
    };
    let whole = scores("recompute");
    for worker in ["cached", "candle-decode"] {
        peers::agree::compare(&whole, &scores(worker)).unwrap();
    }
}
