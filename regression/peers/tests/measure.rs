//! Turns, ratios and intervals.

use peers::measure::{Samples, median, ratio, whose_turn};
use peers::peer::Threads;

#[test]
fn everyone_has_one_turn_a_round_and_everyone_is_first_sometimes() {
    for peers in 1..=5 {
        let mut firsts = vec![0; peers];
        for round in 0..2 * peers {
            let mut turns: Vec<_> = (0..peers).map(|turn| whose_turn(round, turn, peers)).collect();
            firsts[turns[0]] += 1;
            turns.sort_unstable();
            assert_eq!(turns, (0..peers).collect::<Vec<_>>(), "round {round} of {peers} peers");
        }
        assert_eq!(firsts, vec![2; peers]);
    }
}

/// Both sides are disturbed alike, three rounds by a lot: the ratio within the
/// rounds does not notice.
#[test]
fn what_disturbs_both_sides_leaves_the_ratio() {
    let theirs: Vec<f64> = vec![1.0, 1.1, 7.0, 0.9, 5.0, 1.0, 3.0, 1.2];
    let ours: Vec<f64> = theirs.iter().map(|t| 1.5 * t).collect();
    let samples = |cpu: Vec<f64>| Samples { wall: vec![f64::NAN; cpu.len()], cpu };
    let ratio = ratio(&samples(ours), &samples(theirs), Threads::One).unwrap();
    assert!((ratio.mean - 1.5).abs() < 1e-12 && ratio.high - ratio.low < 1e-12, "{ratio:?}");
}

/// By hand: logarithms 0, 1, 2, 3; mean 1.5, deviation 1.29099, t(0.995, 3) =
/// 5.84091, so 1.5 -+ 3.77030. All threads are compared by the wall clock.
#[test]
fn the_interval_is_students() {
    let ours =
        Samples { cpu: vec![f64::NAN; 4], wall: (0..4).map(|i| f64::from(i).exp()).collect() };
    let theirs = Samples { cpu: vec![f64::NAN; 4], wall: vec![1.0; 4] };
    let ratio = ratio(&ours, &theirs, Threads::Default).unwrap();
    assert!((ratio.mean.ln() - 1.5).abs() < 1e-9);
    assert!((ratio.low.ln() + 2.270_30).abs() < 1e-4, "{ratio:?}");
    assert!((ratio.high.ln() - 5.270_30).abs() < 1e-4, "{ratio:?}");
}

#[test]
fn a_single_round_has_no_interval() {
    let one = Samples { cpu: vec![1.0], wall: vec![1.0] };
    assert!(ratio(&one, &one, Threads::One).is_err());
}

#[test]
fn the_median_is_the_middle_one() {
    assert!((median(&[3.0, 1.0, 2.0]) - 2.0).abs() < 1e-12);
    assert!((median(&[4.0, 1.0, 2.0, 3.0]) - 2.5).abs() < 1e-12);
}
