//! System calls as safe functions that allocate nothing and take no lock, so that they may be used between fork and
//! exec. Identity changes go to the kernel directly: glibc's wrappers signal "all threads", which after a raw clone
//! are not there.
#![expect(unsafe_code, reason = "this module is the crate's door to the kernel")]

use std::ffi::CStr;
use std::io;
use std::os::fd::RawFd;

use libc::{c_int, c_long, c_uint, c_ulong, pid_t, pollfd};
use seccompiler::sock_filter;

/// An `errno` value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Errno(pub(crate) i32);

impl From<Errno> for io::Error {
    fn from(errno: Errno) -> Self {
        Self::from_raw_os_error(errno.0)
    }
}

pub(crate) type Sys<T> = Result<T, Errno>;

fn errno() -> Errno {
    // SAFETY: `__errno_location` returns the calling thread's valid, aligned errno.
    Errno(unsafe { *libc::__errno_location() })
}

fn check(result: c_long) -> Sys<c_long> {
    if result < 0 { Err(errno()) } else { Ok(result) }
}

/// A raw system call. The argument list is widened to whole registers, as `syscall` is variadic.
macro_rules! raw {
    ($number:expr $(, $argument:expr)* $(,)?) => {
        check(libc::syscall($number $(, $argument as c_long)*))
    };
}

/// Forks into new namespaces, without running `atfork` handlers. Zero in the child.
///
/// # Safety
/// The child of a multi-threaded process may only call functions of this module and others that neither allocate nor
/// lock, and must leave with [`exit`] or [`execute`].
pub(crate) unsafe fn clone_process(flags: c_int) -> Sys<pid_t> {
    // SAFETY: without CLONE_VM the child runs on a copy of this stack; all pointers are null.
    unsafe { raw!(libc::SYS_clone, flags | libc::SIGCHLD, 0, 0, 0, 0) }.map(|pid| pid as pid_t)
}

pub(crate) fn exit(code: c_int) -> ! {
    // SAFETY: ends the process; no destructor is owed to anyone.
    unsafe { libc::_exit(code) }
}

pub(crate) fn getpid() -> pid_t {
    // SAFETY: no arguments. The raw call, as glibc might cache.
    unsafe { libc::syscall(libc::SYS_getpid) as pid_t }
}

pub(crate) fn effective_uid_gid() -> (u32, u32) {
    // SAFETY: no arguments.
    unsafe { (libc::geteuid(), libc::getegid()) }
}

pub(crate) fn close(fd: RawFd) {
    // SAFETY: the caller gives up a descriptor it owns; a bad number is only an error.
    unsafe { libc::close(fd) };
}

/// Closes every descriptor from `first` to `last`.
pub(crate) fn close_range(first: u32, last: u32) -> Sys<()> {
    // SAFETY: closes descriptors of a process that has no owner of them left (between fork and exec).
    unsafe { raw!(libc::SYS_close_range, first, last, 0) }.map(drop)
}

/// Copy of `fd` at the lowest free number from `at_least`, close-on-exec.
pub(crate) fn duplicate_above(fd: RawFd, at_least: RawFd) -> Sys<RawFd> {
    // SAFETY: no pointers.
    check(c_long::from(unsafe { libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, at_least) }))
        .map(|fd| fd as RawFd)
}

/// Copy of `fd` at exactly `to`.
pub(crate) fn duplicate_to(fd: RawFd, to: RawFd, close_on_exec: bool) -> Sys<()> {
    let flags = if close_on_exec { libc::O_CLOEXEC } else { 0 };
    // SAFETY: no pointers; `to` is a number reserved by the caller.
    unsafe { raw!(libc::SYS_dup3, fd, to, flags) }.map(drop)
}

pub(crate) fn write(fd: RawFd, bytes: &[u8]) -> Sys<usize> {
    // SAFETY: pointer and length describe `bytes`.
    check(unsafe { libc::write(fd, bytes.as_ptr().cast(), bytes.len()) } as c_long)
        .map(|n| n as usize)
}

pub(crate) fn read(fd: RawFd, bytes: &mut [u8]) -> Sys<usize> {
    loop {
        // SAFETY: pointer and length describe `bytes`.
        match check(unsafe { libc::read(fd, bytes.as_mut_ptr().cast(), bytes.len()) } as c_long) {
            Err(Errno(libc::EINTR)) => {}
            other => return other.map(|n| n as usize),
        }
    }
}

/// Waits for events; `timeout_ms` below zero waits for ever. Returns how many entries are ready.
pub(crate) fn poll(fds: &mut [pollfd], timeout_ms: c_int) -> Sys<usize> {
    // SAFETY: pointer and length describe `fds`.
    match check(c_long::from(unsafe {
        libc::poll(fds.as_mut_ptr(), fds.len() as libc::nfds_t, timeout_ms)
    })) {
        Err(Errno(libc::EINTR)) => Ok(0),
        other => other.map(|n| n as usize),
    }
}

