//! 16-bit floats by their definition: a table of all magnitudes, in which the nearest is looked up.

use crate::contract::HalfFormat;

/// The number of fraction bits, and the exponent bias.
const fn layout(format: HalfFormat) -> (u32, i32) {
    match format {
        HalfFormat::F16 => (10, 15),
        HalfFormat::Bf16 => (7, 127),
    }
}

/// The bits of infinity: all ones in the exponent.
pub const fn infinity(format: HalfFormat) -> u16 {
    let (fraction_bits, _) = layout(format);
    0x7fff >> fraction_bits << fraction_bits
}

/// The bit that makes a NaN a quiet one: the highest of the fraction.
pub const fn quiet(format: HalfFormat) -> u16 {
    1 << (layout(format).0 - 1)
}

/// The bits of a NaN's fraction in an `f32` that this format has no room for.
pub const fn dropped_bits(format: HalfFormat) -> u32 {
    23 - layout(format).0
}

/// Whether bits stand for a NaN.
pub const fn is_nan(format: HalfFormat, bits: u16) -> bool {
    bits & 0x7fff > infinity(format)
}

/// The magnitude that bits without a sign stand for. The bits of infinity give the number that would come next, which
/// is where rounding to infinity is decided.
pub fn magnitude(format: HalfFormat, bits: u16) -> f64 {
    let (fraction_bits, bias) = layout(format);
    let exponent = i32::from(bits >> fraction_bits);
    let fraction = f64::from(bits % (1 << fraction_bits)) / f64::from(1 << fraction_bits);
    if exponent == 0 {
        fraction * 2.0_f64.powi(1 - bias)
    } else {
        (1.0 + fraction) * 2.0_f64.powi(exponent - bias)
    }
}

/// The number that bits stand for.
pub fn decode(format: HalfFormat, bits: u16) -> f32 {
    let unsigned = bits & 0x7fff;
    let sign = if bits == unsigned { 1.0_f32 } else { -1.0 };
    if is_nan(format, bits) {
        let payload = u32::from(unsigned - infinity(format)) << dropped_bits(format);
        return f32::from_bits(u32::from(bits & 0x8000) << 16 | f32::INFINITY.to_bits() | payload);
    }
    if unsigned == infinity(format) {
        return sign * f32::INFINITY;
    }
    sign * magnitude(format, unsigned) as f32
}

/// The bits of the nearest number, of two equally near ones the even one.
pub fn encode(format: HalfFormat, x: f32) -> u16 {
    let sign = if x.is_sign_negative() { 0x8000 } else { 0 };
    if x.is_nan() {
        let payload = (x.to_bits() % (1 << 23)) >> dropped_bits(format);
        return sign | infinity(format) | quiet(format) | payload as u16;
    }
    let wanted = f64::from(x.abs());
    let (mut below, mut above) = (0, infinity(format));
    if wanted >= magnitude(format, above) {
        return sign | above;
    }
    while above - below > 1 {
        let middle = below.midpoint(above);
        if magnitude(format, middle) <= wanted { below = middle } else { above = middle }
    }
    let to_below = wanted - magnitude(format, below);
    let to_above = magnitude(format, above) - wanted;
    let is_lower = to_below < to_above || (to_below == to_above && below % 2 == 0);
    sign | if is_lower { below } else { above }
}

#[cfg(test)]
mod tests {
    use super::*;
    use course_oracle::values::Table;

    #[test]
    fn pytorch_and_numpy_agree() {
        let table = Table::read(include_str!("values/half.csv"));
        for row in &table.rows {
            let x = f32::from_bits(row.bits("f32"));
            assert_eq!(u32::from(encode(HalfFormat::F16, x)), row.bits("f16"), "{x:e}");
            if !x.is_nan() {
                assert_eq!(u32::from(encode(HalfFormat::Bf16, x)), row.bits("bf16"), "{x:e}");
            }
        }
    }
}
