//! The program linked with a student's code: reads requests, passes them to the code and writes
//! replies.
//!
//! It contains no secret and decides nothing. Whatever the student's code does to this process can
//! only spoil that student's own answers.

pub mod timed;

use grader_protocol::{STACK_BYTES, frame, guarded};
use std::io;
use std::os::unix::net::UnixStream;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

/// Serves requests on the inherited socket until the judge closes it. `make` is called on the
/// thread that runs the student's code, and builds the function that answers one encoded request.
///
/// # Errors
/// If there is no socket, or reading or writing fails.
pub fn serve<M, D>(make: M) -> io::Result<()>
where
    M: FnOnce() -> D + Send + 'static,
    D: FnMut(&[u8]) -> Vec<u8>,
{
    let mut socket = grader_sandbox_inherited::socket()?;
    let (requests, inbox) = channel();
    let (outbox, replies) = channel();
    thread::Builder::new()
        .name("submission".into())
        .stack_size(STACK_BYTES)
        .spawn(move || work(make, &inbox, &outbox))?;
    converse(&mut socket, &requests, &replies)
}

fn work<M, D>(make: M, inbox: &Receiver<Vec<u8>>, outbox: &Sender<Vec<u8>>)
where
    M: FnOnce() -> D,
    D: FnMut(&[u8]) -> Vec<u8>,
{
    let mut dispatch = make();
    while let Ok(request) = inbox.recv() {
        if outbox.send(guarded(|| dispatch(&request))).is_err() {
            return;
        }
    }
}

/// Answers each request with one reply. Returns without an error when the judge closes the socket.
fn converse(
    socket: &mut UnixStream,
    requests: &Sender<Vec<u8>>,
    replies: &Receiver<Vec<u8>>,
) -> io::Result<()> {
    loop {
        let request = match frame::read(socket) {
            Ok(request) => request,
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            Err(error) => return Err(error),
        };
        let gone = || io::Error::other("the submission's thread is gone");
        requests.send(request.payload).map_err(|_| gone())?;
        let reply = replies.recv().map_err(|_| gone())?;
        frame::write(socket, request.nonce, &reply)?;
    }
}
