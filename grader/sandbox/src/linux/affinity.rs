//! Which CPUs a confined process runs on.

use std::fs;

use libc::pid_t;

use crate::linux::sys::{self, CpuMask};

/// The CPUs that the grader itself may run on, by number, in rising order. Empty if the kernel does
/// not say.
pub fn allowed_cpus() -> Vec<usize> {
    let mask = sys::own_affinity().unwrap_or_default();
    (0..mask.len() * 64).filter(|cpu| mask[cpu / 64] >> (cpu % 64) & 1 == 1).collect()
}

/// Lets the calling thread, and the threads and processes that it starts from now on, run on `cpus`
/// only; false if that could not be done.
pub fn bind_this_thread(cpus: &[usize]) -> bool {
    // Zero is the calling thread.
    mask_of(cpus).is_some_and(|mask| sys::set_affinity(0, &mask).is_ok())
}

fn mask_of(cpus: &[usize]) -> Option<CpuMask> {
    let mut mask = CpuMask::default();
    for &cpu in cpus {
        *mask.get_mut(cpu / 64)? |= 1 << (cpu % 64);
    }
    Some(mask)
}

/// Lets every thread of a process run on `cpus` only; false if one could not be bound. The process
/// must not start threads meanwhile.
pub(crate) fn bind(process: pid_t, cpus: &[usize]) -> bool {
    let Some(mask) = mask_of(cpus) else { return false };
    let Ok(tasks) = fs::read_dir(format!("/proc/{process}/task")) else { return false };
    let mut threads = 0;
    for task in tasks {
        let tid = task.ok().and_then(|task| task.file_name().to_str()?.parse().ok());
        if tid.is_none_or(|tid| sys::set_affinity(tid, &mask).is_err()) {
            return false;
        }
        threads += 1;
    }
    threads > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grader_may_run_somewhere() {
        let cpus = allowed_cpus();
        assert!(!cpus.is_empty());
        assert!(cpus.is_sorted());
    }

    #[test]
    fn a_bound_thread_may_run_there_and_its_neighbour_anywhere() {
        let all = allowed_cpus();
        let last = &all[all.len() - 1..];
        let bound = std::thread::scope(|scope| {
            let bound = || bind_this_thread(last).then(allowed_cpus);
            scope.spawn(bound).join().unwrap()
        });
        assert_eq!(bound.as_deref(), Some(last));
        assert_eq!(allowed_cpus(), all);
    }

    #[test]
    fn a_cpu_beyond_all_masks_cannot_be_bound_to() {
        assert!(!bind(std::process::id().cast_signed(), &[1 << 20]));
    }
}
