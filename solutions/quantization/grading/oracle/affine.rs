//! Scale, zero point and codes by their definitions, in `f64`.

use crate::contract::{Params, Scheme};

/// The lowest and the highest code.
pub fn limits(scheme: Scheme) -> (i32, i32) {
    match scheme {
        Scheme::Unsigned { bits } => (0, 2_i32.pow(bits) - 1),
        Scheme::Signed { bits } => (-2_i32.pow(bits - 1), 2_i32.pow(bits - 1) - 1),
        Scheme::Symmetric { bits } => (1 - 2_i32.pow(bits - 1), 2_i32.pow(bits - 1) - 1),
    }
}

/// Whether the zero point is always 0.
pub const fn is_symmetric(scheme: Scheme) -> bool {
    matches!(scheme, Scheme::Symmetric { .. })
}

/// The parameters that cover a range.
pub fn params(low: f32, high: f32, scheme: Scheme) -> Params {
    let (min, max) = limits(scheme);
    let ends = (f64::from(low).min(0.0), f64::from(high).max(0.0));
    let exact = if is_symmetric(scheme) {
        ends.1.max(-ends.0) / f64::from(max)
    } else {
        (ends.1 - ends.0) / f64::from(max - min)
    };
    let is_zero = ends.0 == 0.0 && ends.1 == 0.0;
    let scale = if is_zero { 1.0 } else { (exact as f32).max(f32::MIN_POSITIVE) };
    let zero_point = zero_point(ends.0, f64::from(scale), scheme);
    Params { scale, zero_point, scheme }
}

/// The code of 0 if the codes begin at `low`.
pub fn zero_point(low: f64, scale: f64, scheme: Scheme) -> i32 {
    if is_symmetric(scheme) {
        return 0;
    }
    let (min, max) = limits(scheme);
    ((f64::from(min) - low / scale).round_ties_even() as i32).clamp(min, max)
}

/// The number of steps of the scale in a number, rounded to `f32` where the definition asks for `f32`: a quotient or
/// product of two such numbers that is rounded to `f64` first has the same bits.
pub fn steps(params: Params, x: f32) -> f64 {
    let reciprocal = (1.0 / f64::from(params.scale)) as f32;
    f64::from((f64::from(x) * f64::from(reciprocal)) as f32)
}

/// The code of a number.
pub fn code(params: Params, x: f32) -> i32 {
    let (min, max) = limits(params.scheme);
    let code = steps(params, x).round_ties_even() + f64::from(params.zero_point);
    code.clamp(f64::from(min), f64::from(max)) as i32
}

/// The number that a code stands for.
pub fn number(params: Params, code: i32) -> f32 {
    (f64::from(params.scale) * f64::from(code - params.zero_point)) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use course_oracle::values::Table;

    #[test]
    fn pytorch_has_the_same_codes_and_numbers() {
        let table = Table::read(include_str!("../oracle/values/quantize_per_tensor.csv"));
        for row in &table.rows {
            let bits = 8;
            let scheme = match row.text("type") {
                "u8" => Scheme::Unsigned { bits },
                _ => Scheme::Signed { bits },
            };
            let params =
                Params { scale: row.one("scale"), zero_point: row.one("zero_point"), scheme };
            let codes: Vec<i32> = row.list("x").iter().map(|x| code(params, *x)).collect();
            assert_eq!(codes, row.list::<i32>("codes"), "{params:?}");
            let numbers: Vec<f32> = codes.iter().map(|code| number(params, *code)).collect();
            assert_eq!(numbers, row.list::<f32>("dequantized"), "{params:?}");
        }
    }
}