pub(crate) fn sleep_ms(ms: c_long) {
    let time = libc::timespec { tv_sec: 0, tv_nsec: ms * 1_000_000 };
    // SAFETY: `time` outlives the call; the remainder is not asked for.
    unsafe { libc::nanosleep(&raw const time, std::ptr::null_mut()) };
}

/// Blocks every signal of this thread, or none; returns the mask before.
pub(crate) fn mask_signals(set: &libc::sigset_t) -> libc::sigset_t {
    let mut before = empty_signals();
    // SAFETY: both sets are valid for the call.
    unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, set, &raw mut before) };
    before
}

pub(crate) fn empty_signals() -> libc::sigset_t {
    // SAFETY: an all-zero `sigset_t` is a valid (empty) set; sigemptyset then makes it so by contract.
    unsafe {
        let mut set: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&raw mut set);
        set
    }
}

pub(crate) fn all_signals() -> libc::sigset_t {
    let mut set = empty_signals();
    // SAFETY: `set` is a valid set.
    unsafe { libc::sigfillset(&raw mut set) };
    set
}

/// Gives every signal its default action, so that no handler of the grader runs in a child.
pub(crate) fn default_signals() {
    for signal in 1..=64 {
        // SAFETY: SIG_DFL is always a valid action; signals that cannot be changed only give an error.
        unsafe { libc::signal(signal, libc::SIG_DFL) };
    }
}

/// Descriptor that becomes readable when a child ends. SIGCHLD must be blocked.
pub(crate) fn child_events() -> Sys<RawFd> {
    let mut set = empty_signals();
    // SAFETY: `set` is a valid set for both calls.
    check(c_long::from(unsafe {
        libc::sigaddset(&raw mut set, libc::SIGCHLD);
        libc::signalfd(-1, &raw const set, libc::SFD_CLOEXEC | libc::SFD_NONBLOCK)
    }))
    .map(|fd| fd as RawFd)
}

/// Reaps one child: its pid (0 when none has ended and `block` is false), wait status and usage.
pub(crate) fn reap(pid: pid_t, block: bool) -> Sys<(pid_t, c_int, libc::rusage)> {
    let mut status = 0;
    // SAFETY: `rusage` is plain numbers, for which zero is valid.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    let flags = if block { 0 } else { libc::WNOHANG };
    loop {
        // SAFETY: both out pointers are valid for the call.
        let result = check(c_long::from(unsafe {
            libc::wait4(pid, &raw mut status, flags, &raw mut usage)
        }));
        match result {
            Err(Errno(libc::EINTR)) => {}
            other => return other.map(|pid| (pid as pid_t, status, usage)),
        }
    }
}

/// Sends SIGKILL. `-1` means every process of the pid namespace, so it is refused outside of one of ours.
pub(crate) fn kill_inside(pid: pid_t) {
    if pid > 1 || (pid == -1 && getpid() == 1) {
        // SAFETY: no pointers.
        unsafe { libc::kill(pid, libc::SIGKILL) };
    }
}

/// A descriptor for the process `pid`, which must not have been reaped yet.
pub(crate) fn pidfd_open(pid: pid_t) -> Sys<RawFd> {
    // SAFETY: no pointers.
    unsafe { raw!(libc::SYS_pidfd_open, pid, 0) }.map(|fd| fd as RawFd)
}

/// Sends `signal` to exactly the process of `pidfd`.
pub(crate) fn pidfd_signal(pidfd: RawFd, signal: c_int) -> Sys<()> {
    // SAFETY: a null siginfo is allowed.
    unsafe { raw!(libc::SYS_pidfd_send_signal, pidfd, signal, 0, 0) }.map(drop)
}

/// CPU time used by all threads of a process, in nanoseconds.
pub(crate) fn process_cpu_ns(pid: pid_t) -> Sys<u64> {
    // The kernel's encoding of "CPU clock of that process": the complement of the pid, then clock type 2.
    let clock = (!pid << 3) | 2;
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is valid for the call.
    check(c_long::from(unsafe { libc::clock_gettime(clock, &raw mut time) }))?;
    Ok(time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64)
}

pub(crate) fn prctl(option: c_int, argument: c_ulong) -> Sys<c_int> {
    // SAFETY: only options whose argument is a number are used in this crate.
    check(c_long::from(unsafe { libc::prctl(option, argument, 0, 0, 0) }))
        .map(|value| value as c_int)
}

pub(crate) fn new_session() {
    // SAFETY: no arguments; it only fails for a process that leads a session already.
    unsafe { libc::setsid() };
}

