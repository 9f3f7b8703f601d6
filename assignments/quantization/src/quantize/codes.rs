//! Codes in memory. Given.

use crate::Scheme;

/// Codes, one byte each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Codes {
    /// Of an unsigned scheme.
    U8(Vec<u8>),
    /// Of a signed or symmetric scheme.
    I8(Vec<i8>),
}

impl Codes {
    /// Stores codes in the scheme's type.
    ///
    /// # Panics
    /// When a code does not fit into a byte of that type.
    pub fn new(codes: impl IntoIterator<Item = i32>, scheme: Scheme) -> Self {
        let codes = codes.into_iter();
        if scheme.is_signed() {
            Self::I8(codes.map(|code| code.try_into().expect("a code of 8 bits")).collect())
        } else {
            Self::U8(codes.map(|code| code.try_into().expect("a code of 8 bits")).collect())
        }
    }

    /// Number of codes.
    pub fn len(&self) -> usize {
        match self {
            Self::U8(codes) => codes.len(),
            Self::I8(codes) => codes.len(),
        }
    }

    /// Whether there is no code.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The code at position `at`.
    pub fn at(&self, at: usize) -> i32 {
        match self {
            Self::U8(codes) => codes[at].into(),
            Self::I8(codes) => codes[at].into(),
        }
    }

    /// The lowest code; 0 if there is none.
    pub fn lowest(&self) -> i32 {
        match self {
            Self::U8(codes) => codes.iter().copied().min().map_or(0, i32::from),
            Self::I8(codes) => codes.iter().copied().min().map_or(0, i32::from),
        }
    }

    /// The highest code; 0 if there is none.
    pub fn highest(&self) -> i32 {
        match self {
            Self::U8(codes) => codes.iter().copied().max().map_or(0, i32::from),
            Self::I8(codes) => codes.iter().copied().max().map_or(0, i32::from),
        }
    }

    /// All codes as integers.
    pub fn to_vec(&self) -> Vec<i32> {
        (0..self.len()).map(|at| self.at(at)).collect()
    }
}
