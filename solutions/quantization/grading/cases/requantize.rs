//! Task `linear`: from sums to codes.

use super::layer_prelude::*;

cases! { task "linear", client Client;
    /// A multiplier has `31` bits and is the nearest to the number.
    multiplier_is_the_nearest;
    /// A number between two multipliers goes to the even one.
    multiplier_ties_go_to_even after [multiplier_is_the_nearest];
    /// A number that rounds to `2^31` has `m0` = `2^30` and one shift less.
    multiplier_may_round_to_a_power_of_two after [multiplier_is_the_nearest];
    /// `2^-32` to `2^29`, and nothing else.
    multiplier_refuses_numbers_out_of_range;
    /// Sum times `m0`, divided by a power of two, with one rounding.
    multiplier_applies_with_one_rounding;
    /// A result between two integers goes upwards, also below `0`.
    multiplier_applies_ties_upwards after [multiplier_applies_with_one_rounding];
    /// A result that does not fit saturates.
    multiplier_applies_to_extremes after [multiplier_applies_with_one_rounding];
    /// Each channel has its scale divided by the output's.
    requantizer_has_a_multiplier_for_each_channel;
    /// Codes saturate at both ends of the scheme, also for sums that almost overflow.
    requantizer_saturates after [requantizer_has_a_multiplier_for_each_channel];
    /// With `relu`, no code is below the zero point.
    requantizer_stops_at_the_zero_point after [requantizer_has_a_multiplier_for_each_channel];
    /// A scale without a multiplier is refused.
    requantizer_refuses_scales;
}

/// A number of 53 random bits between 2^low and 2^high.
fn real(draw: &mut Draw, low: i32, high: i32) -> f64 {
    let exponent = low + draw.int(0..=(high - low - 1) as usize) as i32;
    draw.real(1.0, 2.0) * f64::powi(2.0, exponent)
}

/// A sum with any number of bits.
fn sum(draw: &mut Draw) -> i32 {
    (draw.bits() as i32) >> draw.int(0..=30)
}

fn makes(message: &'static str, code: &mut Client, real: f64) -> CaseVerdict {
    let got = code.multiplier(real, Vec::new())?;
    check::equal(message, &(got.m0, got.shift), &oracle::multiplier(real))
}

fn applies(message: &'static str, code: &mut Client, real: f64, sums: Vec<i32>) -> CaseVerdict {
    let multiplier = oracle::multiplier(real);
    let expected: Vec<i32> =
        sums.iter().map(|&sum| oracle::multiplied(multiplier, sum.into())).collect();
    check::equal(message, &code.multiplier(real, sums)?.results, &expected)
}

fn multiplier_is_the_nearest(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "`Multiplier::new` should have an m0 of 31 bits, the nearest to real * 2^shift";
    for real in [f64::powi(2.0, -32), 1.0, 0.75, f64::powi(2.0, 28), f64::powi(2.0, 29) * 0.75] {
        makes(message, code, real)?;
    }
    for _ in 0..60 {
        let real = real(draw, -32, 29);
        makes(message, code, real)?;
    }
    Ok(())
}

fn multiplier_ties_go_to_even(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "`Multiplier::new` should round ties to the even m0";
    for at in 0..20 {
        let even = (1_u64 << 30) + 2 * draw.int(0..=(1 << 29) - 1) as u64;
        let m0 = even + at % 2;
        let real = (m0 as f64 + 0.5) * f64::powi(2.0, draw.int(0..=57) as i32 - 60);
        makes(message, code, real)?;
    }
    Ok(())
}

fn multiplier_may_round_to_a_power_of_two(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "an m0 that rounds to 2^31 has 32 bits: it should be 2^30, with one shift less";
    let below = |exponent: i32, bits: i32| f64::powi(2.0, exponent) * (1.0 - f64::powi(2.0, -bits));
    for exponent in [29, 0, -31] {
        makes(message, code, below(exponent, 53))?;
        makes(message, code, below(exponent, 32))?;
        makes(message, code, below(exponent, 31))?;
    }
    let exponent = draw.int(0..=50) as i32 - 28;
    makes(message, code, below(exponent, draw.int(32..=50) as i32))
}

fn multiplier_refuses_numbers_out_of_range(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "`Multiplier::new` should refuse all but 2^-32 <= real < 2^29 by `BadValue`";
    let lowest = f64::powi(2.0, -32);
    let wrong = [
        lowest * (1.0 - f64::EPSILON),
        f64::powi(2.0, 29),
        lowest * draw.real(0.0, 1.0),
        f64::powi(2.0, 29) * draw.real(1.0, 1e6),
        0.0,
        f64::MIN_POSITIVE / 4.0,
        -draw.real(0.1, 10.0),
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
    ];
    for real in wrong {
        let result = code.multiplier(real, Vec::new());
        refused(message, result, "BadValue", "Multiplier::new: ")?;
    }
    makes(message, code, lowest)?;
    makes(message, code, f64::from_bits(f64::powi(2.0, 29).to_bits() - 1))
}

