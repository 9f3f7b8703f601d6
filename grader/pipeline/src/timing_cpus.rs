//! The CPUs on which speed is measured, called the *lane*. Measurements by CPU time run on several of them at once, one
//! on each; a measurement by elapsed time runs alone.
//!
//! The lane belongs to this process. Several graders on one machine may share a CPU: CPU time is robust against that,
//! and elapsed time counts only if the kernel's accounts show almost no other process there ([`crate::contention`]).

mod queue;

pub use queue::CpuNeed;

use grader_sandbox::{allowed_cpus, bind_this_thread};
use queue::{CpuClaim, CpuQueue};
use std::sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::available_parallelism;
use std::time::Instant;
use tracing::debug;

/// The lane of this process. All graders in one process share it, because they share the machine.
pub struct TimingCpus {
    /// All that the grader may use.
    cpus: Vec<usize>,
    queue: Mutex<CpuQueue>,
    /// Signalled whenever the queue has changed.
    changed: Condvar,
}

/// The right to measure, and where. Given back when it is dropped.
pub struct CpuReservation<'a> {
    /// Both sides are bound to these.
    pub cpus: Vec<usize>,
    lane: &'a TimingCpus,
    need: CpuNeed,
}

/// The right to build and judge beside the lane. Given back when it is dropped.
pub struct WorkPermit<'a> {
    lane: &'a TimingCpus,
}

/// The calling thread beside the lane, until this is dropped: what it draws and verifies would
/// disturb what it measures.
pub struct MovedThread {
    /// Whether it has to stay on the lane, because it may run nowhere else.
    pub shared: bool,
    before: Vec<usize>,
}

impl CpuReservation<'_> {
    /// Lets the calling thread run beside the lane only, if it may run there.
    pub fn step_aside(&self) -> MovedThread {
        let before = allowed_cpus();
        let beside: Vec<_> =
            before.iter().copied().filter(|cpu| !self.cpus.contains(cpu)).collect();
        MovedThread { shared: beside.is_empty() || !bind_this_thread(&beside), before }
    }
}

impl Drop for CpuReservation<'_> {
    fn drop(&mut self) {
        self.lane.leave(CpuClaim::Measure(self.need), &self.cpus);
    }
}

impl Drop for WorkPermit<'_> {
    fn drop(&mut self) {
        self.lane.leave(CpuClaim::Work, &[]);
    }
}

impl Drop for MovedThread {
    fn drop(&mut self) {
        if !self.shared {
            bind_this_thread(&self.before);
        }
    }
}

/// The lane. First called before any thread is bound to some of the CPUs.
pub fn lane() -> &'static TimingCpus {
    static LANE: OnceLock<TimingCpus> = OnceLock::new();
    LANE.get_or_init(|| {
        let cpus = allowed_cpus();
        // Knows the quota of a control group too.
        let at_once = available_parallelism().map_or(1, usize::from);
        TimingCpus::new(cpus, at_once)
    })
}

impl TimingCpus {
    fn new(cpus: Vec<usize>, at_once: usize) -> Self {
        let queue = Mutex::new(CpuQueue::new(cpus.clone(), at_once));
        Self { cpus, queue, changed: Condvar::new() }
    }

