//! A running confined process, as its caller holds it.

use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::command::ProcessResult;
use crate::error::SandboxError;
use crate::linux::threads::ThreadWatch;
use crate::linux::tree::ProcessTree;

/// A running confined process. Dropping it kills and reaps the whole tree.
#[derive(Debug)]
pub struct ConfinedChild {
    tree: Arc<ProcessTree>,
    socket: Option<UnixStream>,
    /// The thread that drains output and enforces limits; taken when it is joined.
    monitor: Option<JoinHandle<Result<ProcessResult, SandboxError>>>,
}

impl ConfinedChild {
    pub(crate) fn new(
        tree: Arc<ProcessTree>,
        socket: Option<UnixStream>,
        monitor: JoinHandle<Result<ProcessResult, SandboxError>>,
    ) -> Self {
        Self { tree, socket, monitor: Some(monitor) }
    }

    /// The grader's end of the socket pair, if the command asked for one. Everything read from it
    /// is untrusted.
    pub fn socket(&mut self) -> Option<&mut UnixStream> {
        self.socket.as_mut()
    }

    /// Kills the whole tree. [`ConfinedChild::wait`] then reports `Signaled(9)`, unless it had ended
    /// before.
    pub fn kill(&mut self) {
        self.tree.kill();
    }

    /// Waits for the end. Limits are enforced whether or not anybody waits.
    pub fn wait(mut self) -> Result<ProcessResult, SandboxError> {
        self.join().unwrap_or(Err(SandboxError::SupervisorLost))
    }

    /// Waits at most this long for the end, without killing; says whether it came. For a process
    /// that is known to be ending: its own end tells more than a kill would.
    pub fn settle(&self, patience: Duration) -> bool {
        let deadline = Instant::now() + patience;
        let ended = || self.monitor.as_ref().is_none_or(JoinHandle::is_finished);
        while !ended() && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(1));
        }
        ended()
    }

    /// CPU time used so far, read from outside: of the tree with a cgroup, else of the first
    /// process. `None` when it cannot be known, in particular once the process has ended.
    pub fn cpu_time(&self) -> Option<Duration> {
        self.tree.cpu_time()
    }

    /// CPU time of all threads of the first process by its own clock, in nanoseconds: exact for
    /// threads that wait, up to a tick of the scheduler behind for one that computes at this moment.
    /// `None` once it has ended. In [`crate::SyscallProfile::Run`] there is no other process.
    ///
    /// # Cost
    /// About a microsecond.
    pub fn clock(&self) -> Option<Duration> {
        self.tree.clock()
    }

    /// The threads of the first process, to be looked at from any thread of the grader.
    pub fn threads(&self) -> ThreadWatch {
        ThreadWatch::of(&self.tree)
    }

    /// Lets the first process run on these CPUs only, with all its threads, present and future; a
    /// confined process cannot undo it. False if that could not be made sure, in particular when
    /// the grader may not use one of them itself.
    ///
    /// # Cost
    /// A round of freeze and thaw.
    pub fn run_on(&mut self, cpus: &[usize]) -> bool {
        self.tree.run_on(cpus)
    }

    /// Stops the tree, and returns once every thread has stopped; false if that could not be made
    /// sure. With a cgroup through its freezer, else by SIGSTOP to the first process (the only one
    /// but in [`crate::SyscallProfile::Link`]).
    ///
    /// # Cost
    /// 40-100 microseconds for a round of freeze and thaw.
    pub fn freeze(&mut self) -> bool {
        self.tree.freeze()
    }

    /// Lets a frozen tree run on.
    pub fn thaw(&mut self) -> bool {
        self.tree.thaw()
    }

    fn join(&mut self) -> Option<Result<ProcessResult, SandboxError>> {
        // A panic of the monitor would be our own fault.
        self.monitor
            .take()
            .map(|monitor| monitor.join().unwrap_or(Err(SandboxError::SupervisorLost)))
    }
}

impl Drop for ConfinedChild {
    fn drop(&mut self) {
        if self.monitor.is_some() {
            self.tree.kill();
            let _ = self.join();
        }
    }
}
