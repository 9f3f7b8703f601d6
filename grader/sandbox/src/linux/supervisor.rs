//! The first process of a confined tree: it enters the namespaces, starts the payload, reaps, and
//! kills what is left.
//!
//! It runs between fork and exec for all its life, so it allocates nothing. In a pid namespace it
//! is process 1, and its end is the end of everything inside. Without one it is a subreaper, which
//! adopts and kills what the payload leaves.

use std::os::fd::RawFd;

use libc::{c_int, pid_t, pollfd, rusage};

use crate::error::Step;
use crate::linux::payload;
use crate::linux::plan::{CONTROL_FD, FIRST_TREE_FD, Plan, REPORT_FD, THAW_FD};
use crate::linux::sys::{self, Errno};

/// Copies wait here while descriptors are moved to their fixed numbers.
const PARKING_FD: RawFd = 400;
/// A tree that cannot be killed in this many milliseconds is left to the cgroup.
const KILL_ROUNDS: u32 = 5_000;

/// The supervisor's last words, sent over the control socket.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Report {
    /// Wait status of the payload.
    pub(crate) status: i32,
    /// CPU time of everything reaped, in microseconds.
    pub(crate) cpu_us: u64,
    /// Largest resident set of one process reaped, in KiB.
    pub(crate) peak_kib: u64,
}

impl Report {
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

    fn add(&mut self, usage: &rusage) {
        let us = |time: &libc::timeval| time.tv_sec as u64 * 1_000_000 + time.tv_usec as u64;
        self.cpu_us += us(&usage.ru_utime) + us(&usage.ru_stime);
        self.peak_kib = self.peak_kib.max(usage.ru_maxrss as u64);
    }
}

/// Lives as the supervisor.
pub(crate) fn run(plan: &mut Plan, descriptors: &[RawFd]) -> ! {
    sys::default_signals();
    match prepare(plan, descriptors) {
        Ok(events) => match start_payload(plan) {
            Ok(pid) => watch(pid, events),
            Err(errno) => fail(Step::ForkPayload, errno),
        },
        Err((step, errno)) => fail(step, errno),
    }
}

/// Tells the grader which step failed, and ends.
pub(crate) fn fail(step: Step, errno: Errno) -> ! {
    let mut bytes = [0; 8];
    let (code, number) = bytes.split_at_mut(4);
    code.copy_from_slice(&(step as u32).to_le_bytes());
    number.copy_from_slice(&errno.0.to_le_bytes());
    let _ = sys::write(REPORT_FD, &bytes);
    sys::exit(1)
}

/// Waits for the grader's next byte.
pub(crate) fn await_grader() -> Result<(), (Step, Errno)> {
    match sys::read(CONTROL_FD, &mut [0]) {
        Ok(1) => Ok(()),
        Ok(_) => Err((Step::Handshake, Errno(libc::EPIPE))),
        Err(errno) => Err((Step::Handshake, errno)),
    }
}

fn prepare(plan: &Plan, descriptors: &[RawFd]) -> Result<RawFd, (Step, Errno)> {
    // The fixed numbers may lie above the grader's own soft limit.
    sys::raise_descriptor_limit().map_err(|errno| (Step::Descriptors, errno))?;
    arrange(descriptors).map_err(|errno| (Step::Descriptors, errno))?;
    sys::new_session();
    if plan.namespaces() {
        await_grader()?;
        let nobody = crate::linux::identity::INSIDE_ID;
        sys::become_user(nobody, nobody, plan.drop_groups)
            .map_err(|errno| (Step::Identity, errno))?;
        sys::set_host_name(c"sandbox").map_err(|errno| (Step::Identity, errno))?;
    }
    if let Some(mounts) = &plan.mounts {
        mounts.enter()?;
    }
    let supervise = |errno| (Step::Supervise, errno);
    // This process is a copy of the grader, whose memory must not be read through /proc.
    sys::prctl(libc::PR_SET_DUMPABLE, 0).map_err(supervise)?;
    sys::prctl(libc::PR_SET_CHILD_SUBREAPER, 1).map_err(supervise)?;
    sys::child_events().map_err(supervise)
}

