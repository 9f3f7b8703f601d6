//! Messages between the forked processes and the grader. Nothing here allocates.

use libc::rusage;

use crate::error::SetupStep;
use crate::linux::descriptors::{CONTROL_FD, REPORT_FD};
use crate::linux::sys::{self, Errno};

/// The supervisor's last words, sent over the control socket.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct SupervisorReport {
    /// Wait status of the payload.
    pub(crate) status: i32,
    /// CPU time of everything reaped, in microseconds.
    pub(crate) cpu_us: u64,
    /// Largest resident set of one process reaped, in KiB.
    pub(crate) peak_kib: u64,
}

impl SupervisorReport {
    pub(crate) const BYTES: usize = 24;

    pub(crate) fn to_bytes(self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        let words = [self.status as u64, self.cpu_us, self.peak_kib];
        for (place, word) in bytes.chunks_exact_mut(8).zip(words) {
            place.copy_from_slice(&word.to_le_bytes());
        }
        bytes
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let word = |at: usize| bytes.get(at..)?.first_chunk().map(|word| u64::from_le_bytes(*word));
        Some(Self { status: word(0)? as i32, cpu_us: word(8)?, peak_kib: word(16)? })
    }

    pub(crate) fn add(&mut self, usage: &rusage) {
        let us = |time: &libc::timeval| time.tv_sec as u64 * 1_000_000 + time.tv_usec as u64;
        self.cpu_us += us(&usage.ru_utime) + us(&usage.ru_stime);
        self.peak_kib = self.peak_kib.max(usage.ru_maxrss as u64);
    }
}

/// Tells the grader which step failed, and ends.
pub(crate) fn fail(step: SetupStep, errno: Errno) -> ! {
    let mut bytes = [0; 8];
    let (code, number) = bytes.split_at_mut(4);
    code.copy_from_slice(&(step as u32).to_le_bytes());
    number.copy_from_slice(&errno.0.to_le_bytes());
    let _ = sys::write(REPORT_FD, &bytes);
    sys::exit(1)
}

/// Waits for the grader's next byte.
pub(crate) fn await_grader() -> Result<(), (SetupStep, Errno)> {
    match sys::read(CONTROL_FD, &mut [0]) {
        Ok(1) => Ok(()),
        Ok(_) => Err((SetupStep::Handshake, Errno(libc::EPIPE))),
        Err(errno) => Err((SetupStep::Handshake, errno)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_survives_the_wire() {
        let report = SupervisorReport { status: -7, cpu_us: 1 << 40, peak_kib: 3 };
        assert_eq!(SupervisorReport::from_bytes(&report.to_bytes()), Some(report));
        assert_eq!(SupervisorReport::from_bytes(&report.to_bytes()[..23]), None);
    }
}
