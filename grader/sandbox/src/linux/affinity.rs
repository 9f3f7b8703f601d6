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

/// Lets every thread of a process run on `cpus` only; false if one could not be bound. The process
/// must not start threads meanwhile.
pub(crate) fn bind(process: pid_t, cpus: &[usize]) -> bool {
    let mut mask = CpuMask::default();
    for &cpu in cpus {
        let Some(word) = mask.get_mut(cpu / 64) else { return false };
        *word |= 1 << (cpu % 64);
    }
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
    fn a_cpu_beyond_all_masks_cannot_be_bound_to() {
        assert!(!bind(std::process::id().cast_signed(), &[1 << 20]));
    }
}
