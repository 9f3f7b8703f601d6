//! Task `params`: parameters of a range.

use super::prelude::*;
use crate::oracle::affine;

cases! { task "params", client Client;
    /// A symmetric range has a scale and no zero point.
    params_are_symmetric;
    /// An unsigned scheme has a scale and a zero point, so that its codes just cover the range.
    params_cover_a_range_with_unsigned_codes;
    /// A signed scheme begins at its lowest code, with the zero point to match.
    params_cover_a_range_with_signed_codes;
    /// Fewer bits have fewer codes.
    params_of_fewer_bits after [params_are_symmetric, params_cover_a_range_with_unsigned_codes];
    /// A range on one side of `0` is widened to hold `0`, which has a code of its own.
    params_widen_the_range_to_hold_zero;
    /// A range of one number is widened as well.
    params_of_a_constant;
    /// The range from `0` to `0` has scale `1`, whatever the signs of the zeros.
    params_of_zeros;
    /// The zero point is rounded to the nearest integer, ties to even.
    params_round_the_zero_point_to_even;
    /// The scale is computed in `f64` and rounded once.
    params_round_the_scale_once;
    /// The zero point is computed from the scale as it is stored.
    params_take_the_zero_point_from_the_stored_scale;
    /// The largest range of `f32` does not overflow.
    params_of_the_largest_range;
    /// A scale is at least the least normal number, so that its reciprocal is finite.
    params_of_a_tiny_range;
    /// NaN, infinities and reversed ends are refused.
    params_refuse_what_is_no_range;
    /// Fewer than `2` bits and more than `8` are refused.
    params_refuse_bits_that_no_scheme_has;
}

const SYMMETRIC: Scheme = Scheme::Symmetric { bits: 8 };
const UNSIGNED: Scheme = Scheme::Unsigned { bits: 8 };
const SIGNED: Scheme = Scheme::Signed { bits: 8 };

fn covers(
    message: &'static str,
    code: &mut Client,
    (low, high): (f32, f32),
    scheme: Scheme,
) -> CaseVerdict {
    let got = code.from_range(low, high, scheme)?;
    let expected = affine::params(low, high, scheme);
    check::that(got == expected, message, || {
        format!("{low:e} to {high:e}, {scheme:?}: got {got:?}, expected {expected:?}")
    })
}

/// A range with 0 inside, of any magnitude.
fn range(draw: &mut Draw) -> (f32, f32) {
    let size = 10.0_f64.powf(draw.real(-6.0, 6.0));
    ((size * draw.real(-1.0, 0.0)) as f32, (size * draw.real(0.0, 1.0)) as f32)
}

fn params_are_symmetric(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "the scale should be the larger absolute end divided by the highest code, and \
                   the zero point 0";
    for _ in 0..50 {
        covers(message, code, range(draw), SYMMETRIC)?;
    }
    Ok(())
}

pub fn params_cover_a_range_with_unsigned_codes(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "the scale should be the length of the range divided by the number of steps, and \
                   the zero point the code of 0";
    for _ in 0..50 {
        covers(message, code, range(draw), UNSIGNED)?;
    }
    Ok(())
}

fn params_cover_a_range_with_signed_codes(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "codes begin at -128: the zero point is -128 - low / scale";
    for _ in 0..50 {
        covers(message, code, range(draw), SIGNED)?;
    }
    Ok(())
}

fn params_of_fewer_bits(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "the lowest and the highest code depend on the scheme and its bits";
    for bits in 2..=8 {
        for scheme in
            [Scheme::Unsigned { bits }, Scheme::Signed { bits }, Scheme::Symmetric { bits }]
        {
            covers(message, code, range(draw), scheme)?;
        }
    }
    Ok(())
}

fn params_widen_the_range_to_hold_zero(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "0 should have a code that stands for exactly 0, also where the data do not \
                   reach 0: widen the range first";
    for _ in 0..20 {
        let near = draw.real(0.1, 50.0) as f32;
        let far = near * draw.real(1.1, 3.0) as f32;
        for scheme in [UNSIGNED, SIGNED, SYMMETRIC] {
            covers(message, code, (near, far), scheme)?;
            covers(message, code, (-far, -near), scheme)?;
        }
    }
    Ok(())
}

fn params_of_a_constant(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a range of a single number should be widened to hold 0, like any other";
    for _ in 0..20 {
        let x = (draw.real(0.1, 9.0) as f32) * *draw.pick(&[1.0, -1.0]);
        covers(message, code, (x, x), any_scheme(draw))?;
    }
    Ok(())
}

