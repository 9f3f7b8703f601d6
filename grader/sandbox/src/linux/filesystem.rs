//! The view of the file system: an empty, read-only root into which the binds are attached.

use std::ffi::{CStr, CString};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};

use crate::command::SyscallProfile;
use crate::error::{SandboxError, SetupStep};
use crate::linux::identity::IdMapping;
use crate::linux::sys::{self, Errno};
use crate::linux::view::{BindView, FileAccess};

/// Device files of [`SyscallProfile::Link`].
pub(crate) const DEVICES: [&CStr; 3] = [c"/dev/null", c"/dev/zero", c"/dev/urandom"];

const SCRATCH: &CStr = c"tmp";
/// A folder that exists on every Linux, onto which the new root is mounted for a moment.
const STAGE: &CStr = c"/tmp";
/// Inodes of the scratch file system: each costs kernel memory, empty or not.
const SCRATCH_INODES: u32 = 4096;
const HARMLESS: u64 = libc::MS_NOSUID | libc::MS_NODEV;

/// Everything that must be mounted, as strings and descriptors made before the fork.
pub(crate) struct MountPlan {
    root_options: CString,
    scratch_options: Option<CString>,
    trees: Vec<MountTree>,
    folders: Vec<CString>,
    proc: bool,
}

/// One mount to be attached. Paths are relative to the new root.
struct MountTree {
    source: MountSource,
    attributes: u64,
    parents: Vec<CString>,
    target: CString,
    folder: bool,
}

enum MountSource {
    /// Copied before the fork, by a grader with the privilege to do so.
    Open(OwnedFd),
    /// To be copied inside the new namespaces.
    Path(CString),
}

impl MountPlan {
    /// Prepares the view of one process.
    pub(crate) fn prepare(
        view: &BindView,
        profile: SyscallProfile,
        scratch: u64,
        cwd: &Path,
        identity: &IdMapping,
    ) -> Result<Self, SandboxError> {
        let mut trees = Vec::with_capacity(view.paths.len() + DEVICES.len());
        for path in &view.paths {
            let attributes = libc::MOUNT_ATTR_NOSUID
                | libc::MOUNT_ATTR_NODEV
                | match path.access {
                    FileAccess::ReadOnly => libc::MOUNT_ATTR_RDONLY,
                    FileAccess::ReadWrite => libc::MOUNT_ATTR_NOEXEC,
                };
            let source = MountSource::prepare(&path.host, path.access, attributes, identity)?;
            trees.push(MountTree::new(source, attributes, &path.inside, path.folder)?);
        }
        if profile == SyscallProfile::Link {
            for device in DEVICES {
                let source = MountSource::device(device, identity)?;
                let attributes = libc::MOUNT_ATTR_NOSUID | libc::MOUNT_ATTR_NOEXEC;
                let inside = Path::new(std::ffi::OsStr::from_bytes(device.to_bytes()));
                trees.push(MountTree::new(source, attributes, inside, false)?);
            }
        }
        // A parent must be attached before what lies in it.
        trees.sort_by_key(|tree| tree.parents.len());
        let scratch_options = (scratch > 0)
            .then(|| c_string(&format!("size={scratch},nr_inodes={SCRATCH_INODES},mode=1777")))
            .transpose()?;
        let root_options = c_string("size=1m,nr_inodes=4096,mode=755")?;
        Ok(Self {
            root_options,
            scratch_options,
            trees,
            folders: ancestors(cwd)?,
            proc: profile == SyscallProfile::Link,
        })
    }

    /// Builds the view and enters it. Runs between fork and exec, inside the new namespaces.
    pub(crate) fn enter(&self) -> Result<(), (SetupStep, Errno)> {
        let at = |step: SetupStep| move |errno: Errno| (step, errno);
        let private = libc::MS_REC | libc::MS_PRIVATE;
        sys::mount(c"none", c"/", c"none", private, c"").map_err(at(SetupStep::MountPrivate))?;
        self.clone_paths().map_err(at(SetupStep::CloneTree))?;
        let flags = HARMLESS | libc::MS_NOEXEC;
        sys::mount(c"root", STAGE, c"tmpfs", flags, &self.root_options)
            .map_err(at(SetupStep::MountRoot))?;
        sys::change_directory(STAGE).map_err(at(SetupStep::MountRoot))?;
        if let Some(options) = &self.scratch_options {
            sys::make_directory(SCRATCH).map_err(at(SetupStep::MountPoint))?;
            sys::mount(c"scratch", SCRATCH, c"tmpfs", flags, options)
                .map_err(at(SetupStep::MountScratch))?;
        }
        for (index, tree) in self.trees.iter().enumerate() {
            tree.make_target().map_err(at(SetupStep::MountPoint))?;
            sys::attach_tree(slot(index), &tree.target).map_err(at(SetupStep::AttachTree))?;
        }
        make_folders(&self.folders).map_err(at(SetupStep::MountPoint))?;
        if self.proc {
            make_folders(std::slice::from_ref(&c"proc")).map_err(at(SetupStep::MountPoint))?;
            sys::mount(c"proc", c"proc", c"proc", flags, c"subset=pid")
                .map_err(at(SetupStep::MountProc))?;
        }
        sys::pivot_here().map_err(at(SetupStep::Pivot))?;
        let sealed = libc::MOUNT_ATTR_RDONLY | libc::MOUNT_ATTR_NOSUID | libc::MOUNT_ATTR_NODEV;
        sys::set_mount_attributes(c"/", sealed | libc::MOUNT_ATTR_NOEXEC)
            .map_err(at(SetupStep::SealRoot))
    }

