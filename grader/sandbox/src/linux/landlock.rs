//! Landlock: the process reaches the files that were bound and nothing else, no TCP port, and no
//! process but its own.

use std::io;
use std::os::fd::{AsFd, OwnedFd};

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, PathBeneath, Ruleset, RulesetAttr, RulesetCreated,
    RulesetCreatedAttr, RulesetError, Scope,
};

/// Access rights at the interface version of this kernel.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AccessRights {
    abi: ABI,
}

/// What is allowed on one path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PathAccess {
    Read,
    ReadExecute,
    /// Everything but executing and making devices.
    ReadWrite,
}

impl AccessRights {
    /// The rights of interface version `abi`, as the kernel reported it.
    pub(crate) fn new(abi: i32) -> Self {
        Self { abi: ABI::from(abi) }
    }

    fn of(self, allow: PathAccess, folder: bool) -> BitFlags<AccessFs> {
        let rights = match allow {
            PathAccess::Read => AccessFs::ReadFile | AccessFs::ReadDir,
            PathAccess::ReadExecute => AccessFs::ReadFile | AccessFs::ReadDir | AccessFs::Execute,
            PathAccess::ReadWrite => {
                let never = AccessFs::Execute | AccessFs::MakeChar | AccessFs::MakeBlock;
                AccessFs::from_all(self.abi) & !never
            }
        };
        let handled =
            if folder { AccessFs::from_all(self.abi) } else { AccessFs::from_file(self.abi) };
        rights & handled
    }

    /// The kernel's number for a right on a folder, for rules added after the fork.
    pub(crate) fn bits(self, allow: PathAccess) -> u64 {
        self.of(allow, true).bits()
    }

    /// Denies everything that this version knows, but for the rules added later.
    pub(crate) fn ruleset(self) -> Result<RulesetBuilder, RulesetError> {
        let created = Ruleset::default()
            .handle_access(AccessFs::from_all(self.abi))?
            .handle_access(AccessNet::from_all(self.abi))?
            .scope(Scope::from_all(self.abi))?
            .create()?;
        Ok(RulesetBuilder { rights: self, created })
    }
}

/// A ruleset to which paths are being added.
pub(crate) struct RulesetBuilder {
    rights: AccessRights,
    created: RulesetCreated,
}

impl RulesetBuilder {
    /// Allows access to (and beneath) an open path.
    pub(crate) fn allow(
        self,
        path: impl AsFd,
        folder: bool,
        allow: PathAccess,
    ) -> Result<Self, RulesetError> {
        let access = self.rights.of(allow, folder);
        Ok(Self { created: self.created.add_rule(PathBeneath::new(path, access))?, ..self })
    }

    /// The descriptor of the ruleset, which the payload enforces on itself.
    pub(crate) fn finish(self) -> io::Result<OwnedFd> {
        Option::<OwnedFd>::from(self.created)
            .ok_or_else(|| io::Error::new(io::ErrorKind::Unsupported, "the kernel has no landlock"))
    }
}
