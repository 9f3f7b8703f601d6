//! One captured output stream: kept up to a cap, counted beyond.

use std::io::{self, Read};

/// A stream that has written this many times the cap is a flood.
const FLOOD_FACTOR: u64 = 4;

/// What was read from one stream.
#[derive(Debug)]
pub(crate) struct StreamOutput {
    pub(crate) kept: Vec<u8>,
    cap: u64,
    total: u64,
}

impl StreamOutput {
    pub(crate) fn new(cap: u64) -> Self {
        Self { kept: Vec::new(), cap, total: 0 }
    }

    pub(crate) fn truncated(&self) -> bool {
        self.total > self.cap
    }

    pub(crate) fn is_flood(&self) -> bool {
        self.total > self.cap.saturating_mul(FLOOD_FACTOR)
    }

    /// Takes one buffer from a non-blocking stream; false at its end.
    pub(crate) fn read_from(&mut self, stream: &mut impl Read, buffer: &mut [u8]) -> bool {
        match stream.read(buffer) {
            Ok(0) => false,
            Ok(length) => {
                let bytes = &buffer[..length];
                let room =
                    self.cap.saturating_sub(self.kept.len() as u64).min(length as u64) as usize;
                self.kept.extend_from_slice(&bytes[..room]);
                self.total += length as u64;
                true
            }
            Err(error) => {
                matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted)
            }
        }
    }

    /// Takes what is left without waiting for more, up to the flood limit.
    pub(crate) fn drain(&mut self, stream: &mut impl Read, buffer: &mut [u8]) {
        let mut before = None;
        while before != Some(self.total) && !self.is_flood() {
            before = Some(self.total);
            self.read_from(stream, buffer);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_up_to_the_cap_and_flags_the_rest() {
        let mut output = StreamOutput::new(5);
        let mut stream: &[u8] = b"0123456789";
        output.drain(&mut stream, &mut [0; 4]);
        assert_eq!(
            (output.kept.as_slice(), output.truncated(), output.is_flood()),
            (&b"01234"[..], true, false)
        );
    }

    #[test]
    fn an_output_of_exactly_the_cap_is_whole() {
        let mut output = StreamOutput::new(4);
        output.drain(&mut &b"0123"[..], &mut [0; 16]);
        assert!(!output.truncated());
    }

    #[test]
    fn more_than_four_times_the_cap_is_a_flood() {
        let mut output = StreamOutput::new(2);
        output.drain(&mut &b"12345678"[..], &mut [0; 3]);
        assert!(!output.is_flood());
        output.drain(&mut &b"9"[..], &mut [0; 3]);
        assert!(output.is_flood());
    }
}
