//! Everything a new process needs, made before the fork: afterwards nothing may be allocated.

use std::ffi::{CString, OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use libc::{c_char, c_int};
use tempfile::TempDir;

use crate::command::{ConfinedCommand, SyscallProfile};
use crate::error::SandboxError;
use crate::linux::cgroup::Cgroup;
use crate::linux::channels::ChildChannels;
use crate::linux::elf;
use crate::linux::filesystem::{DEVICES, MountPlan, c_path};
use crate::linux::landlock::PathAccess;
use crate::linux::machine::MachineFacts;
use crate::linux::rlimit::Rlimit;
use crate::linux::seccomp::SeccompFilters;
use crate::linux::view::{BindView, ProgramImage, allow_path, open_path};

/// What the forked processes read; they never change it, but for the filters.
pub(crate) struct SpawnPlan {
    pub(crate) drop_groups: bool,
    pub(crate) mounts: Option<MountPlan>,
    pub(crate) landlock: Option<LandlockPlan>,
    pub(crate) filters: Option<SeccompFilters>,
    pub(crate) confined: bool,
    pub(crate) rlimits: Vec<Rlimit>,
    pub(crate) cwd: CString,
    /// Path of the program inside; `None` when it waits at [`HIDDEN_PROGRAM_FD`](crate::linux::descriptors::HIDDEN_PROGRAM_FD).
    pub(crate) program: Option<CString>,
    pub(crate) argv: ExecStrings,
    pub(crate) envp: ExecStrings,
    pub(crate) socket: bool,
    hidden_program: Option<File>,
    thaw: Option<File>,
    /// Stands in for the scratch file system where there is no mount namespace. Removed when
    /// dropped.
    pub(crate) scratch_folder: Option<TempDir>,
}

/// A landlock ruleset, and what is added to it once the file systems made after the fork are there.
pub(crate) struct LandlockPlan {
    ruleset: OwnedFd,
    pub(crate) scratch: Option<u64>,
    pub(crate) proc: Option<u64>,
}

/// Owned strings with the null-terminated pointer array that exec takes.
pub(crate) struct ExecStrings {
    _owned: Vec<CString>,
    pointers: Vec<*const c_char>,
}

impl ExecStrings {
    fn new(strings: impl IntoIterator<Item = OsString>) -> Result<Self, SandboxError> {
        let owned =
            strings.into_iter().map(|s| c_path(Path::new(&s))).collect::<Result<Vec<_>, _>>()?;
        let pointers = owned.iter().map(|s| s.as_ptr()).chain([std::ptr::null()]).collect();
        Ok(Self { _owned: owned, pointers })
    }

    pub(crate) fn as_ptr(&self) -> *const *const c_char {
        self.pointers.as_ptr()
    }
}

impl SpawnPlan {
    /// Prepares `command`. Fails on what the caller got wrong and on what this machine does not
    /// have.
    pub(crate) fn prepare(
        machine: &MachineFacts,
        command: &ConfinedCommand,
        cgroup: Option<&Cgroup>,
    ) -> Result<Self, SandboxError> {
        let policy = &command.policy;
        let namespaces = machine.features.namespaces;
        let view = BindView::resolve(policy, namespaces)?;
        let program = view.program(&command.program)?;
        let scratch_folder = if namespaces || policy.scratch_bytes == 0 {
            None
        } else {
            Some(MachineFacts::scratch()?)
        };
        let mounts = namespaces
            .then(|| {
                MountPlan::prepare(
                    &view,
                    policy.profile,
                    policy.scratch_bytes,
                    &command.cwd,
                    &machine.identity,
                )
            })
            .transpose()?;
        let landlock = machine
            .features
            .landlock
            .then(|| {
                LandlockPlan::prepare(machine, command, &view, &program, scratch_folder.as_ref())
            })
            .transpose()?;
        let environment = environment(command, scratch_folder.as_ref());
        let own_name = own_name(&program);
        let (program, hidden_program) = open_program(program, namespaces)?;
        let cwd = if namespaces { None } else { view.host_path(&command.cwd) };
        Ok(Self {
            drop_groups: machine.identity.privileged,
            mounts,
            landlock,
            filters: machine.filters(policy.profile),
            confined: machine.features.seccomp,
            rlimits: machine.rlimits(&policy.limits),
            cwd: c_path(cwd.as_deref().unwrap_or(&command.cwd))?,
            program,
            argv: ExecStrings::new([own_name].into_iter().chain(command.args.clone()))?,
            envp: ExecStrings::new(environment)?,
            socket: command.socket,
            hidden_program,
            thaw: cgroup.and_then(Cgroup::thaw_file),
            scratch_folder,
        })
    }

    /// Whether the process gets namespaces: all of them, or none.
    pub(crate) fn namespaces(&self) -> bool {
        self.mounts.is_some()
    }

    /// Namespace flags of the supervisor.
    pub(crate) fn clone_flags(&self) -> c_int {
        if !self.namespaces() {
            return 0;
        }
        libc::CLONE_NEWUSER
            | libc::CLONE_NEWNS
            | libc::CLONE_NEWPID
            | libc::CLONE_NEWNET
            | libc::CLONE_NEWIPC
            | libc::CLONE_NEWUTS
    }

    /// The descriptors to be moved to the numbers from [`CONTROL_FD`](crate::linux::descriptors::CONTROL_FD) on; `-1` for none.
    pub(crate) fn descriptors(&self, inside: &ChildChannels) -> Vec<RawFd> {
        let or_none = |fd: Option<RawFd>| fd.unwrap_or(-1);
        let mut all = vec![
            inside.control.as_raw_fd(),
            inside.report.as_raw_fd(),
            inside.stdin.as_raw_fd(),
            inside.stdout.as_raw_fd(),
            inside.stderr.as_raw_fd(),
            or_none(inside.socket.as_ref().map(AsRawFd::as_raw_fd)),
            or_none(self.landlock.as_ref().map(|landlock| landlock.ruleset.as_raw_fd())),
            or_none(self.hidden_program.as_ref().map(AsRawFd::as_raw_fd)),
            or_none(self.thaw.as_ref().map(AsRawFd::as_raw_fd)),
        ];
        all.extend(self.mounts.iter().flat_map(MountPlan::descriptors));
        all
    }
}

impl LandlockPlan {
    fn prepare(
        machine: &MachineFacts,
        command: &ConfinedCommand,
        view: &BindView,
        program: &ProgramImage,
        scratch: Option<&TempDir>,
    ) -> Result<Self, SandboxError> {
        let prepare =
            |source| SandboxError::Prepare { during: "making the landlock ruleset", source };
        let policy = &command.policy;
        let link = policy.profile == SyscallProfile::Link;
        let rights = machine.landlock_rights;
        let mut rules = rights.ruleset().map_err(|error| prepare(io::Error::other(error)))?;
        rules = view.landlock_rules(rules, link)?;
        let (ProgramImage::Inside { host, .. } | ProgramImage::Hidden(host)) = program;
        rules = allow_path(rules, host, false, PathAccess::ReadExecute)?;
        let bind = |source| SandboxError::Bind { path: host.clone(), source };
        if let Some(loader) = elf::interpreter(host).map_err(bind)? {
            // Where the view lacks the loader, exec will say so.
            let loader =
                if machine.features.namespaces { view.host_path(&loader) } else { Some(loader) };
            if let Some(loader) = loader.and_then(|path| path.canonicalize().ok()) {
                rules = allow_path(rules, &loader, false, PathAccess::ReadExecute)?;
            }
        }
        if link {
            for device in DEVICES {
                let path = Path::new(OsStr::from_bytes(device.to_bytes()));
                rules = allow_path(rules, path, false, PathAccess::ReadWrite)?;
            }
        }
        if let Some(folder) = scratch {
            rules = allow_path(rules, folder.path(), true, PathAccess::ReadWrite)?;
        }
        let mounted_scratch = machine.features.namespaces && policy.scratch_bytes > 0;
        Ok(Self {
            ruleset: rules.finish().map_err(prepare)?,
            scratch: mounted_scratch.then(|| rights.bits(PathAccess::ReadWrite)),
            proc: (machine.features.namespaces && link).then(|| rights.bits(PathAccess::Read)),
        })
    }
}

/// What a program is told that it is called. One that has no name inside is not told its name on the host either, which may
/// hold the names of folders, of a user, and the number of a process.
fn own_name(program: &ProgramImage) -> OsString {
    match program {
        ProgramImage::Inside { inside, .. } => inside.clone().into_os_string(),
        ProgramImage::Hidden(_) => "program".into(),
    }
}

/// The environment; where the scratch space is a folder with a name of its own, `TMPDIR` tells it.
fn environment(command: &ConfinedCommand, scratch: Option<&TempDir>) -> Vec<OsString> {
    let pair = |name: &OsStr, value: &OsStr| {
        let mut pair = name.to_owned();
        pair.push("=");
        pair.push(value);
        pair
    };
    let mut all: Vec<_> = command.env.iter().map(|(name, value)| pair(name, value)).collect();
    let given = command.env.iter().any(|(name, _)| name == "TMPDIR");
    all.extend(
        scratch
            .filter(|_| !given)
            .map(|folder| pair(OsStr::new("TMPDIR"), folder.path().as_os_str())),
    );
    all
}

fn open_program(
    program: ProgramImage,
    namespaces: bool,
) -> Result<(Option<CString>, Option<File>), SandboxError> {
    match program {
        ProgramImage::Inside { inside, .. } if namespaces => Ok((Some(c_path(&inside)?), None)),
        ProgramImage::Inside { host, .. } => Ok((Some(c_path(&host)?), None)),
        ProgramImage::Hidden(host) => {
            let file =
                open_path(&host).map_err(|source| SandboxError::Bind { path: host, source })?;
            Ok((None, Some(file)))
        }
    }
}
