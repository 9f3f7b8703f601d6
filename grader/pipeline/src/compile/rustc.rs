//! One confined call of rustc.

use super::Compiler;
use super::diagnostics::{self, Diagnostic};
use crate::fault::Result;
use crate::kit;
use crate::toolchain;
use grader_sandbox::{Bind, Command, End, Limits, Policy, Profile};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Compiled code may not be larger than this.
const LARGEST_FILE: u64 = 64 << 20;
/// Diagnostics beyond this are dropped, not failed on.
const LONGEST_OUTPUT: u64 = 1 << 20;

/// What one call of rustc is to do. The folder with the sources is seen as the current one, so
/// that diagnostics and panics name files as the student does: `src/timer.rs`.
pub struct Job {
    profile: Profile,
    folder: PathBuf,
    out: PathBuf,
    args: Vec<OsString>,
}

/// What came of it.
pub struct Run {
    /// How rustc ended.
    pub end: End,
    /// What it said, in its own JSON.
    pub diagnostics: Vec<Diagnostic>,
    /// CPU time, linker included.
    pub cpu: Duration,
    stderr: String,
}

impl Job {
    /// A library from `folder/src/lib.rs`. Cheap code with overflow checks: correctness is
    /// judged on it, not speed.
    pub fn library(crate_name: &str, folder: &Path, out: &Path) -> Self {
        Self::new(Profile::Compile, folder, out, "src/lib.rs", crate_name)
            .flag("--crate-type=rlib")
            .flag("--emit=link")
            .optimised()
    }

    /// An executable from `folder/main.rs`.
    pub fn executable(crate_name: &str, folder: &Path, out: &Path) -> Self {
        Self::new(Profile::Link, folder, out, "main.rs", crate_name)
            .flag("--crate-type=bin")
            .flag("--emit=link")
            .optimised()
    }

    /// A type check alone, of `folder/lib.rs`.
    pub fn probe(folder: &Path, out: &Path) -> Self {
        Self::new(Profile::Compile, folder, out, "lib.rs", "surface")
            .flag("--crate-type=lib")
            .flag("--emit=metadata")
    }

    fn new(profile: Profile, folder: &Path, out: &Path, root: &str, crate_name: &str) -> Self {
        let job = Self { profile, folder: folder.into(), out: out.into(), args: Vec::new() };
        job.flag(root)
            .flag("--edition=2024")
            .flag(&format!("--crate-name={crate_name}"))
            .flag("--error-format=json")
            .flag("--out-dir=/out")
            .flag(&format!("-Ldependency={}", kit::DEPS_INSIDE))
            .flag("-Ldependency=/out")
    }

    fn optimised(self) -> Self {
        self.flag("-Copt-level=0")
            .flag("-Ccodegen-units=1")
            .flag("-Coverflow-checks=on")
            .flag("-Cembed-bitcode=no")
            .flag("-Cstrip=debuginfo")
    }

    /// Adds an argument.
    pub fn flag(mut self, flag: &str) -> Self {
        self.args.push(flag.into());
        self
    }

    /// Adds `--extern`.
    pub fn with_extern(self, value: &str) -> Self {
        self.flag("--extern").flag(value)
    }

    /// Runs it in the sandbox.
    pub fn run(mut self, compiler: &Compiler<'_>) -> Result<Run> {
        let limits = &compiler.module.rubric.limits;
        let linking = self.profile == Profile::Link;
        let tools = compiler.toolchain;
        let mut read_only = if linking { tools.link_binds() } else { tools.binds() };
        if linking {
            self.args.push(format!("-Clinker={}", tools.linker.display()).into());
        }
        read_only.push(Bind { host: compiler.kit.deps(), inside: kit::DEPS_INSIDE.into() });
        read_only.push(Bind { host: self.folder, inside: "/submission".into() });
        let command = Command {
            program: Path::new(toolchain::INSIDE).join("bin/rustc"),
            args: self.args,
            env: environment(),
            cwd: "/submission".into(),
            policy: Policy {
                profile: self.profile,
                read_only,
                read_write: vec![Bind { host: self.out, inside: "/out".into() }],
                scratch_bytes: LARGEST_FILE,
                limits: Limits {
                    cpu: Duration::from_secs(limits.compile_seconds.into()),
                    wall: Duration::from_secs(u64::from(limits.compile_seconds) * 3),
                    memory_bytes: u64::from(limits.compile_memory_mb) << 20,
                    file_bytes: LARGEST_FILE,
                    output_bytes: LONGEST_OUTPUT,
                    threads: 64,
                    open_files: 512,
                },
            },
            socket: false,
        };
        let finished = compiler.sandbox.run(&command)?;
        Ok(Run {
            end: finished.end,
            diagnostics: diagnostics::parse(&finished.stderr),
            cpu: finished.cpu,
            stderr: String::from_utf8_lossy(&finished.stderr).into_owned(),
        })
    }
}

/// Without `/proc` rustc finds its own libraries only if told; nothing else is passed on.
fn environment() -> Vec<(OsString, OsString)> {
    let library = format!("{}/lib", toolchain::INSIDE);
    [("LD_LIBRARY_PATH", library.as_str()), ("PATH", "/usr/bin:/bin"), ("TMPDIR", "/tmp")]
        .map(|(name, value)| (name.into(), value.into()))
        .to_vec()
}

impl Run {
    /// What rustc said, for people: its rendered diagnostics, or its raw output.
    pub fn rendered(&self) -> String {
        let rendered: Vec<&str> =
            self.diagnostics.iter().filter_map(|d| d.rendered.as_deref()).collect();
        let text = if rendered.is_empty() { self.stderr.clone() } else { rendered.join("\n") };
        let status = match self.end {
            End::Exited(0) => String::new(),
            other => format!("\n(rustc ended with {other:?})"),
        };
        text + &status
    }
}
