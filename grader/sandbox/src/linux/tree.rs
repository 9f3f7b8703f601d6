//! The confined process tree as the grader can act on it: kill, freeze, account.

use std::fs;
use std::os::fd::{AsRawFd, OwnedFd};
use std::thread;
use std::time::Duration;

use libc::{c_int, pid_t};

use crate::linux::affinity;
use crate::linux::cgroup::Cgroup;
use crate::linux::sys;

const STOP_POLL: Duration = Duration::from_micros(50);
const STOP_POLLS: u32 = 20_000;

/// Handles on a running tree. Signals go through descriptors of processes, which are never reused
/// as pids are.
#[derive(Debug)]
pub(crate) struct ProcessTree {
    pub(crate) payload: pid_t,
    pub(crate) payload_fd: OwnedFd,
    pub(crate) supervisor_fd: OwnedFd,
    pub(crate) cgroup: Option<Cgroup>,
}

impl ProcessTree {
    /// Kills the payload; the supervisor then kills the rest, reports the CPU time of all, and
    /// leaves.
    pub(crate) fn kill(&self) {
        self.signal(libc::SIGKILL);
        if let Some(cgroup) = &self.cgroup {
            cgroup.thaw();
        }
    }

    /// Kills the supervisor too: for when it does not answer.
    pub(crate) fn kill_supervisor(&self) {
        let _ = sys::pidfd_signal(self.supervisor_fd.as_raw_fd(), libc::SIGKILL);
    }

    pub(crate) fn cpu_time(&self) -> Option<Duration> {
        if let Some(cgroup) = &self.cgroup {
            return cgroup.cpu();
        }
        self.clock()
    }

    /// The CPU time of the payload alone.
    pub(crate) fn clock(&self) -> Option<Duration> {
        let time = sys::process_cpu_ns(self.payload).ok()?;
        // Only now is it known that the pid was still the payload's when the clock was read.
        self.is_alive().then(|| Duration::from_nanos(time))
    }

    pub(crate) fn freeze(&self) -> bool {
        match &self.cgroup {
            Some(cgroup) => cgroup.freeze(),
            None => self.signal(libc::SIGSTOP) && self.wait_stopped(),
        }
    }

    pub(crate) fn thaw(&self) -> bool {
        match &self.cgroup {
            Some(cgroup) => cgroup.thaw(),
            None => self.signal(libc::SIGCONT),
        }
    }

    /// Binds the payload to CPUs, while it is stopped so that no new thread is missed.
    pub(crate) fn run_on(&self, cpus: &[usize]) -> bool {
        let stopped = self.freeze();
        let bound = stopped && affinity::bind(self.payload, cpus) && self.is_alive();
        self.thaw() && bound
    }

    fn signal(&self, signal: c_int) -> bool {
        sys::pidfd_signal(self.payload_fd.as_raw_fd(), signal).is_ok()
    }

    fn is_alive(&self) -> bool {
        // A pidfd becomes readable when its process ends.
        let mut fds =
            [libc::pollfd { fd: self.payload_fd.as_raw_fd(), events: libc::POLLIN, revents: 0 }];
        sys::poll(&mut fds, 0) == Ok(0)
    }

    fn wait_stopped(&self) -> bool {
        (0..STOP_POLLS).any(|_| {
            let stopped = self.all_threads_stopped();
            if stopped != Some(true) && self.is_alive() {
                thread::sleep(STOP_POLL);
            }
            stopped == Some(true)
        })
    }

    fn all_threads_stopped(&self) -> Option<bool> {
        let tasks = fs::read_dir(format!("/proc/{}/task", self.payload)).ok()?;
        let states = tasks.map(|task| {
            let stat = fs::read_to_string(task.ok()?.path().join("stat")).ok()?;
            Some(stat.rsplit_once(") ")?.1.starts_with('T'))
        });
        states.collect::<Option<Vec<_>>>().map(|states| states.iter().all(|&stopped| stopped))
    }
}
