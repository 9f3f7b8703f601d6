//! The whole configuration of a course, compared with what it configures.

use crate::functions;
use crate::setup::read_tree;
use grader_course::config::{ConfigErrors, Course, ModuleFacts, Rubric};
use grader_judge::Module;
use std::collections::BTreeMap;
use std::path::Path;

/// The configuration of a course as far as it could be read.
pub struct CourseCheck {
    /// `config/course.yaml`.
    pub course: Result<Course, ConfigErrors>,
    /// The rubric of each module, by slug.
    pub rubrics: BTreeMap<String, Result<Rubric, ConfigErrors>>,
}

impl CourseCheck {
    /// All mistakes of all files; `None` if there are none.
    pub fn mistakes(&self) -> Option<ConfigErrors> {
        let rubrics = self.rubrics.values().filter_map(|rubric| rubric.as_ref().err());
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
    let rubrics = slugs.into_iter().map(|slug| {
        let rubric = load_rubric(root, &slug, modules);
        (slug, rubric)
    });
    CourseCheck { rubrics: rubrics.collect(), course }
}

/// The rubric of a module, compared with its hidden cases and its reference where both can be had.
pub fn load_rubric(root: &Path, slug: &str, modules: &[Module]) -> Result<Rubric, ConfigErrors> {
    let path = root.join(format!("config/modules/{slug}.yaml"));
    let reference = read_tree(&root.join("solutions").join(slug), &|name| name.starts_with("src/"));
    let suite = Module::named(modules, slug).map(Module::suite);
    let (Some(Ok(suite)), Ok(reference)) = (suite, reference) else {
        return Rubric::load(&path);
    };
    let cases: Vec<_> = suite.names().collect();
    let timed: Vec<_> = suite.timed().iter().map(|case| (case.task, case.name)).collect();
    let functions = functions::public(&reference);
    Rubric::load_fitting(
        &path,
        &ModuleFacts { cases: &cases, timed: &timed, functions: &functions },
    )
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
