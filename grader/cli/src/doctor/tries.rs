//! What `grader doctor --attack` tries. Nothing here can do harm where a sandbox lets it through:
//! each try is bounded, reads only, or writes where it is told to.

use grader_sandbox::ProcessEnd;
use std::net::SocketAddr;
use std::path::Path;

/// One try.
pub struct DefenceTry {
    /// What it tries, in a few words.
    pub tries: &'static str,
    /// The program's arguments.
    pub arguments: Vec<String>,
    /// Whether it is shown first to work without a sandbox, so that "turned down" means something.
    pub works_outside: bool,
    /// How it may end, confined.
    pub held: &'static [TryEnding],
}

/// Ways of not getting through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TryEnding {
    /// Turned down: the call failed.
    Denied,
    /// Ended for a system call that nothing honest makes.
    Ended,
    /// Stopped at a limit.
    Limit,
    /// Died of its own doing.
    Died,
}

use TryEnding::{Denied, Died, Ended, Limit};

impl TryEnding {
    /// What an end means; `None` for an attack that got through.
    pub const fn of(end: ProcessEnd) -> Option<Self> {
        match end {
            ProcessEnd::Exited(42) => Some(Denied),
            ProcessEnd::SecurityViolation => Some(Ended),
            ProcessEnd::CpuLimit
            | ProcessEnd::WallLimit
            | ProcessEnd::OutOfMemory
            | ProcessEnd::OutputFlood
            | ProcessEnd::FileLimit => Some(Limit),
            ProcessEnd::Signaled(_) => Some(Died),
            ProcessEnd::Exited(_) => None,
        }
    }
}

/// All tries. `folder` is a folder outside of the sandbox, `secret` a file in it; at `listener`
/// somebody listens.
pub fn all(folder: &Path, secret: &Path, listener: SocketAddr) -> Vec<DefenceTry> {
    let outside = |tries, words: &[&str], held| DefenceTry {
        tries,
        arguments: words.iter().map(ToString::to_string).collect(),
        works_outside: true,
        held,
    };
    let inside = |tries, words: &[&str], held| DefenceTry {
        works_outside: false,
        ..outside(tries, words, held)
    };
    let (secret, listener) = (secret.display().to_string(), listener.to_string());
    let written = folder.join("written").display().to_string();
    vec![
        outside("reads a file of the machine", &["read", &secret], &[Denied]),
        outside("reads the list of users", &["read", "/etc/passwd"], &[Denied]),
        outside("lists the processes", &["list", "/proc"], &[Denied]),
        outside("lists the root folder", &["list", "/"], &[Denied]),
        outside("writes outside of its scratch space", &["write", &written], &[Denied]),
        outside("starts a shell", &["shell"], &[Denied, Ended]),
        outside("connects to a port of the machine", &["socket", &listener], &[Denied, Ended]),
        inside("traces the process above it", &["ptrace"], &[Denied, Ended]),
        inside("leaves its namespaces", &["unshare"], &[Denied, Ended]),
        inside("asks for an io_uring", &["io_uring"], &[Denied, Ended]),
        inside("makes an invisible file to execute", &["memfd"], &[Denied, Ended]),
        inside("calls by another instruction set", &["x32"], &[Denied, Ended]),
        inside(
            "makes a file that runs as its owner",
            &["set_id_chmod", "/tmp/x"],
            &[Denied, Ended],
        ),
        inside("leaves a process behind", &["daemon"], &[Denied, Ended]),
        inside("starts 500 threads", &["thread_bomb"], &[Denied, Limit, Died]),
        inside("takes 256 GB of addresses", &["address_space"], &[Denied, Limit, Died]),
        inside("takes more memory than allowed", &["memory_bomb"], &[Limit, Died]),
        inside("fills the disk", &["fill_disk", "/tmp"], &[Denied, Limit]),
        inside("makes 20,000 files", &["inodes", "/tmp"], &[Denied, Limit]),
        inside("floods its output", &["flood", "stdout"], &[Denied, Limit]),
        inside("computes for ever", &["spin"], &[Limit]),
        inside("computes for ever and ignores the warning", &["ignore_xcpu"], &[Limit]),
        inside("sleeps for ever", &["sleep"], &[Limit]),
        inside("recurses without end", &["overflow"], &[Died, Limit]),
    ]
}
