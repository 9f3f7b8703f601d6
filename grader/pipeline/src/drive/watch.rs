//! Looks at the threads of a driver while it answers.

use grader_protocol::ThreadOverlap;
use grader_sandbox::{ThreadAt, ThreadWatch, ThreadsAt};
use grader_timing::{ThreadMoment, ThreadState, overlap};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// Between two looks: a turn of the scheduler lasts milliseconds.
const PAUSE: Duration = Duration::from_micros(400);
/// Looks of one call, so that one that never ends does not fill the memory.
const MOST_LOOKS: usize = 100_000;

/// A watch in progress, on a thread of its own.
pub struct DriverWatch {
    /// Ends the watch when it is dropped.
    stop: Sender<()>,
    thread: JoinHandle<Vec<ThreadMoment>>,
}

impl DriverWatch {
    /// Looks for the first time before it returns.
    pub fn begin(mut threads: ThreadWatch) -> Self {
        let (stop, stopped) = channel();
        let first = threads.look();
        let thread = thread::spawn(move || {
            let mut looks: Vec<_> = first.map(moment).into_iter().collect();
            while looks.len() < MOST_LOOKS
                && stopped.recv_timeout(PAUSE) == Err(RecvTimeoutError::Timeout)
                && let Some(look) = threads.look()
            {
                looks.push(moment(look));
            }
            // The last look is of what was there when the reply had come.
            looks.extend(threads.look().map(moment));
            looks
        });
        Self { stop, thread }
    }

    /// How the threads overlapped from the beginning until now; `None` if they were not seen well enough.
    pub fn end(self) -> Option<ThreadOverlap> {
        drop(self.stop);
        self.thread.join().ok().and_then(|looks| overlap(&looks))
    }
}

fn moment(at: ThreadsAt) -> ThreadMoment {
    ThreadMoment { cpu: at.cpu, threads: at.threads.into_iter().map(state).collect() }
}

const fn state(thread: ThreadAt) -> ThreadState {
    let ThreadAt { id, runnable, sleeps, interruptions, turns, cpu } = thread;
    ThreadState { id, runnable, sleeps, interruptions, turns, cpu }
}
