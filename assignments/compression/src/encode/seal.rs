//! Damage that shows. Given.

use crate::{CompressionError, Result};

/// The CRC-32 of bytes, as in zip files and PNG pictures (polynomial `0xEDB8_8320`, reflected).
/// That of `123456789` is `0xCBF4_3926`.
pub fn checksum(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xEDB8_8320 & 0_u32.wrapping_sub(crc & 1));
        }
    }
    !crc
}

/// The bytes and, behind them, their [`checksum`], least byte first.
pub fn seal(mut body: Vec<u8>) -> Vec<u8> {
    let checksum = checksum(&body);
    body.extend(checksum.to_le_bytes());
    body
}

/// The bytes in front of the checksum.
///
/// # Errors
/// [`BadFile`](CompressionError::BadFile) if there are fewer than four bytes, or if the checksum is another one.
pub fn unseal(file: &[u8]) -> Result<&[u8]> {
    let bad = |reason: String| CompressionError::BadFile { reason };
    let Some((body, stored)) = file.split_last_chunk::<4>() else {
        return Err(bad(format!("{} bytes, which is too short for a checksum", file.len())));
    };
    let (stored, computed) = (u32::from_le_bytes(*stored), checksum(body));
    if stored != computed {
        return Err(bad(format!("the checksum is {computed:08x}, the file says {stored:08x}")));
    }
    Ok(body)
}
