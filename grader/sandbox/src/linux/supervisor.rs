//! The first process of a confined tree: it enters the namespaces, starts the payload, reaps, and
//! kills what is left.
//!
//! It runs between fork and exec for all its life, so it allocates nothing. In a pid namespace it
//! is process 1, and its end is the end of everything inside. Without one it is a subreaper, which
//! adopts and kills what the payload leaves.

use std::os::fd::RawFd;

use libc::{c_int, pid_t, pollfd};

use crate::error::SetupStep;
use crate::linux::descriptors::{
    CONTROL_FD, FIRST_TREE_FD, PARKING_FD, STDERR_FD, STDIN_FD, STDOUT_FD, THAW_FD,
};
use crate::linux::payload;
use crate::linux::plan::SpawnPlan;
use crate::linux::report::{SupervisorReport, await_grader, fail};
use crate::linux::sys::{self, Errno};

/// A tree that cannot be killed in this many milliseconds is left to the cgroup.
const KILL_ROUNDS: u32 = 5_000;

/// Lives as the supervisor.
pub(crate) fn run(plan: &mut SpawnPlan, descriptors: &[RawFd]) -> ! {
    sys::default_signals();
    match prepare(plan, descriptors) {
        Ok(events) => match start_payload(plan) {
            Ok(pid) => watch(pid, events),
            Err(errno) => fail(SetupStep::ForkPayload, errno),
        },
        Err((step, errno)) => fail(step, errno),
    }
}

fn prepare(plan: &SpawnPlan, descriptors: &[RawFd]) -> Result<RawFd, (SetupStep, Errno)> {
    // The fixed numbers may lie above the grader's own soft limit.
    sys::raise_descriptor_limit().map_err(|errno| (SetupStep::Descriptors, errno))?;
    arrange(descriptors).map_err(|errno| (SetupStep::Descriptors, errno))?;
    sys::new_session();
    if plan.namespaces() {
        await_grader()?;
        let nobody = crate::linux::identity::INSIDE_ID;
        sys::become_user(nobody, nobody, plan.drop_groups)
            .map_err(|errno| (SetupStep::Identity, errno))?;
        sys::set_host_name(c"sandbox").map_err(|errno| (SetupStep::Identity, errno))?;
    }
    if let Some(mounts) = &plan.mounts {
        mounts.enter()?;
    }
    let supervise = |errno| (SetupStep::Supervise, errno);
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
    for (number, source) in [(0, STDIN_FD), (1, STDOUT_FD), (2, STDERR_FD)] {
        sys::duplicate_to(source, number, false)?;
    }
    sys::close_range(slots.end, u32::MAX)
}

fn start_payload(plan: &mut SpawnPlan) -> Result<pid_t, Errno> {
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
    let mut report = SupervisorReport::default();
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
fn reap_ended(payload: pid_t, report: &mut SupervisorReport) -> bool {
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
fn end_tree(report: &mut SupervisorReport) {
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
