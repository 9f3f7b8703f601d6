//! The thread beside each confined process: drains its output, enforces its limits, and takes the
//! final report.

use std::os::fd::AsRawFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

use libc::{pid_t, pollfd};
use tempfile::TempDir;

use crate::command::{ProcessLimits, ProcessResult};
use crate::error::SandboxError;
use crate::linux::cgroup::Cgroup;
use crate::linux::channels::ParentChannels;
use crate::linux::outcome::{ExitFacts, KillReason};
use crate::linux::output::StreamOutput;
use crate::linux::report::SupervisorReport;
use crate::linux::sys;
use crate::linux::tree::ProcessTree;

const BUFFER_BYTES: usize = 64 << 10;
/// CPU time is looked at no more often than this.
const SHORTEST_WAIT: Duration = Duration::from_millis(5);
/// How long a killed tree may take to vanish before its supervisor is killed as well.
const KILL_GRACE: Duration = Duration::from_secs(10);

/// Everything the monitor owns.
pub(crate) struct PayloadMonitor {
    pub(crate) tree: Arc<ProcessTree>,
    pub(crate) channels: ParentChannels,
    pub(crate) limits: ProcessLimits,
    pub(crate) started: Instant,
    pub(crate) supervisor: SupervisorPid,
    /// Removed at the end.
    pub(crate) scratch_folder: Option<TempDir>,
}

/// The supervisor, which must be reaped exactly once.
pub(crate) struct SupervisorPid(pub(crate) pid_t);

impl Drop for SupervisorPid {
    fn drop(&mut self) {
        let _ = sys::reap(self.0, true);
    }
}

impl PayloadMonitor {
    /// Runs until everything inside has ended.
    pub(crate) fn run(mut self) -> Result<ProcessResult, SandboxError> {
        let mut outputs = [
            StreamOutput::new(self.limits.output_bytes),
            StreamOutput::new(self.limits.output_bytes),
        ];
        let (report, killed_for) = self.watch(&mut outputs);
        let wall = self.started.elapsed();
        if report.is_none() {
            self.tree.kill();
            self.tree.kill_supervisor();
        }
        drop(self.supervisor);
        drop(self.scratch_folder);
        let report = report.ok_or(SandboxError::SupervisorLost)?;
        let mut buffer = vec![0; BUFFER_BYTES];
        let [mut stdout, mut stderr] = outputs;
        stdout.drain(&mut self.channels.stdout, &mut buffer);
        stderr.drain(&mut self.channels.stderr, &mut buffer);
        let flooded = (stdout.is_flood() || stderr.is_flood()).then_some(KillReason::Flood);
        let cgroup = self.tree.cgroup.as_ref();
        let cpu = cgroup.and_then(Cgroup::cpu).unwrap_or(Duration::from_micros(report.cpu_us));
        let facts = ExitFacts {
            status: report.status,
            killed_for: killed_for.or(flooded),
            oom_kills: cgroup.map_or(0, Cgroup::oom_kills),
            cpu,
            stderr: &stderr.kept,
        };
        Ok(ProcessResult {
            end: facts.end(&self.limits),
            stdout_truncated: stdout.truncated(),
            stderr_truncated: stderr.truncated(),
            stdout: stdout.kept,
            stderr: stderr.kept,
            wall,
            cpu,
            peak_memory_bytes: cgroup
                .and_then(Cgroup::peak_memory)
                .unwrap_or(report.peak_kib << 10),
        })
    }

    /// Waits for the report, killing the tree when a limit is passed. No report means that the
    /// supervisor is lost.
    fn watch(
        &mut self,
        outputs: &mut [StreamOutput; 2],
    ) -> (Option<SupervisorReport>, Option<KillReason>) {
        let mut buffer = vec![0; BUFFER_BYTES];
        let mut killed: Option<(KillReason, Instant)> = None;
        let input = |fd| pollfd { fd, events: libc::POLLIN, revents: 0 };
        let mut fds = [
            input(self.channels.control.as_raw_fd()),
            input(self.channels.stdout.as_raw_fd()),
            input(self.channels.stderr.as_raw_fd()),
        ];
        loop {
            if killed.is_some_and(|(_, since)| since.elapsed() > KILL_GRACE) {
                return (None, None);
            }
            let wait = if killed.is_some() { KILL_GRACE } else { self.next_check() };
            let _ = sys::poll(&mut fds, wait.as_millis() as i32 + 1);
            if fds[1].revents != 0 && !outputs[0].read_from(&mut self.channels.stdout, &mut buffer)
            {
                fds[1].fd = -1;
            }
            if fds[2].revents != 0 && !outputs[1].read_from(&mut self.channels.stderr, &mut buffer)
            {
                fds[2].fd = -1;
            }
            if fds[0].revents != 0 {
                return (self.take_report(), killed.map(|(reason, _)| reason));
            }
            if killed.is_none()
                && let Some(reason) = self.passed_limit(outputs)
            {
                self.tree.kill();
                killed = Some((reason, Instant::now()));
            }
        }
    }

    fn take_report(&self) -> Option<SupervisorReport> {
        let mut bytes = [0; SupervisorReport::BYTES];
        let (length, _) = sys::receive(self.channels.control.as_raw_fd(), &mut bytes).ok()?;
        SupervisorReport::from_bytes(bytes.get(..length)?)
    }

    fn passed_limit(&self, outputs: &[StreamOutput; 2]) -> Option<KillReason> {
        if outputs.iter().any(StreamOutput::is_flood) {
            return Some(KillReason::Flood);
        }
        if self.tree.cpu_time().is_some_and(|cpu| cpu > self.limits.cpu) {
            return Some(KillReason::Cpu);
        }
        (self.started.elapsed() > self.limits.wall).then_some(KillReason::Wall)
    }

    /// Time until a limit can be passed at the earliest: all CPUs may be busy.
    fn next_check(&self) -> Duration {
        let wall = self.limits.wall.saturating_sub(self.started.elapsed());
        let cpu = self.limits.cpu.saturating_sub(self.tree.cpu_time().unwrap_or_default());
        let cpus = std::thread::available_parallelism().map_or(1, |n| n.get() as u32);
        let cpu = cpu / cpus.min(self.limits.threads).max(1);
        wall.min(cpu).max(SHORTEST_WAIT)
    }
}
