//! What else the machine does while it measures.

use rustix::thread::{CpuSet, sched_setaffinity};
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

/// Where a competing thread runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoadCondition {
    /// Nowhere.
    Idle,
    /// On the CPU that measures.
    SameCpu,
    /// On the next one.
    OtherCpu,
}

impl LoadCondition {
    /// Every condition.
    pub const ALL: [Self; 3] = [Self::Idle, Self::SameCpu, Self::OtherCpu];

    /// Words for a table.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::SameCpu => "load on the same CPU",
            Self::OtherCpu => "load on another CPU",
        }
    }

    /// Starts the load, where `lane` is the CPU that measures.
    pub fn start(self, cpus: &[usize], lane: usize) -> Option<LoadThread> {
        match self {
            Self::Idle => None,
            Self::SameCpu => Some(LoadThread::on(lane)),
            Self::OtherCpu => {
                Some(LoadThread::on(*cpus.iter().find(|cpu| **cpu != lane).expect("two CPUs")))
            }
        }
    }
}

/// A thread that computes and goes through memory until it is dropped.
pub struct LoadThread {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl LoadThread {
    fn on(cpu: usize) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&stop);
        let thread = thread::spawn(move || {
            let mut set = CpuSet::new();
            set.set(cpu);
            sched_setaffinity(None, &set).expect("the CPU can be had");
            let mut memory = vec![1_u64; 1 << 19];
            while !seen.load(Ordering::Relaxed) {
                for word in &mut memory {
                    *word = word.wrapping_mul(31).wrapping_add(7);
                }
                let mut at = memory[0];
                for step in 0..1_000_000 {
                    at = black_box(at.rotate_left(5) ^ step);
                }
                memory[1] = at;
            }
        });
        Self { stop, thread: Some(thread) }
    }
}

impl Drop for LoadThread {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.join().expect("the load does not panic");
        }
    }
}
