//! The pipes and sockets between the grader and one confined process.

use std::fs::File;
use std::io::{self, PipeReader, PipeWriter};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::net::UnixStream;

use crate::error::SandboxError;
use crate::linux::sys;

/// The grader's ends.
pub(crate) struct ParentChannels {
    /// Handshake, the supervisor's report, and its lifeline: when this end closes, everything
    /// inside is killed.
    pub(crate) control: OwnedFd,
    /// Ends without a byte when the program was started; else it tells which step failed.
    pub(crate) report: PipeReader,
    pub(crate) stdout: PipeReader,
    pub(crate) stderr: PipeReader,
    pub(crate) socket: Option<UnixStream>,
}

/// The ends that the new process inherits.
pub(crate) struct ChildChannels {
    pub(crate) control: OwnedFd,
    pub(crate) report: PipeWriter,
    pub(crate) stdin: File,
    pub(crate) stdout: PipeWriter,
    pub(crate) stderr: PipeWriter,
    pub(crate) socket: Option<UnixStream>,
}

/// Makes both sides; every descriptor is close-on-exec.
pub(crate) fn open(socket: bool) -> Result<(ParentChannels, ChildChannels), SandboxError> {
    make(socket).map_err(|source| SandboxError::Prepare {
        during: "making pipes (raise `ulimit -n`?)",
        source,
    })
}

fn make(socket: bool) -> io::Result<(ParentChannels, ChildChannels)> {
    let [control, inside_control] = message_pair()?;
    sys::pass_credentials(control.as_raw_fd())?;
    let (report, inside_report) = io::pipe()?;
    let (stdout, inside_stdout) = io::pipe()?;
    let (stderr, inside_stderr) = io::pipe()?;
    for fd in [stdout.as_raw_fd(), stderr.as_raw_fd()] {
        sys::set_nonblocking(fd)?;
    }
    let (socket, inside_socket) = socket.then(UnixStream::pair).transpose()?.unzip();
    let outside = ParentChannels { control, report, stdout, stderr, socket };
    let inside = ChildChannels {
        control: inside_control,
        report: inside_report,
        stdin: File::open("/dev/null")?,
        stdout: inside_stdout,
        stderr: inside_stderr,
        socket: inside_socket,
    };
    Ok((outside, inside))
}

#[expect(unsafe_code, reason = "takes ownership of new descriptors")]
fn message_pair() -> io::Result<[OwnedFd; 2]> {
    let pair = sys::message_pair()?;
    // SAFETY: both descriptors are fresh and nobody else's.
    Ok(pair.map(|fd| unsafe { OwnedFd::from_raw_fd(fd) }))
}
