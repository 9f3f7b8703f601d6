//! Stage 2: from sources to a driver that can answer requests.
//!
//! Three calls of rustc, each confined: the student's library (no exec, no fork), the driver
//! around it (links, so it may), and, only if something of ours does not fit around it, the probes
//! that show the student which public signature is missing or changed.

mod blame;
mod call_audit;
mod callers;
pub mod checked_lines;
mod compile_failure;
pub mod diagnostics;
mod driver;
pub mod misfit;
mod refusal;
mod rustc;
mod timed_build;

use crate::defence::DefenceLayer;
use crate::fault::{Fault, Result};
use crate::kit::Kit;
use crate::setup::ModuleSetup;
use crate::toolchain::Toolchain;
use blame::CourseSource;
pub use call_audit::CallAudit;
use compile_failure::{failure_of, with_suspect};
use grader_model::{CompileProblem, Outcome};
use grader_sandbox::{ProcessEnd, Sandbox};
pub use refusal::FunctionRefusal;
use rustc::{BuildKind, RustcJob, RustcRun};
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tracing::debug;

/// Part of the key of every result: raise it when a submission is compiled in another way.
pub const RECIPE_VERSION: &str = "5";

/// What compiling came to.
#[derive(Debug)]
pub enum CompileOutcome {
    /// A driver, perhaps without the tasks whose signatures did not fit.
    Driver {
        /// The executable.
        path: PathBuf,
        /// What is missing from it; each problem names its task.
        problems: Vec<CompileProblem>,
    },
    /// Nothing that could be run: the student's failure.
    Failed(BuildFailure),
}

/// Why nothing of a submission can be run. This is the student's failure and not a grader fault.
#[derive(Clone, Debug)]
pub struct BuildFailure {
    /// The outcome of the whole submission.
    pub outcome: Outcome,
    /// The problems, the most important first.
    pub problems: Vec<CompileProblem>,
}

impl BuildFailure {
    /// The failure of code that does not compile.
    pub const fn of_code(problems: Vec<CompileProblem>) -> Self {
        Self { outcome: Outcome::CompileError, problems }
    }

    /// The compiled code is no file: a confined compiler left a link or nothing in its place.
    const fn tampered() -> Self {
        Self { outcome: Outcome::Refused, problems: Vec::new() }
    }
}

/// Why a build ended early.
#[derive(Debug)]
pub enum BuildError {
    /// The submission failed.
    Failed(BuildFailure),
    /// The grader failed.
    Fault(Fault),
}

impl From<BuildFailure> for BuildError {
    fn from(failure: BuildFailure) -> Self {
        Self::Failed(failure)
    }
}

impl From<Fault> for BuildError {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// A submission that was built for correctness and audited.
pub struct CheckedBuild {
    /// The driver.
    pub driver: PathBuf,
    /// What is missing from it; each problem names its task.
    pub problems: Vec<CompileProblem>,
    /// What its functions lead to, where the module asks.
    pub links: CallAudit,
}

/// The tasks that are missing from an executable with these problems.
pub fn missing_tasks(problems: &[CompileProblem]) -> BTreeSet<String> {
    problems.iter().filter_map(|problem| problem.task.clone()).collect()
}

/// Compiles one submission of a module.
pub struct Compiler<'a> {
    /// Where rustc runs.
    pub sandbox: &'a Sandbox,
    /// Which rustc.
    pub toolchain: &'a Toolchain,
    /// What it compiles against.
    pub kit: &'a Kit,
    /// The module: its driver, probes and limits.
    pub module: &'a ModuleSetup,
    /// CPU time of all calls of rustc and of the linker so far.
    spent: Cell<Duration>,
}

impl<'a> Compiler<'a> {
    /// A compiler that has not run yet.
    pub const fn new(
        sandbox: &'a Sandbox,
        toolchain: &'a Toolchain,
        kit: &'a Kit,
        module: &'a ModuleSetup,
    ) -> Self {
        Self { sandbox, toolchain, kit, module, spent: Cell::new(Duration::ZERO) }
    }

    /// CPU time of all calls of rustc and of the linker so far.
    pub const fn spent(&self) -> Duration {
        self.spent.get()
    }

    /// Adds the CPU time of one call of rustc. Called in one place, where rustc runs.
    fn charge(&self, cpu: Duration) {
        self.spent.set(self.spent.get() + cpu);
    }

    /// Compiles `files`, a whole crate, below `work`, a private folder, and audits the result.
    ///
    /// # Errors
    /// The submission's own failure, or a fault of ours.
    pub fn compile(
        &self,
        files: &BTreeMap<String, Vec<u8>>,
        work: &Path,
    ) -> Result<CheckedBuild, BuildError> {
        let library = self.library(files, work, BuildKind::Checked)?;
        if let Some(failure) = failure_of(&library, "src/lib.rs") {
            self.control(work)?;
            return Err(with_suspect(failure, files).into());
        }
        match self.fitted(CourseSource::Driver, work, &BTreeSet::new())? {
            CompileOutcome::Driver { path, problems } => {
                debug!(misfits = problems.len(), cpu_ms = self.spent().as_millis(), "built");
                let links = self.links(work, &missing_tasks(&problems))?;
                debug!(functions = links.roots.len(), refused = links.refusals.len(), "audited");
                Ok(CheckedBuild { driver: path, problems, links })
            }
            CompileOutcome::Failed(failure) => Err(failure.into()),
        }
    }

    /// Compiles what was handed out in the same way, right after a submission that did not compile:
    /// a lost library, a full disk or a broken toolchain would refuse that too, and is no fault of
    /// the student's.
    ///
    /// # Errors
    /// When it does not compile either.
    fn control(&self, work: &Path) -> Result<()> {
        let handed_out = self.module.with_stubs(&BTreeMap::new());
        let control = self.library(&handed_out, &work.join("control"), BuildKind::Checked)?;
        if control.end == ProcessEnd::Exited(0) {
            return Ok(());
        }
        Err(Fault::new(format!(
            "nothing compiles here, not even `{}` as it was handed out ({:?}):\n{}",
            self.module.slug,
            control.end,
            control.rendered()
        ))
        .help("see what `grader doctor` says of the disk and the toolchain, then grade again"))
    }

    /// The student's own crate.
    fn library(
        &self,
        files: &BTreeMap<String, Vec<u8>>,
        work: &Path,
        build: BuildKind,
    ) -> Result<RustcRun> {
        let folder = work.join("submission");
        for (name, bytes) in files {
            write(&folder.join(name), bytes)?;
        }
        let out = work.join("out");
        fs::create_dir_all(&out).map_err(|error| Fault::file("creating", &out, &error))?;
        let job = RustcJob::library(&self.module.crate_name(), &folder, &out, build)
            .flag("-Awarnings")
            .with_foundation(self.kit)
            .in_package();
        let lint = self.module.holds(DefenceLayer::UnsafeLint);
        let job = if lint { job.flag("-Funsafe_code") } else { job };
        // So that functions marked `#[inline]` can be looked at, and how each is used. It would change what is timed.
        let for_audit = |job: RustcJob| job.flag("-Clink-dead-code").with_plain_calls();
        let job = if build == BuildKind::Checked { for_audit(job) } else { job };
        job.run(self)
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).map_err(|error| Fault::file("creating", folder, &error))?;
    fs::write(path, bytes).map_err(|error| Fault::file("writing", path, &error))
}
