//! Which integers stand for numbers. Given.

use crate::{QuantError, Result};

/// The integers that a code may be. Each code is stored in one byte, also one of fewer than 8 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// 0 to 2^bits - 1, stored as `u8`, with a zero point.
    Unsigned {
        /// 2 to 8.
        bits: u32,
    },
    /// -2^(bits - 1) to 2^(bits - 1) - 1, stored as `i8`, with a zero point.
    Signed {
        /// 2 to 8.
        bits: u32,
    },
    /// -(2^(bits - 1) - 1) to 2^(bits - 1) - 1, stored as `i8`. The zero point is 0. The lowest integer is left out, so
    /// that the range has the same length on both sides.
    Symmetric {
        /// 2 to 8.
        bits: u32,
    },
}

impl Scheme {
    /// 0 to 255: activations.
    pub const U8: Self = Self::Unsigned { bits: 8 };
    /// -128 to 127, with a zero point.
    pub const I8: Self = Self::Signed { bits: 8 };
    /// -127 to 127, without a zero point: weights.
    pub const SYMMETRIC_I8: Self = Self::Symmetric { bits: 8 };

    /// The scheme itself, if its number of bits exists.
    ///
    /// # Errors
    /// [`QuantError::BadBits`].
    pub fn checked(self) -> Result<Self> {
        let bits = self.bits();
        if (2..=8).contains(&bits) { Ok(self) } else { Err(QuantError::BadBits { bits }) }
    }

    /// Bits of a code.
    pub const fn bits(self) -> u32 {
        match self {
            Self::Unsigned { bits } | Self::Signed { bits } | Self::Symmetric { bits } => bits,
        }
    }

    /// The lowest code.
    pub const fn min(self) -> i32 {
        match self {
            Self::Unsigned { .. } => 0,
            Self::Signed { bits } => -(1 << (bits - 1)),
            Self::Symmetric { bits } => 1 - (1 << (bits - 1)),
        }
    }

    /// The highest code.
    pub const fn max(self) -> i32 {
        match self {
            Self::Unsigned { bits } => (1 << bits) - 1,
            Self::Signed { bits } | Self::Symmetric { bits } => (1 << (bits - 1)) - 1,
        }
    }

    /// Whether codes are stored as `i8`.
    pub const fn is_signed(self) -> bool {
        !matches!(self, Self::Unsigned { .. })
    }

    /// Whether the zero point is always 0.
    pub const fn is_symmetric(self) -> bool {
        matches!(self, Self::Symmetric { .. })
    }
}
