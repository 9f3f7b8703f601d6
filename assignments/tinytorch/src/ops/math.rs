//! exp, ln and tanh in plain arithmetic. Without branches and tables, a loop
//! over them compiles to vector instructions and gives the same bits on every
//! machine. (A math library picks its code by processor. Here no product is
//! fused with a sum.)
//!
//! Each is within 1.3 ulp of the exact value, including subnormal numbers; a
//! test measures it. The polynomials are minimax fits of relative error (Remez).
//! Source of the reductions: Muller, "Elementary Functions" (3rd edition, 2016).
#![expect(clippy::inline_always, reason = "kernels take on the instructions of whoever calls")]

use std::f32::consts::LOG2_E;

/// Adding 1.5 * 2^23 rounds a small number to an integer, which is then in the
/// lowest bits.
const ROUND: f32 = 12_582_912.0;

/// e^x. With `n` the integer nearest to x / ln 2 and r = x - n ln 2, this is 2^n
/// e^r.
#[inline(always)]
pub(crate) fn exp(x: f32) -> f32 {
    // Outside this range the result is infinite or 0. A NaN passes both tests.
    let x = if x > 89.0 { 89.0 } else { x };
    let x = if x < -104.0 { -104.0 } else { x };
    let shifted = x * LOG2_E + ROUND;
    let n = shifted - ROUND;
    // ln 2 in two parts; n times the first is exact.
    let r = x - n * 0.693_359_4 - n * -2.121_944_4e-4;
    let tail = horner(r, [0.499_999_94, 0.166_665_2, 0.041_668_393, 0.008_368_78, 0.001_381_446_3]);
    let power = 1.0 + (r + r * r * tail);
    // 2^n in two factors: n ranges from -150 to 128, more than an exponent can
    // hold.
    let n = shifted.to_bits().wrapping_sub(ROUND.to_bits()).cast_signed();
    let half = n >> 1;
    power * power_of_two(half) * power_of_two(n.wrapping_sub(half))
}

/// 2^n for -127 < n < 128.
#[inline(always)]
fn power_of_two(n: i32) -> f32 {
    f32::from_bits((n.wrapping_add(127) << 23).cast_unsigned())
}

/// The natural logarithm. With x = 2^n (1 + f), 1 + f between sqrt(1/2) and
/// sqrt(2), and s = f / (2 + f), it is n ln 2 + 2 artanh(s).
#[inline(always)]
pub(crate) fn ln(x: f32) -> f32 {
    const SQRT_HALF: u32 = 0x3f35_04f3;
    // A subnormal number has no leading 1, so it is scaled by 2^23.
    let denormal = x < f32::MIN_POSITIVE;
    let (scaled, shift) = if denormal { (x * 8_388_608.0, -23.0) } else { (x, 0.0) };
    let above = scaled.to_bits().wrapping_sub(SQRT_HALF);
    let n = (above.cast_signed() >> 23) as f32 + shift;
    let f = f32::from_bits((above & 0x007f_ffff).wrapping_add(SQRT_HALF)) - 1.0;
    let s = f / (2.0 + f);
    let square = s * s;
    let tail = square * horner(square, [0.666_666_6, 0.400_003_37, 0.285_372_08, 0.235_843_08]);
    // ln 2 in two parts; n times the first is exact.
    let half_square = 0.5 * f * f;
    let low = s * (half_square + tail) + n * 9.058_001e-6;
    let logarithm = n * 0.693_138_1 + (f - (half_square - low));
    let special = if x > 0.0 { x } else { f32::NAN };
    let special = if x == 0.0 { f32::NEG_INFINITY } else { special };
    if x > 0.0 && x < f32::INFINITY { logarithm } else { special }
}

/// The hyperbolic tangent: a polynomial near 0, else 1 - 2 / (e^2x + 1).
#[inline(always)]
pub(crate) fn tanh(x: f32) -> f32 {
    let size = x.abs();
    let z = x * x;
    let tail = horner(z, [-0.333_332_8, 0.133_314_42, -0.053_739_71, 0.020_639_08, -0.005_704_98]);
    let near = x + x * z * tail;
    let far = 1.0 - 2.0 / (exp(2.0 * size) + 1.0);
    (if size < 0.625 { near } else { far }).copysign(x)
}

/// `c[0] + c[1] x + c[2] x^2 + ...`
#[inline(always)]
fn horner<const N: usize>(x: f32, coefficients: [f32; N]) -> f32 {
    coefficients.iter().rev().fold(0.0, |sum, c| sum * x + c)
}

#[cfg(test)]
mod tests {
    use super::{exp, ln, tanh};

    /// Every 499th bit pattern: all magnitudes, subnormal numbers, infinities
    /// and NaN, with both signs.
    fn patterns() -> impl Iterator<Item = f32> {
        let edges = [0, 1, 0x007f_ffff, 0x0080_0000, 0x7f7f_ffff, 0x7f80_0000, 0x7fc0_0000];
        let edges = edges.into_iter().flat_map(|bits| [bits, bits | 0x8000_0000]);
        (0..=u32::MAX).step_by(499).chain(edges).map(f32::from_bits)
    }

    /// The largest error in ulp of the exact value.
    fn largest_error(f: fn(f32) -> f32, exact: fn(f64) -> f64) -> f64 {
        let mut worst = 0.0_f64;
        for x in patterns() {
            let actual = f(x);
            let exact = exact(f64::from(x));
            let nearest = exact as f32;
            if nearest.is_nan() || nearest.is_infinite() || actual.is_infinite() {
                let same = actual.to_bits() == nearest.to_bits();
                assert!(same || (actual.is_nan() && nearest.is_nan()), "{x:e}: {actual:e}");
                continue;
            }
            let size = nearest.abs();
            let ulp =
                f64::from(size.next_up().min(f32::MAX)) - f64::from(size.next_down().max(0.0));
            let ulp = (ulp / 2.0).max(f64::from(f32::from_bits(1)));
            worst = worst.max((f64::from(actual) - exact).abs() / ulp);
        }
        worst
    }

    #[test]
    fn every_function_is_as_exact_as_measured_everywhere() {
        // The last number is the measured error, rounded up: 0.945, 0.770,
        // 1.236.
        type MathCase = (&'static str, fn(f32) -> f32, fn(f64) -> f64, f64);
        let cases: [MathCase; 3] =
            [("exp", exp, f64::exp, 1.0), ("ln", ln, f64::ln, 0.8), ("tanh", tanh, f64::tanh, 1.3)];
        for (name, f, exact, bound) in cases {
            let error = largest_error(f, exact);
            println!("{name}: at most {error:.3} ulp");
            assert!(error < bound, "{name}: {error} ulp");
        }
    }

    #[test]
    fn signs_of_zero_and_exact_values_are_kept() {
        let bits = |x: f32| x.to_bits();
        assert_eq!([exp(0.0), exp(-0.0), ln(1.0)].map(bits), [1.0, 1.0, 0.0].map(bits));
        assert_eq!([tanh(-0.0), tanh(0.0)].map(bits), [-0.0, 0.0].map(bits));
    }
}
