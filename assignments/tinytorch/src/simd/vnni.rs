//! Intel and AMD with an instruction for four products at once.
//!
//! `pulp` does not know the two instructions, for 512 and for 256 bits: these are the three places for
//! `unsafe`. The feature `vnni` goes with pulp's `x86-v4`, which has the registers of 512 bits.

use std::arch::x86_64::{__m256i, __m512i, _mm256_dpbusd_avx_epi32, _mm512_dpbusd_epi32};

use pulp::bytemuck::cast;
use pulp::x86::V3;
use pulp::{i8x32, i8x64, i32x8, i32x16, u8x32, u8x64};

use super::{SimdInt, WithInt};

mod token {
    #![allow(missing_docs, reason = "the macro writes undocumented functions")]
    pulp::simd_type! {
        /// The one feature beyond `V4`.
        pub struct Vnni {
            pub sse: "sse",
            pub sse2: "sse2",
            pub fxsr: "fxsr",
            pub sse3: "sse3",
            pub ssse3: "ssse3",
            pub sse4_1: "sse4.1",
            pub sse4_2: "sse4.2",
            pub popcnt: "popcnt",
            pub avx: "avx",
            pub avx2: "avx2",
            pub bmi1: "bmi1",
            pub bmi2: "bmi2",
            pub fma: "fma",
            pub lzcnt: "lzcnt",
            pub avx512f: "avx512f",
            pub avx512bw: "avx512bw",
            pub avx512cd: "avx512cd",
            pub avx512dq: "avx512dq",
            pub avx512vl: "avx512vl",
            pub avx512vnni: "avx512vnni",
        }
    }
}

/// 512 bits, four products at once.
#[derive(Clone, Copy, Debug)]
pub(super) struct Avx512Vnni(token::Vnni);

impl Avx512Vnni {
    pub(super) fn detect() -> Option<Self> {
        token::Vnni::try_new().map(Self)
    }

    pub(super) fn run<W: WithInt>(self, computation: W) -> W::Output {
        self.0.vectorize(
            #[inline(always)]
            || computation.with_int(self),
        )
    }
}

impl SimdInt for Avx512Vnni {
    type U8s = u8x64;
    type I8s = i8x64;
    type I32s = i32x16;

    const LANES: usize = 16;
    const REGISTERS: usize = 32;

    #[inline(always)]
    fn splat(self, x: i32) -> i32x16 {
        cast(self.0.avx512f._mm512_set1_epi32(x))
    }

    #[inline(always)]
    fn dot4(self, sum: i32x16, a: u8x64, b: i8x64) -> i32x16 {
        #[allow(unsafe_code, reason = "`pulp` does not wrap this intrinsic")]
        // SAFETY: the token `self.0` exists only where AVX-512 VNNI was detected.
        let sum: __m512i = unsafe { _mm512_dpbusd_epi32(cast(sum), cast(a), cast(b)) };
        cast(sum)
    }

    #[inline(always)]
    fn add(self, a: i32x16, b: i32x16) -> i32x16 {
        cast(self.0.avx512f._mm512_add_epi32(cast(a), cast(b)))
    }
}

/// 256 bits, four products at once, on processors without AVX-512.
#[derive(Clone, Copy, Debug)]
pub(super) struct AvxVnni(V3);

impl AvxVnni {
    pub(super) fn detect() -> Option<Self> {
        let v3 = V3::try_new()?;
        std::is_x86_feature_detected!("avxvnni").then_some(Self(v3))
    }

    pub(super) fn run<W: WithInt>(self, computation: W) -> W::Output {
        #[target_feature(enable = "avx2,avxvnni,bmi1,bmi2,fma,lzcnt,popcnt")]
        fn compiled_for<W: WithInt>(simd: AvxVnni, computation: W) -> W::Output {
            computation.with_int(simd)
        }
        #[allow(unsafe_code, reason = "`pulp` does not know this feature")]
        // SAFETY: `detect` returns a value only where `V3`, which contains all other features, and
        // AVX-VNNI were detected.
        unsafe {
            compiled_for(self, computation)
        }
    }
}

impl SimdInt for AvxVnni {
    type U8s = u8x32;
    type I8s = i8x32;
    type I32s = i32x8;

    const LANES: usize = 8;
    const REGISTERS: usize = 16;

    #[inline(always)]
    fn splat(self, x: i32) -> i32x8 {
        cast(self.0.avx._mm256_set1_epi32(x))
    }

    #[inline(always)]
    fn dot4(self, sum: i32x8, a: u8x32, b: i8x32) -> i32x8 {
        #[allow(unsafe_code, reason = "`pulp` does not wrap this intrinsic")]
        // SAFETY: a value of this type exists only where AVX-VNNI was detected.
        let sum: __m256i = unsafe { _mm256_dpbusd_avx_epi32(cast(sum), cast(a), cast(b)) };
        cast(sum)
    }

    #[inline(always)]
    fn add(self, a: i32x8, b: i32x8) -> i32x8 {
        cast(self.0.avx2._mm256_add_epi32(cast(a), cast(b)))
    }
}
