//! Why a call brought no answer.

use super::command::{FLOOD_FACTOR, LONGEST_OUTPUT, SCRATCH};
use super::{RunningDriver, Wire, of_a_call};
use grader_protocol::{CallFailure, STACK_BYTES};
use grader_sandbox::{ProcessEnd, ProcessResult};
use std::io;
use std::time::Duration;

/// Why an exchange broke.
pub(super) enum ExchangeError {
    TooLate,
    HungUp,
    Unasked,
    OtherNonce,
    TooLarge(String),
}

impl From<io::Error> for ExchangeError {
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
    pub(super) fn diagnose(
        &mut self,
        running: RunningDriver,
        broken: &ExchangeError,
    ) -> CallFailure {
        if matches!(broken, ExchangeError::HungUp) {
            // It is about to end by itself; its own end tells more than our kill.
            running.child.settle(Duration::from_secs(2));
        }
        let finished = match self.end(running) {
            Ok(finished) => finished,
            Err(fault) => return CallFailure::Fault(fault.to_string()),
        };
        match broken {
            ExchangeError::TooLate => self.timed_out(),
            ExchangeError::Unasked => CallFailure::BadReply { what: "it was not asked for".into() },
            ExchangeError::OtherNonce => {
                CallFailure::BadReply { what: "it answers another request".into() }
            }
            ExchangeError::TooLarge(what) => CallFailure::BadReply { what: what.clone() },
            ExchangeError::HungUp => self.ended(&finished),
        }
    }

    fn timed_out(&self) -> CallFailure {
        let reduced = self.allowance != of_a_call(&self.limits);
        CallFailure::TimedOut { limit: self.allowance, reduced }
    }

    fn ended(&self, finished: &ProcessResult) -> CallFailure {
        let crashed = |how: String| CallFailure::Crashed { how };
        let over_limit = |what: String| CallFailure::OverLimit { what };
        let stderr = String::from_utf8_lossy(&finished.stderr);
        match finished.end {
            ProcessEnd::OutOfMemory => {
                CallFailure::OutOfMemory { limit_mb: self.limits.memory_mb.into() }
            }
            ProcessEnd::WallLimit => self.timed_out(),
            ProcessEnd::CpuLimit => CallFailure::CpuLimit { limit: self.command.policy.limits.cpu },
            ProcessEnd::SecurityViolation => CallFailure::Refused {
                what:
                    "a system call that a submission has no use for (the network, other processes, \
                       the system's settings); compute with what the function is given"
                        .into(),
            },
            ProcessEnd::OutputFlood => over_limit(format!(
                "a flood of output: one process may print {} KB, and this one printed more; remove what \
                 prints in a loop",
                (LONGEST_OUTPUT * FLOOD_FACTOR) >> 10
            )),
            ProcessEnd::FileLimit => over_limit(format!(
                "a file may have {} MB here, and one was written that is larger; keep data in memory",
                SCRATCH >> 20
            )),
            ProcessEnd::Signaled(_) if stderr.contains("has overflowed its stack") => {
                over_limit(format!(
                    "the stack overflowed: it has {} MB, and 2 MB in a thread of your own; look for a \
                 recursion that never ends, or for a large array that belongs in a `Vec`",
                    STACK_BYTES >> 20
                ))
            }
            ProcessEnd::Signaled(signal) => {
                crashed(format!("signal {signal}{}", signal_name(signal)))
            }
            ProcessEnd::Exited(code) => crashed(format!(
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
