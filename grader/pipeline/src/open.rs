//! Opening what grading needs: the one way to a [`Grader`].

use crate::course_check::check_course;
use crate::fault::Fault;
use crate::grader::{Grader, MeasureScope};
use crate::kit::Kit;
use crate::machine::{machine, vector_limit};
use crate::scratch;
use crate::setup::ModuleSetup;
use crate::toolchain::Toolchain;
use grader_course::config::{ConfigErrors, Course, CourseModule, Rubric};
use grader_judge::Module;
use grader_sandbox::{ProbeOptions, Sandbox};
use std::path::Path;

/// How a grader is opened.
pub struct GraderOptions<'a> {
    /// The course's root folder.
    pub root: &'a Path,
    /// Its configuration.
    pub course: &'a Course,
    /// The modules that this program was built with.
    pub modules: &'a [Module],
    /// The sandbox to use.
    pub sandbox: ProbeOptions,
    /// The timed cases to measure.
    pub measuring: MeasureScope,
    /// Receives a sentence before something long, and about mistakes that do not matter here.
    pub announce: &'a dyn Fn(&str),
    /// The rubric to grade by, made from the course's: for suites whose models must not change with the points of a
    /// term. No command of the grader can ask for another than the course's own.
    #[doc(hidden)]
    pub scoring: fn(Rubric) -> Rubric,
}

impl<'a> GraderOptions<'a> {
    /// Full confinement, every timed case, the course's own rubric, no announcements.
    pub fn of(root: &'a Path, course: &'a Course, modules: &'a [Module]) -> Self {
        Self {
            root,
            course,
            modules,
            sandbox: ProbeOptions::default(),
            measuring: MeasureScope::All,
            announce: &|_| (),
            scoring: |rubric| rubric,
        }
    }
}

/// Why a grader or a module cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Mistakes in the configuration, each at its line: for the instructor to fix.
    #[error(transparent)]
    Config(#[from] ConfigErrors),
    /// A fault of ours.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Grader {
    /// Opens everything that grading `module` needs. The rubric is read and the suite is built once.
    ///
    /// # Errors
    /// [`OpenError::Config`] for mistakes in the configuration, found before anything long begins; else a fault:
    /// no sandbox, no toolchain, a kit that cannot be built.
    ///
    /// # Cost
    /// Some 30 CPU seconds where the kit is built, which is announced; else less than a second.
    pub fn open(module: &CourseModule, options: GraderOptions<'_>) -> Result<Self, OpenError> {
        let GraderOptions { root, course, modules, sandbox, measuring, announce, scoring } =
            options;
        let module = ModuleSetup::open_scored(root, module, modules, announce, scoring)?;
        let level = machine(vector_limit(course.vector_level)).vector_level;
        let (module, not_measured) = module.measured_on(level);
        if !not_measured.is_empty() {
            let names = not_measured.join(", ");
            announce(&format!(
                "left out, because this processor lacks their instructions: {names}"
            ));
        }
        scratch::remove_stale();
        let sandbox = Sandbox::probe(sandbox).map_err(|error| Fault::new(error.to_string()))?;
        let toolchain = Toolchain::find()?;
        let kit = Kit::open(root, course, &toolchain, &|| {
            announce("building what submissions are compiled against (once, about half a minute)");
        })?;
        Ok(Self { sandbox, toolchain, kit, module, timing: measuring })
    }
}

impl ModuleSetup {
    /// Opens rubric and hidden cases of `module`: what scoring stored results needs.
    ///
    /// # Errors
    /// As [`Grader::open`].
    pub fn open(
        root: &Path,
        module: &CourseModule,
        modules: &[Module],
        announce: &dyn Fn(&str),
    ) -> Result<Self, OpenError> {
        Self::open_scored(root, module, modules, announce, |rubric| rubric)
    }

    /// All mistakes of the course are shown if this module has one; mistakes in other modules alone are no reason to
    /// refuse this one.
    fn open_scored(
        root: &Path,
        module: &CourseModule,
        modules: &[Module],
        announce: &dyn Fn(&str),
        scoring: fn(Rubric) -> Rubric,
    ) -> Result<Self, OpenError> {
        let mut checked = check_course(root, modules);
        let mistakes = checked.mistakes();
        let own = checked.modules.remove(&module.slug);
        let Some(parts) = own.and_then(|own| own.parts(scoring)) else {
            return Err(mistakes.map_or_else(
                || Fault::new(format!("`{}` is no module of the course", module.slug)).into(),
                OpenError::Config,
            ));
        };
        if let Some(mistakes) = mistakes {
            announce(&format!("{mistakes}, in other modules: `grader doctor` shows them"));
        }
        Ok(Self::of(root, module, parts)?)
    }
}
