//! The fixed numbers of descriptors between fork and exec. They are above
//! [`SOCKET_FD`](crate::command::SOCKET_FD) and not above [`PROGRAM_FD`].

use std::os::fd::RawFd;

pub(crate) const CONTROL_FD: RawFd = 200;
pub(crate) const REPORT_FD: RawFd = 201;
pub(crate) const STDIN_FD: RawFd = 202;
pub(crate) const STDOUT_FD: RawFd = 203;
pub(crate) const STDERR_FD: RawFd = 204;
pub(crate) const SOCKET_SLOT_FD: RawFd = 205;
pub(crate) const LANDLOCK_FD: RawFd = 206;
pub(crate) const HIDDEN_PROGRAM_FD: RawFd = 207;
pub(crate) const THAW_FD: RawFd = 208;
pub(crate) const FIRST_TREE_FD: RawFd = 209;

/// Copies wait here while descriptors are moved to their fixed numbers.
pub(crate) const PARKING_FD: RawFd = 400;

/// Where the program waits to be executed. Above every number that `RLIMIT_NOFILE` lets the program
/// use, so that nothing can take its place once exec has closed it: seccomp allows exec of this
/// descriptor only.
pub(crate) const PROGRAM_FD: RawFd = 1023;
