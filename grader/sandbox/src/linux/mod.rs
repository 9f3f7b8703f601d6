//! The confinement itself, which only Linux has. Each file is one layer or one role:
//!
//! - layers: `identity` and `filesystem` (namespaces), `landlock`, `seccomp` with `syscalls`,
//!   `cgroup` with `hierarchy`, `rlimit`;
//! - before the fork: `machine` (what was found here), `view` (what is visible), `channels`,
//!   `plan`;
//! - after the fork: `supervisor` and `payload`, with `report` and `descriptors`, on nothing but `sys`;
//! - the grader's side: `spawn`, `tree`, `threads`, `affinity`, `monitor` with `output` and `outcome`, `child`, `sandbox`,
//!   `probe`.

mod affinity;
mod cgroup;
mod channels;
mod child;
mod descriptors;
mod elf;
mod filesystem;
mod fixes;
mod hierarchy;
mod identity;
mod instance;
mod landlock;
mod machine;
mod monitor;
mod outcome;
mod output;
mod payload;
mod plan;
mod probe;
mod report;
mod rlimit;
mod sandbox;
mod seccomp;
mod spawn;
mod supervisor;
mod sys;
mod syscalls;
mod threads;
mod tree;
mod view;

pub use affinity::{allowed_cpus, bind_this_thread};
pub use child::ConfinedChild;
pub use sandbox::Sandbox;
pub use threads::ThreadWatch;
