//! Giving things up: identity, capabilities, resources, files and system calls.

use std::ffi::CStr;
use std::os::fd::RawFd;

use libc::{c_int, c_long, c_ulong};
use seccompiler::sock_filter;

use super::{SysResult, check, raw};

pub(crate) fn prctl(option: c_int, argument: c_ulong) -> SysResult<c_int> {
    // SAFETY: only options whose argument is a number are used in this crate.
    check(c_long::from(unsafe { libc::prctl(option, argument, 0, 0, 0) }))
        .map(|value| value as c_int)
}

pub(crate) fn set_host_name(name: &CStr) -> SysResult<()> {
    // SAFETY: pointer and length describe `name`.
    check(c_long::from(unsafe { libc::sethostname(name.as_ptr(), name.to_bytes().len()) }))
        .map(drop)
}

/// Becomes `uid:gid` for good; leaves the supplementary groups too where the namespace allows it.
pub(crate) fn become_user(uid: u32, gid: u32, drop_groups: bool) -> SysResult<()> {
    // SAFETY: numbers only; the group list has length zero.
    unsafe {
        if drop_groups {
            raw!(libc::SYS_setgroups, 0, 0)?;
        }
        raw!(libc::SYS_setresgid, gid, gid, gid)?;
        raw!(libc::SYS_setresuid, uid, uid, uid)?;
    }
    Ok(())
}

/// Empties the capability sets of this process, and the bounding set where it may.
pub(crate) fn drop_capabilities() -> SysResult<()> {
    for capability in 0..64 {
        // Fails past the last capability, and for users who have none to give up.
        let _ = prctl(libc::PR_CAPBSET_DROP, capability);
    }
    let _ = prctl(libc::PR_CAP_AMBIENT, libc::PR_CAP_AMBIENT_CLEAR_ALL as c_ulong);
    let header = [0x2008_0522_u32, 0]; // _LINUX_CAPABILITY_VERSION_3, this process
    let none = [0_u32; 6];
    // SAFETY: layouts of version 3: two words of header, two times three words of data.
    unsafe { raw!(libc::SYS_capset, header.as_ptr(), none.as_ptr()) }.map(drop)
}

pub(crate) fn set_limit(resource: c_int, soft: u64, hard: u64) -> SysResult<()> {
    let limit = libc::rlimit { rlim_cur: soft, rlim_max: hard };
    // SAFETY: `limit` is valid for the call; pid 0 is this process; the old value is not asked for.
    unsafe { raw!(libc::SYS_prlimit64, 0, resource, &raw const limit, 0) }.map(drop)
}

/// Raises the soft limit of open descriptors to the hard one.
pub(crate) fn raise_descriptor_limit() -> SysResult<()> {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: `limit` is valid for the call; pid 0 is this process; no new value is given.
    unsafe { raw!(libc::SYS_prlimit64, 0, libc::RLIMIT_NOFILE, 0, &raw mut limit) }?;
    set_limit(libc::RLIMIT_NOFILE.cast_signed(), limit.rlim_max, limit.rlim_max)
}

/// Which version of landlock's interface the kernel has.
pub(crate) fn landlock_abi() -> SysResult<i32> {
    const VERSION: c_int = 1;
    // SAFETY: asking for the version takes a null attribute of size zero.
    unsafe { raw!(libc::SYS_landlock_create_ruleset, 0, 0, VERSION) }.map(|abi| abi as i32)
}

/// Allows `access` beneath the file or folder open at `parent`.
pub(crate) fn landlock_allow(ruleset: RawFd, parent: RawFd, access: u64) -> SysResult<()> {
    #[repr(C, packed)]
    struct PathBeneath {
        allowed_access: u64,
        parent_fd: i32,
    }
    const PATH_BENEATH: c_int = 1;
    let rule = PathBeneath { allowed_access: access, parent_fd: parent };
    // SAFETY: `rule` has the kernel's (packed) layout and outlives the call.
    unsafe { raw!(libc::SYS_landlock_add_rule, ruleset, PATH_BENEATH, &raw const rule, 0) }
        .map(drop)
}

pub(crate) fn landlock_enforce(ruleset: RawFd) -> SysResult<()> {
    // SAFETY: no pointers.
    unsafe { raw!(libc::SYS_landlock_restrict_self, ruleset, 0) }.map(drop)
}

/// Whether the kernel can kill a whole process for a system call (Linux 4.14).
pub(crate) fn seccomp_available() -> SysResult<()> {
    let action = libc::SECCOMP_RET_KILL_PROCESS;
    // SAFETY: `action` is valid for the call.
    unsafe { raw!(libc::SYS_seccomp, libc::SECCOMP_GET_ACTION_AVAIL, 0, &raw const action) }
        .map(drop)
}

/// Filters the system calls of this thread from now on.
pub(crate) fn seccomp_install(program: &[sock_filter]) -> SysResult<()> {
    let program =
        libc::sock_fprog { len: program.len() as u16, filter: program.as_ptr().cast_mut().cast() };
    // SAFETY: seccompiler's `sock_filter` has the kernel's layout; the kernel copies the program
    // and does not write.
    unsafe { raw!(libc::SYS_seccomp, libc::SECCOMP_SET_MODE_FILTER, 0, &raw const program) }
        .map(drop)
}
