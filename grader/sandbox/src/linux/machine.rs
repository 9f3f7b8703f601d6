//! What this machine can confine with, as far as starting a process needs to know.

use tempfile::TempDir;

use crate::command::{Layer, Level, Limits, Options, Profile};
use crate::error::SandboxError;
use crate::linux::cgroup::Cgroup;
use crate::linux::hierarchy::Hierarchy;
use crate::linux::identity::Identity;
use crate::linux::instance;
use crate::linux::landlock::Rights;
use crate::linux::rlimit::{Rlimit, rlimits, tasks_of_user};
use crate::linux::seccomp::Filters;

/// Without a pid namespace of its own, a process shares its user's task count with unrelated
/// processes, which come and go: they get this much room.
const OTHER_TASKS: u64 = 256;

/// Which layers are in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "one for each layer")]
pub(crate) struct Features {
    pub(crate) namespaces: bool,
    pub(crate) landlock: bool,
    pub(crate) seccomp: bool,
    pub(crate) cgroup: bool,
    pub(crate) rlimits: bool,
}

impl Features {
    /// The level that these layers make.
    pub(crate) fn level(self) -> Level {
        if !self.rlimits {
            return Level::Unconfined;
        }
        match (self.seccomp, self.namespaces, self.landlock, self.cgroup) {
            (true, true, true, true) => Level::Full,
            (true, true, true, false) => Level::NoCgroup,
            (true, true, false, _) | (true, false, true, _) => Level::Weak,
            _ => Level::Unconfined,
        }
    }

    /// What the options leave to be tried.
    pub(crate) fn wanted(options: &Options) -> Self {
        let max = options.max_level.unwrap_or(Level::Full);
        let with = |layer: Layer, from: Level| max >= from && !options.without.contains(&layer);
        Self {
            namespaces: with(Layer::Namespaces, Level::NoCgroup),
            landlock: with(Layer::Landlock, Level::Weak),
            seccomp: with(Layer::Seccomp, Level::Weak),
            cgroup: with(Layer::Cgroup, Level::Full),
            rlimits: with(Layer::Rlimits, Level::Unconfined),
        }
    }
}

/// What spawning needs to know about this machine.
#[derive(Debug)]
pub(crate) struct Machine {
    pub(crate) features: Features,
    pub(crate) identity: Identity,
    pub(crate) landlock_rights: Rights,
    pub(crate) hierarchy: Option<Hierarchy>,
    pub(crate) filters: Vec<(Profile, Filters)>,
    pub(crate) uid: u32,
}

impl Machine {
    /// The filters of a profile; `None` without seccomp.
    pub(crate) fn filters(&self, profile: Profile) -> Option<Filters> {
        let found = self.filters.iter().find(|(of, _)| *of == profile);
        found.filter(|_| self.features.seccomp).map(|(_, filters)| filters.clone())
    }

    /// The resource limits of a process within `limits`.
    pub(crate) fn rlimits(&self, limits: &Limits) -> Vec<Rlimit> {
        if !self.features.rlimits {
            return Vec::new();
        }
        rlimits(limits, self.task_limit(limits.threads))
    }

    /// A cgroup with these limits; `None` without cgroups.
    pub(crate) fn make_cgroup(&self, limits: &Limits) -> Result<Option<Cgroup>, SandboxError> {
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
        let all = Features {
            namespaces: true,
            landlock: true,
            seccomp: true,
            cgroup: true,
            rlimits: true,
        };
        assert_eq!(all.level(), Level::Full);
        assert_eq!(Features { cgroup: false, ..all }.level(), Level::NoCgroup);
        assert_eq!(Features { namespaces: false, ..all }.level(), Level::Weak);
        assert_eq!(Features { landlock: false, ..all }.level(), Level::Weak);
        assert_eq!(Features { seccomp: false, ..all }.level(), Level::Unconfined);
        assert_eq!(Features { rlimits: false, ..all }.level(), Level::Unconfined);
    }

    #[test]
    fn a_maximum_switches_off_what_is_above_it() {
        let wanted = |max_level| {
            Features::wanted(&Options { max_level: Some(max_level), ..Options::default() })
        };
        assert_eq!(wanted(Level::NoCgroup).level(), Level::NoCgroup);
        assert_eq!(wanted(Level::Weak).level(), Level::Weak);
        let rlimits_alone = Features { rlimits: true, ..Features::default() };
        assert_eq!(wanted(Level::Unconfined), rlimits_alone);
    }
}
