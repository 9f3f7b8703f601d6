//! Which integer instructions the processor has.

use std::fmt;

#[cfg(target_arch = "aarch64")]
use super::neon::Neon;
use super::plain::Plain;
#[cfg(all(target_arch = "x86_64", feature = "vnni"))]
use super::vnni::{Avx512Vnni, AvxVnni};
#[cfg(target_arch = "x86_64")]
use super::x86::{Avx2, Sse2};
use super::{SimdInt, WithInt};

/// How a processor multiplies bytes, from the fastest way to the slowest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IntLevel {
    /// One instruction for four products in each of 16 lanes (Intel since 2019, AMD since 2022).
    Avx512Vnni,
    /// The same with 8 lanes (Intel since 2021, AMD since 2024).
    AvxVnni,
    /// 8 lanes; the bytes are widened to 16 bits and multiplied in pairs.
    Avx2,
    /// 4 lanes, in the same way: what every 64-bit Intel or AMD processor has.
    Sse2,
    /// 4 lanes; what every 64-bit ARM processor has.
    Neon,
    /// Without vector instructions, one lane after the other.
    Plain,
}

impl fmt::Display for IntLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Avx512Vnni => "AVX-512 VNNI",
            Self::AvxVnni => "AVX-VNNI",
            Self::Avx2 => "AVX2",
            Self::Sse2 => "SSE2",
            Self::Neon => "NEON",
            Self::Plain => "plain",
        })
    }
}

impl IntLevel {
    /// All levels, the fastest first.
    pub const ALL: [Self; 6] =
        [Self::Avx512Vnni, Self::AvxVnni, Self::Avx2, Self::Sse2, Self::Neon, Self::Plain];
}

/// A value exists only where the processor has the instructions.
#[derive(Clone, Copy, Debug)]
enum Instructions {
    #[cfg(all(target_arch = "x86_64", feature = "vnni"))]
    Avx512Vnni(Avx512Vnni),
    #[cfg(all(target_arch = "x86_64", feature = "vnni"))]
    AvxVnni(AvxVnni),
    #[cfg(target_arch = "x86_64")]
    Avx2(Avx2),
    #[cfg(target_arch = "x86_64")]
    Sse2(Sse2),
    #[cfg(target_arch = "aarch64")]
    Neon(Neon),
    Plain(Plain),
}

/// Integer vector instructions that this processor has.
///
/// Detection costs a few nanoseconds after the first time, a dispatch one function call: dispatch once
/// for a whole layer, never in a loop.
#[derive(Clone, Copy, Debug)]
pub struct IntArch(Instructions);

impl Default for IntArch {
    fn default() -> Self {
        Self::new()
    }
}

impl IntArch {
    /// The fastest that the processor has.
    pub fn new() -> Self {
        let mut levels = IntLevel::ALL.into_iter();
        levels.find_map(Self::with_level).unwrap_or(Self(Instructions::Plain(Plain)))
    }

    /// A certain level, to test or to compare; `None` where the processor does not have it.
    pub fn with_level(level: IntLevel) -> Option<Self> {
        let instructions = match level {
            #[cfg(all(target_arch = "x86_64", feature = "vnni"))]
            IntLevel::Avx512Vnni => Avx512Vnni::detect().map(Instructions::Avx512Vnni),
            #[cfg(all(target_arch = "x86_64", feature = "vnni"))]
            IntLevel::AvxVnni => AvxVnni::detect().map(Instructions::AvxVnni),
            #[cfg(target_arch = "x86_64")]
            IntLevel::Avx2 => Avx2::detect().map(Instructions::Avx2),
            #[cfg(target_arch = "x86_64")]
            IntLevel::Sse2 => Sse2::detect().map(Instructions::Sse2),
            #[cfg(target_arch = "aarch64")]
            IntLevel::Neon => Neon::detect().map(Instructions::Neon),
            IntLevel::Plain => Some(Instructions::Plain(Plain)),
            _ => None,
        };
        instructions.map(Self)
    }

    /// The levels that the processor has, the fastest first; the last is [`IntLevel::Plain`].
    pub fn available() -> Vec<IntLevel> {
        let has = |level: &IntLevel| Self::with_level(*level).is_some();
        IntLevel::ALL.into_iter().filter(has).collect()
    }

    /// The level of these instructions.
    pub fn level(self) -> IntLevel {
        match self.0 {
            #[cfg(all(target_arch = "x86_64", feature = "vnni"))]
            Instructions::Avx512Vnni(_) => IntLevel::Avx512Vnni,
            #[cfg(all(target_arch = "x86_64", feature = "vnni"))]
            Instructions::AvxVnni(_) => IntLevel::AvxVnni,
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx2(_) => IntLevel::Avx2,
            #[cfg(target_arch = "x86_64")]
            Instructions::Sse2(_) => IntLevel::Sse2,
            #[cfg(target_arch = "aarch64")]
            Instructions::Neon(_) => IntLevel::Neon,
            Instructions::Plain(_) => IntLevel::Plain,
        }
    }

    /// How many `i32` one register holds at this level: [`SimdInt::LANES`].
    pub fn lanes(self) -> usize {
        self.dispatch(Lanes)
    }

    /// Runs a computation with these instructions.
    pub fn dispatch<W: WithInt>(self, computation: W) -> W::Output {
        match self.0 {
            #[cfg(all(target_arch = "x86_64", feature = "vnni"))]
            Instructions::Avx512Vnni(simd) => simd.run(computation),
            #[cfg(all(target_arch = "x86_64", feature = "vnni"))]
            Instructions::AvxVnni(simd) => simd.run(computation),
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx2(simd) => simd.run(computation),
            #[cfg(target_arch = "x86_64")]
            Instructions::Sse2(simd) => computation.with_int(simd),
            #[cfg(target_arch = "aarch64")]
            Instructions::Neon(simd) => simd.run(computation),
            Instructions::Plain(simd) => computation.with_int(simd),
        }
    }
}

struct Lanes;

impl WithInt for Lanes {
    type Output = usize;

    #[inline(always)]
    fn with_int<S: SimdInt>(self, _: S) -> usize {
        S::LANES
    }
}
