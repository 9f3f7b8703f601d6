//! From what the kernel reported to how the process ended.

use std::time::Duration;

use crate::command::{ProcessEnd, ProcessLimits};

/// Why the grader killed the tree, if it did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KillReason {
    Cpu,
    Wall,
    Flood,
}

/// Lines with which runtimes announce that an allocation failed, before they abort.
const ALLOCATION_FAILED: [&[u8]; 4] = [
    b"memory allocation of ",
    b"LLVM ERROR: out of memory",
    b"std::bad_alloc",
    b"virtual memory exhausted",
];

/// Facts about the end of one payload.
#[derive(Debug)]
pub(crate) struct ExitFacts<'a> {
    /// Wait status.
    pub(crate) status: i32,
    pub(crate) killed_for: Option<KillReason>,
    pub(crate) oom_kills: u64,
    pub(crate) cpu: Duration,
    pub(crate) stderr: &'a [u8],
}

impl ExitFacts<'_> {
    /// How it ended. What the grader stopped it for comes first, then what the kernel did, then its
    /// own doing.
    pub(crate) fn end(&self, limits: &ProcessLimits) -> ProcessEnd {
        match self.killed_for {
            Some(KillReason::Cpu) => return ProcessEnd::CpuLimit,
            Some(KillReason::Wall) => return ProcessEnd::WallLimit,
            Some(KillReason::Flood) => return ProcessEnd::OutputFlood,
            None => {}
        }
        if libc::WIFEXITED(self.status) {
            let code = libc::WEXITSTATUS(self.status);
            // A compiler whose child was killed for memory says so only by failing.
            return if code != 0 && self.oom_kills > 0 {
                ProcessEnd::OutOfMemory
            } else {
                ProcessEnd::Exited(code)
            };
        }
        match libc::WTERMSIG(self.status) {
            libc::SIGSYS => ProcessEnd::SecurityViolation,
            libc::SIGXCPU => ProcessEnd::CpuLimit,
            libc::SIGXFSZ => ProcessEnd::FileLimit,
            libc::SIGKILL if self.oom_kills > 0 => ProcessEnd::OutOfMemory,
            libc::SIGKILL if self.cpu >= limits.cpu => ProcessEnd::CpuLimit,
            libc::SIGABRT if self.announced_no_memory() => ProcessEnd::OutOfMemory,
            signal => ProcessEnd::Signaled(signal),
        }
    }

    fn announced_no_memory(&self) -> bool {
        ALLOCATION_FAILED
            .iter()
            .any(|text| self.stderr.windows(text.len()).any(|window| window == *text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(
        status: i32,
        killed_for: Option<KillReason>,
        oom_kills: u64,
        stderr: &str,
    ) -> ProcessEnd {
        let second = Duration::from_secs(1);
        let limits = ProcessLimits {
            cpu: second,
            wall: second,
            memory_bytes: 1,
            file_bytes: 1,
            output_bytes: 1,
            threads: 1,
            open_files: 1,
        };
        ExitFacts { status, killed_for, oom_kills, cpu: Duration::ZERO, stderr: stderr.as_bytes() }
            .end(&limits)
    }

    #[test]
    fn each_signal_has_its_meaning() {
        for (signal, expected) in [
            (libc::SIGSYS, ProcessEnd::SecurityViolation),
            (libc::SIGXCPU, ProcessEnd::CpuLimit),
            (libc::SIGXFSZ, ProcessEnd::FileLimit),
            (libc::SIGSEGV, ProcessEnd::Signaled(libc::SIGSEGV)),
            (libc::SIGKILL, ProcessEnd::Signaled(libc::SIGKILL)),
        ] {
            assert_eq!(end(signal, None, 0, ""), expected);
        }
    }

    #[test]
    fn the_graders_own_reason_wins_over_the_kill_it_caused() {
        assert_eq!(end(libc::SIGKILL, Some(KillReason::Wall), 1, ""), ProcessEnd::WallLimit);
    }

    #[test]
    fn an_abort_is_out_of_memory_only_with_its_message() {
        assert_eq!(
            end(libc::SIGABRT, None, 0, "memory allocation of 9 bytes failed\n"),
            ProcessEnd::OutOfMemory
        );
        assert_eq!(end(libc::SIGABRT, None, 0, "panicked"), ProcessEnd::Signaled(libc::SIGABRT));
    }

    #[test]
    fn success_stays_success_even_if_a_helper_ran_out_of_memory() {
        assert_eq!(end(0, None, 1, ""), ProcessEnd::Exited(0));
        assert_eq!(end(1 << 8, None, 1, ""), ProcessEnd::OutOfMemory);
        assert_eq!(end(1 << 8, None, 0, ""), ProcessEnd::Exited(1));
    }
}
