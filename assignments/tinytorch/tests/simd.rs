//! Products of bytes at every level that the processor has, against a loop over `i64`.
#![expect(clippy::inline_always, reason = "kernels take on the instructions of whoever calls")]

use tinytorch::Rng;
use tinytorch::simd::{IntArch, IntLevel, SimdInt, WithInt, round_i8, round_u8, round_within};

/// One row of a linear layer; the registers first, then what is left.
struct Row<'a> {
    x: &'a [u8],
    weights: &'a [i8],
}

impl WithInt for Row<'_> {
    type Output = i32;

    #[inline(always)]
    fn with_int<S: SimdInt>(self, simd: S) -> i32 {
        let (x, x_rest) = S::as_u8s(self.x);
        let (weights, weights_rest) = S::as_i8s(self.weights);
        let mut sums = simd.splat(0);
        for (x, weights) in x.iter().zip(weights) {
            sums = simd.dot4(sums, *x, *weights);
        }
        let mut total = simd.reduce(sums);
        for (x, weight) in x_rest.iter().zip(weights_rest) {
            total = total.wrapping_add(i32::from(*x) * i32::from(*weight));
        }
        total
    }
}

fn every_level() -> Vec<IntArch> {
    IntArch::available().into_iter().filter_map(IntArch::with_level).collect()
}

fn expected(x: &[u8], weights: &[i8]) -> i64 {
    x.iter().zip(weights).map(|(x, weight)| i64::from(*x) * i64::from(*weight)).sum()
}

fn assert_exact(x: &[u8], weights: &[i8]) {
    let expected = expected(x, weights);
    for arch in every_level() {
        let sum = arch.dispatch(Row { x, weights });
        assert_eq!(i64::from(sum), expected, "{}, {} products", arch.level(), x.len());
    }
}

fn bytes(len: usize, rng: &mut Rng) -> Vec<u8> {
    (0..len).map(|_| rng.below(256) as u8).collect()
}

fn repeated<T: Copy>(pattern: &[T], len: usize) -> Vec<T> {
    pattern.iter().copied().cycle().take(len).collect()
}

#[test]
fn sums_of_every_length_are_exact_at_every_level() {
    let mut rng = Rng::new(1);
    for len in (0..=130).chain([255, 256, 257, 1000, 4099]) {
        let x = bytes(len, &mut rng);
        let weights: Vec<i8> = bytes(len, &mut rng).into_iter().map(u8::cast_signed).collect();
        assert_exact(&x, &weights);
    }
}

/// Neighboring products of this size do not fit 16 bits, where an older instruction saturates.
#[test]
fn the_largest_products_side_by_side_are_exact() {
    let activations: [&[u8]; 4] = [&[255], &[255, 0], &[0, 255], &[255, 255, 128, 127]];
    let weights: [&[i8]; 5] = [&[127], &[-128], &[127, -128], &[-128, 127, 127, -128], &[1, -1]];
    for a in activations {
        for b in weights {
            for len in [1, 3, 63, 64, 65, 1000] {
                assert_exact(&repeated(a, len), &repeated(b, len));
            }
        }
    }
}

#[test]
fn the_longest_sum_that_fits_is_exact_and_a_longer_one_wraps_everywhere() {
    let longest = 65_793;
    assert_exact(&vec![255; longest], &vec![-128; longest]);
    let x = vec![255; longest + 64];
    let weights = vec![-128; longest + 64];
    let wrapped = expected(&x, &weights) as i32;
    assert!(wrapped > 0, "this sum is below the smallest i32");
    for arch in every_level() {
        assert_eq!(arch.dispatch(Row { x: &x, weights: &weights }), wrapped, "{}", arch.level());
    }
}

/// Four bytes of `a` and of `b` in one lane, and what is in each lane afterwards.
struct Lanes {
    sums: Vec<i32>,
    a: Vec<u8>,
    b: Vec<i8>,
}

impl WithInt for Lanes {
    type Output = Vec<i32>;

    #[inline(always)]
    fn with_int<S: SimdInt>(mut self, simd: S) -> Vec<i32> {
        let (a, _) = S::as_u8s(&self.a);
        let (b, _) = S::as_i8s(&self.b);
        let (sums, _) = S::as_mut_i32s(&mut self.sums);
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum = simd.dot4(*sum, *a, *b);
        }
        self.sums
    }
}

#[test]
fn each_lane_adds_its_own_four_products() {
    let mut rng = Rng::new(2);
    let a = bytes(256, &mut rng);
    let b: Vec<i8> = bytes(256, &mut rng).into_iter().map(u8::cast_signed).collect();
    let sums: Vec<i32> = (0..64).map(|lane| lane * 1_000_003).collect();
    let mut expected = sums.clone();
    for (lane, sum) in expected.iter_mut().enumerate() {
        for byte in 4 * lane..4 * lane + 4 {
            *sum += i32::from(a[byte]) * i32::from(b[byte]);
        }
    }
    for arch in every_level() {
        let lanes = Lanes { sums: sums.clone(), a: a.clone(), b: b.clone() };
        assert_eq!(arch.dispatch(lanes), expected, "{}", arch.level());
    }
}

