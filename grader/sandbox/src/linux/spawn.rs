//! Starting one confined process.

use std::io::{self, Read};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::sync::Arc;
use std::thread;
use std::time::Instant;

use libc::pid_t;

use crate::command::ConfinedCommand;
use crate::error::{SandboxError, SetupStep};
use crate::linux::channels::{self, ChildChannels, ParentChannels};
use crate::linux::child::ConfinedChild;
use crate::linux::machine::MachineFacts;
use crate::linux::monitor::{PayloadMonitor, SupervisorPid};
use crate::linux::plan::SpawnPlan;
use crate::linux::supervisor;
use crate::linux::sys;
use crate::linux::tree::ProcessTree;

/// Starts `command`; returns once the program runs.
pub(crate) fn spawn(
    machine: &MachineFacts,
    command: &ConfinedCommand,
) -> Result<ConfinedChild, SandboxError> {
    let cgroup = machine.make_cgroup(&command.policy.limits)?;
    let (mut channels, inside) = channels::open(command.socket)?;
    let mut plan = SpawnPlan::prepare(machine, command, cgroup.as_ref())?;
    let supervisor = launch(&mut plan, inside)?;
    let guard = SpawnGuard { fd: open_process(supervisor.0)?, supervisor: Some(supervisor) };
    let (payload, payload_fd) = introduce(machine, &plan, &guard, &mut channels)?;
    if let Some(cgroup) = &cgroup {
        cgroup.attach(payload).map_err(prepare("moving the process into its cgroup"))?;
    }
    let started = Instant::now();
    release(&channels)?;
    check_started(&mut channels)?;
    let (supervisor_fd, supervisor) = guard.disarm()?;
    let tree = Arc::new(ProcessTree { payload, payload_fd, supervisor_fd, cgroup });
    let socket = channels.socket.take();
    let scratch_folder = plan.scratch_folder.take();
    let limits = command.policy.limits;
    let monitor = PayloadMonitor {
        tree: Arc::clone(&tree),
        channels,
        limits,
        started,
        supervisor,
        scratch_folder,
    };
    let monitor =
        thread::Builder::new().name("sandbox monitor".into()).spawn(move || monitor.run());
    Ok(ConfinedChild::new(tree, socket, monitor.map_err(prepare("starting the monitor thread"))?))
}

/// Forks the supervisor into its namespaces.
#[expect(unsafe_code, reason = "forks")]
fn launch(plan: &mut SpawnPlan, inside: ChildChannels) -> Result<SupervisorPid, SandboxError> {
    let descriptors = plan.descriptors(&inside);
    // No handler of the grader may run in the child.
    let mask = sys::mask_signals(&sys::all_signals());
    // SAFETY: the child runs `supervisor::run`, which allocates nothing and never returns.
    let pid = unsafe { sys::clone_process(plan.clone_flags()) };
    if pid == Ok(0) {
        supervisor::run(plan, &descriptors);
    }
    sys::mask_signals(&mask);
    drop(inside);
    let pid = pid.map_err(io::Error::from).map_err(prepare("forking into new namespaces"))?;
    Ok(SupervisorPid(pid))
}

/// Gives the supervisor its ids, and waits for the payload to show up.
fn introduce(
    machine: &MachineFacts,
    plan: &SpawnPlan,
    supervisor: &SpawnGuard,
    channels: &mut ParentChannels,
) -> Result<(pid_t, OwnedFd), SandboxError> {
    if plan.namespaces() {
        machine.identity.write_maps(supervisor.pid()).map_err(prepare("writing the id maps"))?;
        release(channels)?;
    }
    if let Ok((1, Some(pid))) = sys::receive(channels.control.as_raw_fd(), &mut [0]) {
        return Ok((pid, open_process(pid)?));
    }
    check_started(channels)?;
    Err(SandboxError::SupervisorLost)
}

/// Lets the other side run on. If it is gone, the report says why.
fn release(channels: &ParentChannels) -> Result<(), SandboxError> {
    match sys::send(channels.control.as_raw_fd(), b"g") {
        Ok(()) | Err(sys::Errno(libc::EPIPE | libc::ECONNRESET)) => Ok(()),
        Err(errno) => Err(prepare("talking to the supervisor")(errno.into())),
    }
}

/// Waits for exec, which closes the report; or for the step that failed.
fn check_started(channels: &mut ParentChannels) -> Result<(), SandboxError> {
    let mut bytes = Vec::new();
    channels.report.read_to_end(&mut bytes).map_err(prepare("reading the set-up report"))?;
    let word = |at: usize| bytes.get(at..)?.first_chunk().copied();
    match (word(0), word(4)) {
        (Some(code), Some(errno)) => Err(SandboxError::SetUp {
            step: SetupStep::from_code(u32::from_le_bytes(code)).unwrap_or(SetupStep::Supervise),
            source: io::Error::from_raw_os_error(i32::from_le_bytes(errno)),
        }),
        _ => Ok(()),
    }
}

/// Kills and reaps a supervisor whose start was given up half-way.
struct SpawnGuard {
    fd: OwnedFd,
    supervisor: Option<SupervisorPid>,
}

impl SpawnGuard {
    fn pid(&self) -> pid_t {
        self.supervisor.as_ref().map_or(-1, |supervisor| supervisor.0)
    }

    fn disarm(mut self) -> Result<(OwnedFd, SupervisorPid), SandboxError> {
        let fd = self.fd.try_clone().map_err(prepare("keeping the supervisor's descriptor"))?;
        let supervisor = self.supervisor.take().ok_or(SandboxError::SupervisorLost)?;
        Ok((fd, supervisor))
    }
}

impl Drop for SpawnGuard {
    fn drop(&mut self) {
        if let Some(supervisor) = self.supervisor.take() {
            let _ = sys::pidfd_signal(self.fd.as_raw_fd(), libc::SIGKILL);
            drop(supervisor);
        }
    }
}

#[expect(unsafe_code, reason = "takes ownership of a new descriptor")]
fn open_process(pid: pid_t) -> Result<OwnedFd, SandboxError> {
    let fd: RawFd = sys::pidfd_open(pid)
        .map_err(io::Error::from)
        .map_err(prepare("opening the new process"))?;
    // SAFETY: the descriptor is fresh and nobody else's.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

fn prepare(during: &'static str) -> impl FnOnce(io::Error) -> SandboxError {
    move |source| SandboxError::Prepare { during, source }
}
