//! Task `half`: numbers and bits.

use super::prelude::*;
use crate::oracle::half;
use course_oracle::values::{Row, Table};

cases! { task "half", client Client;
    /// Each number of `binary16` is decoded: zeros, subnormal and normal numbers, infinities.
    f16_decodes_every_number;
    /// Each number of `bfloat16` is decoded.
    bf16_decodes_every_number;
    /// A NaN of either format keeps its sign and its fraction bits when it is decoded.
    half_decodes_nan_bit_by_bit;
    /// Each number of `binary16` is encoded to its own bits.
    f16_encodes_its_own_numbers after [f16_decodes_every_number];
    /// Each number of `bfloat16` is encoded to its own bits.
    bf16_encodes_its_own_numbers after [bf16_decodes_every_number];
    /// Normal numbers are rounded to the nearest number of `binary16`.
    f16_rounds_to_the_nearest;
    /// Numbers of any magnitude are rounded to the nearest number of `bfloat16`.
    bf16_rounds_to_the_nearest;
    /// Half way between two numbers of `binary16`, the even one is taken; just beside, the nearer one.
    f16_breaks_ties_to_even after [f16_rounds_to_the_nearest];
    /// Half way between two numbers of `bfloat16`, the even one is taken; just beside, the nearer one.
    bf16_breaks_ties_to_even after [bf16_rounds_to_the_nearest];
    /// Numbers below `2^-14` become subnormal numbers of `binary16`, rounded once.
    f16_rounds_small_numbers_to_subnormal_ones;
    /// Numbers below half of the least number of `binary16` become zeros and keep their sign.
    f16_rounds_tiny_numbers_to_signed_zeros;
    /// What rounds above `65504` becomes infinity in `binary16`, and what does not becomes `65504`.
    f16_overflows_from_65520;
    /// The largest numbers of `f32` become infinity in `bfloat16`, and its subnormal numbers stay subnormal.
    bf16_takes_the_extremes_of_f32;
    /// A NaN stays a NaN of its sign: its upper fraction bits are kept, and the highest one is set.
    half_encodes_nan_with_sign_and_payload;
    /// Numbers have the bits that `PyTorch` and `NumPy` give them.
    half_agrees_with_pytorch after [f16_rounds_to_the_nearest, bf16_rounds_to_the_nearest];
}

fn decodes(message: &'static str, code: &mut Client, format: HalfFormat) -> CaseVerdict {
    let bits: Vec<u16> = (0..=u16::MAX).filter(|bits| !half::is_nan(format, *bits)).collect();
    let expected: Vec<f32> = bits.iter().map(|bits| half::decode(format, *bits)).collect();
    same_bits(message, &code.decode(format, bits)?.0, &expected)
}

fn f16_decodes_every_number(code: &mut Client, _draw: &mut Draw) -> CaseVerdict {
    let message = "each number of binary16 is an f32: normal numbers have another exponent bias, \
                   subnormal ones are multiples of 2^-24, and zeros and infinities have signs";
    decodes(message, code, HalfFormat::F16)
}

fn bf16_decodes_every_number(code: &mut Client, _draw: &mut Draw) -> CaseVerdict {
    let message = "the bits of a bfloat16 number are the upper half of an f32";
    decodes(message, code, HalfFormat::Bf16)
}

fn half_decodes_nan_bit_by_bit(code: &mut Client, _draw: &mut Draw) -> CaseVerdict {
    let message = "a NaN should keep its sign, and its fraction bits in the upper places";
    for format in FORMATS {
        let bits: Vec<u16> = (0..=u16::MAX).filter(|bits| half::is_nan(format, *bits)).collect();
        let expected: Vec<f32> = bits.iter().map(|bits| half::decode(format, *bits)).collect();
        same_bits(message, &code.decode(format, bits)?.0, &expected)?;
    }
    Ok(())
}

