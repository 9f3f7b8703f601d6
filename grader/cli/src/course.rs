//! The course that a command works on.

use crate::args::{GraderArguments, SandboxOptions};
use crate::exit::{CommandFailure, Result};
use crate::infer_module;
use grader_course::config::{ConfigErrors, Course, CourseModule};
use grader_course::located::render_plain;
use grader_gradebook::Gradebook;
use grader_judge::Module;
use grader_pipeline::collect::FoundSubmission;
use grader_pipeline::{Grader, GraderOptions, ModuleSetup, OpenError, check_course};
use grader_sandbox::ProbeOptions;
use miette::Diagnostic;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// A mistake in a file, with the place it stands at.
pub fn rendered(error: &dyn Diagnostic) -> String {
    render_plain(error, 100)
}

/// A course on disk.
pub struct OpenCourse {
    /// Its root folder.
    pub root: PathBuf,
    /// Its configuration.
    pub course: Course,
    /// The modules with hidden cases that this program was built with.
    pub modules: &'static [Module],
}

impl OpenCourse {
    /// The course given by `--course`, or the one around the current folder.
    pub fn open(arguments: &GraderArguments, modules: &'static [Module]) -> Result<Self> {
        let start = match &arguments.course {
            Some(folder) => folder.clone(),
            None => std::env::current_dir().map_err(CommandFailure::bad_input)?,
        };
        let root = grader_course::find_root(&start)
            .map_err(|error| CommandFailure::bad_input(rendered(&error)))?;
        let root = root.canonicalize().map_err(CommandFailure::bad_input)?;
        let course = Course::load(&root.join("config")).map_err(|error| {
            let all = check_course(&root, modules).mistakes();
            bad_config(&all.unwrap_or(error))
        })?;
        Ok(Self { root, course, modules })
    }

    /// The module called `name` (or numbered so), or the one that the submissions are of.
    pub fn module(&self, name: Option<&str>, found: &[FoundSubmission]) -> Result<&CourseModule> {
        match (name, &*self.course.modules) {
            (Some(name), _) => self.named(name),
            (None, [only]) => Ok(only),
            (None, _) => self.told(&infer_module::modules_told(&self.root, &self.course, found)?),
        }
    }

    /// The module called `name` (or numbered so), or the only one of which the gradebook has grades.
    pub fn module_in(&self, book: &Gradebook, name: Option<&str>) -> Result<&CourseModule> {
        if let Some(name) = name {
            return self.named(name);
        }
        let mut graded = BTreeMap::new();
        for module in &self.course.modules {
            match book.latest_numbers(&module.slug).map_err(CommandFailure::bad_input)?.len() {
                0 => {}
                count => drop(graded.insert(module.slug.clone(), count)),
            }
        }
        self.told(&graded)
    }

    fn named(&self, name: &str) -> Result<&CourseModule> {
        self.course.resolve(name).map_err(|error| CommandFailure::bad_input(rendered(&error)))
    }

    /// The only module of `counts`, slugs with the number of submissions or grades. Where several are
    /// told of nobody guesses.
    fn told(&self, counts: &BTreeMap<String, usize>) -> Result<&CourseModule> {
        if let [slug] = &*counts.keys().collect::<Vec<_>>() {
            return self.named(slug);
        }
        let among =
            if counts.is_empty() { String::new() } else { infer_module::listed(counts) + ". " };
        let names: Vec<_> = self.course.modules.iter().map(|module| &*module.slug).collect();
        Err(CommandFailure::bad_input(format!(
            "which module? {among}Say --module with one of: {}",
            names.join(", ")
        )))
    }

    /// Everything that grading `module` needs. `announce` receives a sentence before something long.
    pub fn grader(
        &self,
        module: &CourseModule,
        confine: SandboxOptions,
        announce: &dyn Fn(&str),
    ) -> Result<Grader> {
        let sandbox = ProbeOptions {
            allow_weak: confine.allow_weak_sandbox,
            trust: confine.trust_submission,
            ..ProbeOptions::default()
        };
        let options = GraderOptions {
            sandbox,
            announce,
            ..GraderOptions::of(&self.root, &self.course, self.modules)
        };
        Ok(Grader::open(module, options)?)
    }

    /// Rubric and hidden cases of `module`: what scoring stored results needs.
    pub fn setup(&self, module: &CourseModule) -> Result<ModuleSetup> {
        Ok(ModuleSetup::open(&self.root, module, self.modules, &|what| {
            eprintln!("grader: {what}");
        })?)
    }
}

impl From<OpenError> for CommandFailure {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Config(mistakes) => bad_config(&mistakes),
            OpenError::Fault(fault) => Self::ours(fault),
        }
    }
}

/// Mistakes in the configuration, each at its line.
pub fn bad_config(mistakes: &ConfigErrors) -> CommandFailure {
    CommandFailure::bad_input(rendered(mistakes))
}
