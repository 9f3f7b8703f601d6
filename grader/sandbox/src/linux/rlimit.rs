//! Resource limits. `RLIMIT_AS` bounds nothing but page tables: rustc and its loader reserve far
//! more address space than they use, so that a tight value breaks them.

use std::time::Duration;
use std::{fs, io};

use libc::c_int;

use crate::command::ProcessLimits;

/// One limit: resource, soft, hard.
pub(crate) type Rlimit = (c_int, u64, u64);

/// Page tables of memory that is only reserved take about a five-hundredth of it, uncounted.
const ADDRESS_SPACE_BYTES: u64 = 64 << 30;
const STACK_BYTES: u64 = 8 << 20;

/// The limits of one process. `tasks` is the cap for `RLIMIT_NPROC`, or `None` where other
/// processes of the same user would count too.
pub(crate) fn rlimits(limits: &ProcessLimits, tasks: Option<u64>) -> Vec<Rlimit> {
    // The grader watches CPU time more finely; this is what remains if the grader is busy.
    let cpu = ceil_seconds(limits.cpu);
    let same = |resource: u32, value: u64| (resource.cast_signed(), value, value);
    let mut all = vec![
        (libc::RLIMIT_CPU.cast_signed(), cpu, cpu + 1),
        same(libc::RLIMIT_DATA, limits.memory_bytes),
        same(libc::RLIMIT_AS, ADDRESS_SPACE_BYTES.max(4 * limits.memory_bytes)),
        same(libc::RLIMIT_FSIZE, limits.file_bytes),
        same(libc::RLIMIT_STACK, STACK_BYTES),
        same(libc::RLIMIT_NOFILE, u64::from(limits.open_files.min(ProcessLimits::MAX_OPEN_FILES))),
        same(libc::RLIMIT_CORE, 0),
        same(libc::RLIMIT_MEMLOCK, 0),
        same(libc::RLIMIT_MSGQUEUE, 0),
    ];
    all.extend(tasks.map(|tasks| same(libc::RLIMIT_NPROC, tasks)));
    all
}

fn ceil_seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

/// Number of tasks of the grader's user, for levels at which they share one `RLIMIT_NPROC` count.
pub(crate) fn tasks_of_user(uid: u32) -> u64 {
    let Ok(processes) = fs::read_dir("/proc") else { return 0 };
    let tasks = |entry: io::Result<fs::DirEntry>| {
        let entry = entry.ok()?;
        entry.file_name().to_str()?.parse::<u32>().ok()?;
        let status = fs::read_to_string(entry.path().join("status")).ok()?;
        let field = |name: &str| {
            status.lines().find_map(|line| line.strip_prefix(name)?.split_whitespace().next())
        };
        (field("Uid:")?.parse() == Ok(uid))
            .then(|| field("Threads:")?.parse::<u64>().ok())
            .flatten()
    };
    processes.filter_map(tasks).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fraction_of_a_second_rounds_up() {
        assert_eq!(ceil_seconds(Duration::from_millis(1)), 1);
        assert_eq!(ceil_seconds(Duration::from_secs(2)), 2);
    }
}
