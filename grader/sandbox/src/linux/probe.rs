//! Finding out, by really running a program, what this machine can confine.

use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::command::{
    BindMount, ConfinedCommand, ConfinementLayer, ConfinementLevel, LayerStatus, ProbeOptions,
    ProcessEnd, ProcessLimits, SandboxPolicy, SyscallProfile,
};
use crate::error::UnavailableSandbox;
use crate::linux::fixes;
use crate::linux::hierarchy::CgroupHierarchy;
use crate::linux::identity::IdMapping;
use crate::linux::instance;
use crate::linux::landlock::AccessRights;
use crate::linux::machine::{LayerFeatures, MachineFacts};
use crate::linux::seccomp::SeccompFilters;
use crate::linux::spawn::spawn;
use crate::linux::sys;

/// What was found, layer by layer.
struct LayerSurvey {
    machine: MachineFacts,
    layers: Vec<LayerStatus>,
}

/// Finds the strongest acceptable level.
pub(crate) fn probe(
    options: &ProbeOptions,
) -> Result<(MachineFacts, ConfinementLevel, Vec<LayerStatus>), UnavailableSandbox> {
    remove_stale_folders();
    let mut survey = LayerSurvey::start(LayerFeatures::wanted(options));
    survey.try_landlock();
    survey.try_seccomp();
    survey.try_namespaces();
    survey.try_cgroup();
    let run = survey.run_true();
    let LayerSurvey { machine, layers } = survey;
    let level = machine.features.level();
    let accepted = match level {
        ConfinementLevel::Full | ConfinementLevel::NoCgroup => true,
        ConfinementLevel::Weak => options.allow_weak || options.trust,
        ConfinementLevel::Unconfined => options.trust,
    };
    if !machine.features.rlimits && !machine.features.cgroup {
        let reason = "without resource limits and without a cgroup nothing would be limited".into();
        return Err(UnavailableSandbox { reason, layers });
    }
    match run {
        Ok(()) if accepted => Ok((machine, level, layers)),
        Ok(()) => Err(UnavailableSandbox { reason: refusal(level, &layers), layers }),
        Err(error) => {
            Err(UnavailableSandbox { reason: format!("running `true` failed: {error}"), layers })
        }
    }
}

impl LayerSurvey {
    fn start(wanted: LayerFeatures) -> Self {
        let machine = MachineFacts {
            features: wanted,
            identity: IdMapping::detect(),
            landlock_rights: AccessRights::new(sys::landlock_abi().unwrap_or(0)),
            hierarchy: None,
            filters: Vec::new(),
            uid: sys::effective_uid_gid().0,
        };
        Self { machine, layers: Vec::new() }
    }

    fn try_landlock(&mut self) {
        let wanted = self.machine.features.landlock;
        let found = sys::landlock_abi().map_err(|errno| io::Error::from(errno).to_string());
        let found = found.map(|abi| format!("interface version {abi}"));
        self.machine.features.landlock = self.note(ConfinementLayer::Landlock, wanted, || found);
    }

    fn try_seccomp(&mut self) {
        let wanted = self.machine.features.seccomp;
        let compiled = SyscallProfile::ALL
            .iter()
            .map(|&profile| Ok((profile, SeccompFilters::compile(profile)?)));
        let compiled: Result<Vec<_>, seccompiler::Error> = compiled.collect();
        let found = sys::seccomp_available()
            .map_err(|errno| io::Error::from(errno).to_string())
            .and_then(|()| compiled.map_err(|error| error.to_string()))
            .map(|filters| {
                self.machine.filters = filters;
                "filters can end a process".to_owned()
            });
        self.machine.features.seccomp = self.note(ConfinementLayer::Seccomp, wanted, || found);
    }