/// Passes when each number is encoded as the oracle does it.
fn encodes(
    message: &'static str,
    code: &mut Client,
    format: HalfFormat,
    numbers: Vec<f32>,
) -> CaseVerdict {
    let expected: Vec<u16> = numbers.iter().map(|x| half::encode(format, *x)).collect();
    let got = code.encode(format, Floats(numbers.clone()))?;
    check::equal(message, &got.len(), &expected.len())?;
    let differs = got.iter().zip(&expected).position(|(got, expected)| got != expected);
    differs.map_or(Ok(()), |at| {
        let x = numbers[at];
        let (got, expected) = (got[at], expected[at]);
        let bits = x.to_bits();
        Err(wrong(message, format!("{x:e} ({bits:#x}): got {got:#x}, expected {expected:#x}")))
    })
}

fn encodes_back(code: &mut Client, format: HalfFormat) -> CaseVerdict {
    let message = "a number that the format has should be encoded without rounding";
    let numbers = (0..=u16::MAX).filter(|bits| !half::is_nan(format, *bits));
    encodes(message, code, format, numbers.map(|bits| half::decode(format, bits)).collect())
}

fn f16_encodes_its_own_numbers(code: &mut Client, _draw: &mut Draw) -> CaseVerdict {
    encodes_back(code, HalfFormat::F16)
}

fn bf16_encodes_its_own_numbers(code: &mut Client, _draw: &mut Draw) -> CaseVerdict {
    encodes_back(code, HalfFormat::Bf16)
}

/// A number with random sign and fraction, and an exponent in the range.
fn with_exponent(draw: &mut Draw, lowest: i32, highest: i32) -> f32 {
    let exponent = lowest + draw.int(0..=(highest - lowest) as usize) as i32;
    let fraction = draw.bits() as u32;
    f32::from_bits(fraction & 0x807f_ffff | ((exponent + 127) as u32) << 23)
}

pub fn f16_rounds_to_the_nearest(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a normal number should be rounded to the nearest number with 10 fraction bits";
    let numbers = (0..5000).map(|_| with_exponent(draw, -14, 14)).collect();
    encodes(message, code, HalfFormat::F16, numbers)
}

pub fn bf16_rounds_to_the_nearest(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a number should be rounded to the nearest number with 7 fraction bits";
    let numbers = (0..5000).map(|_| with_exponent(draw, -126, 126)).collect();
    encodes(message, code, HalfFormat::Bf16, numbers)
}

/// Numbers half way between neighbours whose bits are in a range, and the numbers just beside.
fn ties(draw: &mut Draw, format: HalfFormat, bits: std::ops::Range<u16>) -> Vec<f32> {
    let mut numbers = Vec::new();
    for _ in 0..500 {
        let below = draw.int(bits.start.into()..=usize::from(bits.end) - 1) as u16;
        let middle = half::magnitude(format, below).midpoint(half::magnitude(format, below + 1));
        let middle = middle as f32;
        for x in [middle, middle.next_up(), middle.next_down()] {
            numbers.extend([x, -x]);
        }
    }
    numbers
}

fn f16_breaks_ties_to_even(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "what is lost decides: above half rounds up, below half down, exactly half to \
                   the number whose last bit is 0";
    let numbers = ties(draw, HalfFormat::F16, 0x0400..0x7bff);
    encodes(message, code, HalfFormat::F16, numbers)
}

fn bf16_breaks_ties_to_even(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "what is lost decides: above half rounds up, below half down, exactly half to \
                   the number whose last bit is 0";
    let numbers = ties(draw, HalfFormat::Bf16, 0x0080..0x7f7f);
    encodes(message, code, HalfFormat::Bf16, numbers)
}

fn f16_rounds_small_numbers_to_subnormal_ones(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a number below 2^-14 is the nearest multiple of 2^-24, ties to even, and may \
                   round up to the least normal number";
    let mut numbers: Vec<f32> = (0..3000).map(|_| with_exponent(draw, -24, -15)).collect();
    numbers.extend(ties(draw, HalfFormat::F16, 1..0x0400));
    encodes(message, code, HalfFormat::F16, numbers)
}

