//! The CPU time that other processes used on some CPUs. Elapsed time measures a program only if there was almost none.

use crate::clock::thread_cpu;
use grader_timing::Interference;
use std::fs;
use std::thread;
use std::time::{Duration, Instant};

/// The largest share of the CPUs that other processes may use during a measurement of elapsed time. Half of it on each
/// of two CPUs makes two threads five percent slower.
const MOST: f64 = 0.05;
/// The kernel counts in ticks of ten milliseconds, so a few ticks show nothing about other processes.
const GRACE: Duration = Duration::from_millis(30);
/// How long the CPUs must be quiet before the next attempt.
const QUIET: Duration = Duration::from_millis(500);
/// The longest wait for quiet CPUs, over all attempts: the rest of the class waits as well.
const PATIENCE: Duration = Duration::from_secs(4);

/// Watches some CPUs, through the kernel's own account of them.
pub struct CpuContention<'a> {
    cpus: &'a [usize],
    /// Whether the thread that measures had to stay on these CPUs: then it is none of the others.
    shared: bool,
    start: Instant,
    busy: Option<Duration>,
    own: Duration,
    patience: Duration,
}

impl<'a> CpuContention<'a> {
    /// Watches `cpus`. `shared` says that the calling thread runs there as well.
    pub fn of(cpus: &'a [usize], shared: bool) -> Self {
        let (start, busy, own) = (Instant::now(), busy_time(cpus), thread_cpu());
        Self { cpus, shared, start, busy, own, patience: PATIENCE }
    }

    /// CPU time that the calling thread took from these CPUs.
    fn own(&self) -> Duration {
        if self.shared { thread_cpu().saturating_sub(self.own) } else { Duration::ZERO }
    }
}

impl Interference for CpuContention<'_> {
    fn watch(&mut self) {
        (self.start, self.busy, self.own) = (Instant::now(), busy_time(self.cpus), thread_cpu());
    }

    /// `None` too where the kernel does not say.
    fn disturbed(&self, ours: Duration) -> Option<f64> {
        let busy = busy_time(self.cpus)?.saturating_sub(self.busy?);
        let others = busy.saturating_sub(ours + self.own());
        let all = self.start.elapsed().as_secs_f64() * self.cpus.len() as f64;
        let too_much = others.saturating_sub(GRACE).as_secs_f64() / all > MOST;
        too_much.then(|| others.as_secs_f64() / all)
    }

    fn wait(&mut self) -> bool {
        while self.patience >= QUIET {
            self.patience -= QUIET;
            self.watch();
            thread::sleep(QUIET);
            if self.disturbed(Duration::ZERO).is_none() {
                return true;
            }
        }
        false
    }
}

/// CPU time of all processes on these CPUs so far.
fn busy_time(cpus: &[usize]) -> Option<Duration> {
    busy_ticks(&fs::read_to_string("/proc/stat").ok()?, cpus).map(|ticks| {
        Duration::from_secs_f64(ticks as f64 / rustix::param::clock_ticks_per_second() as f64)
    })
}

/// The sum of all columns but idle and waiting (the fourth and fifth) and the guests (the last two,
/// which are in the first two already).
fn busy_ticks(stat: &str, cpus: &[usize]) -> Option<u64> {
    let of = |cpu: &usize| {
        let name = format!("cpu{cpu} ");
        let line = stat.lines().find_map(|line| line.strip_prefix(&name))?;
        let columns = line.split_whitespace().take(8).map(|ticks| ticks.parse().unwrap_or(0_u64));
        let busy = columns.enumerate().filter(|(column, _)| ![3, 4].contains(column));
        Some(busy.map(|(_, ticks)| ticks).sum::<u64>())
    };
    cpus.iter().map(of).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAT: &str = "cpu  99 99 99 99 99 99 99 99 0 0\n\
                        cpu0 1 2 4 1000 2000 8 16 32 7 7\n\
                        cpu1 64 0 0 500 0 0 0 0 0 0\n\
                        cpu10 9 9 9 9 9 9 9 9 9 9\n";

    #[test]
    fn idle_time_is_not_busy_and_cpu_1_is_not_cpu_10() {
        assert_eq!(busy_ticks(STAT, &[0]), Some(63));
        assert_eq!(busy_ticks(STAT, &[0, 1]), Some(127));
        assert_eq!(busy_ticks(STAT, &[0, 7]), None, "there is no CPU 7");
    }

    /// Ten seconds ago one CPU had computed five seconds less than by now.
    fn half_used(cpus: &[usize]) -> CpuContention<'_> {
        let start = Instant::now().checked_sub(Duration::from_secs(10)).unwrap();
        let busy = busy_time(cpus).map(|now| now.saturating_sub(Duration::from_secs(5)));
        CpuContention { start, busy, ..CpuContention::of(cpus, false) }
    }

    #[test]
    fn what_others_computed_is_a_share_of_all() {
        let cpus = grader_sandbox::allowed_cpus();
        let watch = half_used(&cpus[..1]);
        let share = watch.disturbed(Duration::ZERO).unwrap();
        assert!((0.45..0.55).contains(&share), "{share}");
        assert_eq!(watch.disturbed(Duration::from_secs(5)), None, "it was ours");
    }

    #[test]
    fn patience_ends() {
        let cpus = grader_sandbox::allowed_cpus();
        let mut watch =
            CpuContention { patience: Duration::ZERO, ..CpuContention::of(&cpus, false) };
        assert!(!watch.wait(), "there is no time left to find out");
    }
}
