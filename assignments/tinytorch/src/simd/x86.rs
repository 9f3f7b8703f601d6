//! Intel and AMD.
//!
//! `pulp` wraps each intrinsic into a safe method of a token that exists only where the processor has
//! the instruction.

use std::arch::x86_64::{__m128i, __m256i};

use pulp::bytemuck::cast;
use pulp::core_arch::x86 as tokens;
use pulp::x86::V3;
use pulp::{i8x16, i8x32, i32x4, i32x8, u8x16, u8x32};

use super::{SimdInt, WithInt};

/// 256 bits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Avx2(V3);

impl Avx2 {
    pub(super) fn detect() -> Option<Self> {
        V3::try_new().map(Self)
    }

    pub(super) fn run<W: WithInt>(self, computation: W) -> W::Output {
        self.0.vectorize(
            #[inline(always)]
            || computation.with_int(self),
        )
    }
}

impl SimdInt for Avx2 {
    type U8s = u8x32;
    type I8s = i8x32;
    type I32s = i32x8;

    const LANES: usize = 8;
    const REGISTERS: usize = 16;

    #[inline(always)]
    fn splat(self, x: i32) -> i32x8 {
        cast(self.0.avx._mm256_set1_epi32(x))
    }

    /// The even and the odd bytes, widened to 16 bits, in two instructions that multiply pairs. (The
    /// instruction for pairs of bytes saturates: `255 * 127 + 255 * 127` does not fit 16 bits.) In a tile,
    /// an operand is widened once for all products that it takes part in.
    #[inline(always)]
    fn dot4(self, sum: i32x8, a: u8x32, b: i8x32) -> i32x8 {
        let avx2 = self.0.avx2;
        let a: __m256i = cast(a);
        let b: __m256i = cast(b);
        let a_even = avx2._mm256_and_si256(a, self.0.avx._mm256_set1_epi32(0x00ff_00ff));
        let a_odd = avx2._mm256_srli_epi16::<8>(a);
        let b_even = avx2._mm256_srai_epi16::<8>(avx2._mm256_slli_epi16::<8>(b));
        let b_odd = avx2._mm256_srai_epi16::<8>(b);
        let even = avx2._mm256_madd_epi16(a_even, b_even);
        let odd = avx2._mm256_madd_epi16(a_odd, b_odd);
        cast(avx2._mm256_add_epi32(avx2._mm256_add_epi32(cast(sum), even), odd))
    }

    #[inline(always)]
    fn add(self, a: i32x8, b: i32x8) -> i32x8 {
        cast(self.0.avx2._mm256_add_epi32(cast(a), cast(b)))
    }
}

/// 128 bits: in every 64-bit processor, so code needs no compilation of its own.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sse2(tokens::Sse2);

impl Sse2 {
    pub(super) fn detect() -> Option<Self> {
        tokens::Sse2::try_new().map(Self)
    }
}

impl SimdInt for Sse2 {
    type U8s = u8x16;
    type I8s = i8x16;
    type I32s = i32x4;

    const LANES: usize = 4;
    const REGISTERS: usize = 16;

    #[inline(always)]
    fn splat(self, x: i32) -> i32x4 {
        cast(self.0._mm_set1_epi32(x))
    }

    /// As [`Avx2`] does.
    #[inline(always)]
    fn dot4(self, sum: i32x4, a: u8x16, b: i8x16) -> i32x4 {
        let sse2 = self.0;
        let a: __m128i = cast(a);
        let b: __m128i = cast(b);
        let a_even = sse2._mm_and_si128(a, sse2._mm_set1_epi32(0x00ff_00ff));
        let a_odd = sse2._mm_srli_epi16::<8>(a);
        let b_even = sse2._mm_srai_epi16::<8>(sse2._mm_slli_epi16::<8>(b));
        let b_odd = sse2._mm_srai_epi16::<8>(b);
        let even = sse2._mm_madd_epi16(a_even, b_even);
        let odd = sse2._mm_madd_epi16(a_odd, b_odd);
        cast(sse2._mm_add_epi32(sse2._mm_add_epi32(cast(sum), even), odd))
    }

    #[inline(always)]
    fn add(self, a: i32x4, b: i32x4) -> i32x4 {
        cast(self.0._mm_add_epi32(cast(a), cast(b)))
    }
}
