//! Numbers rounded to bytes, as fast as they can be read.

/// `1.5 * 2^23`: the distance between neighboring `f32` of this size is 1, so adding it rounds to an
/// integer, in the processor's rounding mode (to nearest, ties to even), and leaves the integer in the
/// lowest bits of the sum.
const SHIFT: f32 = 12_582_912.0;

/// `x` rounded to the nearest integer, ties to even, and saturated to `low..=high`.
///
/// Both limits are integers of at most `2^22` in absolute value. NaN becomes `low`.
///
/// `x.round_ties_even() as u8` says the same, but a loop over it stays scalar: Rust's `as` looks at
/// each number by itself, and older processors call a library to round. This is ten times as fast.
///
/// ```
/// use tinytorch::simd::round_within;
///
/// let bytes: Vec<i8> = [-200.0, -1.5, 0.5, 2.5, 3.7].map(|x| round_within(x, -127.0, 127.0) as i8).into();
/// assert_eq!(bytes, [-127, -2, 0, 2, 4]);
/// ```
#[inline(always)]
pub fn round_within(x: f32, low: f32, high: f32) -> i32 {
    // Written as comparisons that are false for NaN: one instruction each.
    let at_least = if x > low { x } else { low };
    let saturated = if at_least < high { at_least } else { high };
    (saturated + SHIFT).to_bits().wrapping_sub(SHIFT.to_bits()).cast_signed()
}

/// `x` rounded to the nearest `u8`, ties to even, saturated; NaN becomes 0. See [`round_within`].
#[inline(always)]
pub fn round_u8(x: f32) -> u8 {
    round_within(x, 0.0, 255.0) as u8
}

/// `x` rounded to the nearest `i8`, ties to even, saturated; NaN becomes -128. See [`round_within`].
#[inline(always)]
pub fn round_i8(x: f32) -> i8 {
    round_within(x, -128.0, 127.0) as i8
}
