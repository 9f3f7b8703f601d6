//! Random shapes and elements, the same on every run.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use tinytorch::{Rng, Tensor};

/// `cases` cases, always the same ones.
pub fn config(cases: u32) -> ProptestConfig {
    let rng_seed = RngSeed::Fixed(11);
    ProptestConfig { cases, rng_seed, failure_persistence: None, ..ProptestConfig::default() }
}

/// Up to four axes; a length of 0 is rare, because it makes the rest vacuous.
pub fn shape() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(length(), 0..=4)
}

/// A shape that has at least one axis, and one of its axes.
pub fn shape_and_axis() -> impl Strategy<Value = (Vec<usize>, usize)> {
    prop::collection::vec(length(), 1..=4).prop_flat_map(|shape| {
        let axes = 0..shape.len();
        (Just(shape), axes)
    })
}

/// The length of one axis.
pub fn length() -> impl Strategy<Value = usize> {
    prop_oneof![1 => Just(0), 4 => Just(1), 20 => 2..=5_usize, 1 => 6..=19_usize]
}

/// Two shapes that broadcast: derived from a common shape, with some leading
/// axes missing and some axes of length 1.
pub fn broadcast_pair() -> impl Strategy<Value = (Vec<usize>, Vec<usize>)> {
    let axis = (length(), 0..6_u8);
    (prop::collection::vec(axis, 0..=4), 0..=4_usize, any::<bool>()).prop_map(
        |(axes, missing, swap)| {
            let pick = |which: u8| {
                let one_where = |&(n, kind): &(usize, u8)| if kind == which { 1 } else { n };
                axes.iter().map(one_where).collect::<Vec<_>>()
            };
            let (left, right) = (pick(0), pick(1));
            let right = right[missing.min(right.len())..].to_vec();
            if swap { (right, left) } else { (left, right) }
        },
    )
}

/// Elements from a uniform distribution that depend only on the seed and the
/// shape.
pub fn uniform(shape: &[usize], (lo, hi): (f32, f32), seed: u64) -> Tensor {
    Tensor::rand_uniform(shape, lo, hi, &mut Rng::new(seed))
}

/// Elements in random order, at least 0.05 apart from each other and from 0:
/// for functions with kinks, such as a maximum.
pub fn apart(shape: &[usize], seed: u64) -> Tensor {
    let count: usize = shape.iter().product();
    let nth = |i: usize| (i as f32 - count as f32 / 2.0 + 0.25) * 0.1;
    let mut elements: Vec<f32> = (0..count).map(nth).collect();
    Rng::new(seed).shuffle(&mut elements);
    Tensor::from_vec(elements, shape).expect("as many as the shape holds")
}
