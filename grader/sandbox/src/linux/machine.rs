//! What this machine can confine with, as far as starting a process needs to know.

use tempfile::TempDir;

use crate::command::{
    ConfinementLayer, ConfinementLevel, ProbeOptions, ProcessLimits, SyscallProfile,
};
use crate::error::SandboxError;
use crate::linux::cgroup::Cgroup;
use crate::linux::hierarchy::CgroupHierarchy;
use crate::linux::identity::IdMapping;
use crate::linux::instance;
use crate::linux::landlock::AccessRights;
use crate::linux::rlimit::{Rlimit, rlimits, tasks_of_user};
use crate::linux::seccomp::SeccompFilters;

/// Without a pid namespace of its own, a process shares its user's task count with unrelated
/// processes, which come and go: they get this much room.
const OTHER_TASKS: u64 = 256;

/// Which layers are in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "one for each layer")]
pub(crate) struct LayerFeatures {
    pub(crate) namespaces: bool,
    pub(crate) landlock: bool,
    pub(crate) seccomp: bool,
    pub(crate) cgroup: bool,
    pub(crate) rlimits: bool,
}

impl LayerFeatures {
    /// The level that these layers make.
    pub(crate) fn level(self) -> ConfinementLevel {
        if !self.rlimits {
            return ConfinementLevel::Unconfined;
        }
        match (self.seccomp, self.namespaces, self.landlock, self.cgroup) {
            (true, true, true, true) => ConfinementLevel::Full,
            (true, true, true, false) => ConfinementLevel::NoCgroup,
            (true, true, false, _) | (true, false, true, _) => ConfinementLevel::Weak,
            _ => ConfinementLevel::Unconfined,
        }
    }

    /// What the options leave to be tried.
    pub(crate) fn wanted(options: &ProbeOptions) -> Self {
        let max = options.max_level.unwrap_or(ConfinementLevel::Full);
        let with = |layer: ConfinementLayer, from: ConfinementLevel| {
            max >= from && !options.without.contains(&layer)
        };
        Self {
            namespaces: with(ConfinementLayer::Namespaces, ConfinementLevel::NoCgroup),
            landlock: with(ConfinementLayer::Landlock, ConfinementLevel::Weak),
            seccomp: with(ConfinementLayer::Seccomp, ConfinementLevel::Weak),
            cgroup: with(ConfinementLayer::Cgroup, ConfinementLevel::Full),
            rlimits: with(ConfinementLayer::Rlimits, ConfinementLevel::Unconfined),
        }
    }
}

/// What spawning needs to know about this machine.
#[derive(Debug)]
pub(crate) struct MachineFacts {
    pub(crate) features: LayerFeatures,
    pub(crate) identity: IdMapping,
    pub(crate) landlock_rights: AccessRights,
    pub(crate) hierarchy: Option<CgroupHierarchy>,
    pub(crate) filters: Vec<(SyscallProfile, SeccompFilters)>,
    pub(crate) uid: u32,
}

impl MachineFacts {
    /// The filters of a profile; `None` without seccomp.
    pub(crate) fn filters(&self, profile: SyscallProfile) -> Option<SeccompFilters> {
        let found = self.filters.iter().find(|(of, _)| *of == profile);
        found.filter(|_| self.features.seccomp).map(|(_, filters)| filters.clone())
    }

    /// The resource limits of a process within `limits`.
    pub(crate) fn rlimits(&self, limits: &ProcessLimits) -> Vec<Rlimit> {
        if !self.features.rlimits {
            return Vec::new();
        }
        rlimits(limits, self.task_limit(limits.threads))
    }

    /// A cgroup with these limits; `None` without cgroups.
    pub(crate) fn make_cgroup(
        &self,
        limits: &ProcessLimits,
    ) -> Result<Option<Cgroup>, SandboxError> {
        let hierarchy = self.hierarchy.as_ref().filter(|_| self.features.cgroup);
        hierarchy
            .map(|hierarchy| Cgroup::create(hierarchy, limits))
            .transpose()
            .map_err(|source| SandboxError::Prepare { during: "making a cgroup", source })
    }

    /// A private folder that stands in for the scratch file system.
    pub(crate) fn scratch() -> Result<TempDir, SandboxError> {
        let prefix = format!("{}-", instance::fresh_name());
        tempfile::Builder::new()
            .prefix(&prefix)
            .tempdir()
            .map_err(|source| SandboxError::Prepare { during: "making a scratch folder", source })
    }

    /// `RLIMIT_NPROC` for a process that may have `threads` tasks.
    fn task_limit(&self, threads: u32) -> Option<u64> {
        if self.features.namespaces {
            // The user namespace counts by itself; the supervisor is in it too.
            return Some(u64::from(threads) + 1);
        }
        self.features.seccomp.then(|| tasks_of_user(self.uid) + u64::from(threads) + OTHER_TASKS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_level_follows_from_the_layers() {
        let all = LayerFeatures {
            namespaces: true,
            landlock: true,
            seccomp: true,
            cgroup: true,
            rlimits: true,
        };
        assert_eq!(all.level(), ConfinementLevel::Full);
        assert_eq!(LayerFeatures { cgroup: false, ..all }.level(), ConfinementLevel::NoCgroup);
        assert_eq!(LayerFeatures { namespaces: false, ..all }.level(), ConfinementLevel::Weak);
        assert_eq!(LayerFeatures { landlock: false, ..all }.level(), ConfinementLevel::Weak);
        assert_eq!(LayerFeatures { seccomp: false, ..all }.level(), ConfinementLevel::Unconfined);
        assert_eq!(LayerFeatures { rlimits: false, ..all }.level(), ConfinementLevel::Unconfined);
    }

    #[test]
    fn a_maximum_switches_off_what_is_above_it() {
        let wanted = |max_level| {
            LayerFeatures::wanted(&ProbeOptions {
                max_level: Some(max_level),
                ..ProbeOptions::default()
            })
        };
        assert_eq!(wanted(ConfinementLevel::NoCgroup).level(), ConfinementLevel::NoCgroup);
        assert_eq!(wanted(ConfinementLevel::Weak).level(), ConfinementLevel::Weak);
        let rlimits_alone = LayerFeatures { rlimits: true, ..LayerFeatures::default() };
        assert_eq!(wanted(ConfinementLevel::Unconfined), rlimits_alone);
    }
}
