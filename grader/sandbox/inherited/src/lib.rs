//! The confined side of the sandbox's socket: all of the sandbox that is linked with a student's
//! code. A crate of its own, so that nothing that isolates is.

#![cfg(unix)]

use std::io;
use std::os::fd::{FromRawFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, Ordering};

/// The descriptor at which a confined process finds its end of the socket. High, so that nothing
/// that opens files by accident meets it.
pub const SOCKET_FD: i32 = 100;

/// Takes over the socket that the sandbox left at [`SOCKET_FD`].
///
/// # Errors
/// When it has been taken before, or when there is no socket: the program was not started by the
/// sandbox.
#[expect(unsafe_code, reason = "an inherited descriptor can only be adopted by its number")]
pub fn socket() -> io::Result<UnixStream> {
    static TAKEN: AtomicBool = AtomicBool::new(false);
    if TAKEN.swap(true, Ordering::Relaxed) {
        return Err(io::Error::other("the socket has been taken before"));
    }
    // SAFETY: the number is reserved for this by the sandbox, and is adopted once (see TAKEN), so
    // nothing else owns it. If it is not open, the first use fails with EBADF, checked below.
    let socket = UnixStream::from(unsafe { OwnedFd::from_raw_fd(SOCKET_FD) });
    match socket.peer_addr() {
        Ok(_) => Ok(socket),
        Err(error) => {
            // Closing a descriptor that is not open would end the process.
            std::mem::forget(socket);
            Err(error)
        }
    }
}
