//! Stage 2: from sources to a driver that can answer requests.
//!
//! Three calls of rustc, each confined: the student's library (no exec, no fork), the driver
//! around it (links, so it may), and, only if something of ours does not fit around it, the surface
//! probes that tell the student which public signature is missing or changed.

mod blame;
mod callers;
pub mod diagnostics;
mod driver;
mod ends;
mod fast;
mod links;
mod refusal;
mod rustc;
pub mod surface;

use crate::collect::Sources;
use crate::defence::Defence;
use crate::fault::{Fault, Result};
use crate::kit::Kit;
use crate::setup::ModuleSetup;
use crate::toolchain::Toolchain;
use blame::Around;
use ends::{failure_of, with_suspect};
use grader_model::{CompileProblem, Outcome};
use grader_sandbox::{End, Sandbox};
pub use links::Links;
pub use refusal::Refusal;
use rustc::{Build, Job, Run};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tracing::debug;

/// Part of the key of every result: raise it when a submission is compiled in another way.
pub const RECIPE_VERSION: &str = "5";

/// What compiling came to.
#[derive(Debug)]
pub enum Compiled {
    /// A driver, perhaps without the tasks whose signatures did not fit.
    Driver {
        /// The executable.
        path: PathBuf,
        /// What is missing from it; each problem names its task.
        problems: Vec<CompileProblem>,
    },
    /// Nothing that could be run: the student's failure.
    Failed {
        /// How it ended.
        outcome: Outcome,
        /// Why.
        problems: Vec<CompileProblem>,
    },
}

impl Compiled {
    /// In a few words, for the log.
    fn summary(&self) -> String {
        match self {
            Self::Driver { problems, .. } => {
                format!("built; {} tasks do not fit their interface", problems.len())
            }
            Self::Failed { outcome, .. } => format!("not built: {outcome:?}"),
        }
    }
}

/// [`Compiled`] and the CPU time that the compiler used.
pub struct Compilation {
    /// What it came to.
    pub compiled: Compiled,
    /// What its functions lead to, where the module asks.
    pub links: Links,
    /// CPU time of all calls of rustc and of the linker.
    pub cpu: Duration,
}

/// Compiles submissions of one module.
pub struct Compiler<'a> {
    /// Where rustc runs.
    pub sandbox: &'a Sandbox,
    /// Which rustc.
    pub toolchain: &'a Toolchain,
    /// What it compiles against.
    pub kit: &'a Kit,
    /// The module: its driver, probes and limits.
    pub module: &'a ModuleSetup,
}

impl Compiler<'_> {
    /// Compiles `sources` below `work`, a private folder.
    ///
    /// # Errors
    /// Only faults of ours.
    pub fn compile(&self, sources: &Sources, work: &Path) -> Result<Compilation> {
        let compilation = self.compile_and_audit(sources, work)?;
        debug!(cpu_ms = compilation.cpu.as_millis(), "{}", compilation.compiled.summary());
        Ok(compilation)
    }

    fn compile_and_audit(&self, sources: &Sources, work: &Path) -> Result<Compilation> {
        let mut cpu = Duration::ZERO;
        let files = self.module.with_stubs(&sources.files);
        let library = self.library(&files, work, Build::Checked)?;
        cpu += library.cpu;
        if let Some(compiled) = failure_of(&library, "src/lib.rs") {
            cpu += self.control(work)?;
            let compiled = with_suspect(compiled, &files);
            return Ok(Compilation { compiled, links: Links::default(), cpu });
        }
        let compiled = self.fitted(Around::Driver, work, &BTreeSet::new(), &mut cpu)?;
        let Compiled::Driver { problems, .. } = &compiled else {
            return Ok(Compilation { compiled, links: Links::default(), cpu });
        };
        let missing = problems.iter().filter_map(|problem| problem.task.clone()).collect();
        Ok(match self.links(work, &missing, &mut cpu)? {
            Ok(links) => Compilation { compiled, links, cpu },
            Err(compiled) => Compilation { compiled, links: Links::default(), cpu },
        })
    }

    /// Compiles what was handed out in the same way, right after a submission that did not compile:
    /// a lost library, a full disk or a broken toolchain would refuse that too, and is no fault of
    /// the student's. Returns the CPU time.
    ///
    /// # Errors
    /// When it does not compile either.
    fn control(&self, work: &Path) -> Result<Duration> {
        let handed_out = self.module.with_stubs(&BTreeMap::new());
        let control = self.library(&handed_out, &work.join("control"), Build::Checked)?;
        if control.end == End::Exited(0) {
            return Ok(control.cpu);
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
    fn library(&self, files: &BTreeMap<String, Vec<u8>>, work: &Path, build: Build) -> Result<Run> {
        let folder = work.join("submission");
        for (name, bytes) in files {
            write(&folder.join(name), bytes)?;
        }
        let out = work.join("out");
        fs::create_dir_all(&out).map_err(|error| Fault::file("creating", &out, &error))?;
        let job = Job::library(&self.module.crate_name(), &folder, &out, build)
            .flag("-Awarnings")
            .with_kit("tinytorch")
            .in_package();
        let lint = self.module.holds(Defence::UnsafeLint);
        let job = if lint { job.flag("-Funsafe_code") } else { job };
        // So that functions marked `#[inline]` can be looked at, and how each is used. It would change what is timed.
        let for_audit = |job: Job| job.flag("-Clink-dead-code").with_plain_calls();
        let job = if build == Build::Checked { for_audit(job) } else { job };
        job.run(self)
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).map_err(|error| Fault::file("creating", folder, &error))?;
    fs::write(path, bytes).map_err(|error| Fault::file("writing", path, &error))
}
