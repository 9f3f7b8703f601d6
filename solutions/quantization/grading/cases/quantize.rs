//! Task `quantize`: numbers and codes.

use super::prelude::*;
use crate::oracle::affine;
use course_oracle::values::{Row, Table};

cases! { task "quantize", client Client;
    /// Numbers inside of the range have the nearest code.
    quantize_gives_the_nearest_code;
    /// Half way between two codes, ties are broken before the zero point is added: to the even number of steps.
    quantize_breaks_ties_to_even_steps after [quantize_gives_the_nearest_code];
    /// The number is multiplied by the reciprocal of the scale, each step rounded to `f32`.
    quantize_multiplies_by_the_reciprocal after [quantize_gives_the_nearest_code];
    /// Numbers outside of the range have the nearest code, however far away they are.
    quantize_saturates;
    /// A symmetric scheme never has its lowest integer as a code.
    quantize_leaves_out_the_lowest_integer_of_a_symmetric_scheme;
    /// `0` has the zero point as its code, and that code stands for exactly `0`.
    quantize_keeps_zero;
    /// A code stands for scale (code - zero point).
    dequantize_gives_the_number_of_a_code;
    /// Quantizing the number of a code gives the code again, for each code of each scheme.
    quantize_gives_back_each_code after [dequantize_gives_the_number_of_a_code];
    /// Inside of the range, the error is at most half a scale.
    quantize_is_off_by_half_a_scale_at_most after [quantize_gives_the_nearest_code];
    /// The largest and the smallest scales work as any other.
    quantize_takes_extreme_scales;
    /// Numbers have the codes that `PyTorch` and ONNX Runtime give them, and codes the numbers.
    quantize_agrees_with_pytorch after [quantize_gives_the_nearest_code, dequantize_gives_the_number_of_a_code];
}

/// Parameters of a random range.
fn params(draw: &mut Draw) -> Params {
    let size = 10.0_f64.powf(draw.real(-6.0, 6.0));
    let low = (size * draw.real(-1.0, 0.1)) as f32;
    let high = (size * draw.real(0.2, 1.0)) as f32;
    affine::params(low, high, any_scheme(draw))
}

/// Parameters of a scheme with a zero point in the middle of its codes, and a scale that is a power of two.
fn round_params(draw: &mut Draw, scheme: Scheme) -> Params {
    let (min, max) = affine::limits(scheme);
    let inside = draw.int(1..=(max - min - 1) as usize) as i32;
    let zero_point = if affine::is_symmetric(scheme) { 0 } else { min + inside };
    Params { scale: 2.0_f32.powi(draw.int(0..=40) as i32 - 20), zero_point, scheme }
}

fn has_codes(
    message: &'static str,
    code: &mut Client,
    params: Params,
    numbers: Vec<f32>,
) -> CaseVerdict {
    let expected: Vec<i32> = numbers.iter().map(|x| affine::code(params, *x)).collect();
    let got = code.codes(params, Floats(numbers.clone()))?;
    check::equal(message, &got.len(), &expected.len())?;
    let differs = got.iter().zip(&expected).position(|(got, expected)| got != expected);
    differs.map_or(Ok(()), |at| {
        let (x, got, expected) = (numbers[at], got[at], expected[at]);
        Err(wrong(message, format!("{x:e} with {params:?}: got {got}, expected {expected}")))
    })
}

/// The ends of what the codes stand for.
fn ends(params: Params) -> (f64, f64) {
    let (min, max) = affine::limits(params.scheme);
    (affine::number(params, min).into(), affine::number(params, max).into())
}

fn inside(draw: &mut Draw, params: Params, count: usize) -> Vec<f32> {
    let (low, high) = ends(params);
    draw.reals(count, low, high).into_iter().map(|x| x as f32).collect()
}

pub fn quantize_gives_the_nearest_code(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "the code should be the nearest number of steps, plus the zero point";
    for _ in 0..40 {
        let params = params(draw);
        let numbers = inside(draw, params, 100);
        has_codes(message, code, params, numbers)?;
    }
    Ok(())
}

fn quantize_breaks_ties_to_even_steps(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "round x / scale first (ties to even), then add the zero point: in the other \
                   order, or away from 0, ties go elsewhere";
    for _ in 0..40 {
        let scheme = any_scheme(draw);
        let params = round_params(draw, scheme);
        let (min, max) = affine::limits(scheme);
        let tie = |code: i32| (f64::from(code - params.zero_point) + 0.5) as f32 * params.scale;
        has_codes(message, code, params, (min..max).map(tie).collect())?;
    }
    Ok(())
}

/// A number for which division by the scale gives another code than multiplication by its reciprocal, and parameters
/// of that scale.
fn told_apart(draw: &mut Draw) -> (Params, f32) {
    loop {
        let scale = draw.real(0.01, 1.0) as f32;
        let params = Params { scale, zero_point: 0, scheme: Scheme::Symmetric { bits: 8 } };
        let steps = draw.int(0..=120) as f32 + 0.5;
        let tie = steps * scale;
        let is_apart = |x: &f32| {
            f64::from((x / scale).round_ties_even()) != affine::steps(params, *x).round_ties_even()
        };
        if let Some(x) = [tie, tie.next_up(), tie.next_down()].into_iter().find(is_apart) {
            return (params, x);
        }
    }
}

fn quantize_multiplies_by_the_reciprocal(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "the number of steps is x * (1 / scale), each of both operations in f32: all \
                   codes of this crate are computed in this way, also those of vectors";
    for _ in 0..20 {
        let (params, x) = told_apart(draw);
        has_codes(message, code, params, vec![x])?;
    }
    Ok(())
}

