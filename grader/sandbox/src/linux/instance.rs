//! Names of what is left behind if the grader is killed: they say whose it was, so that the next
//! grader can clean up.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

const PREFIX: &str = "grader-sandbox-";

static NEXT: AtomicU64 = AtomicU64::new(0);

/// A fresh name that holds this process's pid and start time.
pub(crate) fn fresh_name() -> String {
    let pid = std::process::id();
    let start = start_time(pid).unwrap_or(0);
    format!("{PREFIX}{pid}-{start}-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// Whether `name` is one of ours whose process is gone. Pids are reused; the start time tells.
pub(crate) fn is_stale(name: &str) -> bool {
    let Some(rest) = name.strip_prefix(PREFIX) else { return false };
    let mut numbers = rest.split('-').map(str::parse::<u64>);
    let (Some(Ok(pid)), Some(Ok(start)), Some(_)) =
        (numbers.next(), numbers.next(), numbers.next())
    else {
        return false;
    };
    u32::try_from(pid).is_ok_and(|pid| start_time(pid) != Some(start))
}

/// Kills what is in a cgroup of a grader that is gone, and removes it.
pub(crate) fn remove_stale_cgroup(folder: &Path) {
    let _ = fs::write(folder.join("cgroup.kill"), "1");
    for _ in 0..100 {
        let _ = fs::write(folder.join("freezer.state"), "THAWED");
        let pids = fs::read_to_string(folder.join("cgroup.procs")).unwrap_or_default();
        for pid in pids.lines().filter_map(|line| line.parse().ok()) {
            crate::linux::sys::kill_inside(pid);
        }
        match fs::remove_dir(folder) {
            Err(error) if error.raw_os_error() == Some(libc::EBUSY) => {
                thread::sleep(Duration::from_millis(2));
            }
            _ => return,
        }
    }
}

/// When a process started, in clock ticks after boot; `None` if there is no such process.
fn start_time(pid: u32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name, in parentheses, may hold anything; the 22nd field is the 20th after it.
    stat.rsplit_once(')')?.1.split_whitespace().nth(19)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_names_are_fresh_and_never_stale() {
        let first = fresh_name();
        let second = fresh_name();
        assert_ne!(first, second);
        assert!(!is_stale(&first));
    }

    #[test]
    fn a_name_with_another_start_time_is_stale() {
        assert!(is_stale(&format!("{PREFIX}{}-1-0", std::process::id())));
    }

    #[test]
    fn foreign_names_are_left_alone() {
        for name in
            ["", "system.slice", "grader-sandbox-", "grader-sandbox-x-1-0", "grader-sandbox-1-1"]
        {
            assert!(!is_stale(name), "{name}");
        }
    }
}
