//! The whole configuration of a course, compared with what it configures.

use crate::public_functions;
use crate::setup::read_tree;
use grader_course::config::{ConfigErrors, Course, ModuleFacts, Rubric};
use grader_judge::{Module, Suite, SuiteError};
use std::collections::BTreeMap;
use std::path::Path;

/// The configuration of a course as far as it could be read.
pub struct CourseCheck {
    /// `config/course.yaml`.
    pub course: Result<Course, ConfigErrors>,
    /// Each module, by slug.
    pub modules: BTreeMap<String, CheckedModule>,
}

/// A module's rubric, compared with what it configures.
pub struct CheckedModule {
    built: Option<Module>,
    /// The rubric.
    pub rubric: Result<Rubric, ConfigErrors>,
    /// The hidden cases; `None` if this grader was built without them.
    pub suite: Option<Result<Suite, SuiteError>>,
    /// The reference: `src/...` to contents.
    reference: crate::fault::Result<BTreeMap<String, Vec<u8>>>,
}

/// What a module without mistakes is set up from.
pub(crate) struct ModuleParts {
    /// What this grader was built with; `None` if it lacks the module.
    pub(crate) built: Option<Module>,
    pub(crate) rubric: Rubric,
    pub(crate) suite: Option<Result<Suite, SuiteError>>,
    pub(crate) reference: crate::fault::Result<BTreeMap<String, Vec<u8>>>,
}

impl CheckedModule {
    /// The parts with the rubric that `scoring` makes of the module's own; `None` if the rubric has mistakes.
    pub(crate) fn parts(self, scoring: fn(Rubric) -> Rubric) -> Option<ModuleParts> {
        let Self { built, rubric, suite, reference } = self;
        Some(ModuleParts { built, rubric: scoring(rubric.ok()?), suite, reference })
    }
}

impl CourseCheck {
    /// All mistakes of all files; `None` if there are none.
    pub fn mistakes(&self) -> Option<ConfigErrors> {
        let rubrics = self.modules.values().filter_map(|module| module.rubric.as_ref().err());
        ConfigErrors::merged(self.course.as_ref().err().into_iter().chain(rubrics))
    }
}

/// Reads the configuration of the course at `root` and finds every mistake of every kind in one round:
/// notation, points and other rules of a rubric, and its fit to the hidden cases in `modules` and to the
/// reference. Where `course.yaml` has mistakes itself, all files in `config/modules` are looked at.
pub fn check_course(root: &Path, modules: &[Module]) -> CourseCheck {
    let config = root.join("config");
    let course = Course::load(&config);
    let slugs = match &course {
        Ok(course) => course.modules.iter().map(|module| module.slug.clone()).collect(),
        Err(_) => slugs_of_files(&config.join("modules")),
    };
    let checked = slugs.into_iter().map(|slug| {
        let module = check_module(root, &slug, modules);
        (slug, module)
    });
    CourseCheck { modules: checked.collect(), course }
}

/// The rubric of a module, compared with its hidden cases and its reference where both can be had.
fn check_module(root: &Path, slug: &str, modules: &[Module]) -> CheckedModule {
    let path = root.join(format!("config/modules/{slug}.yaml"));
    let built = Module::named(modules, slug).copied();
    let reference = read_tree(&root.join("solutions").join(slug), &|name| name.starts_with("src/"));
    let suite = built.as_ref().map(Module::suite);
    let rubric = match (&suite, &reference) {
        (Some(Ok(suite)), Ok(reference)) => {
            let cases: Vec<_> = suite.names().collect();
            let timed: Vec<_> = suite.timed().iter().map(|case| (case.task, case.name)).collect();
            let functions = public_functions::public(reference);
            let facts = ModuleFacts { cases: &cases, timed: &timed, functions: &functions };
            Rubric::load_fitting(&path, &facts)
        }
        _ => Rubric::load(&path),
    };
    CheckedModule { built, rubric, suite, reference }
}

/// The slugs that the names of rubric files give, sorted.
fn slugs_of_files(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let yaml = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    let mut slugs: Vec<String> =
        yaml.filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned())).collect();
    slugs.sort();
    slugs
}
