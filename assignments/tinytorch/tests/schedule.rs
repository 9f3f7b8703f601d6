//! The learning rate over time, against `PyTorch`.

use crate::common::error_text;
use tinytorch::train::CosineSchedule;

#[test]
fn warmup_and_cosine_are_those_of_pytorch() {
    let schedule = CosineSchedule::new(0.1, 40).unwrap().warmup(5).unwrap().floor(0.001);
    let mut rows = 0;
    for line in include_str!("oracle_train/schedule.csv").lines().skip(1) {
        let (step, rate) = line.split_once(',').unwrap();
        let expected: f64 = rate.parse().unwrap();
        let actual = schedule.learning_rate(step.parse().unwrap());
        assert!((actual - expected).abs() < 1e-14, "step {step}: {actual} for {expected}");
        rows += 1;
    }
    assert_eq!(rows, 41);
}

#[test]
#[expect(clippy::float_cmp, reason = "the very number")]
fn after_the_last_step_the_floor_stays() {
    let schedule = CosineSchedule::new(0.1, 40).unwrap().floor(0.001);
    assert_eq!(schedule.learning_rate(u64::MAX), 0.001);
}

#[test]
fn nothing_but_warmup_is_finite() {
    let schedule = CosineSchedule::new(1.0, 4).unwrap().warmup(4).unwrap();
    let rates: Vec<f64> = (0..5).map(|step| schedule.learning_rate(step)).collect();
    assert_eq!(rates, [0.25, 0.5, 0.75, 1.0, 0.0]);
}

#[test]
fn impossible_schedules_are_refused() {
    let text = |result| error_text(result);
    assert_eq!(text(CosineSchedule::new(0.1, 0)), "cosine schedule: total_steps must not be 0");
    for peak in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(text(CosineSchedule::new(peak, 9)).contains("must be a positive number"));
    }
    assert_eq!(
        text(CosineSchedule::new(0.1, 5).unwrap().warmup(6)),
        "cosine schedule: 6 steps of warm-up do not fit into 5 steps in all"
    );
}
