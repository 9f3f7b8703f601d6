//! Seccomp filters of each profile: hostile calls end the process, known harmless ones pass, others
//! do not exist.
//!
//! Two or three programs are stacked, as one can only tell "match" from "no match"; the kernel takes
//! the strictest answer. The unknown gets `ENOSYS`, for which libraries have a fall-back (`clone3` among
//! them, whose flags are behind a pointer).

use std::collections::BTreeMap;

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, TargetArch, sock_filter,
};

use crate::command::SyscallProfile;
use crate::linux::syscalls;

/// Stands in the programs for the payload's own pid, which is known only after the fork.
const OWN_PID: u32 = 0x7a5e_11e5;

/// Files of a read-write bind belong to the grader's user on the host: none may act as that user.
const SET_ID_BITS: u64 = (libc::S_ISUID | libc::S_ISGID) as u64;
/// Flags of open that make a file; `O_TMPFILE` without the bit it shares with `O_DIRECTORY`.
const CREATES: u64 = (libc::O_CREAT | (libc::O_TMPFILE & !libc::O_DIRECTORY)) as u64;

/// The programs of one profile, in the order of installation.
#[derive(Debug, Clone)]
pub(crate) struct SeccompFilters {
    pub(crate) programs: Vec<Vec<sock_filter>>,
}

impl SeccompFilters {
    /// Compiles the filters of `profile`.
    pub(crate) fn compile(profile: SyscallProfile) -> Result<Self, seccompiler::Error> {
        let arch =
            TargetArch::try_from(std::env::consts::ARCH).map_err(seccompiler::Error::Backend)?;
        let program = |rules: SeccompRules, mismatch: SeccompAction, matched: SeccompAction| {
            let filter = SeccompFilter::new(rules.0, mismatch, matched, arch)?;
            BpfProgram::try_from(filter)
        };
        let missing = SeccompAction::Errno(libc::ENOSYS as u32);
        let hostile = program(hostile(profile)?, SeccompAction::Allow, SeccompAction::KillProcess);
        let allowed = program(allowed(profile)?, missing, SeccompAction::Allow);
        let mut programs = vec![hostile];
        if profile == SyscallProfile::Watch {
            let mut skipped = SeccompRules::default();
            skipped.always(&[syscalls::SKIPPED]);
            // No error: the call returns at once, as if it were made.
            programs.push(program(skipped, SeccompAction::Allow, SeccompAction::Errno(0)));
        }
        // The last one: it lets no other be installed.
        programs.push(allowed);
        let programs = programs.into_iter().collect::<Result<_, _>>();
        Ok(Self { programs: programs.map_err(seccompiler::Error::Backend)? })
    }

    /// Puts the payload's pid where the programs compare with it. Called after the fork: it only
    /// writes in place.
    pub(crate) fn bind_to(&mut self, pid: u32) {
        for instruction in self.programs.iter_mut().flatten() {
            if instruction.k == OWN_PID {
                instruction.k = pid;
            }
        }
    }
}

#[derive(Default)]
struct SeccompRules(BTreeMap<i64, Vec<SeccompRule>>);

impl SeccompRules {
    fn always(&mut self, groups: &[&[i64]]) {
        self.0.extend(groups.iter().copied().flatten().map(|&call| (call, Vec::new())));
    }

    /// One more way to match `call`: all of `conditions` on its arguments.
    fn when(
        &mut self,
        call: i64,
        conditions: &[(u8, SeccompCmpOp, u64)],
    ) -> Result<(), seccompiler::Error> {
        let conditions = conditions.iter().map(|(argument, operator, value)| {
            SeccompCondition::new(*argument, SeccompCmpArgLen::Dword, operator.clone(), *value)
        });
        let rule = conditions.collect::<Result<_, _>>().and_then(SeccompRule::new);
        self.0.entry(call).or_default().push(rule.map_err(seccompiler::Error::Backend)?);
        Ok(())
    }
}

