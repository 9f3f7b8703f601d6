//! The CPUs on which speed is measured: one measurement at a time, and no worker of ours beside it.

use grader_sandbox::{allowed_cpus, bind_this_thread};
use std::sync::{
    Mutex, MutexGuard, OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
};

/// The lane of this process, whatever the number of graders in it: they share the machine.
pub struct Lane {
    /// All that the grader may use.
    cpus: Vec<usize>,
    turn: Mutex<()>,
    /// Held for reading by those who work where a measurement would need every CPU there is.
    work: RwLock<()>,
}

/// The right to measure, and where.
pub struct Turn<'a> {
    /// Both sides are bound to these.
    pub cpus: &'a [usize],
    _one_at_a_time: MutexGuard<'a, ()>,
    _alone: Option<RwLockWriteGuard<'a, ()>>,
}

/// The calling thread beside the lane, until this is dropped: what it draws and verifies would
/// disturb what it measures.
pub struct Aside {
    /// Whether it has to stay on the lane, because it may run nowhere else.
    pub shared: bool,
    before: Vec<usize>,
}

impl Turn<'_> {
    /// Lets the calling thread run beside the lane only, if it may run there.
    pub fn step_aside(&self) -> Aside {
        let before = allowed_cpus();
        let beside: Vec<_> =
            before.iter().copied().filter(|cpu| !self.cpus.contains(cpu)).collect();
        Aside { shared: beside.is_empty() || !bind_this_thread(&beside), before }
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        if !self.shared {
            bind_this_thread(&self.before);
        }
    }
}

/// The lane. First called before any thread is bound to some of the CPUs.
pub fn lane() -> &'static Lane {
    static LANE: OnceLock<Lane> = OnceLock::new();
    LANE.get_or_init(|| Lane::new(allowed_cpus()))
}

impl Lane {
    fn new(cpus: Vec<usize>) -> Self {
        Self { cpus, turn: Mutex::new(()), work: RwLock::new(()) }
    }

    /// Waits for the last `width` CPUs. `None` if there are not so many.
    pub fn take(&self, width: usize) -> Option<Turn<'_>> {
        let from = self.cpus.len().checked_sub(width)?;
        let turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        // Where nothing is left for the workers, the measurement waits until they have finished.
        let alone = (from == 0).then(|| self.work.write().unwrap_or_else(PoisonError::into_inner));
        Some(Turn { cpus: &self.cpus[from..], _one_at_a_time: turn, _alone: alone })
    }

    /// Held while something else than measuring is done, so that a measurement can wait for it where
    /// it has to.
    pub fn working(&self, width: usize) -> Option<RwLockReadGuard<'_, ()>> {
        let shared = width > 0 && width >= self.cpus.len();
        shared.then(|| self.work.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The CPUs for workers when `width` belong to measurements: all, if none would be left.
    pub fn others(&self, width: usize) -> &[usize] {
        match self.cpus.len().saturating_sub(width) {
            0 => &self.cpus,
            left => &self.cpus[..left],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measurements_get_the_last_cpus_and_workers_the_others() {
        let lane = Lane::new(vec![2, 3, 5, 7]);
        assert_eq!(lane.take(1).unwrap().cpus, [7]);
        assert_eq!(lane.take(2).unwrap().cpus, [5, 7]);
        assert_eq!(lane.others(2), [2, 3]);
        assert_eq!(lane.others(0), [2, 3, 5, 7]);
    }

    #[test]
    fn more_cpus_than_there_are_cannot_be_had() {
        assert!(Lane::new(vec![0]).take(2).is_none());
    }

    #[test]
    fn where_no_cpu_is_left_workers_and_measurements_take_turns() {
        let lane = Lane::new(vec![0]);
        assert_eq!(lane.others(1), [0]);
        assert!(lane.working(1).is_some());
        let turn = lane.take(1);
        assert!(lane.work.try_read().is_err(), "a worker waits");
        drop(turn);
        assert!(lane.work.try_read().is_ok());
    }

    #[test]
    fn who_measures_stays_beside_the_lane_meanwhile() {
        let all = allowed_cpus();
        let lane = Lane::new(all.clone());
        let turn = lane.take(1).unwrap();
        let aside = turn.step_aside();
        assert_eq!(aside.shared, all.len() == 1);
        assert!(aside.shared || allowed_cpus() == all[..all.len() - 1]);
        drop(aside);
        assert_eq!(allowed_cpus(), all);
        drop(turn);
        let every = lane.take(all.len()).unwrap();
        assert!(every.step_aside().shared, "nothing is left");
        assert_eq!(allowed_cpus(), all);
    }

    #[test]
    fn where_cpus_are_left_nobody_waits() {
        let lane = Lane::new(vec![0, 1]);
        let _turn = lane.take(1);
        assert!(lane.working(1).is_none() && lane.work.try_read().is_ok());
    }
}
