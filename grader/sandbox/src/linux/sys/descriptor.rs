//! Descriptors, pipes and sockets.

use std::os::fd::RawFd;

use libc::{c_int, c_long, pid_t, pollfd};

use super::{Errno, SysResult, check, raw};

pub(crate) fn close(fd: RawFd) {
    // SAFETY: the caller gives up a descriptor it owns; a bad number is only an error.
    unsafe { libc::close(fd) };
}

/// Closes every descriptor from `first` to `last`.
pub(crate) fn close_range(first: u32, last: u32) -> SysResult<()> {
    // SAFETY: closes descriptors of a process that has no owner of them left (between fork and
    // exec).
    unsafe { raw!(libc::SYS_close_range, first, last, 0) }.map(drop)
}

/// Copy of `fd` at the lowest free number from `at_least`, close-on-exec.
pub(crate) fn duplicate_above(fd: RawFd, at_least: RawFd) -> SysResult<RawFd> {
    // SAFETY: no pointers.
    check(c_long::from(unsafe { libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, at_least) }))
        .map(|fd| fd as RawFd)
}

/// Copy of `fd` at exactly `to`.
pub(crate) fn duplicate_to(fd: RawFd, to: RawFd, close_on_exec: bool) -> SysResult<()> {
    let flags = if close_on_exec { libc::O_CLOEXEC } else { 0 };
    // SAFETY: no pointers; `to` is a number reserved by the caller.
    unsafe { raw!(libc::SYS_dup3, fd, to, flags) }.map(drop)
}

pub(crate) fn write(fd: RawFd, bytes: &[u8]) -> SysResult<usize> {
    // SAFETY: pointer and length describe `bytes`.
    check(unsafe { libc::write(fd, bytes.as_ptr().cast(), bytes.len()) } as c_long)
        .map(|n| n as usize)
}

pub(crate) fn read(fd: RawFd, bytes: &mut [u8]) -> SysResult<usize> {
    loop {
        // SAFETY: pointer and length describe `bytes`.
        match check(unsafe { libc::read(fd, bytes.as_mut_ptr().cast(), bytes.len()) } as c_long) {
            Err(Errno(libc::EINTR)) => {}
            other => return other.map(|n| n as usize),
        }
    }
}

/// Waits for events; `timeout_ms` below zero waits for ever. Returns how many entries are ready.
pub(crate) fn poll(fds: &mut [pollfd], timeout_ms: c_int) -> SysResult<usize> {
    // SAFETY: pointer and length describe `fds`.
    match check(c_long::from(unsafe {
        libc::poll(fds.as_mut_ptr(), fds.len() as libc::nfds_t, timeout_ms)
    })) {
        Err(Errno(libc::EINTR)) => Ok(0),
        other => other.map(|n| n as usize),
    }
}

pub(crate) fn set_nonblocking(fd: RawFd) -> SysResult<()> {
    // SAFETY: no pointers. The flags of a fresh pipe end are known, so that they need not be read
    // first.
    check(c_long::from(unsafe { libc::fcntl(fd, libc::F_SETFL, libc::O_NONBLOCK) })).map(drop)
}

/// A connected pair of close-on-exec unix sockets that keep message boundaries.
pub(crate) fn message_pair() -> SysResult<[RawFd; 2]> {
    let mut pair = [-1; 2];
    let kind = libc::SOCK_SEQPACKET | libc::SOCK_CLOEXEC;
    // SAFETY: `pair` has room for two descriptors.
    check(c_long::from(unsafe { libc::socketpair(libc::AF_UNIX, kind, 0, pair.as_mut_ptr()) }))
        .map(|_| pair)
}

/// Has the kernel attach the sender's credentials to each message received at `fd`.
pub(crate) fn pass_credentials(fd: RawFd) -> SysResult<()> {
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

/// Sends one message; a receiver that is gone is an error, not a signal.
pub(crate) fn send(fd: RawFd, bytes: &[u8]) -> SysResult<()> {
    // SAFETY: pointer and length describe `bytes`.
    check(
        unsafe { libc::send(fd, bytes.as_ptr().cast(), bytes.len(), libc::MSG_NOSIGNAL) } as c_long
    )
    .map(drop)
}

/// Receives one message, and the sender's pid as seen from here when the kernel attached it.
pub(crate) fn receive(fd: RawFd, bytes: &mut [u8]) -> SysResult<(usize, Option<pid_t>)> {
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