/// Calls that no honest program makes.
fn hostile(profile: SyscallProfile) -> Result<SeccompRules, seccompiler::Error> {
    let mut rules = SeccompRules::default();
    rules.always(syscalls::HOSTILE);
    if profile != SyscallProfile::Link {
        rules.always(syscalls::PROCESSES);
        // A process, not a thread.
        rules
            .when(libc::SYS_clone, &[(0, SeccompCmpOp::MaskedEq(libc::CLONE_THREAD as u64), 0)])?;
        // The first exec is made through a descriptor that is gone afterwards.
        rules.when(
            libc::SYS_execveat,
            &[(0, SeccompCmpOp::Ne, crate::linux::descriptors::PROGRAM_FD as u64)],
        )?;
        rules.when(libc::SYS_execveat, &[(4, SeccompCmpOp::Ne, libc::AT_EMPTY_PATH as u64)])?;
    }
    Ok(rules)
}

fn allowed(profile: SyscallProfile) -> Result<SeccompRules, seccompiler::Error> {
    use SeccompCmpOp::{Eq, MaskedEq};
    let mut rules = SeccompRules::default();
    rules.always(syscalls::BASIC);
    rules.always(syscalls::FILES);
    rules.always(&[&[libc::SYS_execveat]]);
    match profile {
        SyscallProfile::Run | SyscallProfile::Watch => {}
        SyscallProfile::Compile => rules.always(syscalls::COMPILER),
        SyscallProfile::Link => {
            rules.always(syscalls::COMPILER);
            rules.always(syscalls::PROCESSES);
            rules.always(syscalls::LINKER);
        }
    }
    // New namespaces are the one thing that clone may not do anywhere.
    rules.when(libc::SYS_clone, &[(0, MaskedEq(syscalls::CLONE_NAMESPACES), 0)])?;
    // RLIMIT_DATA counts neither shared anonymous memory nor mappings that grow like a stack.
    for uncounted in [libc::MAP_SHARED, libc::MAP_ANONYMOUS] {
        let mask = MaskedEq((uncounted | libc::MAP_GROWSDOWN) as u64);
        rules.when(libc::SYS_mmap, &[(3, mask, 0)])?;
    }
    for &(call, mode) in syscalls::MODES {
        rules.when(call, &[(mode, MaskedEq(SET_ID_BITS), 0)])?;
    }
    for &(call, flags, mode) in syscalls::OPENS {
        // Without these flags the mode is whatever was in the register.
        rules.when(call, &[(flags, MaskedEq(CREATES), 0)])?;
        rules.when(call, &[(mode, MaskedEq(SET_ID_BITS), 0)])?;
    }
    rules.when(libc::SYS_prlimit64, &[(0, Eq, 0)])?;
    for &option in syscalls::PRCTL {
        rules.when(libc::SYS_prctl, &[(0, Eq, option)])?;
    }
    for &request in syscalls::IOCTL {
        rules.when(libc::SYS_ioctl, &[(1, Eq, request)])?;
    }
    if profile == SyscallProfile::Link {
        // Its children abort too, and have other pids; the pid namespace and landlock are what
        // bounds signals here.
        rules.always(&[&[libc::SYS_tgkill]]);
    } else {
        rules.when(libc::SYS_tgkill, &[(0, Eq, u64::from(OWN_PID))])?;
        if profile != SyscallProfile::Watch {
            rules.when(libc::SYS_sched_getaffinity, &[(0, Eq, 0)])?;
            rules.when(libc::SYS_sched_getaffinity, &[(0, Eq, u64::from(OWN_PID))])?;
        }
    }
    Ok(rules)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_profile_compiles_to_a_program_the_kernel_can_take() {
        for profile in SyscallProfile::ALL {
            let filters = SeccompFilters::compile(profile).expect("compiles");
            for program in filters.programs {
                assert!(
                    !program.is_empty() && program.len() < 4096,
                    "{profile:?}: {}",
                    program.len()
                );
            }
        }
    }

    #[test]
    fn binding_replaces_every_placeholder_of_the_pid() {
        let mut filters = SeccompFilters::compile(SyscallProfile::Run).expect("compiles");
        let count = |filters: &SeccompFilters, k| {
            filters.programs.iter().flatten().filter(|i| i.k == k).count()
        };
        let placeholders = count(&filters, OWN_PID);
        assert!(placeholders > 0);
        filters.bind_to(0x1234_5678);
        assert_eq!((count(&filters, OWN_PID), count(&filters, 0x1234_5678)), (0, placeholders));
    }
}
