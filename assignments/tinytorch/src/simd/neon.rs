//! ARM.
//!
//! `dot4` was run in an emulator with every pair of bytes in every place; the crate as a whole was never
//! built for ARM.

use std::arch::aarch64::{int8x16_t, int32x4_t, uint8x16_t};

use pulp::bytemuck::cast;
use pulp::{i8x16, i32x4, u8x16};

use super::{SimdInt, WithInt};

/// What every 64-bit ARM processor has. (The instructions for four products at once are newer, and
/// Rust does not offer them yet.)
#[derive(Clone, Copy, Debug)]
pub(super) struct Neon(pulp::aarch64::Neon);

impl Neon {
    pub(super) fn detect() -> Option<Self> {
        pulp::aarch64::Neon::try_new().map(Self)
    }

    pub(super) fn run<W: WithInt>(self, computation: W) -> W::Output {
        self.0.vectorize(
            #[inline(always)]
            || computation.with_int(self),
        )
    }
}

impl SimdInt for Neon {
    type U8s = u8x16;
    type I8s = i8x16;
    type I32s = i32x4;

    const LANES: usize = 4;
    const REGISTERS: usize = 32;

    #[inline(always)]
    fn splat(self, x: i32) -> i32x4 {
        cast::<int32x4_t, _>(self.0.neon.vdupq_n_s32(x))
    }

    /// There is a product of signed bytes only: `a * b = (a - 128) * b + 128 * b`. Such a product has at
    /// most `2^14`, which fits 16 bits. In a tile, the sum of the `b` is computed once for all rows.
    #[inline(always)]
    fn dot4(self, sum: i32x4, a: u8x16, b: i8x16) -> i32x4 {
        let neon = self.0.neon;
        let a: uint8x16_t = cast(a);
        let b: int8x16_t = cast(b);
        let less_128: int8x16_t = neon.vreinterpretq_s8_u8(neon.veorq_u8(a, neon.vdupq_n_u8(0x80)));
        let low = neon.vmull_s8(neon.vget_low_s8(less_128), neon.vget_low_s8(b));
        let high = neon.vmull_s8(neon.vget_high_s8(less_128), neon.vget_high_s8(b));
        let products = neon.vpaddq_s32(neon.vpaddlq_s16(low), neon.vpaddlq_s16(high));
        let of_b = neon.vshlq_n_s32::<7>(neon.vpaddlq_s16(neon.vpaddlq_s8(b)));
        let sum: int32x4_t = cast(sum);
        cast(neon.vaddq_s32(neon.vaddq_s32(sum, of_b), products))
    }

    #[inline(always)]
    fn add(self, a: i32x4, b: i32x4) -> i32x4 {
        let a: int32x4_t = cast(a);
        let b: int32x4_t = cast(b);
        cast(self.0.neon.vaddq_s32(a, b))
    }
}
