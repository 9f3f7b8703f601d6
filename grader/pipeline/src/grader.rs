//! What grading the submissions of one module needs.

use crate::collect::CollectedSources;
use crate::compile::{self, BuildError, CompileOutcome, Compiler, FunctionRefusal};
use crate::fault::Result;
use crate::hash;
use crate::kit::Kit;
use crate::machine::machine;
use crate::scratch;
use crate::setup::ModuleSetup;
use crate::toolchain::Toolchain;
use grader_course::config::GateRubric;
use grader_judge::TimedCase;
use grader_model::{CompileProblem, MachineInfo};
use grader_sandbox::Sandbox;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Everything that grading needs and that does not change between submissions. Opened by [`Grader::open`].
#[derive(Clone)]
pub struct Grader {
    /// The sandbox in which students' code is compiled and run.
    pub sandbox: Sandbox,
    /// The compiler.
    pub toolchain: Toolchain,
    /// The libraries that students' code is compiled against.
    pub kit: Kit,
    /// The module that is graded.
    pub module: ModuleSetup,
    /// Which timed cases are measured. The others are left out, as if the module had none: for suites
    /// that look at something else, never for a grade that counts.
    pub timing: MeasureScope,
}

/// Which timed cases are measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MeasureScope {
    /// All of them: every grade that counts.
    All,
    /// Those with these names.
    Only(BTreeSet<String>),
}

impl MeasureScope {
    /// None of them.
    pub const fn nothing() -> Self {
        Self::Only(BTreeSet::new())
    }

    pub(crate) fn covers(&self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(names) => names.contains(name),
        }
    }
}

impl Grader {
    /// The key of a result: all evidence that it depends on. Scoring is no part of it, because stored
    /// results can be scored again: see [`crate::rescore`].
    pub fn key(&self, content_hash: &str) -> String {
        let level = self.sandbox.level().to_string();
        // Ratios of one level of vector instructions are not those of another.
        let vectors = self.has_gates().then(|| self.machine().vector_level.to_string());
        let vectors = vectors.iter().map(|level| ("vector instructions", level.as_bytes()));
        let rubric = self.module.rubric.evidence_material();
        let parts = [
            ("sources", content_hash.as_bytes()),
            ("stubs", self.module.stubs_hash.as_bytes()),
            ("suite", self.module.suite_hash.as_bytes()),
            ("rubric", rubric.as_bytes()),
            ("kit", self.kit.key.as_bytes()),
            ("build", compile::RECIPE_VERSION.as_bytes()),
            ("sandbox", level.as_bytes()),
            ("grader", env!("CARGO_PKG_VERSION").as_bytes()),
        ];
        hash::of_parts(parts.into_iter().chain(vectors))
    }

    /// The machine on which this grader measures speed.
    pub(crate) fn machine(&self) -> MachineInfo {
        machine(self.kit.vector_limit)
    }

    /// A compiler for one submission.
    pub(crate) const fn compiler(&self) -> Compiler<'_> {
        Compiler::new(&self.sandbox, &self.toolchain, &self.kit, &self.module)
    }

    /// The timed cases that are measured.
    pub(crate) fn timed(&self) -> impl Iterator<Item = &TimedCase> {
        self.module.suite.timed().iter().filter(|case| self.timing.covers(case.name))
    }

    /// The gate of a timed case.
    pub(crate) fn gate(&self, case: &TimedCase) -> Option<&GateRubric> {
        self.module.rubric.gate_of(case.task, case.name)
    }

    /// Whether anything is measured.
    pub(crate) fn has_gates(&self) -> bool {
        self.timed().any(|case| self.gate(case).is_some())
    }
}

/// Parts of a grading, for suites and figures that need nothing else.
impl Grader {
    /// The functions of `sources` that the call audit refuses in one of the two builds.
    ///
    /// # Errors
    /// The problems of sources that do not compile, or a fault of ours.
    #[doc(hidden)]
    pub fn audit(&self, sources: &CollectedSources) -> Result<Vec<FunctionRefusal>, BuildError> {
        let work = scratch::private_folder()?;
        self.compiler().audit(sources, work.path())
    }

    /// The public items of `sources` that are not what they are in the reference: missing, changed, or more general.
    /// Such an item costs nothing by itself.
    ///
    /// # Errors
    /// The problems of sources that do not compile, or a fault of ours.
    #[doc(hidden)]
    pub fn misfits(&self, sources: &CollectedSources) -> Result<Vec<CompileProblem>, BuildError> {
        let work = scratch::private_folder()?;
        self.compiler().all_misfits(sources, work.path())
    }

    /// The driver of `sources` below the private folder `work`; `None` if they do not compile.
    ///
    /// # Errors
    /// Only faults of ours.
    #[doc(hidden)]
    pub fn driver(&self, sources: &CollectedSources, work: &Path) -> Result<Option<PathBuf>> {
        let files = self.module.with_stubs(&sources.files);
        match self.compiler().compile(&files, work) {
            Ok(build) => Ok(Some(build.driver)),
            Err(BuildError::Failed(_)) => Ok(None),
            Err(BuildError::Fault(fault)) => Err(fault),
        }
    }

    /// The executables that grading `sources` starts, built below `work`: the driver of the cases, and the one
    /// that is measured, if the module has timed cases. Sources that do not compile have none.
    ///
    /// # Errors
    /// Only faults of ours.
    #[doc(hidden)]
    pub fn drivers(&self, sources: &CollectedSources, work: &Path) -> Result<Vec<PathBuf>> {
        let mut drivers: Vec<PathBuf> = self.driver(sources, work)?.into_iter().collect();
        if let Some(timed) = &self.module.timed {
            let files = self.module.with_stubs(&sources.files);
            let fast = work.join("fast");
            let built =
                self.compiler().compile_for_speed(timed, &files, &BTreeSet::new(), &fast)?;
            if let CompileOutcome::Driver { path, .. } = built {
                drivers.push(path);
            }
        }
        Ok(drivers)
    }
}
