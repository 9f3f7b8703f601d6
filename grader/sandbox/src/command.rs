//! What a caller asks for, and what it gets back: plain data, no behaviour of the operating system.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Descriptor at which a confined process finds its end of the socket pair ([`ConfinedCommand::socket`]).
pub const SOCKET_FD: i32 = 100;

/// What is wanted of one confined process.
#[derive(Debug, Clone)]
pub struct ConfinedCommand {
    /// The executable. A path that lies in one of the binds (by its inside or its host name) is
    /// executed at its place in the view; any other is a host path that is executed through a
    /// descriptor and stays invisible inside: it is told that it is called `program`.
    pub program: PathBuf,
    /// Arguments after the program name.
    pub args: Vec<OsString>,
    /// The whole environment: nothing is inherited.
    pub env: Vec<(OsString, OsString)>,
    /// Working directory, as seen inside.
    pub cwd: PathBuf,
    /// Confinement and limits.
    pub policy: SandboxPolicy,
    /// Give the process one end of a stream socket pair at descriptor [`SOCKET_FD`].
    pub socket: bool,
}

/// What a confined process may see and use.
#[derive(Debug, Clone)]
pub struct SandboxPolicy {
    /// Which system calls and pseudo file systems there are.
    pub profile: SyscallProfile,
    /// Files and folders visible read-only (executable mappings allowed).
    pub read_only: Vec<BindMount>,
    /// Files and folders visible read-write; nothing in them can be executed.
    pub read_write: Vec<BindMount>,
    /// Size of the private, empty file system at `/tmp`, in bytes; 0 for none. It counts towards
    /// the memory limit.
    pub scratch_bytes: u64,
    /// Quantities after which the process is stopped.
    pub limits: ProcessLimits,
}

/// One host path made visible at a path inside. Without a mount namespace
/// ([`crate::Sandbox::relocates`]) the two must be the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BindMount {
    /// Existing file or folder on the host. Symbolic links are resolved, on the host: do not name a
    /// file in a folder that untrusted code has written, bind that folder.
    pub host: PathBuf,
    /// Absolute path inside, without `..`.
    pub inside: PathBuf,
}

impl BindMount {
    /// A bind that keeps its path, which works at every [`ConfinementLevel`].
    pub fn same(path: impl Into<PathBuf>) -> Self {
        let host = path.into();
        Self { inside: host.clone(), host }
    }
}

/// Which system calls and pseudo file systems a process gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SyscallProfile {
    /// rustc from source to rlib: threads, but no fork, no exec after the first, no `/proc`, no
    /// `/dev`.
    Compile,
    /// rustc that links through cc: fork and exec, `/proc` of its own, `/dev/{null,zero,urandom}`.
    Link,
    /// A submission: threads, but no fork, no exec after the first, no `/proc`, no `/dev`, no file
    /// but what is bound.
    Run,
    /// [`SyscallProfile::Run`], for a process whose threads are watched on one CPU. Yielding does nothing: a
    /// thread that waits for others by it computes, and is seen to. How many CPUs there are is not told:
    /// a program that starts no more threads than CPUs would start none.
    Watch,
}

impl SyscallProfile {
    /// Every profile.
    pub const ALL: [Self; 4] = [Self::Compile, Self::Link, Self::Run, Self::Watch];
}

/// Quantities after which a process is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcessLimits {
    /// CPU time, of the whole tree where a cgroup counts it, else of the first process.
    pub cpu: Duration,
    /// Wall-clock time from the start of the program.
    pub wall: Duration,
    /// Memory of the whole tree (cgroup) and of each process's private writable mappings
    /// (`RLIMIT_DATA`), so thread stacks count with their full size.
    pub memory_bytes: u64,
    /// Largest file that can be written.
    pub file_bytes: u64,
    /// Bytes kept of stdout and of stderr, each. More is dropped and flagged; four times as much
    /// ends the process.
    pub output_bytes: u64,
    /// Tasks (threads and processes) alive at once, the main thread included.
    pub threads: u32,
    /// Open descriptors, at most [`ProcessLimits::MAX_OPEN_FILES`].
    pub open_files: u32,
}

impl ProcessLimits {
    /// Upper bound of [`ProcessLimits::open_files`]: higher descriptor numbers are the sandbox's own.
    pub const MAX_OPEN_FILES: u32 = 1000;
}

