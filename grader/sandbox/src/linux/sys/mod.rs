//! System calls as safe functions that allocate nothing and take no lock, so that they may be used
//! between fork and exec. Identity changes go to the kernel directly: glibc's wrappers signal "all
//! threads", which after a raw clone are not there.
#![expect(unsafe_code, reason = "this module is the crate's door to the kernel")]
#![expect(
    clippy::cast_lossless,
    clippy::cast_possible_wrap,
    reason = "system call arguments are registers, whatever their type in the kernel"
)]

mod confine;
mod descriptor;
mod mount;
mod process;

use std::io;

use libc::c_long;

pub(crate) use confine::*;
pub(crate) use descriptor::*;
pub(crate) use mount::*;
pub(crate) use process::*;

/// An `errno` value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Errno(pub(crate) i32);

impl From<Errno> for io::Error {
    fn from(errno: Errno) -> Self {
        Self::from_raw_os_error(errno.0)
    }
}

pub(crate) type SysResult<T> = Result<T, Errno>;

fn errno() -> Errno {
    // SAFETY: `__errno_location` returns the calling thread's valid, aligned errno.
    Errno(unsafe { *libc::__errno_location() })
}

fn check(result: c_long) -> SysResult<c_long> {
    if result < 0 { Err(errno()) } else { Ok(result) }
}

/// A raw system call. The argument list is widened to whole registers, as `syscall` is variadic.
macro_rules! raw {
    ($number:expr $(, $argument:expr)* $(,)?) => {
        check(libc::syscall($number $(, $argument as c_long)*))
    };
}

use raw;
