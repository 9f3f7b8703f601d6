//! Faults of ours (or of the machine), never of the confined process.

use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::command::LayerStatus;

/// No acceptable level of confinement works here.
#[derive(Debug, thiserror::Error)]
#[error("no sandbox: {reason}")]
pub struct UnavailableSandbox {
    /// What is missing, why, and how to fix it.
    pub reason: String,
    /// What was found about each layer.
    pub layers: Vec<LayerStatus>,
}

/// The sandbox could not do its work. The confined process is not to blame, and must not be scored.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The command cannot be run as it was written.
    #[error("bad sandbox command: {0}")]
    BadCommand(String),
    /// A path that should be made visible cannot be opened.
    #[error("cannot bind {path} into the sandbox: {source}")]
    Bind {
        /// The host path.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Preparing the process failed on the grader's side.
    #[error("sandbox failed while {during}: {source}")]
    Prepare {
        /// What was being done.
        during: &'static str,
        /// Why.
        source: io::Error,
    },
    /// The new process could not confine itself or start the program; it never ran untrusted code.
    #[error("sandbox set-up failed while {step}: {source}")]
    SetUp {
        /// Which step failed.
        step: SetupStep,
        /// Why.
        source: io::Error,
    },
    /// The supervising process vanished without a report, for example because the machine ran out
    /// of memory.
    #[error("the sandbox's supervisor died without a report; run again with more free memory")]
    SupervisorLost,
}

macro_rules! steps {
    ($($name:ident = $text:literal),+ $(,)?) => {
        /// One step of the set-up inside the new process.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[repr(u32)]
        pub enum SetupStep {
            $(#[doc = concat!("While ", $text, ".")] $name),+
        }

        impl SetupStep {
            const ALL: &'static [Self] = &[$(Self::$name),+];

            /// What was being done, for people.
            pub fn describe(self) -> &'static str {
                match self { $(Self::$name => $text),+ }
            }
        }
    };
}

steps! {
    Descriptors = "arranging descriptors",
    Handshake = "waiting for the grader",
    Identity = "taking on the unprivileged identity",
    MountPrivate = "making mounts private",
    CloneTree = "copying a bind's mount",
    MountRoot = "mounting the empty root",
    MountScratch = "mounting the scratch file system",
    MountPoint = "making a mount point",
    AttachTree = "attaching a bind",
    MountProc = "mounting /proc",
    Pivot = "entering the new root",
    SealRoot = "making the root read-only",
    Supervise = "starting the supervisor",
    ForkPayload = "forking the payload",
    WorkingDirectory = "entering the working directory",
    OpenProgram = "opening the program",
    ResourceLimits = "setting resource limits",
    NoNewPrivileges = "giving up new privileges",
    LandlockRule = "adding a landlock rule",
    Landlock = "enforcing landlock",
    Capabilities = "dropping capabilities",
    Seccomp = "installing the seccomp filter",
    Exec = "executing the program",
}

impl SetupStep {
    #[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "only Linux reports steps"))]
    pub(crate) fn from_code(code: u32) -> Option<Self> {
        Self::ALL.get(code as usize).copied()
    }
}

impl fmt::Display for SetupStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.describe())
    }
}
