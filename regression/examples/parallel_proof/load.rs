//! Threads that compete for the CPUs.

use grader_sandbox::bind_this_thread;
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

/// Threads that compute until this is dropped.
pub struct LoadThreads {
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl LoadThreads {
    /// This many threads on each of these CPUs.
    pub fn on(cpus: &[usize], threads: usize) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let start = |cpu: usize| {
            let stop = Arc::clone(&stop);
            thread::spawn(move || {
                assert!(bind_this_thread(&[cpu]), "the CPU can be had");
                let mut at = 1_u64;
                while !stop.load(Ordering::Relaxed) {
                    at = (0..100_000).fold(at, |at, step| black_box(at.rotate_left(5) ^ step));
                }
            })
        };
        let cpus = cpus.iter().flat_map(|cpu| vec![*cpu; threads]);
        let threads = cpus.map(start).collect();
        Self { stop, threads }
    }
}

impl Drop for LoadThreads {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            thread.join().expect("the load does not panic");
        }
    }
}