fn f16_rounds_tiny_numbers_to_signed_zeros(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "up to 2^-25, half of the least number, a number becomes a zero with its sign; \
                   above, it becomes the least number";
    let half_of_least = 2.0_f32.powi(-25);
    let least = f32::from_bits(1);
    let mut numbers: Vec<f32> = (0..1000).map(|_| with_exponent(draw, -126, -26)).collect();
    for x in [0.0, least, f32::MIN_POSITIVE, half_of_least.next_down(), half_of_least] {
        numbers.extend([x, -x]);
    }
    numbers.extend([half_of_least.next_up(), -half_of_least.next_up()]);
    encodes(message, code, HalfFormat::F16, numbers)
}

fn f16_overflows_from_65520(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "from 65520, half way from 65504 to 65536, a number becomes infinity";
    let mut numbers: Vec<f32> = (0..1000).map(|_| with_exponent(draw, 15, 127)).collect();
    for x in [65504.0, 65519.996, 65520.0, 65535.996, 65536.0, f32::MAX, f32::INFINITY] {
        numbers.extend([x, -x]);
    }
    encodes(message, code, HalfFormat::F16, numbers)
}

fn bf16_takes_the_extremes_of_f32(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "bfloat16 has the exponents of f32: only what rounds above its largest number \
                   becomes infinity, and subnormal numbers are rounded like all others";
    let below_infinity = f32::from_bits(0x7f7f_7fff);
    let mut numbers = vec![0.0, -0.0, f32::INFINITY, f32::NEG_INFINITY];
    for x in [f32::MAX, below_infinity, below_infinity.next_up(), f32::MIN_POSITIVE] {
        numbers.extend([x, -x]);
    }
    let subnormal = |bits: u64| f32::from_bits(bits as u32 & 0x807f_ffff);
    numbers.extend((0..1000).map(|_| subnormal(draw.bits())));
    numbers.extend(ties(draw, HalfFormat::Bf16, 0..0x0080));
    encodes(message, code, HalfFormat::Bf16, numbers)
}

fn half_encodes_nan_with_sign_and_payload(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a NaN should stay a NaN, also one whose upper fraction bits are 0: keep its \
                   sign and upper fraction bits, and set the highest of them";
    let mut bits = vec![0x7f80_0001_u32, 0xff80_0001, 0x7fc0_0000, 0xffc0_0000, 0x7fff_ffff];
    bits.extend([u32::MAX, 0x7fbf_ffff, 0x7f80_1fff]);
    bits.extend((0..500).map(|_| draw.bits() as u32 | 0x7f80_0001));
    for format in FORMATS {
        encodes(message, code, format, bits.iter().map(|bits| f32::from_bits(*bits)).collect())?;
    }
    Ok(())
}

fn half_agrees_with_pytorch(code: &mut Client, _draw: &mut Draw) -> CaseVerdict {
    let message = "numbers and NaNs should have the bits that PyTorch and NumPy give them";
    let table = Table::read(include_str!("../oracle/values/half.csv"));
    // PyTorch does not keep the bits of a NaN in bfloat16.
    let numbers: Vec<&Row> = table.rows.iter().filter(|row| row.text("nan") == "0").collect();
    let all: Vec<&Row> = table.rows.iter().collect();
    for (format, column, rows) in
        [(HalfFormat::F16, "f16", all), (HalfFormat::Bf16, "bf16", numbers)]
    {
        let inputs = rows.iter().map(|row| f32::from_bits(row.bits("f32"))).collect();
        let got = code.encode(format, Floats(inputs))?;
        let expected: Vec<u16> = rows.iter().map(|row| row.bits(column) as u16).collect();
        check::equal(message, &got, &expected)?;
    }
    Ok(())
}
