//! The generator: the published sequence, and the distributions built on it.

use tinytorch::{Rng, Tensor};

#[test]
fn the_sequence_is_the_published_one() {
    // Reference values of splitmix64 for seed 1234567.
    let mut rng = Rng::new(1_234_567);
    let expected = [
        6_457_827_717_110_365_317,
        3_203_168_211_198_807_973,
        9_817_491_932_198_370_423,
        4_593_380_528_125_082_431,
        16_408_922_859_458_223_821,
    ];
    assert_eq!(expected.map(|_| rng.next_u64()), expected);
}

#[test]
fn uniform_numbers_stay_in_range_and_fill_it_evenly() {
    let mut rng = Rng::new(1);
    let mut counts = [0_u32; 10];
    for _ in 0..100_000 {
        let u = rng.uniform();
        assert!((0.0..1.0).contains(&u));
        counts[(u * 10.0) as usize] += 1;
    }
    // Chi-squared with 9 degrees of freedom: above 33.7 once in 10,000 seeds.
    let chi_squared: f64 = counts.iter().map(|&n| (f64::from(n) - 1e4).powi(2) / 1e4).sum();
    assert!(chi_squared < 33.7, "{counts:?}");
    let range: Vec<f64> = (0..1000).map(|_| rng.uniform_range(-3.0, -2.0)).collect();
    assert!(range.iter().all(|x| (-3.0..-2.0).contains(x)));
}

#[test]
fn normal_numbers_have_the_normal_moments() {
    let mut rng = Rng::new(2);
    let draws: Vec<f64> = (0..200_000).map(|_| rng.normal()).collect();
    let moment = |k| draws.iter().map(|x: &f64| x.powi(k)).sum::<f64>() / 200_000.0;
    // Five standard errors of each moment.
    assert!(moment(1).abs() < 0.0112);
    assert!((moment(2) - 1.0).abs() < 0.0158);
    assert!(moment(3).abs() < 0.0433);
    assert!((moment(4) - 3.0).abs() < 0.1096);
    let neighbours = draws.windows(2).map(|w| w[0] * w[1]).sum::<f64>() / 2e5;
    assert!(neighbours.abs() < 0.0112, "neighbours depend on each other");
}

#[test]
fn below_reaches_each_number_equally_often() {
    let mut rng = Rng::new(3);
    let mut counts = [0_u32; 7];
    for _ in 0..70_000 {
        counts[rng.below(7)] += 1;
    }
    // Chi-squared with 6 degrees of freedom: above 27.9 once in 10,000 seeds.
    let chi_squared: f64 = counts.iter().map(|&n| (f64::from(n) - 1e4).powi(2) / 1e4).sum();
    assert!(chi_squared < 27.9, "{counts:?}");
    assert_eq!(rng.below(1), 0);
}

#[test]
fn below_is_fair_where_the_range_does_not_divide_2_to_the_64() {
    // Without redrawing, three 64-bit numbers would share two results: in the
    // lower half, the odd ones would be twice as frequent as the even ones. A
    // plain remainder would make the lower half twice as frequent.
    let n = usize::MAX / 3 * 2;
    let mut rng = Rng::new(4);
    let draws = (0..20_000).map(|_| rng.below(n));
    let low: Vec<usize> = draws.filter(|&draw| draw < n / 2).collect();
    let even = low.iter().filter(|&&draw| draw % 2 == 0).count();
    // Five standard deviations.
    assert!((9_646..10_354).contains(&low.len()), "{} of 20000 are low", low.len());
    let share = even as f64 / low.len() as f64;
    assert!((share - 0.5).abs() < 0.025, "{share} of the low ones are even");
}

#[test]
#[should_panic(expected = "the range 0..0 holds no number")]
fn below_zero_panics() {
    Rng::new(0).below(0);
}

#[test]
fn shuffle_reaches_each_order_equally_often() {
    let mut rng = Rng::new(5);
    let mut counts = std::collections::HashMap::new();
    for _ in 0..60_000 {
        let mut items = ['a', 'b', 'c'];
        rng.shuffle(&mut items);
        *counts.entry(items).or_insert(0_u32) += 1;
    }
    assert_eq!(counts.len(), 6);
    // Chi-squared with 5 degrees of freedom: above 25.7 once in 10,000 seeds.
    let chi_squared: f64 = counts.values().map(|&n| (f64::from(n) - 1e4).powi(2) / 1e4).sum();
    assert!(chi_squared < 25.7, "{counts:?}");
    rng.shuffle::<u8>(&mut []);
}

#[test]
fn the_same_seed_gives_the_same_tensor_and_another_seed_another() {
    let make = |seed| Tensor::randn(&[3, 5], 0.5, &mut Rng::new(seed));
    assert_eq!(make(8), make(8));
    assert_ne!(make(8), make(9));
}

#[test]
fn randn_scales_by_std() {
    let wide = Tensor::randn(&[100], 10.0, &mut Rng::new(6));
    let unit = Tensor::randn(&[100], 1.0, &mut Rng::new(6));
    assert!(wide.allclose(&unit.mul_scalar(10.0), 1e-6, 0.0));
}

#[test]
fn rand_uniform_stays_in_range() {
    let tensor = Tensor::rand_uniform(&[10, 100], -1.0, 2.0, &mut Rng::new(7));
    assert!(tensor.to_vec().iter().all(|x| (-1.0..=2.0).contains(x)));
    assert!((tensor.mean() - 0.5).abs() < 0.15);
}