    /// Descriptors made before the fork, in slot order; `-1` where the slot is filled by
    /// [`Self::enter`].
    pub(crate) fn descriptors(&self) -> impl Iterator<Item = RawFd> {
        self.trees.iter().map(|tree| match &tree.source {
            MountSource::Open(fd) => fd.as_raw_fd(),
            MountSource::Path(_) => -1,
        })
    }

    fn clone_paths(&self) -> Result<(), Errno> {
        for (index, tree) in self.trees.iter().enumerate() {
            if let MountSource::Path(path) = &tree.source {
                let copy = sys::clone_tree(path)?;
                sys::set_tree_attributes(copy, tree.attributes, None)?;
                sys::duplicate_to(copy, slot(index), true)?;
                sys::close(copy);
            }
        }
        Ok(())
    }
}

/// Where the mount of tree `index` waits to be attached.
fn slot(index: usize) -> RawFd {
    crate::linux::descriptors::FIRST_TREE_FD + RawFd::try_from(index).unwrap_or(0)
}

impl MountSource {
    fn prepare(
        host: &Path,
        access: FileAccess,
        attributes: u64,
        identity: &IdMapping,
    ) -> Result<Self, SandboxError> {
        let path = c_path(host)?;
        if !identity.privileged {
            return Ok(Self::Path(path));
        }
        let bind =
            |errno: Errno| SandboxError::Bind { path: host.to_owned(), source: errno.into() };
        let copy = open_tree(&path).map_err(bind)?;
        let idmap = identity.idmap.as_ref().map(AsRawFd::as_raw_fd);
        let mapped = idmap.is_some()
            && sys::set_tree_attributes(copy.as_raw_fd(), attributes, idmap).is_ok();
        if !mapped {
            // A file system without idmapped mounts (overlayfs, for one): `nobody` needs rights of
            // its own.
            sys::set_tree_attributes(copy.as_raw_fd(), attributes, None).map_err(bind)?;
            if access == FileAccess::ReadWrite {
                identity.give(host)?;
            }
        }
        Ok(Self::Open(copy))
    }

    fn device(path: &CStr, identity: &IdMapping) -> Result<Self, SandboxError> {
        if !identity.privileged {
            return Ok(Self::Path(path.to_owned()));
        }
        let bind = |errno: Errno| SandboxError::Bind {
            path: PathBuf::from(path.to_string_lossy().into_owned()),
            source: errno.into(),
        };
        open_tree(path).map(Self::Open).map_err(bind)
    }
}

#[expect(unsafe_code, reason = "takes ownership of a new descriptor")]
fn open_tree(path: &CStr) -> Result<OwnedFd, Errno> {
    // SAFETY: the descriptor is fresh and nobody else's.
    sys::clone_tree(path).map(|fd| unsafe { OwnedFd::from_raw_fd(fd) })
}

impl MountTree {
    fn new(
        source: MountSource,
        attributes: u64,
        inside: &Path,
        folder: bool,
    ) -> Result<Self, SandboxError> {
        let mut parents = ancestors(inside)?;
        let target = parents
            .pop()
            .ok_or_else(|| SandboxError::BadCommand("cannot bind onto the root".into()))?;
        Ok(Self { source, attributes, parents, target, folder })
    }

    fn make_target(&self) -> Result<(), Errno> {
        make_folders(&self.parents)?;
        if self.folder {
            return make_folders(std::slice::from_ref(&self.target));
        }
        match sys::open(&self.target, libc::O_CREAT | libc::O_RDONLY | libc::O_NOFOLLOW, 0o644) {
            Ok(fd) => sys::close(fd),
            // It may be there already, in a bind that is read-only. If it is not, attaching says
            // so.
            Err(Errno(libc::EROFS | libc::EACCES | libc::ENXIO)) => {}
            Err(errno) => return Err(errno),
        }
        Ok(())
    }
}

fn make_folders(paths: &[impl AsRef<CStr>]) -> Result<(), Errno> {
    for path in paths {
        match sys::make_directory(path.as_ref()) {
            // As above: a read-only parent must have it already.
            Ok(()) | Err(Errno(libc::EEXIST | libc::EROFS | libc::EACCES)) => {}
            Err(errno) => return Err(errno),
        }
    }
    Ok(())
}

/// `/a/b` as `["a", "a/b"]`.
fn ancestors(path: &Path) -> Result<Vec<CString>, SandboxError> {
    let mut current = PathBuf::new();
    let mut all = Vec::new();
    for component in path.components() {
        match component {
            Component::RootDir => {}
            Component::Normal(name) => {
                current.push(name);
                all.push(c_path(&current)?);
            }
            _ => {
                return Err(SandboxError::BadCommand(format!(
                    "{} is not a plain absolute path",
                    path.display()
                )));
            }
        }
    }
    Ok(all)
}

/// A path for the kernel.
pub(crate) fn c_path(path: &Path) -> Result<CString, SandboxError> {
    CString::new(path.as_os_str().as_bytes())
        .map_err(|_| SandboxError::BadCommand(format!("{} contains a zero byte", path.display())))
}

fn c_string(text: &str) -> Result<CString, SandboxError> {
    c_path(Path::new(text))
}