/// Moves the descriptors to their fixed numbers and closes all others.
fn arrange(descriptors: &[RawFd]) -> Result<(), Errno> {
    let slots = CONTROL_FD as u32..CONTROL_FD as u32 + descriptors.len() as u32;
    // First out of the way of all targets, then to their places.
    let mut parked = [-1; 128];
    for (place, &fd) in parked.iter_mut().zip(descriptors) {
        if fd >= 0 {
            *place = sys::duplicate_above(fd, PARKING_FD)?;
        }
    }
    sys::close_range(0, slots.end - 1)?;
    for (&fd, slot) in parked.iter().zip(slots.clone()) {
        if fd >= 0 {
            sys::duplicate_to(fd, slot.cast_signed(), true)?;
        }
    }
    // The lowest numbers must not be handed out by chance.
    for (number, source) in [
        (0, crate::linux::plan::STDIN_FD),
        (1, crate::linux::plan::STDOUT_FD),
        (2, crate::linux::plan::STDERR_FD),
    ] {
        sys::duplicate_to(source, number, false)?;
    }
    sys::close_range(slots.end, u32::MAX)
}

fn start_payload(plan: &mut Plan) -> Result<pid_t, Errno> {
    // SAFETY: the child keeps to the rules: `payload::run` allocates nothing and never returns.
    #[expect(unsafe_code, reason = "forks")]
    let pid = unsafe { sys::clone_process(0)? };
    if pid == 0 {
        payload::run(plan);
    }
    Ok(pid)
}

/// Waits until the payload ends or the grader is gone.
fn watch(payload: pid_t, events: RawFd) -> ! {
    keep_only(events);
    let mut report = Report::default();
    let mut fds = [event(CONTROL_FD), event(CONTROL_FD + 1)];
    loop {
        let _ = sys::poll(&mut fds, -1);
        let [control, children] = &fds;
        if control.revents & (libc::POLLHUP | libc::POLLERR) != 0 {
            thaw();
            sys::kill_inside(payload);
            end_tree(&mut report);
            sys::exit(0);
        }
        if children.revents != 0 {
            let _ = sys::read(CONTROL_FD + 1, &mut [0; 1024]);
            if reap_ended(payload, &mut report) {
                end_tree(&mut report);
                let _ = sys::write(CONTROL_FD, &report.to_bytes());
                sys::exit(0);
            }
        }
    }
}

/// Lets go of everything but the control socket, the child events (moved next to it) and the
/// freezer.
fn keep_only(events: RawFd) {
    let events_slot = CONTROL_FD + 1;
    let _ = sys::duplicate_to(events, events_slot, true);
    let _ = sys::close_range(0, CONTROL_FD as u32 - 1);
    let _ = sys::close_range(events_slot as u32 + 1, THAW_FD as u32 - 1);
    let _ = sys::close_range(FIRST_TREE_FD as u32, u32::MAX);
}

fn event(fd: RawFd) -> pollfd {
    pollfd { fd, events: libc::POLLIN, revents: 0 }
}

/// Reaps every child that has ended; whether the payload is among them.
fn reap_ended(payload: pid_t, report: &mut Report) -> bool {
    let mut ended = false;
    while let Ok((pid, status, usage)) = sys::reap(-1, false) {
        if pid == 0 {
            break;
        }
        report.add(&usage);
        if pid == payload {
            report.status = status;
            ended = true;
        }
    }
    ended
}

/// Frozen processes (cgroup v1) do not die before they are thawed.
fn thaw() {
    let _ = sys::write(THAW_FD, b"THAWED");
}

/// Kills and reaps what the payload left behind.
fn end_tree(report: &mut Report) {
    for _ in 0..KILL_ROUNDS {
        if sys::getpid() == 1 {
            sys::kill_inside(-1);
        } else {
            kill_children();
        }
        loop {
            match sys::reap(-1, false) {
                Ok((0, ..)) => break,
                Ok((_, _, usage)) => report.add(&usage),
                Err(_) => return,
            }
        }
        sys::sleep_ms(1);
    }
}

/// Kills the direct children; theirs become direct children in turn.
fn kill_children() {
    let Ok(list) = sys::open(c"/proc/thread-self/children", libc::O_RDONLY, 0) else { return };
    let mut text = [0; 4096];
    let length = sys::read(list, &mut text).unwrap_or(0);
    sys::close(list);
    let mut pid: pid_t = 0;
    for &byte in text.iter().take(length) {
        if byte.is_ascii_digit() {
            pid = pid.saturating_mul(10).saturating_add(c_int::from(byte - b'0'));
        } else {
            sys::kill_inside(pid);
            pid = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_survives_the_wire() {
        let report = Report { status: -7, cpu_us: 1 << 40, peak_kib: 3 };
        assert_eq!(Report::from_bytes(&report.to_bytes()), Some(report));
        assert_eq!(Report::from_bytes(&report.to_bytes()[..23]), None);
    }
}