fn quantize_saturates(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a number outside of the range should have the lowest or the highest code, also \
                   where the number of steps exceeds i32 or f32";
    for _ in 0..40 {
        let params = params(draw);
        let (low, high) = ends(params);
        let length = high - low;
        let mut numbers = vec![f32::MAX, f32::MIN, 1e30, -1e30];
        for factor in [0.51 / 256.0, 0.01, 0.5, 1.0, 100.0, 1e7, 1e12] {
            numbers.push((high + factor * length) as f32);
            numbers.push((low - factor * length) as f32);
        }
        has_codes(message, code, params, numbers)?;
    }
    let tiny = Params {
        scale: f32::MIN_POSITIVE,
        zero_point: 3,
        scheme: Scheme::Unsigned { bits: draw.int(3..=8) as u32 },
    };
    has_codes(message, code, tiny, vec![f32::MAX, f32::MIN, 1.0, -1.0])
}

fn quantize_leaves_out_the_lowest_integer_of_a_symmetric_scheme(
    code: &mut Client,
    draw: &mut Draw,
) -> CaseVerdict {
    let message = "the codes of a symmetric scheme are as many below 0 as above: -128 is none";
    for bits in 2..=8 {
        let params = round_params(draw, Scheme::Symmetric { bits });
        let high = params.scale * 2.0_f32.powi(bits as i32 - 1);
        has_codes(message, code, params, vec![-high, -0.999 * high, -2.0 * high, high])?;
    }
    Ok(())
}

fn quantize_keeps_zero(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "the code of 0 and of -0 should be the zero point, and stand for exactly 0";
    for _ in 0..30 {
        let params = params(draw);
        let zero_point = params.zero_point;
        let codes = code.codes(params, Floats(vec![0.0, -0.0]))?;
        check::equal(message, &codes, &vec![zero_point; 2])?;
        let numbers = code.numbers(params, vec![zero_point])?;
        check::equal(message, &numbers, &Floats(vec![0.0]))?;
    }
    Ok(())
}

fn all_codes(params: Params) -> Vec<i32> {
    let (min, max) = affine::limits(params.scheme);
    (min..=max).collect()
}

pub fn dequantize_gives_the_number_of_a_code(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "the number of a code should be scale (code - zero point), rounded once";
    for _ in 0..40 {
        let params = params(draw);
        let codes = all_codes(params);
        let expected: Vec<f32> = codes.iter().map(|code| affine::number(params, *code)).collect();
        check::equal(message, &code.numbers(params, codes)?.0, &expected)?;
    }
    Ok(())
}

fn quantize_gives_back_each_code(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "the number of a code should have that code";
    for _ in 0..40 {
        let params = params(draw);
        let codes = all_codes(params);
        let numbers = code.numbers(params, codes.clone())?;
        check::equal(message, &code.codes(params, numbers)?, &codes)?;
    }
    Ok(())
}

fn quantize_is_off_by_half_a_scale_at_most(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "inside of the range, rounding should be off by half a scale at most";
    for _ in 0..40 {
        let params = params(draw);
        let numbers = inside(draw, params, 100);
        let codes = code.codes(params, Floats(numbers.clone()))?;
        let back = code.numbers(params, codes)?.0;
        check::equal(message, &back.len(), &numbers.len())?;
        // The steps are rounded twice in f32: an error of 256 x 2^-23 steps at most.
        let bound = f64::from(params.scale) * (0.5 + 256.0 / f64::from(1 << 23));
        for (x, y) in numbers.iter().zip(back) {
            let off = (f64::from(*x) - f64::from(y)).abs();
            check::that(off <= bound, message, || format!("{x:e} became {y:e} with {params:?}"))?;
        }
    }
    Ok(())
}

fn quantize_takes_extreme_scales(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "ranges as wide or as narrow as f32 has should work like any other";
    for _ in 0..10 {
        let scheme = any_scheme(draw);
        let wide = affine::params(f32::MIN, f32::MAX, scheme);
        let narrow = affine::params(-f32::MIN_POSITIVE, f32::MIN_POSITIVE, scheme);
        for params in [wide, narrow] {
            let codes = all_codes(params);
            let numbers: Vec<f32> =
                codes.iter().map(|code| affine::number(params, *code)).collect();
            has_codes(message, code, params, numbers.clone())?;
            same_bits(message, &code.numbers(params, codes)?.0, &numbers)?;
        }
    }
    Ok(())
}

/// The scheme of a table's row.
pub fn scheme_of(row: &Row) -> Scheme {
    match row.text("type") {
        "u8" => Scheme::Unsigned { bits: 8 },
        _ => Scheme::Signed { bits: 8 },
    }
}

fn quantize_agrees_with_pytorch(code: &mut Client, _draw: &mut Draw) -> CaseVerdict {
    let message = "codes and numbers should be those of PyTorch and ONNX Runtime";
    let table = Table::read(include_str!("../oracle/values/quantize_per_tensor.csv"));
    for row in &table.rows {
        let scheme = scheme_of(row);
        let params = Params { scale: row.one("scale"), zero_point: row.one("zero_point"), scheme };
        let codes = code.codes(params, Floats(row.list("x")))?;
        check::equal(message, &codes, &row.list("codes"))?;
        check::equal(message, &code.numbers(params, codes)?.0, &row.list("dequantized"))?;
    }
    Ok(())
}