fn params_of_zeros(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "the range from 0 to 0 should have scale 1, and its lowest code or a symmetric \
                   scheme's 0 as the zero point";
    let bits = draw.int(2..=8) as u32;
    for scheme in [Scheme::Unsigned { bits }, Scheme::Signed { bits }, Scheme::Symmetric { bits }] {
        for ends in [(0.0, 0.0), (-0.0, 0.0), (-0.0, -0.0), (0.0, -0.0)] {
            covers(message, code, ends, scheme)?;
        }
    }
    Ok(())
}

fn params_round_the_zero_point_to_even(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a zero point half way between two integers should be the even one";
    for _ in 0..40 {
        let scale = 2.0_f32.powi(draw.int(0..=40) as i32 - 20);
        let steps = draw.int(1..=253) as f32 + 0.5;
        let range = (-steps * scale, (255.0 - steps) * scale);
        covers(message, code, range, *draw.pick(&[UNSIGNED, SIGNED]))?;
    }
    Ok(())
}

fn params_round_the_scale_once(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "compute in f64 and round the scale to f32 at the end";
    for _ in 0..20 {
        let (low, high) = drawn_until(draw, |low, high| {
            (high - low) / 255.0 != affine::params(low, high, UNSIGNED).scale
        });
        covers(message, code, (low, high), UNSIGNED)?;
    }
    Ok(())
}

fn params_take_the_zero_point_from_the_stored_scale(
    code: &mut Client,
    draw: &mut Draw,
) -> CaseVerdict {
    let message = "the zero point should be computed from the scale after its rounding to f32, \
                   because that is the scale that codes are multiplied by";
    for scheme in [UNSIGNED, SIGNED] {
        let (low, high) = drawn_until(draw, |low, high| {
            let exact = (f64::from(high) - f64::from(low)) / 255.0;
            let from_exact = affine::zero_point(f64::from(low), exact, scheme);
            from_exact != affine::params(low, high, scheme).zero_point
        });
        covers(message, code, (low, high), scheme)?;
    }
    Ok(())
}

/// The first range for which a mistake would show. About one of ten million is half way between zero points, so the
/// drawn range is moved there first.
fn drawn_until(draw: &mut Draw, shows: impl Fn(f32, f32) -> bool) -> (f32, f32) {
    loop {
        let scale = draw.real(0.001, 10.0);
        let steps = draw.int(1..=253) as f64 + 0.5;
        let low = (-steps * scale) as f32;
        let high = ((255.0 - steps) * scale) as f32;
        if shows(low, high) {
            return (low, high);
        }
    }
}

fn params_of_the_largest_range(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "the length of a range may exceed f32: compute it in f64";
    for scheme in [UNSIGNED, SIGNED, SYMMETRIC, any_scheme(draw), any_scheme(draw)] {
        let far = draw.real(2.0e38, 3.4e38) as f32;
        for range in [(-far, far), (f32::MIN, f32::MAX), (f32::MIN, 0.0), (0.0, f32::MAX)] {
            covers(message, code, range, scheme)?;
        }
    }
    Ok(())
}

fn params_of_a_tiny_range(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a scale below the least normal number should be replaced by that number, and \
                   the zero point computed from it";
    let least = f32::MIN_POSITIVE;
    for scheme in [UNSIGNED, SIGNED, SYMMETRIC, any_scheme(draw)] {
        let size = (draw.real(1.0, 100.0) as f32) * least;
        for range in [(0.0, f32::from_bits(1)), (-least / 2.0, least), (-size, size / 3.0)] {
            covers(message, code, range, scheme)?;
        }
    }
    Ok(())
}

fn params_refuse_what_is_no_range(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "ends that are not finite, or in the wrong order, should be `BadRange` of \
                   `QuantParams::from_range`";
    let x = draw.int(1..=99) as f32;
    let infinity = f32::INFINITY;
    for (low, high) in [
        (f32::NAN, x),
        (-x, f32::NAN),
        (f32::NAN, f32::NAN),
        (-infinity, x),
        (-x, infinity),
        (infinity, infinity),
        (x, -x),
        (x.next_up(), x),
    ] {
        let named = format!("QuantParams::from_range: {low} to {high} ");
        refuses(message, code.from_range(low, high, any_scheme(draw)), "BadRange", &named)?;
    }
    Ok(())
}

fn params_refuse_bits_that_no_scheme_has(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a number of bits below 2 or above 8 should be `BadBits`";
    let more = draw.int(33..=1000) as u32;
    for bits in [0, 1, 9, 16, 32, more, u32::MAX] {
        for scheme in
            [Scheme::Unsigned { bits }, Scheme::Signed { bits }, Scheme::Symmetric { bits }]
        {
            let named = format!("{bits} bits");
            refuses(message, code.from_range(-1.0, 1.0, scheme), "BadBits", &named)?;
            let of_tensor =
                code.of_tensor(rows(&[2], vec![0.0, 1.0]), scheme, Granularity::PerTensor);
            refuses(message, of_tensor, "BadBits", &named)?;
        }
    }
    Ok(())
}
