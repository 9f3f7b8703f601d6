//! The threads of a confined process, as the kernel sees them at one moment.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use std::time::Duration;

use crate::command::{ThreadAt, ThreadsAt};
use crate::linux::tree::ProcessTree;

/// `/proc/PID/task/TID/status` is about 1.5 KB long.
const LONGEST_STATUS: usize = 4096;

/// Looks at the threads of the first process, again and again.
#[derive(Debug)]
pub struct ThreadWatch {
    tree: Arc<ProcessTree>,
    open: BTreeMap<u32, ThreadFiles>,
}

/// The two files of a thread, kept open: opening them takes longer than reading them.
#[derive(Debug)]
struct ThreadFiles {
    status: File,
    schedule: Option<File>,
}

impl ThreadWatch {
    pub(crate) fn of(tree: &Arc<ProcessTree>) -> Self {
        Self { tree: Arc::clone(tree), open: BTreeMap::new() }
    }

    /// All threads at this moment, and the CPU time of the process. `None` once it has ended.
    ///
    /// # Cost
    /// Some 10 microseconds a thread.
    pub fn look(&mut self) -> Option<ThreadsAt> {
        let folder = format!("/proc/{}/task", self.tree.payload);
        let ids = fs::read_dir(&folder).ok()?;
        let ids = ids.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
        let mut open = std::mem::take(&mut self.open);
        let mut threads = Vec::with_capacity(open.len() + 1);
        for id in ids {
            // A thread may end between the two: then it is one that has ended.
            let files = open.remove(&id).or_else(|| ThreadFiles::open(&format!("{folder}/{id}")));
            if let Some((files, thread)) = files.and_then(|files| files.read(id)) {
                threads.push(thread);
                self.open.insert(id, files);
            }
        }
        Some(ThreadsAt { cpu: self.tree.clock()?, threads })
    }
}

impl ThreadFiles {
    fn open(folder: &str) -> Option<Self> {
        let open = |name| File::open(format!("{folder}/{name}")).ok();
        Some(Self { status: open("status")?, schedule: open("schedstat") })
    }

    fn read(self, id: u32) -> Option<(Self, ThreadAt)> {
        let mut buffer = [0; LONGEST_STATUS];
        let mut text = |file: &File| {
            let length = file.read_at(&mut buffer, 0).ok()?;
            Some(String::from_utf8_lossy(buffer.get(..length)?).into_owned())
        };
        // In this order: a thread that is taken off its CPU in between is seen as one that was.
        let schedule = self.schedule.as_ref().and_then(&mut text).unwrap_or_default();
        let status = text(&self.status)?;
        thread_at(id, &status, &schedule).map(|thread| (self, thread))
    }
}

/// A thread from its `status` and `schedstat`: the latter is empty or full of zeros where the kernel keeps
/// no such account.
fn thread_at(id: u32, status: &str, schedule: &str) -> Option<ThreadAt> {
    // Lines with other names come first; the kernel escapes line ends in the name of a thread.
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()
    };
    let mut account = schedule.split_whitespace().map(|number| number.parse().unwrap_or(0));
    let cpu = account.next().unwrap_or(0);
    let _waited = account.next();
    Some(ThreadAt {
        id,
        runnable: field("State:")? == "R",
        sleeps: field("voluntary_ctxt_switches:")?.parse().ok()?,
        interruptions: field("nonvoluntary_ctxt_switches:")?.parse().ok()?,
        turns: account.next().unwrap_or(0),
        cpu: Duration::from_nanos(cpu),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATUS: &str = "Name:\tState:\\nS\nState:\tR (running)\nThreads:\t3\n\
                          voluntary_ctxt_switches:\t12\nnonvoluntary_ctxt_switches:\t345\n";

    #[test]
    fn a_thread_is_read_from_its_two_files() {
        let thread = thread_at(7, STATUS, "1500 2500 358\n").unwrap();
        let cpu = Duration::from_nanos(1500);
        let expected =
            ThreadAt { id: 7, runnable: true, sleeps: 12, interruptions: 345, turns: 358, cpu };
        assert_eq!(thread, expected);
        assert_eq!(thread_at(7, STATUS, "").unwrap().turns, 0);
        assert_eq!(thread_at(7, "Name:\tR\n", "1 2 3"), None);
        let waiting = STATUS.replace("R (running)", "S (sleeping)");
        assert!(!thread_at(7, &waiting, "").unwrap().runnable);
    }
}
