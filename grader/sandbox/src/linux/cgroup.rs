//! One cgroup for one payload: limits, accounting and freezing of the whole tree.
//!
//! The supervisor stays outside, so that freezing never stops it from noticing the grader's death.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use libc::pid_t;

use crate::command::ProcessLimits;
use crate::linux::hierarchy::{CgroupHierarchy, ControllerFolder};
use crate::linux::instance;

/// Waiting for the kernel (to freeze, or to forget a dead process) polls this often, this many
/// times.
const POLL: Duration = Duration::from_micros(50);
/// Ten seconds: with ten tasks for each CPU, a process was once not frozen after one.
const POLLS: u32 = 200_000;

/// The cgroup of one payload; removed when dropped.
#[derive(Debug)]
pub(crate) struct Cgroup {
    kind: CgroupKind,
}

#[derive(Debug)]
enum CgroupKind {
    V1(ControllerFolder),
    V2(PathBuf),
}

impl Cgroup {
    /// Makes a cgroup with `limits` below the grader's own.
    pub(crate) fn create(hierarchy: &CgroupHierarchy, limits: &ProcessLimits) -> io::Result<Self> {
        let name = instance::fresh_name();
        let kind = match hierarchy {
            CgroupHierarchy::V1(parents) => CgroupKind::V1(parents.child(&name)),
            CgroupHierarchy::V2(parent) => CgroupKind::V2(parent.join(&name)),
        };
        let group = Self { kind };
        for folder in group.folders() {
            fs::create_dir(folder)?;
        }
        group.limit(limits)?;
        Ok(group)
    }

    fn limit(&self, limits: &ProcessLimits) -> io::Result<()> {
        let memory = limits.memory_bytes.to_string();
        let tasks = limits.threads.to_string();
        match &self.kind {
            CgroupKind::V1(v1) => {
                fs::write(v1.memory.join("memory.limit_in_bytes"), &memory)?;
                // Only where swap is accounted.
                let _ = fs::write(v1.memory.join("memory.memsw.limit_in_bytes"), &memory);
                fs::write(v1.pids.join("pids.max"), tasks)
            }
            CgroupKind::V2(folder) => {
                fs::write(folder.join("memory.max"), &memory)?;
                let _ = fs::write(folder.join("memory.swap.max"), "0");
                let _ = fs::write(folder.join("memory.oom.group"), "1");
                fs::write(folder.join("pids.max"), tasks)
            }
        }
    }

    /// Moves a process in. Its future children follow.
    pub(crate) fn attach(&self, pid: pid_t) -> io::Result<()> {
        self.folders()
            .iter()
            .try_for_each(|folder| fs::write(folder.join("cgroup.procs"), pid.to_string()))
    }

    /// CPU time of all processes that ever were in it.
    pub(crate) fn cpu(&self) -> Option<Duration> {
        match &self.kind {
            CgroupKind::V1(v1) => {
                number(&v1.cpuacct.join("cpuacct.usage")).map(Duration::from_nanos)
            }
            CgroupKind::V2(folder) => {
                field(&folder.join("cpu.stat"), "usage_usec").map(Duration::from_micros)
            }
        }
    }

    /// High-water mark of memory, in bytes.
    pub(crate) fn peak_memory(&self) -> Option<u64> {
        match &self.kind {
            CgroupKind::V1(v1) => number(&v1.memory.join("memory.max_usage_in_bytes")),
            CgroupKind::V2(folder) => number(&folder.join("memory.peak")),
        }
    }

    /// How many processes were killed for want of memory.
    pub(crate) fn oom_kills(&self) -> u64 {
        let (file, name) = match &self.kind {
            CgroupKind::V1(v1) => (v1.memory.join("memory.oom_control"), "oom_kill"),
            CgroupKind::V2(folder) => (folder.join("memory.events"), "oom_kill"),
        };
        field(&file, name).unwrap_or(0)
    }

    /// Stops every task, and returns once all have stopped; false if they did not.
    pub(crate) fn freeze(&self) -> bool {
        match &self.kind {
            CgroupKind::V1(v1) => {
                let state = v1.freezer.join("freezer.state");
                fs::write(&state, "FROZEN").is_ok()
                    && wait_until(|| text(&state).as_deref() == Some("FROZEN"))
            }
            CgroupKind::V2(folder) => {
                let events = folder.join("cgroup.events");
                fs::write(folder.join("cgroup.freeze"), "1").is_ok()
                    && wait_until(|| field(&events, "frozen") == Some(1))
            }
        }
    }

    /// Lets every task run on.
    pub(crate) fn thaw(&self) -> bool {
        match &self.kind {
            CgroupKind::V1(v1) => fs::write(v1.freezer.join("freezer.state"), "THAWED").is_ok(),
            CgroupKind::V2(folder) => fs::write(folder.join("cgroup.freeze"), "0").is_ok(),
        }
    }