pub(crate) fn set_host_name(name: &CStr) -> Sys<()> {
    // SAFETY: pointer and length describe `name`.
    check(c_long::from(unsafe { libc::sethostname(name.as_ptr(), name.to_bytes().len()) }))
        .map(drop)
}

/// Becomes `uid:gid` for good; leaves the supplementary groups too where the namespace allows it.
pub(crate) fn become_user(uid: u32, gid: u32, drop_groups: bool) -> Sys<()> {
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
pub(crate) fn drop_capabilities() -> Sys<()> {
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

pub(crate) fn set_limit(resource: c_int, soft: u64, hard: u64) -> Sys<()> {
    let limit = libc::rlimit { rlim_cur: soft, rlim_max: hard };
    // SAFETY: `limit` is valid for the call; pid 0 is this process; the old value is not asked for.
    unsafe { raw!(libc::SYS_prlimit64, 0, resource, &raw const limit, 0) }.map(drop)
}

pub(crate) fn mount(
    source: &CStr,
    target: &CStr,
    kind: &CStr,
    flags: c_ulong,
    options: &CStr,
) -> Sys<()> {
    // SAFETY: four valid C strings.
    check(c_long::from(unsafe {
        libc::mount(source.as_ptr(), target.as_ptr(), kind.as_ptr(), flags, options.as_ptr().cast())
    }))
    .map(drop)
}

/// A detached copy of the mounts at and below `path`.
pub(crate) fn clone_tree(path: &CStr) -> Sys<RawFd> {
    let flags = libc::OPEN_TREE_CLONE | libc::O_CLOEXEC as c_uint | libc::AT_RECURSIVE as c_uint;
    // SAFETY: `path` is a valid C string.
    unsafe { raw!(libc::SYS_open_tree, libc::AT_FDCWD, path.as_ptr(), flags) }.map(|fd| fd as RawFd)
}

/// Adds attributes to the mount at `fd` (with everything below it).
pub(crate) fn set_tree_attributes(
    fd: RawFd,
    attributes: u64,
    idmap_namespace: Option<RawFd>,
) -> Sys<()> {
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
pub(crate) fn set_mount_attributes(path: &CStr, attributes: u64) -> Sys<()> {
    set_attributes(libc::AT_FDCWD, path, 0, attributes, None)
}

fn set_attributes(
    fd: RawFd,
    path: &CStr,
    flags: c_int,
    set: u64,
    namespace: Option<RawFd>,
) -> Sys<()> {
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
pub(crate) fn attach_tree(tree: RawFd, target: &CStr) -> Sys<()> {
    let flags = libc::MOVE_MOUNT_F_EMPTY_PATH;
    // SAFETY: both paths are valid C strings.
    unsafe {
        raw!(libc::SYS_move_mount, tree, c"".as_ptr(), libc::AT_FDCWD, target.as_ptr(), flags)
    }
    .map(drop)
}

/// Makes the current directory the root, and detaches the old one.
pub(crate) fn pivot_here() -> Sys<()> {
    // SAFETY: valid C strings. With both paths "." the old root is stacked on the new one, and unmounted from there.
    unsafe {
        raw!(libc::SYS_pivot_root, c".".as_ptr(), c".".as_ptr())?;
        check(c_long::from(libc::umount2(c".".as_ptr(), libc::MNT_DETACH)))?;
    }
    change_directory(c"/")
}

pub(crate) fn change_directory(path: &CStr) -> Sys<()> {
    // SAFETY: a valid C string.
    check(c_long::from(unsafe { libc::chdir(path.as_ptr()) })).map(drop)
}

pub(crate) fn make_directory(path: &CStr) -> Sys<()> {
    // SAFETY: a valid C string.
    check(c_long::from(unsafe { libc::mkdir(path.as_ptr(), 0o755) })).map(drop)
}

pub(crate) fn open(path: &CStr, flags: c_int, mode: c_uint) -> Sys<RawFd> {
    // SAFETY: a valid C string.
    check(c_long::from(unsafe { libc::open(path.as_ptr(), flags | libc::O_CLOEXEC, mode) }))
        .map(|fd| fd as RawFd)
}

/// Which version of landlock's interface the kernel has.
pub(crate) fn landlock_abi() -> Sys<i32> {
    const VERSION: c_int = 1;
    // SAFETY: asking for the version takes a null attribute of size zero.
    unsafe { raw!(libc::SYS_landlock_create_ruleset, 0, 0, VERSION) }.map(|abi| abi as i32)
}

/// Allows `access` beneath the file or folder open at `parent`.
pub(crate) fn landlock_allow(ruleset: RawFd, parent: RawFd, access: u64) -> Sys<()> {
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

pub(crate) fn landlock_enforce(ruleset: RawFd) -> Sys<()> {
    // SAFETY: no pointers.
    unsafe { raw!(libc::SYS_landlock_restrict_self, ruleset, 0) }.map(drop)
}

/// Whether the kernel can kill a whole process for a system call (Linux 4.14).
pub(crate) fn seccomp_available() -> Sys<()> {
    let action = libc::SECCOMP_RET_KILL_PROCESS;
    // SAFETY: `action` is valid for the call.
    unsafe { raw!(libc::SYS_seccomp, libc::SECCOMP_GET_ACTION_AVAIL, 0, &raw const action) }
        .map(drop)
}

/// Filters the system calls of this thread from now on.
pub(crate) fn seccomp_install(program: &[sock_filter]) -> Sys<()> {
    let program =
        libc::sock_fprog { len: program.len() as u16, filter: program.as_ptr().cast_mut().cast() };
    // SAFETY: seccompiler's `sock_filter` has the kernel's layout; the kernel copies the program and does not write.
    unsafe { raw!(libc::SYS_seccomp, libc::SECCOMP_SET_MODE_FILTER, 0, &raw const program) }
        .map(drop)
}

/// Becomes the program open at `fd`. Returns only on failure.
///
/// # Safety
/// Both arrays are null-terminated arrays of valid C strings.
pub(crate) unsafe fn execute(
    fd: RawFd,
    argv: *const *const libc::c_char,
    envp: *const *const libc::c_char,
) -> Errno {
    // SAFETY: by the contract above.
    let result =
        unsafe { raw!(libc::SYS_execveat, fd, c"".as_ptr(), argv, envp, libc::AT_EMPTY_PATH) };
    result.err().unwrap_or(Errno(0))
}

/// Receives one message, and the sender's pid as seen from here when the kernel attached it.
pub(crate) fn receive(fd: RawFd, bytes: &mut [u8]) -> Sys<(usize, Option<pid_t>)> {
    let mut part = libc::iovec { iov_base: bytes.as_mut_ptr().cast(), iov_len: bytes.len() };
    let mut control = [0_u64; 16];
    // SAFETY: an all-zero header is valid; every pointer set below outlives the call.
    let mut header: libc::msghdr = unsafe { std::mem::zeroed() };
    header.msg_iov = &raw mut part;
    header.msg_iovlen = 1;
    header.msg_control = control.as_mut_ptr().cast();
    header.msg_controllen = size_of_val(&control) as _;
    // SAFETY: as above. The kernel writes at most `msg_controllen` bytes, which CMSG_* then walk.
    unsafe {
        let length = check(libc::recvmsg(fd, &raw mut header, libc::MSG_CMSG_CLOEXEC) as c_long)?;
        let message = libc::CMSG_FIRSTHDR(&raw const header);
        let credentials = !message.is_null()
            && (*message).cmsg_level == libc::SOL_SOCKET
            && (*message).cmsg_type == libc::SCM_CREDENTIALS;
        let pid = credentials
            .then(|| libc::CMSG_DATA(message).cast::<libc::ucred>().read_unaligned().pid);
        Ok((length as usize, pid.filter(|&pid| pid > 0)))
    }
}

/// Sends one message; a receiver that is gone is an error, not a signal.
pub(crate) fn send(fd: RawFd, bytes: &[u8]) -> Sys<()> {
    // SAFETY: pointer and length describe `bytes`.
    check(
        unsafe { libc::send(fd, bytes.as_ptr().cast(), bytes.len(), libc::MSG_NOSIGNAL) } as c_long
    )
    .map(drop)
}

/// Has the kernel attach the sender's credentials to each message received at `fd`.
pub(crate) fn pass_credentials(fd: RawFd) -> Sys<()> {
    let on: c_int = 1;
    // SAFETY: pointer and size describe `on`.
    check(c_long::from(unsafe {
        libc::setsockopt(
            fd,
            libc::SOL_SOCKET,
            libc::SO_PASSCRED,
            (&raw const on).cast(),
            size_of_val(&on) as u32,
        )
    }))
    .map(drop)
}

/// A connected pair of close-on-exec unix sockets that keep message boundaries.
pub(crate) fn message_pair() -> Sys<[RawFd; 2]> {
    let mut pair = [-1; 2];
    let kind = libc::SOCK_SEQPACKET | libc::SOCK_CLOEXEC;
    // SAFETY: `pair` has room for two descriptors.
    check(c_long::from(unsafe { libc::socketpair(libc::AF_UNIX, kind, 0, pair.as_mut_ptr()) }))
        .map(|_| pair)
}

pub(crate) fn set_nonblocking(fd: RawFd) -> Sys<()> {
    // SAFETY: no pointers. The flags of a fresh pipe end are known, so that they need not be read first.
    check(c_long::from(unsafe { libc::fcntl(fd, libc::F_SETFL, libc::O_NONBLOCK) })).map(drop)
}
