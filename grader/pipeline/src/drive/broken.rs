//! Why a call brought no answer.

use super::{Running, Wire};
use grader_protocol::CallFailure;
use grader_sandbox::{End, Finished};
use std::io;
use std::time::Duration;

/// Why an exchange broke.
pub(super) enum Broken {
    TooLate,
    HungUp,
    Unasked,
    OtherNonce,
    TooLarge(String),
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::TimedOut => Self::TooLate,
            io::ErrorKind::InvalidData => Self::TooLarge(error.to_string()),
            _ => Self::HungUp,
        }
    }
}

impl Wire<'_> {
    /// Why a driver did not answer: from how its process ended, where it ended by itself.
    pub(super) fn diagnose(&mut self, running: Running, broken: &Broken) -> CallFailure {
        if matches!(broken, Broken::HungUp) {
            // It is about to end by itself; its own end tells more than our kill.
            running.child.settle(Duration::from_secs(2));
        }
        let finished = match self.end(running) {
            Ok(finished) => finished,
            Err(fault) => return CallFailure::Fault(fault.to_string()),
        };
        let limit = Duration::from_secs(self.limits.call_seconds.into());
        match broken {
            Broken::TooLate => CallFailure::TimedOut { limit },
            Broken::Unasked => CallFailure::BadReply { what: "it was not asked for".into() },
            Broken::OtherNonce => {
                CallFailure::BadReply { what: "it answers another request".into() }
            }
            Broken::TooLarge(what) => CallFailure::BadReply { what: what.clone() },
            Broken::HungUp => self.ended(&finished, limit),
        }
    }

    fn ended(&self, finished: &Finished, limit: Duration) -> CallFailure {
        let crashed = |how: String| CallFailure::Crashed { how };
        let stderr = String::from_utf8_lossy(&finished.stderr);
        match finished.end {
            End::OutOfMemory => CallFailure::OutOfMemory { limit_mb: self.limits.memory_mb.into() },
            End::CpuLimit | End::WallLimit => CallFailure::TimedOut { limit },
            End::SecurityViolation => CallFailure::Refused {
                what: "a system call that a submission has no use for (files, network, other \
                       processes)"
                    .into(),
            },
            End::OutputFlood => CallFailure::Refused { what: "a flood of output".into() },
            End::FileLimit => CallFailure::Refused { what: "a file larger than allowed".into() },
            End::Signaled(_) if stderr.contains("has overflowed its stack") => {
                crashed("the stack overflowed; does a recursion never end?".into())
            }
            End::Signaled(signal) => crashed(format!("signal {signal}{}", signal_name(signal))),
            End::Exited(code) => crashed(format!(
                "exit({code}) was called; a function here must return, whatever it finds"
            )),
        }
    }
}

const fn signal_name(signal: i32) -> &'static str {
    match signal {
        4 => " (illegal instruction)",
        6 => " (abort)",
        7 => " (bus error)",
        8 => " (arithmetic fault)",
        9 => " (killed)",
        11 => " (invalid memory access)",
        _ => "",
    }
}