fn multiplier_applies_with_one_rounding(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "`apply` should be sum * m0 * 2^-shift, rounded once to the nearest integer";
    for _ in 0..20 {
        let real = real(draw, -20, 3);
        let sums = (0..100).map(|_| sum(draw)).collect();
        applies(message, code, real, sums)?;
    }
    Ok(())
}

fn multiplier_applies_ties_upwards(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "`apply` should round ties towards positive infinity: 1.5 to 2, -1.5 to -1";
    for _ in 0..10 {
        let bits = draw.int(1..=20) as i32;
        let odd = |draw: &mut Draw| (2 * draw.int(0..=1 << 9) + 1) as i32;
        let sums = (0..20).map(|at| odd(draw) * (1 << (bits - 1)) * (1 - at % 2 * 2)).collect();
        applies(message, code, f64::powi(2.0, -bits), sums)?;
    }
    Ok(())
}

fn multiplier_applies_to_extremes(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "`apply` should give the nearest `i32` for every sum and every multiplier";
    let sums = vec![i32::MIN, i32::MIN + 1, -1, 0, 1, i32::MAX - 1, i32::MAX];
    let highest = f64::powi(2.0, 29) * (1.0 - f64::EPSILON);
    let lowest = f64::powi(2.0, -32);
    let nearly_one = 1.0 - f64::powi(2.0, -31);
    let at_limit = 1.0 + f64::powi(2.0, -30);
    for real in [highest, lowest, 2.0 * lowest, 1.0, nearly_one, at_limit, real(draw, 0, 29)] {
        applies(message, code, real, sums.clone())?;
    }
    Ok(())
}

/// Requantizes sums of all channels, and compares codes and multipliers with the oracle's.
fn requantizes(
    message: &'static str,
    code: &mut Client,
    scales: Vec<f64>,
    (output, relu): (Params, bool),
    sums: Vec<(usize, i32)>,
) -> CaseVerdict {
    let multipliers: Vec<(i32, u32)> =
        scales.iter().map(|scale| oracle::multiplier(scale / f64::from(output.scale))).collect();
    let codes: Vec<i32> = sums
        .iter()
        .map(|&(channel, sum)| oracle::code(scales[channel], output, relu, sum.into()))
        .collect();
    let got = code.requantize(scales, output, relu, sums)?;
    check::equal(message, &got, &(codes, multipliers))
}

fn sums(draw: &mut Draw, channels: usize) -> Vec<(usize, i32)> {
    (0..200).map(|_| (draw.int(0..=channels - 1), sum(draw))).collect()
}

fn requantizer_has_a_multiplier_for_each_channel(
    code: &mut Client,
    draw: &mut Draw,
) -> CaseVerdict {
    let message = "a channel's multiplier should be its scale, divided by the output's; a code is the multiplied sum \
                   plus the zero point";
    for scheme in [U8, I8, SYMMETRIC, Scheme::Signed { bits: 4 }] {
        let channels = draw.int(2..=6);
        let scales = (0..channels).map(|_| real(draw, -20, -10)).collect();
        let output = params(draw, 0.05, scheme);
        let sums = sums(draw, channels);
        requantizes(message, code, scales, (output, false), sums)?;
    }
    Ok(())
}

fn requantizer_saturates(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a code below the scheme's lowest or above its highest should be that code";
    let extremes = [i32::MIN, i32::MIN + 1, -1_000_000, 0, 1_000_000, i32::MAX - 1, i32::MAX];
    for bits in [8, 2, 5] {
        let schemes =
            [Scheme::Unsigned { bits }, Scheme::Signed { bits }, Scheme::Symmetric { bits }];
        for scheme in schemes {
            let output = params(draw, 0.05, scheme);
            let scales = vec![real(draw, -10, 0), real(draw, 4, 10)];
            let mut sums = sums(draw, 2);
            sums.extend(extremes.iter().flat_map(|&sum| [(0, sum), (1, sum)]));
            requantizes(message, code, scales, (output, false), sums)?;
        }
    }
    Ok(())
}

fn requantizer_stops_at_the_zero_point(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "with `relu`, a sum below 0 should have the code of 0: the zero point";
    for scheme in [U8, I8, SYMMETRIC, Scheme::Unsigned { bits: 3 }] {
        let mut output = params(draw, 0.05, scheme);
        let (low, high) = oracle::range(scheme);
        let ends =
            if matches!(scheme, Scheme::Symmetric { .. }) { vec![0] } else { vec![low, high] };
        for zero_point in [vec![output.zero_point], ends].concat() {
            output.zero_point = zero_point;
            let scales = vec![real(draw, -14, -8), real(draw, -14, -8)];
            let sums = sums(draw, 2);
            requantizes(message, code, scales, (output, true), sums)?;
        }
    }
    Ok(())
}

fn requantizer_refuses_scales(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message =
        "`Requantizer::new` should return the error of `Multiplier::new`, for every channel";
    let output = params(draw, 0.05, U8);
    for wrong in [0.0, -0.01, 1e30, 1e-30, f64::NAN] {
        let result = code.requantize(vec![0.01, wrong], output, draw.int(0..=1) == 1, Vec::new());
        refused(message, result, "BadValue", "Multiplier::new: ")?;
    }
    Ok(())
}