    fn try_namespaces(&mut self) {
        let wanted = self.machine.features.namespaces;
        let cgroup = std::mem::take(&mut self.machine.features.cgroup);
        let run = if wanted { self.run_true() } else { Ok(()) };
        let user = match (&self.machine.identity.privileged, &self.machine.identity.idmap) {
            (true, Some(_)) => "as root: processes become nobody, and see root's files as theirs",
            (true, None) => "as root: processes become nobody (no idmapped mounts)",
            (false, _) => "as an ordinary user",
        };
        self.machine.features.namespaces =
            self.note(ConfinementLayer::Namespaces, wanted, || run.map(|()| user.to_owned()));
        self.machine.features.cgroup = cgroup;
    }

    fn try_cgroup(&mut self) {
        let wanted = self.machine.features.cgroup;
        let found = if wanted { CgroupHierarchy::discover() } else { Err(String::new()) };
        let found = found.and_then(|hierarchy| {
            hierarchy.clean_stale();
            let text = hierarchy.describe().to_owned();
            self.machine.hierarchy = Some(hierarchy);
            self.run_true().map(|()| text)
        });
        self.machine.features.cgroup = self.note(ConfinementLayer::Cgroup, wanted, || found);
    }

    /// Records what was found about a layer; whether it can be used.
    fn note(
        &mut self,
        layer: ConfinementLayer,
        wanted: bool,
        found: impl FnOnce() -> Result<String, String>,
    ) -> bool {
        let status = if wanted {
            match found() {
                Ok(detail) => LayerStatus { layer, available: true, detail, fix: None },
                Err(detail) => LayerStatus {
                    layer,
                    available: false,
                    detail,
                    fix: Some(fixes::fix(layer).to_owned()),
                },
            }
        } else {
            LayerStatus { layer, available: false, detail: "switched off".into(), fix: None }
        };
        let available = status.available;
        self.layers.push(status);
        available
    }

    /// Runs `true` with the layers that are on.
    fn run_true(&self) -> Result<(), String> {
        let command = true_command().ok_or("there is no `true` in /bin or /usr/bin to try with")?;
        let child = spawn(&self.machine, &command).map_err(|error| error.to_string())?;
        let finished = child.wait().map_err(|error| error.to_string())?;
        if finished.end == ProcessEnd::Exited(0) {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&finished.stderr).trim().to_owned();
        Err(format!("`true` ended with {:?} {said}", finished.end))
    }
}

fn true_command() -> Option<ConfinedCommand> {
    let program = ["/usr/bin/true", "/bin/true"]
        .map(PathBuf::from)
        .into_iter()
        .find(|path| path.is_file())?;
    let folders = ["/usr", "/lib", "/lib64", "/bin", "/nix/store"];
    let read_only = folders
        .into_iter()
        .filter(|folder| Path::new(folder).is_dir())
        .map(BindMount::same)
        .collect();
    let limits = ProcessLimits {
        cpu: Duration::from_secs(10),
        wall: Duration::from_secs(30),
        memory_bytes: 256 << 20,
        file_bytes: 1 << 20,
        output_bytes: 16 << 10,
        threads: 4,
        open_files: 64,
    };
    let policy = SandboxPolicy {
        profile: SyscallProfile::Run,
        read_only,
        read_write: Vec::new(),
        scratch_bytes: 1 << 20,
        limits,
    };
    Some(ConfinedCommand {
        program,
        args: Vec::new(),
        env: Vec::new(),
        cwd: "/usr".into(),
        policy,
        socket: true,
    })
}

fn refusal(level: ConfinementLevel, layers: &[LayerStatus]) -> String {
    let mut text = match level {
        ConfinementLevel::Weak => {
            "only a weak sandbox works here, which was not allowed".to_owned()
        }
        _ => "untrusted code cannot be confined here".to_owned(),
    };
    for status in layers.iter().filter(|status| !status.available) {
        let _ = write!(text, "\n  {}: {}", status.layer.name(), status.detail);
        if let Some(fix) = &status.fix {
            let _ = write!(text, "\n    {fix}");
        }
    }
    text
}

/// Removes scratch folders of graders that are gone.
fn remove_stale_folders() {
    let Ok(entries) = std::env::temp_dir().read_dir() else { return };
    for entry in entries.flatten() {
        if entry.file_name().to_str().is_some_and(instance::is_stale) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}
