//! Who the confined process is: an unprivileged user inside its own user namespace.

use std::fs;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::Path;

use libc::pid_t;

use crate::error::SandboxError;
use crate::linux::sys;

/// The user and group a confined process sees itself as: `nobody`.
pub(crate) const INSIDE_ID: u32 = 65534;

/// How the ids inside map to ids of the host.
#[derive(Debug)]
pub(crate) struct IdMapping {
    host_uid: u32,
    host_gid: u32,
    /// The grader is root, so the process becomes the host's `nobody` and loses all groups. Without
    /// privilege there is no other user to become: it keeps the grader's id, but nothing the mount
    /// namespace does not show.
    pub(crate) privileged: bool,
    /// For mounts through which root's files appear as `nobody`'s, so that private folders of the
    /// grader can be bound without opening them to other users.
    pub(crate) idmap: Option<OwnedFd>,
}

impl IdMapping {
    /// The identity that the grader's own privileges allow.
    pub(crate) fn detect() -> Self {
        let (host_uid, host_gid) = sys::effective_uid_gid();
        let privileged = host_uid == 0 && maps_id("uid_map") && maps_id("gid_map");
        if !privileged {
            return Self { host_uid, host_gid, privileged, idmap: None };
        }
        Self { host_uid: INSIDE_ID, host_gid: INSIDE_ID, privileged, idmap: root_as_nobody().ok() }
    }

    /// Fills the id maps of the user namespace of `pid`, a child that waits for it.
    pub(crate) fn write_maps(&self, pid: pid_t) -> io::Result<()> {
        if !self.privileged {
            fs::write(format!("/proc/{pid}/setgroups"), "deny")?;
        }
        fs::write(format!("/proc/{pid}/uid_map"), format!("{INSIDE_ID} {} 1", self.host_uid))?;
        fs::write(format!("/proc/{pid}/gid_map"), format!("{INSIDE_ID} {} 1", self.host_gid))
    }

    /// Gives a folder to the process, for file systems through which it cannot be mapped.
    pub(crate) fn give(&self, path: &Path) -> Result<(), SandboxError> {
        std::os::unix::fs::chown(path, Some(self.host_uid), Some(self.host_gid))
            .map_err(|source| SandboxError::Bind { path: path.to_owned(), source })
    }
}

/// Whether `nobody` exists in the grader's own user namespace (it does not in some rootless
/// containers).
fn maps_id(file: &str) -> bool {
    fs::read_to_string(format!("/proc/self/{file}")).is_ok_and(|map| {
        map.lines().any(|line| {
            let mut numbers = line.split_whitespace().map(|n| n.parse::<u64>().unwrap_or(0));
            let first = numbers.next();
            let _ = numbers.next();
            let count = numbers.next();
            matches!((first, count), (Some(first), Some(count))
                if first <= u64::from(INSIDE_ID) && u64::from(INSIDE_ID) - first < count)
        })
    })
}

/// A user namespace in which the file system's root is the host's `nobody`, to be used by idmapped
/// mounts.
fn root_as_nobody() -> io::Result<OwnedFd> {
    let holder = NamespaceHolder::start()?;
    for file in ["uid_map", "gid_map"] {
        fs::write(format!("/proc/{}/{file}", holder.pid), format!("0 {INSIDE_ID} 1"))?;
    }
    Ok(fs::File::open(format!("/proc/{}/ns/user", holder.pid))?.into())
}

/// A child that does nothing but keep a new user namespace alive.
struct NamespaceHolder {
    pid: pid_t,
    release: Option<io::PipeWriter>,
}

impl NamespaceHolder {
    #[expect(unsafe_code, reason = "forks")]
    fn start() -> io::Result<Self> {
        let (wait, release) = io::pipe()?;
        // SAFETY: the child closes and reads descriptors, then exits.
        let pid = unsafe { sys::clone_process(libc::CLONE_NEWUSER)? };
        if pid == 0 {
            // Keeps nothing else open: two holders that kept each other's pipe would wait for ever.
            let _ = sys::duplicate_to(wait.as_raw_fd(), 0, true);
            let _ = sys::close_range(1, u32::MAX);
            let _ = sys::read(0, &mut [0]);
            sys::exit(0);
        }
        Ok(Self { pid, release: Some(release) })
    }
}

impl Drop for NamespaceHolder {
    fn drop(&mut self) {
        // The end of the pipe is the child's sign to leave.
        self.release = None;
        let _ = sys::reap(self.pid, true);
    }
}
