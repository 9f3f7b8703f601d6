//! Task `observe`. Run with `cargo test -p quantization --test observe`.
//!
//! Before you start, every test here fails with `not yet implemented: ...`. That is the expected
//! start.

use quantization::{
    HistogramObserver, MinMaxObserver, MovingAverageObserver, Observer, PercentileObserver,
    QuantError, Scheme,
};
use tinytorch::Tensor;

/// An observer that has seen these batches.
#[track_caller]
fn after<T: Observer>(mut observer: T, batches: &[&[f32]]) -> T {
    for batch in batches {
        let tensor = Tensor::from_vec(batch.to_vec(), &[batch.len()]).unwrap();
        observer.observe(&tensor).unwrap();
    }
    observer
}

#[track_caller]
fn range(observer: impl Observer, batches: &[&[f32]]) -> (f32, f32) {
    after(observer, batches).range(Scheme::U8).unwrap()
}

fn histogram(bins: usize) -> HistogramObserver {
    HistogramObserver::new(bins).unwrap()
}

#[test]
fn min_max_covers_all_batches() {
    let batches: [&[f32]; 3] = [&[1.0, 2.0], &[-3.0], &[0.5, 7.0]];
    assert_eq!(range(MinMaxObserver::default(), &batches), (-3.0, 7.0));
    assert_eq!(range(MinMaxObserver::default(), &[&[5.0, 6.0]]), (5.0, 6.0));
}

#[test]
fn a_moving_average_moves_towards_each_batch() {
    let observer = || MovingAverageObserver::new(0.25).unwrap();
    assert_eq!(range(observer(), &[&[-4.0, 8.0]]), (-4.0, 8.0));
    // A quarter of the way from -4 to 0 and from 8 to 16, then from -3 to 1 and from 10 to 2.
    assert_eq!(range(observer(), &[&[-4.0, 8.0], &[0.0, 16.0]]), (-3.0, 10.0));
    assert_eq!(range(observer(), &[&[-4.0, 8.0], &[0.0, 16.0], &[1.0, 2.0]]), (-2.0, 8.0));
}

#[test]
fn a_moving_average_of_large_numbers_does_not_overflow() {
    let observer = MovingAverageObserver::new(0.5).unwrap();
    assert_eq!(range(observer, &[&[f32::MAX], &[f32::MIN]]), (0.0, 0.0));
}

#[test]
fn a_percentile_is_interpolated() {
    // Five numbers: percentile 90 is at position 4 * 0.9 = 3.6, percentile 10 at 0.4.
    let observer = PercentileObserver::new(90.0).unwrap();
    let (low, high) = range(observer, &[&[40.0, 10.0], &[20.0, 0.0, 30.0]]);
    assert!((low - 4.0).abs() < 1e-5 && (high - 36.0).abs() < 1e-5, "{low} to {high}");
}

#[test]
fn percentile_100_is_the_whole_range() {
    let observer = PercentileObserver::new(100.0).unwrap();
    assert_eq!(range(observer, &[&[3.0, -1.0], &[2.0]]), (-1.0, 3.0));
}

#[test]
fn one_outlier_of_1000_decides_min_max_and_no_percentile() {
    let mut numbers: Vec<f32> = (0..1000).map(|at| (at % 100) as f32).collect();
    numbers[500] = 1e6;
    assert_eq!(range(MinMaxObserver::default(), &[&numbers]), (0.0, 1e6));
    let (_, high) = range(PercentileObserver::new(99.5).unwrap(), &[&numbers]);
    assert!(high < 100.0, "{high}");
}

#[test]
fn a_histogram_cuts_an_outlier_off_if_rounding_costs_more() {
    let mut numbers: Vec<f32> = (0..1000).map(|at| (at % 100) as f32 / 100.0).collect();
    numbers[500] = 5.0;
    let observer = after(histogram(2048), &[&numbers]);
    let (low, high) = observer.range(Scheme::Unsigned { bits: 3 }).unwrap();
    assert!(low == 0.0 && high < 2.5, "3 bits: {low} to {high}");
    let (low, high) = observer.range(Scheme::U8).unwrap();
    assert!(low == 0.0 && high > 4.0, "8 bits: {low} to {high}");
}

#[test]
fn a_histogram_of_one_number_reaches_to_it() {
    for bins in [16, 100, 2048] {
        assert_eq!(range(histogram(bins), &[&[0.7, 0.7], &[0.7]]), (0.0, 0.7));
        assert_eq!(range(histogram(bins), &[&[-1e-30]]), (-1e-30, 0.0));
        assert_eq!(range(histogram(bins), &[&[0.0, -0.0]]), (0.0, 0.0));
    }
}

#[test]
fn a_histogram_does_not_depend_on_order() {
    let batches: [&[f32]; 4] = [&[0.1, -0.2, 0.3], &[1.0, -0.01], &[-100.0, 77.0], &[1e-30, 1e4]];
    let forwards = range(histogram(64), &batches);
    let mut backwards = batches;
    backwards.reverse();
    assert_eq!(range(histogram(64), &backwards), forwards);
    assert_eq!(range(histogram(64), &[&batches.concat()]), forwards);
}

#[test]
fn a_histogram_holds_the_largest_numbers() {
    let (low, high) = range(histogram(16), &[&[f32::MIN, 1e-38, f32::MAX]]);
    assert!(low < -1e38 && high > 1e38, "{low} to {high}");
}

#[test]
fn there_is_no_range_without_data() {
    let error = MinMaxObserver::default().range(Scheme::U8).unwrap_err();
    assert_eq!(error, QuantError::NoData { operation: "MinMaxObserver::range" });
    let error = histogram(16).range(Scheme::U8).unwrap_err();
    assert_eq!(error, QuantError::NoData { operation: "HistogramObserver::range" });
}

#[test]
fn a_refused_batch_changes_nothing() {
    let mut observers: [Box<dyn Observer>; 4] = [
        Box::new(MinMaxObserver::default()),
        Box::new(MovingAverageObserver::new(0.5).unwrap()),
        Box::new(PercentileObserver::new(100.0).unwrap()),
        Box::new(histogram(16)),
    ];
    for observer in &mut observers {
        let good = Tensor::from_vec(vec![-1.0, 1.0], &[2]).unwrap();
        observer.observe(&good).unwrap();
        let before = observer.range(Scheme::U8).unwrap();
        let bad = Tensor::from_vec(vec![5.0, f32::NAN], &[2]).unwrap();
        let error = observer.observe(&bad).unwrap_err();
        assert!(matches!(error, QuantError::NotFinite { .. }), "{error}");
        let empty = Tensor::from_vec(vec![], &[0]).unwrap();
        assert!(matches!(observer.observe(&empty), Err(QuantError::Empty { .. })));
        assert_eq!(observer.range(Scheme::U8).unwrap(), before);
    }
}

#[test]
fn parameters_without_sense_are_refused() {
    for momentum in [0.0, -1.0, 1.5, f32::NAN] {
        let error = MovingAverageObserver::new(momentum).unwrap_err();
        assert!(error.to_string().starts_with("MovingAverageObserver::new: "), "{error}");
    }
    for percent in [50.0, 0.99, 100.1, f64::NAN] {
        let error = PercentileObserver::new(percent).unwrap_err();
        assert!(error.to_string().starts_with("PercentileObserver::new: "), "{error}");
    }
    for bins in [0, 15, 65_537] {
        let error = HistogramObserver::new(bins).unwrap_err();
        assert!(error.to_string().starts_with("HistogramObserver::new: "), "{error}");
    }
}
