//! Who else computed on some CPUs. Elapsed time says how fast a program is only where nobody did.

use std::fs;
use std::time::{Duration, Instant};

/// Others may have used this share of the CPUs before elapsed time stops meaning anything: half of
/// it on each of two CPUs makes two threads five percent slower.
const MOST: f64 = 0.05;

/// Begun before a measurement and ended after it.
pub struct Contention<'a> {
    cpus: &'a [usize],
    start: Instant,
    busy: Option<Duration>,
}

impl<'a> Contention<'a> {
    /// Notes how busy the CPUs have been.
    pub fn watch(cpus: &'a [usize]) -> Self {
        Self { cpus, start: Instant::now(), busy: busy_time(cpus) }
    }

    /// The share of the CPUs that others had, when it was too much; `ours` is the CPU time of what
    /// was measured. `None` too where the kernel does not say.
    pub fn too_much(&self, ours: Duration) -> Option<f64> {
        let busy = busy_time(self.cpus)?.saturating_sub(self.busy?);
        let all = self.start.elapsed().as_secs_f64() * self.cpus.len() as f64;
        let share = busy.saturating_sub(ours).as_secs_f64() / all;
        (share > MOST).then_some(share)
    }
}

/// What the CPUs have done so far, whoever asked for it.
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

    #[test]
    fn what_others_computed_is_a_share_of_all() {
        let ago = Instant::now().checked_sub(Duration::from_secs(10)).unwrap();
        let cpus = grader_sandbox::allowed_cpus();
        let watch = |busy| Contention { cpus: &cpus[..1], start: ago, busy };
        let now = busy_time(&cpus[..1]);
        let five_before = now.map(|now| now.saturating_sub(Duration::from_secs(5)));
        let share = watch(five_before).too_much(Duration::ZERO).unwrap();
        assert!((0.45..0.55).contains(&share), "{share}");
        assert_eq!(watch(five_before).too_much(Duration::from_secs(5)), None, "it was ours");
        assert_eq!(watch(None).too_much(Duration::ZERO), None);
    }
}
