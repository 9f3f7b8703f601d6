//! Numbers of any number of bits, one behind the other. Given.

use crate::{CompressionError, Result};

/// Writes bits into bytes, the first one into the highest bit of the first byte.
#[derive(Clone, Debug, Default)]
pub struct BitWriter {
    bytes: Vec<u8>,
    /// Bits written.
    len: usize,
}

impl BitWriter {
    /// Nothing is written yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Writes the lowest `count` bits of a number (at most 32), the highest first.
    pub fn write(&mut self, number: u32, count: u32) {
        for at in (0..count).rev() {
            if self.len.is_multiple_of(8) {
                self.bytes.push(0);
            }
            let bit = (number >> at) as u8 & 1;
            let shift = 7 - self.len % 8;
            if let Some(last) = self.bytes.last_mut() {
                *last |= bit << shift;
            }
            self.len += 1;
        }
    }

    /// The number of bits so far.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether nothing is written yet.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The bytes; the last one ends with zeros.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

/// Reads what a [`BitWriter`] wrote.
#[derive(Clone, Debug)]
pub struct BitReader<'a> {
    bytes: &'a [u8],
    /// Bits read.
    at: usize,
}

impl<'a> BitReader<'a> {
    /// From the first bit on.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// The next `count` bits (at most 32) as a number.
    ///
    /// # Errors
    /// [`BadFile`](CompressionError::BadFile) if there are not so many.
    pub fn read(&mut self, count: u32) -> Result<u32> {
        let mut number = 0;
        for _ in 0..count {
            let Some(byte) = self.bytes.get(self.at / 8) else {
                let reason = format!("it ends after {} bytes, in the middle", self.bytes.len());
                return Err(CompressionError::BadFile { reason });
            };
            number = number << 1 | u32::from(byte >> (7 - self.at % 8) & 1);
            self.at += 1;
        }
        Ok(number)
    }

    /// Bits that are left, up to 7 of which may be padding.
    pub fn remaining(&self) -> usize {
        self.bytes.len() * 8 - self.at
    }
}
