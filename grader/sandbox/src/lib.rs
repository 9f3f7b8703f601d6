//! Runs one untrusted process, confined, and says how it ended. The only place that isolates; knows
//! nothing of courses.
//!
//! Layers, of which [`Sandbox::probe`] finds the strongest set that works: namespaces with an empty
//! root, landlock, seccomp, cgroup, and rlimits always. The order of a spawn:
//!
//! 1. `plan` makes every string, descriptor and program that is needed, as nothing may be allocated
//!    after the fork;
//! 2. `spawn` forks the `supervisor` into new namespaces, and writes its id maps;
//! 3. the supervisor builds the `filesystem` view and forks the `payload`;
//! 4. the grader puts the payload into its `cgroup`; the payload gives up its rights and executes
//!    the program;
//! 5. a `monitor` thread drains output and enforces limits, until the supervisor has reaped all and
//!    reports.
//!
//! If the grader dies, the supervisor's control socket closes, and it takes the tree with it.
//!
//! Untrusted code is assumed to run arbitrary native instructions. Kernel bugs are out of scope.

mod command;
mod error;

/// The source of a program without dependencies that tries what its first argument names, and exits
/// with 0 if it worked and 42 if it was turned down: with it a host can be tested.
pub const ATTACKS: &str = include_str!("../programs/attacks.rs");

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod unsupported;

pub use command::{
    BindMount, ConfinedCommand, ConfinementLayer, ConfinementLevel, LayerStatus, ProbeOptions,
    ProcessEnd, ProcessLimits, ProcessResult, SOCKET_FD, SandboxPolicy, SyscallProfile, ThreadAt,
    ThreadsAt,
};
pub use error::{SandboxError, SetupStep, UnavailableSandbox};
#[cfg(target_os = "linux")]
pub use linux::{ConfinedChild, Sandbox, ThreadWatch, allowed_cpus, bind_this_thread};
#[cfg(not(target_os = "linux"))]
pub use unsupported::{ConfinedChild, Sandbox, ThreadWatch, allowed_cpus, bind_this_thread};
