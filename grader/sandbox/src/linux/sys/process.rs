//! Processes: fork, exec, signals, waiting, clocks.

use std::os::fd::RawFd;

use libc::{c_int, c_long, pid_t};

use super::{Errno, SysResult, check, raw};

/// Forks into new namespaces, without running `atfork` handlers. Zero in the child.
///
/// # Safety
/// The child of a multi-threaded process may only call functions of this module and others that
/// neither allocate nor lock, and must leave with [`exit`] or [`execute`].
pub(crate) unsafe fn clone_process(flags: c_int) -> SysResult<pid_t> {
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
    // SAFETY: an all-zero `sigset_t` is a valid (empty) set; sigemptyset then makes it so by
    // contract.
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
        // SAFETY: SIG_DFL is always a valid action; signals that cannot be changed only give an
        // error.
        unsafe { libc::signal(signal, libc::SIG_DFL) };
    }
}

/// Descriptor that becomes readable when a child ends. SIGCHLD must be blocked.
pub(crate) fn child_events() -> SysResult<RawFd> {
    let mut set = empty_signals();
    // SAFETY: `set` is a valid set for both calls.
    check(c_long::from(unsafe {
        libc::sigaddset(&raw mut set, libc::SIGCHLD);
        libc::signalfd(-1, &raw const set, libc::SFD_CLOEXEC | libc::SFD_NONBLOCK)
    }))
    .map(|fd| fd as RawFd)
}

/// Reaps one child: its pid (0 when none has ended and `block` is false), wait status and usage.
pub(crate) fn reap(pid: pid_t, block: bool) -> SysResult<(pid_t, c_int, libc::rusage)> {
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

/// Sends SIGKILL. `-1` means every process of the pid namespace, so it is refused outside of one of
/// ours.
pub(crate) fn kill_inside(pid: pid_t) {
    if pid > 1 || (pid == -1 && getpid() == 1) {
        // SAFETY: no pointers.
        unsafe { libc::kill(pid, libc::SIGKILL) };
    }
}

/// A descriptor for the process `pid`, which must not have been reaped yet.
pub(crate) fn pidfd_open(pid: pid_t) -> SysResult<RawFd> {
    // SAFETY: no pointers.
    unsafe { raw!(libc::SYS_pidfd_open, pid, 0) }.map(|fd| fd as RawFd)
}

/// Sends `signal` to exactly the process of `pidfd`.
pub(crate) fn pidfd_signal(pidfd: RawFd, signal: c_int) -> SysResult<()> {
    // SAFETY: a null siginfo is allowed.
    unsafe { raw!(libc::SYS_pidfd_send_signal, pidfd, signal, 0, 0) }.map(drop)
}

/// CPU time used by all threads of a process, in nanoseconds.
pub(crate) fn process_cpu_ns(pid: pid_t) -> SysResult<u64> {
    // The kernel's encoding of "CPU clock of that process": the complement of the pid, then clock
    // type 2.
    let clock = (!pid << 3) | 2;
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is valid for the call.
    check(c_long::from(unsafe { libc::clock_gettime(clock, &raw mut time) }))?;
    Ok(time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64)
}

/// The CPUs that a thread may run on: bit `cpu % 64` of word `cpu / 64`.
pub(crate) type CpuMask = [u64; 16];

/// Lets one thread run on these CPUs only. Its future threads inherit that.
pub(crate) fn set_affinity(tid: pid_t, mask: &CpuMask) -> SysResult<()> {
    // SAFETY: the kernel reads as many bytes as it is told the mask has.
    unsafe { raw!(libc::SYS_sched_setaffinity, tid, size_of::<CpuMask>(), mask.as_ptr()) }.map(drop)
}

/// The CPUs that the calling thread may run on.
pub(crate) fn own_affinity() -> SysResult<CpuMask> {
    let mut mask = [0; 16];
    // SAFETY: the kernel writes at most as many bytes as it is told there is room for.
    unsafe { raw!(libc::SYS_sched_getaffinity, 0, size_of::<CpuMask>(), mask.as_mut_ptr()) }?;
    Ok(mask)
}

pub(crate) fn new_session() {
    // SAFETY: no arguments; it only fails for a process that leads a session already.
    unsafe { libc::setsid() };
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
