//! A stream with a deadline that a busy machine cannot make unfair.

use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

/// How long one read or write may block before the clocks are looked at again.
const SLICE: Duration = Duration::from_millis(50);
/// A process that does not compute is waited for this many limits: it sleeps, or it was starved.
const IDLE_FACTOR: u32 = 3;

/// Reads and writes until `limit` of the partner's CPU time, or three times that of elapsed time,
/// has passed since it was made. A slow drip of bytes does not extend it.
pub struct Patience<'a> {
    socket: &'a UnixStream,
    limit: Duration,
    start: Instant,
    cpu: &'a dyn Fn() -> Option<Duration>,
    cpu_at_start: Option<Duration>,
}

impl<'a> Patience<'a> {
    /// Starts the clocks. `cpu` reads the partner's CPU time, where it can be known.
    pub fn new(
        socket: &'a UnixStream,
        limit: Duration,
        cpu: &'a dyn Fn() -> Option<Duration>,
    ) -> Self {
        Self { socket, limit, start: Instant::now(), cpu, cpu_at_start: cpu() }
    }

    fn exhausted(&self) -> bool {
        let elapsed = self.start.elapsed();
        if elapsed < self.limit {
            return false;
        }
        let used = self.cpu_at_start.zip((self.cpu)()).map(|(then, now)| now.saturating_sub(then));
        used.is_some_and(|used| used >= self.limit) || elapsed >= self.limit * IDLE_FACTOR
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

impl Read for Patience<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.socket.set_read_timeout(Some(SLICE))?;
        self.persist(|mut socket| socket.read(buffer))
    }
}

impl Write for Patience<'_> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.socket.set_write_timeout(Some(SLICE))?;
        self.persist(|mut socket| socket.write(buffer))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
