//! One confined call of rustc.

use super::Compiler;
use super::diagnostics::{self, RustcDiagnostic};
use crate::fault::Result;
use crate::kit::Kit;
use crate::package;
use crate::setup::ModuleSetup;
use crate::toolchain::system_tools;
use grader_protocol::{TaskCalls, with_dependents};
use grader_sandbox::{
    BindMount, ConfinedCommand, ProcessEnd, ProcessLimits, SandboxPolicy, SyscallProfile,
};
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tracing::debug;

/// Compiled code may not be larger than this.
const LARGEST_FILE: u64 = 64 << 20;
/// Diagnostics beyond this are dropped, not failed on.
const LONGEST_OUTPUT: u64 = 1 << 20;

/// What a build is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BuildKind {
    /// Correctness: cheap code with overflow checks.
    Checked,
    /// Speed: optimised, for the processors that all machines have. What is wider is chosen while
    /// it runs, so that a grade does not depend on which machine built it.
    Fast,
    /// Our own code around what was built for speed: cheap, and without overflow checks, as there. What is generic
    /// or inline in the submission is compiled with it.
    AroundFast,
}

/// What one call of rustc is to do. The folder with the sources is seen as the current one, so
/// that diagnostics and panics name files as the student does: `src/timer.rs`.
pub struct RustcJob {
    profile: SyscallProfile,
    folder: PathBuf,
    out: PathBuf,
    args: Vec<OsString>,
    /// Crates of the kit, by name.
    from_kit: Vec<String>,
    /// The student's crate, when it is linked.
    student: Option<String>,
    /// Whether the variables of the student's package are set.
    in_package: bool,
}

/// What came of it.
pub struct RustcRun {
    /// How rustc ended.
    pub end: ProcessEnd,
    /// What it said, in its own JSON.
    pub diagnostics: Vec<RustcDiagnostic>,
    stderr: String,
}

impl RustcJob {
    /// A library from `folder/src/lib.rs`.
    pub fn library(crate_name: &str, folder: &Path, out: &Path, build: BuildKind) -> Self {
        Self::new(SyscallProfile::Compile, folder, out, "src/lib.rs", crate_name)
            .flag("--crate-type=rlib")
            .flag("--emit=link")
            .built(build)
    }

    /// An executable from `folder/main.rs`.
    pub fn executable(crate_name: &str, folder: &Path, out: &Path, build: BuildKind) -> Self {
        Self::new(SyscallProfile::Link, folder, out, "main.rs", crate_name)
            .flag("--crate-type=bin")
            .flag("--emit=link")
            .built(build)
    }

    /// An object file, from `folder/lib.rs`.
    pub fn object(crate_name: &str, folder: &Path, out: &Path, build: BuildKind) -> Self {
        Self::new(SyscallProfile::Compile, folder, out, "lib.rs", crate_name)
            .flag("--crate-type=rlib")
            .flag("--emit=obj")
            .flag("-Awarnings")
            .built(build)
    }

    /// A type check alone, of `folder/lib.rs`.
    pub fn probe(folder: &Path, out: &Path) -> Self {
        Self::new(SyscallProfile::Compile, folder, out, "lib.rs", "probes")
            .flag("--crate-type=lib")
            .flag("--emit=metadata")
            .flag("-Awarnings")
    }

    fn new(
        profile: SyscallProfile,
        folder: &Path,
        out: &Path,
        root: &str,
        crate_name: &str,
    ) -> Self {
        let job = Self {
            profile,
            folder: folder.into(),
            out: out.into(),
            args: Vec::new(),
            from_kit: Vec::new(),
            student: None,
            in_package: false,
        };
        job.flag(root)
            .flag("--edition=2024")
            .flag(&format!("--crate-name={crate_name}"))
            .flag("--error-format=json")
    }

    fn built(self, build: BuildKind) -> Self {
        let (level, checks) = match build {
            BuildKind::Checked => ("-Copt-level=0", "-Coverflow-checks=on"),
            BuildKind::Fast => ("-Copt-level=3", "-Coverflow-checks=off"),
            BuildKind::AroundFast => ("-Copt-level=0", "-Coverflow-checks=off"),
        };
        self.flag(level)
            .flag(checks)
            // The same in both: what is timed must not be other code than what was looked at.
            .flag("-Cdebug-assertions=off")
            .flag("-Ccodegen-units=1")
            .flag("-Cembed-bitcode=no")
            .flag("-Cstrip=debuginfo")
    }

    /// Makes each call a call of its function: without this it may be one of an address that was loaded before, as
    /// what takes an address does too. (Only with full RELRO does the compiler avoid the linkage table.)
    pub fn with_plain_calls(self) -> Self {
        self.flag("-Crelro-level=partial")
    }

    /// Adds an argument.
    pub fn flag(mut self, flag: &str) -> Self {
        self.args.push(flag.into());
        self
    }

    /// Lets the crate use `name` of the kit.
    pub fn with_kit(mut self, name: &str) -> Self {
        self.from_kit.push(name.into());
        self
    }

    /// Lets the crate use what the course's students build on.
    pub fn with_foundation(self, kit: &Kit) -> Self {
        match &kit.foundation {
            Some(name) => self.with_kit(name),
            None => self,
        }
    }

    /// Lets the crate use the course's data for judge and drivers, if there are any.
    pub fn with_course_data(self, kit: &Kit) -> Self {
        match &kit.course_data {
            Some(name) => self.with_kit(name),
            None => self,
        }
    }

    /// Leaves out the tasks in `missing` and all that need one of these (`--cfg missing_timer`).
    pub fn without(mut self, tasks: &[TaskCalls], missing: &BTreeSet<String>) -> Self {
        for task in with_dependents(tasks, missing) {
            self = self.flag("--cfg").flag(&format!("missing_{task}"));
        }
        self
    }

