//! Between two calls a driver has nothing to say.

use std::io::{self, Read};
use std::os::unix::net::UnixStream;

/// What a socket has to say between two calls.
pub enum PollResult {
    /// It waits.
    Nothing,
    /// It has said something unasked.
    Bytes,
    /// It has hung up.
    End,
}

/// Listens without waiting. Consumes a byte, if there is one: the driver is then given up.
pub fn listen(mut socket: &UnixStream) -> PollResult {
    if socket.set_nonblocking(true).is_err() {
        return PollResult::End;
    }
    let read = socket.read(&mut [0]);
    let blocking = socket.set_nonblocking(false);
    match read {
        _ if blocking.is_err() => PollResult::End,
        Ok(0) => PollResult::End,
        Ok(_) => PollResult::Bytes,
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => PollResult::Nothing,
        Err(_) => PollResult::End,
    }
}
