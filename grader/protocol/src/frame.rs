//! Frames on the socket: length, nonce, payload; all integers little-endian.

use std::io::{self, Read, Write};

/// The largest payload accepted by either side.
pub const MAX_PAYLOAD: usize = 64 << 20;

/// Size of the header: a `u32` length and a `u64` nonce.
const HEADER: usize = 12;

/// One message. A reply carries the nonce of its request, which detects accidents and stale data.
/// It is no protection against a hostile process, which can read the nonce; knowing it gives no
/// advantage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Matches a reply to its request.
    pub nonce: u64,
    /// The encoded request or reply.
    pub payload: Vec<u8>,
}

/// Writes one frame and flushes.
///
/// # Errors
/// [`io::ErrorKind::InvalidInput`] above [`MAX_PAYLOAD`]; otherwise the error of the stream.
pub fn write(stream: &mut impl Write, nonce: u64, payload: &[u8]) -> io::Result<()> {
    let length = u32::try_from(payload.len())
        .ok()
        .filter(|_| payload.len() <= MAX_PAYLOAD)
        .ok_or_else(|| too_large(payload.len(), io::ErrorKind::InvalidInput))?;
    let mut header = [0; HEADER];
    header[..4].copy_from_slice(&length.to_le_bytes());
    header[4..].copy_from_slice(&nonce.to_le_bytes());
    stream.write_all(&header)?;
    stream.write_all(payload)?;
    stream.flush()
}

/// Reads one frame. Memory grows with the bytes received, not with the length in the header.
///
/// # Errors
/// [`io::ErrorKind::UnexpectedEof`] if the stream ends early, [`io::ErrorKind::InvalidData`] above
/// [`MAX_PAYLOAD`]; otherwise the error of the stream.
pub fn read(stream: &mut impl Read) -> io::Result<Frame> {
    let mut header = [0; HEADER];
    stream.read_exact(&mut header)?;
    let (length, nonce) = header.split_at(4);
    let length = u32::from_le_bytes([length[0], length[1], length[2], length[3]]) as usize;
    let nonce = nonce.iter().rev().fold(0, |value, byte| value << 8 | u64::from(*byte));
    if length > MAX_PAYLOAD {
        return Err(too_large(length, io::ErrorKind::InvalidData));
    }
    let mut payload = Vec::with_capacity(length.min(1 << 20));
    stream.take(length as u64).read_to_end(&mut payload)?;
    if payload.len() < length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(Frame { nonce, payload })
}

fn too_large(length: usize, kind: io::ErrorKind) -> io::Error {
    io::Error::new(kind, format!("a frame of {length} bytes; at most {MAX_PAYLOAD} are allowed"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_comes_back_as_it_went() {
        let mut bytes = Vec::new();
        write(&mut bytes, 0x0123_4567_89ab_cdef, b"payload").unwrap();
        let frame = read(&mut &*bytes).unwrap();
        assert_eq!(frame, Frame { nonce: 0x0123_4567_89ab_cdef, payload: b"payload".to_vec() });
    }

    #[test]
    fn a_header_that_promises_too_much_is_refused_before_reading() {
        let mut bytes = vec![0xff; 4];
        bytes.extend([0; 8]);
        assert_eq!(read(&mut &*bytes).unwrap_err().kind(), io::ErrorKind::InvalidData);
    }

    #[test]
    fn a_short_payload_is_an_early_end() {
        let mut bytes = Vec::new();
        write(&mut bytes, 1, b"payload").unwrap();
        bytes.pop();
        assert_eq!(read(&mut &*bytes).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    }
}
