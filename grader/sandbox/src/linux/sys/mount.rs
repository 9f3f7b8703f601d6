//! Mounts, and the few file operations that building a view takes.

use std::ffi::CStr;
use std::os::fd::RawFd;

use libc::{c_int, c_long, c_uint, c_ulong};

use super::{SysResult, check, raw};

pub(crate) fn mount(
    source: &CStr,
    target: &CStr,
    kind: &CStr,
    flags: c_ulong,
    options: &CStr,
) -> SysResult<()> {
    // SAFETY: four valid C strings.
    check(c_long::from(unsafe {
        libc::mount(source.as_ptr(), target.as_ptr(), kind.as_ptr(), flags, options.as_ptr().cast())
    }))
    .map(drop)
}

/// A detached copy of the mounts at and below `path`.
pub(crate) fn clone_tree(path: &CStr) -> SysResult<RawFd> {
    let flags = libc::OPEN_TREE_CLONE | libc::O_CLOEXEC as c_uint | libc::AT_RECURSIVE as c_uint;
    // SAFETY: `path` is a valid C string.
    unsafe { raw!(libc::SYS_open_tree, libc::AT_FDCWD, path.as_ptr(), flags) }.map(|fd| fd as RawFd)
}

/// Adds attributes to the mount at `fd` (with everything below it).
pub(crate) fn set_tree_attributes(
    fd: RawFd,
    attributes: u64,
    idmap_namespace: Option<RawFd>,
) -> SysResult<()> {
    let idmap = if idmap_namespace.is_some() { libc::MOUNT_ATTR_IDMAP } else { 0 };
    set_attributes(
        fd,
        c"",
        libc::AT_EMPTY_PATH | libc::AT_RECURSIVE,
        attributes | idmap,
        idmap_namespace,
    )
}

/// Adds attributes to the one mount at `path`.
pub(crate) fn set_mount_attributes(path: &CStr, attributes: u64) -> SysResult<()> {
    set_attributes(libc::AT_FDCWD, path, 0, attributes, None)
}

fn set_attributes(
    fd: RawFd,
    path: &CStr,
    flags: c_int,
    set: u64,
    namespace: Option<RawFd>,
) -> SysResult<()> {
    let attributes = libc::mount_attr {
        attr_set: set,
        attr_clr: 0,
        propagation: 0,
        userns_fd: namespace.map_or(0, |fd| fd as u64),
    };
    let size = size_of_val(&attributes);
    // SAFETY: `path` and `attributes` are valid for the call, and `size` is the latter's size.
    unsafe { raw!(libc::SYS_mount_setattr, fd, path.as_ptr(), flags, &raw const attributes, size) }
        .map(drop)
}

/// Attaches the detached mount `tree` at `target`.
pub(crate) fn attach_tree(tree: RawFd, target: &CStr) -> SysResult<()> {
    let flags = libc::MOVE_MOUNT_F_EMPTY_PATH;
    // SAFETY: both paths are valid C strings.
    unsafe {
        raw!(libc::SYS_move_mount, tree, c"".as_ptr(), libc::AT_FDCWD, target.as_ptr(), flags)
    }
    .map(drop)
}

/// Makes the current directory the root, and detaches the old one.
pub(crate) fn pivot_here() -> SysResult<()> {
    // SAFETY: valid C strings. With both paths "." the old root is stacked on the new one, and
    // unmounted from there.
    unsafe {
        raw!(libc::SYS_pivot_root, c".".as_ptr(), c".".as_ptr())?;
        check(c_long::from(libc::umount2(c".".as_ptr(), libc::MNT_DETACH)))?;
    }
    change_directory(c"/")
}

pub(crate) fn change_directory(path: &CStr) -> SysResult<()> {
    // SAFETY: a valid C string.
    check(c_long::from(unsafe { libc::chdir(path.as_ptr()) })).map(drop)
}

pub(crate) fn make_directory(path: &CStr) -> SysResult<()> {
    // SAFETY: a valid C string.
    check(c_long::from(unsafe { libc::mkdir(path.as_ptr(), 0o755) })).map(drop)
}

pub(crate) fn open(path: &CStr, flags: c_int, mode: c_uint) -> SysResult<RawFd> {
    // SAFETY: a valid C string.
    check(c_long::from(unsafe { libc::open(path.as_ptr(), flags | libc::O_CLOEXEC, mode) }))
        .map(|fd| fd as RawFd)
}