/// The helpers around `dot4`: two sums that must be equal, and the split of a slice.
struct Helpers;

impl WithInt for Helpers {
    type Output = ();

    #[inline(always)]
    fn with_int<S: SimdInt>(self, simd: S) {
        let lanes = i32::try_from(S::LANES).unwrap();
        let products = simd.dot4(
            simd.splat(5),
            simd.splat4_u8([255, 1, 2, 3]),
            simd.splat4_i8([-128, 127, 0, -1]),
        );
        assert_eq!(simd.reduce(products), lanes * (5 - 255 * 128 + 127 - 3));
        let sum = simd.add(products, simd.splat(-7));
        assert_eq!(simd.reduce(sum), lanes * (5 - 7 - 255 * 128 + 127 - 3));
        assert_eq!(
            simd.reduce(simd.add(simd.splat(i32::MAX), simd.splat(1))),
            i32::MIN.wrapping_mul(lanes)
        );

        // A lane wraps by itself; a variant of the instruction saturates instead.
        let below =
            simd.dot4(simd.splat(i32::MIN), simd.splat4_u8([1; 4]), simd.splat4_i8([-1; 4]));
        assert_eq!(simd.reduce(below), (i32::MAX - 3).wrapping_mul(lanes));

        let numbers: Vec<i32> = (0..3 * lanes + 2).collect();
        let (registers, rest) = S::as_i32s(&numbers);
        assert_eq!(registers.len(), 3);
        assert_eq!(rest, [3 * lanes, 3 * lanes + 1]);
        assert_eq!(simd.reduce(registers[1]), (lanes..2 * lanes).sum::<i32>());
    }
}

#[test]
fn helpers_agree_with_plain_arithmetic() {
    for arch in every_level() {
        arch.dispatch(Helpers);
        assert_eq!(arch.lanes() % 4, 0);
    }
}

#[test]
fn the_fastest_level_is_the_default_and_plain_is_always_there() {
    let available = IntArch::available();
    assert_eq!(available.first(), Some(&IntArch::new().level()));
    assert_eq!(available.last(), Some(&IntLevel::Plain));
    for level in IntLevel::ALL {
        let arch = IntArch::with_level(level);
        assert_eq!(arch.map(IntArch::level), available.contains(&level).then_some(level));
    }
    #[cfg(target_arch = "x86_64")]
    {
        assert!(available.contains(&IntLevel::Sse2));
        assert_eq!(
            available.contains(&IntLevel::AvxVnni),
            std::is_x86_feature_detected!("avxvnni")
        );
        let has_512 = std::is_x86_feature_detected!("avx512vnni");
        assert_eq!(available.contains(&IntLevel::Avx512Vnni), has_512);
    }
}

#[test]
fn rounding_is_to_nearest_with_ties_to_even() {
    for step in -4 * 600..=4 * 600 {
        let x = step as f32 / 4.0;
        assert_eq!(round_u8(x), x.round_ties_even() as u8, "{x}");
        assert_eq!(round_i8(x), x.round_ties_even() as i8, "{x}");
        let symmetric = x.round_ties_even().clamp(-127.0, 127.0) as i32;
        assert_eq!(round_within(x, -127.0, 127.0), symmetric, "{x}");
    }
    for x in [0.5_f32, 1.5, 126.5, 127.5, 254.5] {
        for x in [x.next_down(), x, x.next_up()] {
            assert_eq!(round_u8(x), x.round_ties_even() as u8, "{x}");
            assert_eq!(round_i8(-x), (-x).round_ties_even() as i8, "{x}");
        }
    }
}

#[test]
fn rounding_saturates_and_nan_is_the_lowest() {
    for huge in [300.0, 1e7, 3e9, f32::MAX, f32::INFINITY] {
        assert_eq!([round_u8(huge), round_u8(-huge)], [255, 0], "{huge}");
        assert_eq!([round_i8(huge), round_i8(-huge)], [127, -128], "{huge}");
    }
    for tiny in [0.0, -0.0, f32::MIN_POSITIVE, -f32::from_bits(1)] {
        assert_eq!(round_u8(tiny), 0);
        assert_eq!(round_i8(tiny), 0);
    }
    for nan in [f32::NAN, -f32::NAN, f32::from_bits(0x7fc1_2345)] {
        assert_eq!(round_u8(nan), 0);
        assert_eq!(round_i8(nan), -128);
        assert_eq!(round_within(nan, -127.0, 127.0), -127);
    }
    let limit = f32::from(1_u16 << 11) * f32::from(1_u16 << 11);
    assert_eq!(round_within(1e9, -limit, limit), 1 << 22);
    assert_eq!(round_within(-1e9, -limit, limit), -(1 << 22));
}
