//! Which host paths a command sees, and where: the binds, checked and resolved.

use std::fs::File;
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::command::{BindMount, SandboxPolicy};
use crate::error::SandboxError;
use crate::linux::landlock::{PathAccess, RulesetBuilder};

/// Most binds of one command.
const MAX_BINDS: usize = 64;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileAccess {
    ReadOnly,
    ReadWrite,
}

/// One bind, with its host path canonical.
#[derive(Debug)]
pub(crate) struct VisibleBind {
    pub(crate) host: PathBuf,
    pub(crate) inside: PathBuf,
    pub(crate) access: FileAccess,
    pub(crate) folder: bool,
}

/// All binds of a command.
#[derive(Debug)]
pub(crate) struct BindView {
    pub(crate) paths: Vec<VisibleBind>,
}

/// How the program is executed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ProgramImage {
    /// By its path inside; the host path is the same file.
    Inside { inside: PathBuf, host: PathBuf },
    /// Through a descriptor: it has no name inside.
    Hidden(PathBuf),
}

impl BindView {
    /// Resolves the binds. Without a mount namespace (`relocates` is false) no path can appear
    /// anywhere but at its own.
    pub(crate) fn resolve(policy: &SandboxPolicy, relocates: bool) -> Result<Self, SandboxError> {
        let read_only = policy.read_only.iter().map(|bind| (bind, FileAccess::ReadOnly));
        let read_write = policy.read_write.iter().map(|bind| (bind, FileAccess::ReadWrite));
        let paths = read_only
            .chain(read_write)
            .map(|(bind, access)| VisibleBind::resolve(bind, access, relocates));
        let paths = paths.collect::<Result<Vec<_>, _>>()?;
        if paths.len() > MAX_BINDS {
            return Err(SandboxError::BadCommand(format!(
                "{} binds, at most {MAX_BINDS} are possible",
                paths.len()
            )));
        }
        Ok(Self { paths })
    }

    /// Finds the program in the view, by its name inside or its name on the host.
    pub(crate) fn program(&self, program: &Path) -> Result<ProgramImage, SandboxError> {
        let by_inside = self.paths.iter().find_map(|path| {
            let host = join(&path.host, program.strip_prefix(&path.inside).ok()?);
            host.is_file().then(|| ProgramImage::Inside { inside: program.to_owned(), host })
        });
        if let Some(found) = by_inside {
            return Ok(found);
        }
        let bind = |source| SandboxError::Bind { path: program.to_owned(), source };
        let host = program.canonicalize().map_err(bind)?;
        let by_host = self.paths.iter().find_map(|path| {
            let inside = join(&path.inside, host.strip_prefix(&path.host).ok()?);
            Some(ProgramImage::Inside { inside, host: host.clone() })
        });
        Ok(by_host.unwrap_or(ProgramImage::Hidden(host)))
    }

    /// The host path of a path inside.
    pub(crate) fn host_path(&self, inside: &Path) -> Option<PathBuf> {
        self.paths
            .iter()
            .find_map(|path| Some(join(&path.host, inside.strip_prefix(&path.inside).ok()?)))
    }

    /// Adds the landlock rules of all binds. `execute` says whether read-only folders may be
    /// executed from.
    pub(crate) fn landlock_rules(
        &self,
        mut rules: RulesetBuilder,
        execute: bool,
    ) -> Result<RulesetBuilder, SandboxError> {
        for path in &self.paths {
            let allow = match path.access {
                FileAccess::ReadOnly if execute => PathAccess::ReadExecute,
                FileAccess::ReadOnly => PathAccess::Read,
                FileAccess::ReadWrite => PathAccess::ReadWrite,
            };
            rules = allow_path(rules, &path.host, path.folder, allow)?;
        }
        Ok(rules)
    }
}

/// Adds one landlock rule for a host path.
pub(crate) fn allow_path(
    rules: RulesetBuilder,
    path: &Path,
    folder: bool,
    allow: PathAccess,
) -> Result<RulesetBuilder, SandboxError> {
    let bind = |source| SandboxError::Bind { path: path.to_owned(), source };
    let file = open_path(path).map_err(bind)?;
    rules.allow(&file, folder, allow).map_err(|error| bind(io::Error::other(error)))
}

/// Opens a path only to name it, which needs no right to read.
pub(crate) fn open_path(path: &Path) -> io::Result<File> {
    File::options().read(true).custom_flags(libc::O_PATH).open(path)
}

impl VisibleBind {
    fn resolve(
        bind: &BindMount,
        access: FileAccess,
        relocates: bool,
    ) -> Result<Self, SandboxError> {
        let fault = |source| SandboxError::Bind { path: bind.host.clone(), source };
        let host = bind.host.canonicalize().map_err(fault)?;
        let folder = host.metadata().map_err(fault)?.is_dir();
        if !bind.inside.is_absolute() {
            return Err(SandboxError::BadCommand(format!(
                "bind target {} is not absolute",
                bind.inside.display()
            )));
        }
        if !relocates && bind.inside.canonicalize().ok().as_ref() != Some(&host) {
            let from = bind.host.display();
            let to = bind.inside.display();
            let text = format!(
                "{from} cannot appear at {to} without a mount namespace: bind it at its own path"
            );
            return Err(SandboxError::BadCommand(text));
        }
        Ok(Self { host, inside: bind.inside.clone(), access, folder })
    }
}

/// `base/rest`, without the trailing slash that joining an empty path would leave.
fn join(base: &Path, rest: &Path) -> PathBuf {
    if rest.as_os_str().is_empty() { base.to_owned() } else { base.join(rest) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(host: &Path, inside: &str) -> BindView {
        let folder = true;
        BindView {
            paths: vec![VisibleBind {
                host: host.to_owned(),
                inside: inside.into(),
                access: FileAccess::ReadOnly,
                folder,
            }],
        }
    }

    #[test]
    fn a_program_is_found_by_its_inside_and_by_its_host_name() {
        let folder = tempfile::tempdir().expect("temp dir");
        let host = folder.path().canonicalize().expect("exists");
        let file = host.join("tool");
        std::fs::write(&file, "").expect("writes");
        let expected = ProgramImage::Inside { inside: "/opt/tool".into(), host: file.clone() };
        let view = view(&host, "/opt");
        assert_eq!(view.program(Path::new("/opt/tool")).expect("found"), expected);
        assert_eq!(view.program(&file).expect("found"), expected);
    }

    #[test]
    fn a_program_outside_of_every_bind_stays_hidden() {
        let folder = tempfile::tempdir().expect("temp dir");
        let file = folder.path().canonicalize().expect("exists").join("tool");
        std::fs::write(&file, "").expect("writes");
        let elsewhere = tempfile::tempdir().expect("temp dir");
        assert_eq!(
            view(elsewhere.path(), "/opt").program(&file).expect("found"),
            ProgramImage::Hidden(file)
        );
    }
}