    /// The file through which the supervisor thaws the tree if the grader is gone. Version 2 kills
    /// frozen tasks as well.
    pub(crate) fn thaw_file(&self) -> Option<File> {
        match &self.kind {
            CgroupKind::V1(v1) => {
                File::options().write(true).open(v1.freezer.join("freezer.state")).ok()
            }
            CgroupKind::V2(_) => None,
        }
    }

    fn folders(&self) -> Vec<&Path> {
        match &self.kind {
            CgroupKind::V1(v1) => v1.all().to_vec(),
            CgroupKind::V2(folder) => vec![folder],
        }
    }
}

impl Drop for Cgroup {
    fn drop(&mut self) {
        for folder in self.folders() {
            // Busy for a moment, until the kernel has let go of the last dead task.
            wait_until(|| match fs::remove_dir(folder) {
                Err(error) => error.raw_os_error() != Some(libc::EBUSY),
                Ok(()) => true,
            });
        }
    }
}

fn wait_until(mut done: impl FnMut() -> bool) -> bool {
    (0..POLLS).any(|_| {
        let is_done = done();
        if !is_done {
            thread::sleep(POLL);
        }
        is_done
    })
}

fn text(file: &Path) -> Option<String> {
    fs::read_to_string(file).ok().map(|text| text.trim_end().to_owned())
}

fn number(file: &Path) -> Option<u64> {
    text(file)?.parse().ok()
}

/// The number after `name` in a file of "name number" lines.
fn field(file: &Path, name: &str) -> Option<u64> {
    text(file)?.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> ProcessLimits {
        let second = Duration::from_secs(1);
        let memory_bytes = 1 << 20;
        let threads = 7;
        ProcessLimits {
            cpu: second,
            wall: second,
            memory_bytes,
            file_bytes: 0,
            output_bytes: 0,
            threads,
            open_files: 0,
        }
    }

    /// The folder of the only cgroup made in `parent`.
    fn only(parent: &Path) -> PathBuf {
        let mut entries = fs::read_dir(parent).expect("is a folder");
        entries.next().expect("one was made").expect("readable").path()
    }

    #[test]
    fn version_2_is_told_the_limits_and_read_in_its_own_units() {
        // A plain folder takes the same writes as the kernel's.
        let parent = tempfile::tempdir().expect("temp dir");
        let hierarchy = CgroupHierarchy::V2(parent.path().to_owned());
        let group = Cgroup::create(&hierarchy, &limits()).expect("makes one");
        let folder = only(parent.path());
        for (file, expected) in [
            ("memory.max", "1048576"),
            ("memory.swap.max", "0"),
            ("memory.oom.group", "1"),
            ("pids.max", "7"),
        ] {
            assert_eq!(text(&folder.join(file)).as_deref(), Some(expected), "{file}");
        }
        fs::write(folder.join("cpu.stat"), "usage_usec 1500\nuser_usec 1\n").expect("writes");
        fs::write(folder.join("memory.peak"), "4096\n").expect("writes");
        fs::write(folder.join("memory.events"), "oom 5\noom_kill 2\n").expect("writes");
        assert_eq!(group.cpu(), Some(Duration::from_micros(1500)));
        assert_eq!((group.peak_memory(), group.oom_kills()), (Some(4096), 2));
    }

    #[test]
    fn version_2_freezes_a_real_process() {
        let parent = ["/sys/fs/cgroup/unified", "/sys/fs/cgroup"].map(Path::new);
        let name = instance::fresh_name();
        let made = parent.into_iter().map(|parent| parent.join(&name)).find(|folder| {
            folder.parent().is_some_and(|parent| parent.join("cgroup.controllers").exists())
                && fs::create_dir(folder).is_ok()
        });
        let Some(folder) = made else {
            println!("not tried: no writable version 2 hierarchy here");
            return;
        };
        let group = Cgroup { kind: CgroupKind::V2(folder.clone()) };
        let mut sleep = std::process::Command::new("sleep").arg("600").spawn().expect("starts");
        group.attach(sleep.id().cast_signed()).expect("attaches");
        let frozen = || field(&folder.join("cgroup.events"), "frozen");
        let states =
            [group.freeze(), frozen() == Some(1), group.thaw(), wait_until(|| frozen() == Some(0))];
        sleep.kill().expect("kills");
        sleep.wait().expect("waits");
        assert_eq!(states, [true; 4]);
        assert!(group.cpu().is_some());
        drop(group);
        assert!(!folder.exists());
    }

    #[test]
    fn a_field_is_found_by_its_whole_name() {
        let file = tempfile::NamedTempFile::new().expect("temp file");
        fs::write(file.path(), "oom_kill_disable 1\nunder_oom 2\noom_kill 3\n").expect("writes");
        assert_eq!(field(file.path(), "oom_kill"), Some(3));
        assert_eq!(field(file.path(), "oom"), None);
    }
}
