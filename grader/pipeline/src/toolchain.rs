//! The compiler that submissions are built with, called directly rather than through cargo.

use crate::fault::{Fault, Result};
use crate::libraries::libraries_of;
use grader_call_audit::StandardLibrary;
use grader_sandbox::BindMount;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, OnceLock};

/// One rustc and the C compiler that links for it.
#[derive(Clone, Debug)]
pub struct Toolchain {
    /// The sysroot; its `bin/rustc` is the compiler itself, not a rustup proxy.
    pub sysroot: PathBuf,
    /// `rustc -vV`, whole: part of every content key.
    pub verbose_version: String,
    /// The linker driver (`cc`), with symbolic links resolved.
    pub linker: PathBuf,
    /// Read once, when it is asked for.
    standard: Arc<OnceLock<StandardLibrary>>,
    /// Looked for once.
    libraries: Arc<OnceLock<Vec<BindMount>>>,
}

impl Toolchain {
    /// Asks the `rustc` on the path.
    ///
    /// # Errors
    /// When there is no rustc or no `cc`.
    pub fn find() -> Result<Self> {
        let sysroot = PathBuf::from(ask_rustc(&["--print", "sysroot"])?);
        let verbose_version = ask_rustc(&["-vV"])?;
        let linker = find_linker().ok_or_else(|| {
            Fault::new("no C compiler called `cc` is on the path; rustc links through it")
                .help("install one, such as the package `gcc` or `build-essential`")
        })?;
        let (standard, libraries) = Default::default();
        Ok(Self { sysroot, verbose_version, linker, standard, libraries })
    }

    /// The crates of its standard library and the symbols that these refer to.
    ///
    /// # Errors
    /// When a file of the toolchain cannot be read.
    ///
    /// # Cost
    /// Some tenths of a second for the first call, nothing for the others.
    pub(crate) fn standard(&self) -> Result<StandardLibrary> {
        if let Some(known) = self.standard.get() {
            return Ok(known.clone());
        }
        let folder = self.sysroot.join("lib/rustlib").join(self.host()).join("lib");
        let standard = StandardLibrary::read(&folder).map_err(|error| {
            Fault::new(format!("the standard library of this toolchain: {error}"))
                .help("install the toolchain again: `rustup toolchain install`")
        })?;
        Ok(self.standard.get_or_init(|| standard).clone())
    }

    /// The libraries of the system that the compiler itself needs: its own are in the sysroot.
    pub(crate) fn libraries(&self) -> &[BindMount] {
        let own = self.sysroot.join("lib");
        self.libraries.get_or_init(|| {
            libraries_of(&self.sysroot.join("bin/rustc"), std::slice::from_ref(&own))
        })
    }

    /// The target that it compiles for: `x86_64-unknown-linux-gnu`.
    fn host(&self) -> &str {
        let mut lines = self.verbose_version.lines();
        lines.find_map(|line| line.strip_prefix("host: ")).unwrap_or_default()
    }

    /// The first line of the version, for people.
    pub fn version(&self) -> &str {
        self.verbose_version.lines().next().unwrap_or("rustc")
    }
}

/// What linking needs: the C compiler and its parts, wherever this distribution keeps them.
pub fn system_tools() -> Vec<BindMount> {
    existing(&["/usr", "/bin", "/lib", "/lib64"])
}

fn existing(paths: &[&str]) -> Vec<BindMount> {
    let resolve = |path: &&str| {
        let host = Path::new(path).canonicalize().ok()?;
        Some(BindMount { host, inside: path.into() })
    };
    paths.iter().filter_map(resolve).collect()
}

fn ask_rustc(args: &[&str]) -> Result<String> {
    let advice = "install Rust from https://rustup.rs, or put its bin folder on the path";
    let output = Command::new("rustc")
        .args(args)
        .output()
        .map_err(|error| Fault::new(format!("rustc cannot be run: {error}")).help(advice))?;
    if !output.status.success() {
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(Fault::new(format!("rustc {} failed: {stderr}", args.join(" "))).help(advice));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn find_linker() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).find_map(|folder| folder.join("cc").canonicalize().ok())
}
