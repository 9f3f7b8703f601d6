//! A stream with a deadline that a busy machine cannot make unfair.

use grader_protocol::CallAllowance;
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

/// How long one read or write may block before the clocks are looked at again.
const SLICE: Duration = Duration::from_millis(50);

/// Reads and writes until the allowance is used up, of the partner's CPU time or of elapsed time, counted
/// from when it was made. A slow drip of bytes does not extend it.
pub struct DeadlineStream<'a> {
    socket: &'a UnixStream,
    limit: CallAllowance,
    start: Instant,
    cpu: &'a dyn Fn() -> Option<Duration>,
    cpu_at_start: Option<Duration>,
}

impl<'a> DeadlineStream<'a> {
    /// Starts the clocks. `cpu` reads the partner's CPU time, where it can be known.
    pub fn new(
        socket: &'a UnixStream,
        limit: CallAllowance,
        cpu: &'a dyn Fn() -> Option<Duration>,
    ) -> Self {
        Self { socket, limit, start: Instant::now(), cpu, cpu_at_start: cpu() }
    }

    fn exhausted(&self) -> bool {
        let elapsed = self.start.elapsed();
        if elapsed < SLICE {
            return false;
        }
        let used = self.cpu_at_start.zip((self.cpu)()).map(|(then, now)| now.saturating_sub(then));
        used.is_some_and(|used| used >= self.limit.cpu) || elapsed >= self.limit.elapsed
    }

    /// Repeats `attempt` while it would block and there is time.
    fn persist(
        &self,
        mut attempt: impl FnMut(&UnixStream) -> io::Result<usize>,
    ) -> io::Result<usize> {
        loop {
            match attempt(self.socket) {
                Err(error)
                    if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) =>
                {
                    if self.exhausted() {
                        return Err(ErrorKind::TimedOut.into());
                    }
                }
                Ok(_) if self.exhausted() => return Err(ErrorKind::TimedOut.into()),
                other => return other,
            }
        }
    }
}

impl Read for DeadlineStream<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.socket.set_read_timeout(Some(SLICE))?;
        self.persist(|mut socket| socket.read(buffer))
    }
}

impl Write for DeadlineStream<'_> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.socket.set_write_timeout(Some(SLICE))?;
        self.persist(|mut socket| socket.write(buffer))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