    /// Waits for CPUs to measure on, preferably those that the calling thread may use. Claims are served in the order
    /// of their arrival. `None` if the lane has too few CPUs.
    pub fn take(&self, need: CpuNeed) -> Option<CpuReservation<'_>> {
        if need.cpus > self.cpus.len() {
            return None;
        }
        let start = Instant::now();
        let cpus = self.wait_for(CpuClaim::Measure(need), &allowed_cpus());
        let waited_ms = start.elapsed().as_millis();
        debug!(?cpus, exclusive = need.exclusive, waited_ms, "measuring");
        Some(CpuReservation { cpus, lane: self, need })
    }

    /// A permit to build and judge. An exclusive measurement on `width` CPUs waits until all permits are returned.
    /// `None` if there are enough CPUs for both at once.
    pub fn working(&self, width: usize) -> Option<WorkPermit<'_>> {
        (width > 0 && width >= self.cpus.len()).then(|| {
            let start = Instant::now();
            self.wait_for(CpuClaim::Work, &[]);
            debug!(waited_ms = start.elapsed().as_millis(), "working beside the lane");
            WorkPermit { lane: self }
        })
    }

    /// The CPUs of the worker number `worker` of `workers`: one of its own, or a share if there are more,
    /// where it builds, judges and measures, so that it disturbs no other worker's measurements. The last
    /// `width` CPUs are left to exclusive measurements, unless none would be left.
    pub fn home(&self, worker: usize, workers: usize, width: usize) -> Vec<usize> {
        let cpus = match self.cpus.len().saturating_sub(width) {
            0 => &self.cpus[..],
            left => &self.cpus[..left],
        };
        let shares = workers.clamp(1, cpus.len().max(1));
        cpus.iter().skip(worker % shares).step_by(shares).copied().collect()
    }

    fn wait_for(&self, claim: CpuClaim, preferred: &[usize]) -> Vec<usize> {
        let mut queue = self.queue();
        let ticket = queue.enter(claim);
        loop {
            if let Some(granted) = queue.admit(ticket, preferred) {
                // Whoever is next may be served as well.
                self.changed.notify_all();
                return granted;
            }
            queue = self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn leave(&self, claim: CpuClaim, granted: &[usize]) {
        self.queue().leave(claim, granted);
        self.changed.notify_all();
    }

    fn queue(&self) -> MutexGuard<'_, CpuQueue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;

    const ONE: CpuNeed = CpuNeed { cpus: 1, exclusive: false };
    const ALONE: CpuNeed = CpuNeed { cpus: 2, exclusive: true };

    fn four() -> TimingCpus {
        TimingCpus::new(vec![2, 3, 5, 7], 4)
    }

    /// Waits, by the queue and not by the clock, until `count` claims wait.
    fn until_waiting(lane: &TimingCpus, count: usize) {
        while lane.queue().waiting() < count {
            thread::yield_now();
        }
    }

    #[test]
    fn a_worker_has_a_cpu_of_its_own_or_its_share() {
        let lane = four();
        let homes = |workers, width| -> Vec<_> {
            (0..workers).map(|worker| lane.home(worker, workers, width)).collect()
        };
        assert_eq!(homes(4, 0), [[2], [3], [5], [7]]);
        assert_eq!(homes(2, 0), [[2, 5], [3, 7]]);
        assert_eq!(homes(1, 0), [[2, 3, 5, 7]]);
        assert_eq!(homes(3, 2), [[2], [3], [2]], "two CPUs are for what is measured alone");
        assert_eq!(homes(2, 4), [[2, 5], [3, 7]], "all of them: then they take turns");
    }

    #[test]
    fn more_cpus_than_there_are_cannot_be_had() {
        let lane = TimingCpus::new(vec![0], 1);
        assert!(lane.take(ALONE).is_none());
        assert!(lane.take(CpuNeed { cpus: 2, exclusive: false }).is_none());
        assert!(lane.take(ONE).is_some(), "and nothing is lost by asking");
    }

    /// Every thread holds its turn until all have one: with fewer turns at once they would wait for ever.
    #[test]
    fn as_many_measure_at_once_as_there_are_cpus() {
        let lane = four();
        let all = Barrier::new(4);
        let measure = || {
            let turn = lane.take(ONE).expect("a CPU");
            all.wait();
            turn.cpus.clone()
        };
        let mut cpus: Vec<_> = thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(measure)).collect();
            threads.into_iter().flat_map(|thread| thread.join().expect("no panic")).collect()
        });
        cpus.sort_unstable();
        assert_eq!(cpus, [2, 3, 5, 7]);
    }

    #[test]
    fn nobody_measures_beside_an_exclusive_turn() {
        let lane = four();
        let (shared, alone) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let measure = || {
            let turn = lane.take(ONE);
            shared.fetch_add(1, Ordering::SeqCst);
            thread::yield_now();
            assert_eq!(alone.load(Ordering::SeqCst), 0);
            shared.fetch_sub(1, Ordering::SeqCst);
            drop(turn);
        };
        let measure_alone = || {
            let turn = lane.take(ALONE);
            assert_eq!(alone.fetch_add(1, Ordering::SeqCst), 0);
            thread::yield_now();
            assert_eq!(shared.load(Ordering::SeqCst), 0);
            alone.fetch_sub(1, Ordering::SeqCst);
            drop(turn);
        };
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..200).for_each(|_| measure()));
            }
            for _ in 0..2 {
                scope.spawn(|| (0..200).for_each(|_| measure_alone()));
            }
        });
    }

    #[test]
    fn turns_are_served_in_the_order_of_asking() {
        let lane = TimingCpus::new(vec![0, 1], 2);
        let order = Mutex::new(Vec::new());
        let first = lane.take(ONE);
        thread::scope(|scope| {
            for (place, need) in [ALONE, ONE, ALONE].into_iter().enumerate() {
                let (lane, order) = (&lane, &order);
                scope.spawn(move || {
                    let turn = lane.take(need);
                    order.lock().unwrap().push(place);
                    drop(turn);
                });
                until_waiting(lane, place + 1);
            }
            drop(first);
        });
        assert_eq!(order.into_inner().unwrap(), [0, 1, 2]);
    }

    #[test]
    fn a_panic_gives_its_turn_back() {
        let lane = TimingCpus::new(vec![0, 1], 2);
        for need in [ONE, ALONE] {
            let broken = || {
                let _turn = lane.take(need);
                let _work = lane.working(1);
                panic!("in the middle of a measurement");
            };
            assert!(thread::scope(|scope| scope.spawn(broken).join()).is_err());
            assert!(lane.queue().is_idle());
        }
        assert_eq!(lane.take(ALONE).expect("all CPUs are free").cpus, [0, 1]);
    }

    #[test]
    fn where_no_cpu_is_left_work_and_exclusive_turns_alternate() {
        let lane = TimingCpus::new(vec![0, 1], 2);
        let work = lane.working(2);
        assert!(work.is_some());
        thread::scope(|scope| {
            let alone = scope.spawn(|| lane.take(ALONE).map(|turn| turn.cpus.clone()));
            until_waiting(&lane, 1);
            drop(work);
            assert_eq!(alone.join().unwrap().unwrap(), [0, 1]);
        });
    }

    #[test]
    fn where_cpus_are_left_nobody_waits() {
        let lane = four();
        let _turn = lane.take(ALONE);
        assert!(lane.working(2).is_none());
        assert!(lane.working(0).is_none(), "nothing is measured alone");
    }

    #[test]
    fn who_measures_stays_beside_the_lane_meanwhile() {
        let all = allowed_cpus();
        let lane = TimingCpus::new(all.clone(), all.len());
        let turn = lane.take(ONE).unwrap();
        let aside = turn.step_aside();
        assert_eq!(aside.shared, all.len() == 1);
        assert!(aside.shared || allowed_cpus() == all[..all.len() - 1]);
        drop(aside);
        assert_eq!(allowed_cpus(), all);
        drop(turn);
        let every = lane.take(CpuNeed { cpus: all.len(), exclusive: true }).unwrap();
        assert!(every.step_aside().shared, "nothing is left");
        assert_eq!(allowed_cpus(), all);
    }
}
