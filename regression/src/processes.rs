//! Finds processes and control groups that a grader left on the machine.

use std::fs;
use std::path::Path;

/// A process. Its start time (clock ticks since boot) distinguishes it from a later process with
/// the same number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProcessInfo {
    pid: u32,
    started: u64,
}

impl ProcessInfo {
    /// The process with this number, unless it does not exist or is a zombie.
    pub fn of(pid: u32) -> Option<Self> {
        let stat = stat(pid)?;
        let started = stat.get(19)?.parse().ok()?;
        (stat.first()? != "Z").then_some(Self { pid, started })
    }

    /// Whether it is still running.
    pub fn is_alive(self) -> bool {
        Self::of(self.pid) == Some(self)
    }
}

/// The fields of `/proc/PID/stat` after the name, which is in parentheses and may contain any
/// character.
fn stat(pid: u32) -> Option<Vec<String>> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    Some(stat.rsplit_once(')')?.1.split_whitespace().map(str::to_owned).collect())
}

/// All descendants of `pid`.
pub fn descendants(pid: u32) -> Vec<ProcessInfo> {
    let parent = pid.to_string();
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let children = pids.filter(|child| stat(*child).is_some_and(|stat| stat[1] == parent));
    let mut found = Vec::new();
    for child in children.collect::<Vec<u32>>() {
        found.extend(ProcessInfo::of(child));
        found.extend(descendants(child));
    }
    found
}

/// The control groups created by the grader `pid` that still exist.
pub fn cgroups_of(pid: u32) -> Vec<String> {
    fn search(folder: &Path, prefix: &str, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            if entry.file_name().to_string_lossy().starts_with(prefix) {
                found.push(entry.path().display().to_string());
            } else if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                search(&entry.path(), prefix, found);
            }
        }
    }
    let mut found = Vec::new();
    search(Path::new("/sys/fs/cgroup"), &format!("grader-sandbox-{pid}-"), &mut found);
    found
}

/// A value of `/proc/PID/status`, for example `VmRSS` in kB.
pub fn status(pid: u32, name: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Number of open file descriptors of a process.
pub fn descriptors(pid: u32) -> Option<usize> {
    Some(fs::read_dir(format!("/proc/{pid}/fd")).ok()?.count())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::{self, Command};

    #[test]
    fn a_child_is_seen_until_it_ends() {
        let mut child = Command::new("sleep").arg("600").spawn().unwrap();
        let below = descendants(process::id());
        let seen = ProcessInfo::of(child.id()).unwrap();
        assert!(below.contains(&seen) && seen.is_alive(), "{below:?}");
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(!seen.is_alive());
    }

    #[test]
    fn our_own_figures_are_there() {
        assert!(status(process::id(), "VmRSS").unwrap() > 100);
        assert!(descriptors(process::id()).unwrap() >= 3);
    }
}
