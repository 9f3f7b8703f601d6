//! On what speed was measured.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The machine of a measurement. Ratios depend on it: wider vector instructions help one kernel more
/// than another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MachineInfo {
    /// The processor's model, as the kernel names it.
    pub processor: String,
    /// The widest vector instructions that kernels could choose.
    pub vector_level: VectorLevel,
}

/// A level of vector instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum VectorLevel {
    /// None that kernels choose.
    #[serde(rename = "scalar")]
    Scalar,
    /// Those that every x86-64 processor has.
    #[serde(rename = "x86-64")]
    V1,
    /// AVX2 and fused multiplication and addition.
    #[serde(rename = "x86-64-v3")]
    V3,
    /// The same, and sums of products of bytes (AVX-VNNI).
    #[serde(rename = "x86-64-v3 with VNNI")]
    V3Vnni,
    /// AVX-512.
    #[serde(rename = "x86-64-v4")]
    V4,
    /// The same, and sums of products of bytes (AVX-512 VNNI).
    #[serde(rename = "x86-64-v4 with VNNI")]
    V4Vnni,
    /// Those of 64-bit ARM.
    #[serde(rename = "neon")]
    Neon,
}

impl VectorLevel {
    /// Its usual name.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Scalar => "scalar",
            Self::V1 => "x86-64",
            Self::V3 => "x86-64-v3",
            Self::V3Vnni => "x86-64-v3 with VNNI",
            Self::V4 => "x86-64-v4",
            Self::V4Vnni => "x86-64-v4 with VNNI",
            Self::Neon => "neon",
        }
    }

    /// Whether an instruction adds products of bytes.
    pub const fn has_vnni(self) -> bool {
        matches!(self, Self::V3Vnni | Self::V4Vnni)
    }

    /// This level where `limit` forbids wider ones. A limit says nothing about other kinds of processors.
    #[must_use]
    pub fn limited_to(self, limit: Self) -> Self {
        match (self, limit) {
            (Self::Neon, _) | (_, Self::Neon) => self,
            _ => self.min(limit),
        }
    }
}

impl fmt::Display for VectorLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_lowers_a_level_of_its_own_kind_alone() {
        assert_eq!(VectorLevel::V4.limited_to(VectorLevel::V3), VectorLevel::V3);
        assert_eq!(VectorLevel::V4Vnni.limited_to(VectorLevel::V3), VectorLevel::V3);
        assert_eq!(VectorLevel::V3Vnni.limited_to(VectorLevel::V3), VectorLevel::V3);
        assert_eq!(VectorLevel::V1.limited_to(VectorLevel::V3), VectorLevel::V1);
        assert_eq!(VectorLevel::Neon.limited_to(VectorLevel::V3), VectorLevel::Neon);
    }
}
