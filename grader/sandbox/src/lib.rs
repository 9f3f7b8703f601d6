//! Runs one untrusted process, confined, and says how it ended. The only place that isolates; knows nothing of courses.
//!
//! Layers, of which [`Sandbox::probe`] finds the strongest set that works: namespaces with an empty root, landlock,
//! seccomp, cgroup, and rlimits always. The order of a spawn:
//!
//! 1. `plan` makes every string, descriptor and program that is needed, as nothing may be allocated after the fork;
//! 2. `spawn` forks the `supervisor` into new namespaces, and writes its id maps;
//! 3. the supervisor builds the `filesystem` view and forks the `payload`;
//! 4. the grader puts the payload into its `cgroup`; the payload gives up its rights and executes the program;
//! 5. a `monitor` thread drains output and enforces limits, until the supervisor has reaped all and reports.
//!
//! If the grader dies, the supervisor's control socket closes, and it takes the tree with it.
//!
//! Untrusted code is assumed to run arbitrary native instructions. Kernel bugs are out of scope.

mod command;
mod error;

#[cfg(target_os = "linux")]
mod cgroup;
#[cfg(target_os = "linux")]
mod channels;
#[cfg(target_os = "linux")]
mod child;
#[cfg(target_os = "linux")]
mod elf;
#[cfg(target_os = "linux")]
mod filesystem;
#[cfg(target_os = "linux")]
mod fixes;
#[cfg(target_os = "linux")]
mod hierarchy;
#[cfg(target_os = "linux")]
mod identity;
#[cfg(target_os = "linux")]
mod instance;
#[cfg(target_os = "linux")]
mod landlock;
#[cfg(target_os = "linux")]
mod monitor;
#[cfg(target_os = "linux")]
mod outcome;
#[cfg(target_os = "linux")]
mod output;
#[cfg(target_os = "linux")]
mod payload;
#[cfg(target_os = "linux")]
mod plan;
#[cfg(target_os = "linux")]
mod probe;
#[cfg(target_os = "linux")]
mod rlimit;
#[cfg(target_os = "linux")]
mod sandbox;
#[cfg(target_os = "linux")]
mod seccomp;
#[cfg(target_os = "linux")]
mod spawn;
#[cfg(target_os = "linux")]
mod supervisor;
#[cfg(target_os = "linux")]
mod sys;
#[cfg(target_os = "linux")]
mod syscalls;
#[cfg(target_os = "linux")]
mod tree;
#[cfg(not(target_os = "linux"))]
mod unsupported;
#[cfg(target_os = "linux")]
mod view;

pub use command::{
    Bind, Command, End, Finished, Layer, LayerStatus, Level, Limits, Options, Policy, Profile,
    SOCKET_FD,
};
pub use error::{SandboxError, Step, Unavailable};
#[cfg(not(target_os = "linux"))]
pub use unsupported::{Child, Sandbox};
#[cfg(target_os = "linux")]
pub use {child::Child, sandbox::Sandbox};