    /// Lets the crate use the student's.
    pub fn with_student(mut self, name: &str) -> Self {
        self.student = Some(name.into());
        self
    }

    /// Sets the variables that cargo sets for the student's package.
    pub const fn in_package(mut self) -> Self {
        self.in_package = true;
        self
    }

    /// Runs it in the sandbox.
    pub fn run(self, compiler: &Compiler<'_>) -> Result<RustcRun> {
        let places = BuildPaths::new(&self, compiler);
        let mut env = environment(&places, compiler.sandbox.relocates());
        if self.in_package {
            let ModuleSetup { slug, version, .. } = compiler.module;
            let variables = package::variables(slug, version, &places.folder.inside);
            env.extend(variables.into_iter().map(|(name, value)| (name.into(), value.into())));
        }
        let command = ConfinedCommand {
            program: places.toolchain.inside.join("bin/rustc"),
            args: self.arguments(compiler, &places)?,
            env,
            cwd: places.folder.inside.clone(),
            policy: self.policy(compiler, places),
            socket: false,
        };
        let start = Instant::now();
        let finished = compiler.sandbox.run(&command)?;
        compiler.charge(finished.cpu);
        debug!(
            profile = ?self.profile,
            end = ?finished.end,
            ms = start.elapsed().as_millis(),
            cpu_ms = finished.cpu.as_millis(),
            "rustc ended"
        );
        Ok(RustcRun {
            end: finished.end,
            diagnostics: diagnostics::parse(&finished.stderr),
            stderr: String::from_utf8_lossy(&finished.stderr).into_owned(),
        })
    }

    fn arguments(&self, compiler: &Compiler<'_>, places: &BuildPaths) -> Result<Vec<OsString>> {
        let mut args = self.args.clone();
        let mut add =
            |flag: &str, path: &Path| args.push(format!("{flag}{}", path.display()).into());
        add("--out-dir=", &places.out.inside);
        add("-Ldependency=", &places.kit.inside);
        add("-Ldependency=", &places.out.inside);
        for name in &self.from_kit {
            let file = compiler.kit.library(name)?;
            add(&format!("--extern={name}="), &places.kit.inside.join(file));
        }
        if let Some(name) = &self.student {
            add(&format!("--extern={name}="), &places.out.inside.join(format!("lib{name}.rlib")));
        }
        if self.profile == SyscallProfile::Link {
            add("-Clinker=", &compiler.toolchain.linker);
        }
        Ok(args)
    }

    fn policy(&self, compiler: &Compiler<'_>, places: BuildPaths) -> SandboxPolicy {
        let limits = &compiler.module.rubric.limits;
        // A linker is made of many programs and files; no student's source is read beside it.
        let system = if self.profile == SyscallProfile::Link {
            system_tools()
        } else {
            compiler.toolchain.libraries().to_vec()
        };
        let ours = [places.toolchain, places.kit, places.folder];
        SandboxPolicy {
            profile: self.profile,
            read_only: system.into_iter().chain(ours).collect(),
            read_write: vec![places.out],
            scratch_bytes: LARGEST_FILE,
            limits: ProcessLimits {
                cpu: Duration::from_secs(limits.compile_seconds.into()),
                wall: Duration::from_secs(u64::from(limits.compile_seconds) * 3),
                memory_bytes: u64::from(limits.compile_memory_mb) << 20,
                file_bytes: LARGEST_FILE,
                output_bytes: LONGEST_OUTPUT,
                threads: 64,
                open_files: 512,
            },
        }
    }
}

/// Where things stand inside: at short paths of their own, or, in a sandbox without a mount
/// namespace, where they are.
struct BuildPaths {
    toolchain: BindMount,
    kit: BindMount,
    folder: BindMount,
    out: BindMount,
}

impl BuildPaths {
    fn new(job: &RustcJob, compiler: &Compiler<'_>) -> Self {
        let relocates = compiler.sandbox.relocates();
        let place = |host: &Path, inside: &str| BindMount {
            host: host.into(),
            inside: if relocates { inside.into() } else { host.into() },
        };
        Self {
            toolchain: place(&compiler.toolchain.sysroot, "/toolchain"),
            kit: place(&compiler.kit.deps(), "/kit"),
            folder: place(&job.folder, "/submission"),
            out: place(&job.out, "/out"),
        }
    }
}

/// Without `/proc` rustc finds its own libraries only if told; nothing else is passed on. Where the
/// sandbox has no `/tmp` of its own, the one folder that may be written serves.
fn environment(places: &BuildPaths, scratch: bool) -> Vec<(OsString, OsString)> {
    let library = places.toolchain.inside.join("lib");
    let temporary = if scratch { Path::new("/tmp") } else { &places.out.inside };
    [
        ("LD_LIBRARY_PATH", library.as_os_str()),
        ("PATH", "/usr/bin:/bin".as_ref()),
        ("TMPDIR", temporary.as_os_str()),
    ]
    .map(|(name, value)| (name.into(), value.into()))
    .to_vec()
}

impl RustcRun {
    /// What rustc said, for people: its rendered diagnostics, or its raw output.
    pub fn rendered(&self) -> String {
        let rendered: Vec<&str> =
            self.diagnostics.iter().filter_map(|d| d.rendered.as_deref()).collect();
        let text = if rendered.is_empty() { self.stderr.clone() } else { rendered.join("\n") };
        let status = match self.end {
            ProcessEnd::Exited(0) => String::new(),
            other => format!("\n(rustc ended with {other:?})"),
        };
        text + &status
    }
}