/// How a confined process ended, and what it used.
#[derive(Debug, Clone)]
pub struct ProcessResult {
    /// How it ended.
    pub end: ProcessEnd,
    /// What it wrote to stdout, up to [`ProcessLimits::output_bytes`]. Untrusted bytes.
    pub stdout: Vec<u8>,
    /// What it wrote to stderr, up to [`ProcessLimits::output_bytes`]. Untrusted bytes.
    pub stderr: Vec<u8>,
    /// More was written to stdout than is kept.
    pub stdout_truncated: bool,
    /// More was written to stderr than is kept.
    pub stderr_truncated: bool,
    /// Wall-clock time from the start of the program to its end as seen by the grader.
    pub wall: Duration,
    /// User and system CPU time of the tree.
    pub cpu: Duration,
    /// Peak memory: the cgroup's high-water mark, else `ru_maxrss`, which is only an upper bound,
    /// as Linux counts the forked image of the grader in it.
    pub peak_memory_bytes: u64,
}

/// The threads of a process at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThreadsAt {
    /// CPU time of the process so far, as by [`crate::Child::clock`].
    pub cpu: Duration,
    /// Those that have not ended.
    pub threads: Vec<ThreadAt>,
}

/// One thread at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ThreadAt {
    /// Its number, which no other thread has meanwhile.
    pub id: u32,
    /// Whether it computes, or would if it had a CPU.
    pub runnable: bool,
    /// How often it has gone to sleep.
    pub sleeps: u64,
    /// How often it was taken off its CPU while it would have computed on.
    pub interruptions: u64,
    /// How often it was given a CPU; 0 where the kernel does not count it.
    pub turns: u64,
    /// Its CPU time, up to a tick of the scheduler behind; 0 where the kernel does not count it.
    pub cpu: Duration,
}

/// How a confined process ended. All of these are the process's doing, never a fault of the grader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProcessEnd {
    /// It exited with this status.
    Exited(i32),
    /// It died of this signal, for none of the reasons below (or by [`crate::Child::kill`]:
    /// `SIGKILL`).
    Signaled(i32),
    /// It used more CPU time than [`ProcessLimits::cpu`].
    CpuLimit,
    /// It ran longer than [`ProcessLimits::wall`].
    WallLimit,
    /// It needed more memory than [`ProcessLimits::memory_bytes`].
    OutOfMemory,
    /// It wrote more than four times [`ProcessLimits::output_bytes`] to stdout or stderr.
    OutputFlood,
    /// It wrote a file larger than [`ProcessLimits::file_bytes`].
    FileLimit,
    /// It made a system call that no honest program makes here (`SIGSYS`).
    SecurityViolation,
}

/// How strongly processes are confined, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConfinementLevel {
    /// Rlimits only: for students who grade themselves.
    Unconfined,
    /// Seccomp with landlock but no namespaces, or with namespaces but no landlock.
    Weak,
    /// Namespaces, landlock and seccomp; memory and tasks limited by rlimits only.
    NoCgroup,
    /// Namespaces, landlock, seccomp and cgroup.
    Full,
}

impl std::fmt::Display for ConfinementLevel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Unconfined => "unconfined (trusted submission)",
            Self::Weak => "weak",
            Self::NoCgroup => "full, without cgroup",
            Self::Full => "full",
        })
    }
}

/// One layer of the confinement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConfinementLayer {
    /// User, mount, pid, network, ipc and uts namespaces.
    Namespaces,
    /// Landlock: which files, ports and signals can be reached.
    Landlock,
    /// Seccomp: which system calls there are.
    Seccomp,
    /// Cgroup: memory, tasks, CPU accounting and freezing of the whole tree.
    Cgroup,
    /// Resource limits of each process: there on every machine, so not among [`ConfinementLayer::ALL`]. Only a suite
    /// that looks at what the others hold can be without, and never without a cgroup as well.
    #[doc(hidden)]
    Rlimits,
}

impl ConfinementLayer {
    /// Every layer that a machine may lack, in the order in which they are reported.
    pub const ALL: [Self; 4] = [Self::Namespaces, Self::Landlock, Self::Seccomp, Self::Cgroup];

    /// Name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Namespaces => "namespaces",
            Self::Landlock => "landlock",
            Self::Seccomp => "seccomp",
            Self::Cgroup => "cgroup",
            Self::Rlimits => "rlimits",
        }
    }
}

/// What was found out about one layer when the sandbox was probed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerStatus {
    /// Which layer.
    pub layer: ConfinementLayer,
    /// It works here and was not switched off.
    pub available: bool,
    /// What was found: a version, or why it does not work.
    pub detail: String,
    /// What to do to get it; `None` when it is there.
    pub fix: Option<String>,
}

/// What [`crate::Sandbox::probe`] may settle for.
#[derive(Debug, Clone, Default)]
pub struct ProbeOptions {
    /// Accept [`ConfinementLevel::Weak`].
    pub allow_weak: bool,
    /// Accept [`ConfinementLevel::Unconfined`].
    pub trust: bool,
    /// Use no stronger level than this.
    pub max_level: Option<ConfinementLevel>,
    /// Treat these layers as missing.
    pub without: Vec<ConfinementLayer>,
}
