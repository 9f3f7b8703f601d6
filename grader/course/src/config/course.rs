//! The modules of the course and their order: `config/course.yaml`.

use std::path::Path;

use miette::Diagnostic;
use serde::Serialize;
use thiserror::Error;
use time::Date;
use time::macros::format_description;

use super::errors::ConfigErrors;
use super::reader::{ConfigReader, MapFields};
use super::tree::{self, YamlNode, YamlValue};
use crate::located::SourceText;
use crate::nearest::nearest;

const COURSE: [&str; 6] = ["title", "about", "engine", "foundation", "modules", "vector_level"];
const FOUNDATION: [&str; 3] = ["data", "package", "wide_vector_features"];
const MODULE: [&str; 4] = ["slug", "number", "due", "requires"];

/// The course: its modules in teaching order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Course {
    /// The course's title.
    pub title: String,
    /// What students do in it, in a sentence or two; the students' README begins with it.
    pub about: Option<String>,
    /// The folder of the engine's crates, relative to the course: drivers are built with some of them.
    pub engine: String,
    /// What students build on; `None` if they have the standard library alone.
    pub foundation: Option<Foundation>,
    /// The modules, in order.
    pub modules: Vec<CourseModule>,
    /// The vector instructions with which speed is measured, the same for every class.
    pub vector_level: VectorSetting,
}

/// The package in `assignments/` that students get unchanged and build on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Foundation {
    /// Its name, which is also its folder in `assignments/` and its crate.
    pub package: String,
    /// The features in its `Cargo.toml` that bring AVX-512. `vector_level` turns them off.
    pub wide_vector_features: Vec<String>,
    /// The package in `solutions/data`, if there is one: plain data that the judge sends to the drivers of several
    /// modules. Its feature `foundation` converts them.
    pub data: Option<String>,
}

/// The widest vector instructions that kernels may choose while speed is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum VectorSetting {
    /// The widest that the processor has.
    #[default]
    Widest,
    /// `x86-64-v3`: AVX2 at most, where AVX-512 would be there too, so that machines with and without it
    /// grade alike.
    V3,
}

/// One module of the course; its points are in its [`Rubric`](super::Rubric).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CourseModule {
    /// Name of the module's folders and package.
    pub slug: String,
    /// Number in the curriculum.
    pub number: u32,
    /// Last day to submit, if there is one.
    pub due: Option<Date>,
    /// Slugs of the modules that must come before this one.
    pub requires: Vec<String>,
}

/// A name or number that matches no module of the course.
#[derive(Debug, Clone, PartialEq, Eq, Error, Diagnostic)]
#[error("the course has no module `{name}`")]
#[diagnostic(help("{advice}"))]
pub struct UnknownModule {
    /// The name or number that was requested.
    pub name: String,
    advice: String,
}

impl Course {
    /// Reads `course.yaml` in `config_dir`. Each module listed must have its `modules/<slug>.yaml`, and the
    /// foundation its package beside `config_dir`.
    pub fn load(config_dir: &Path) -> Result<Self, ConfigErrors> {
        let path = config_dir.join("course.yaml");
        let name = path.display().to_string();
        let text = std::fs::read_to_string(&path)
            .map_err(|error| ConfigErrors::unreadable(&name, &error))?;
        parse(&SourceText::new(&name, &text), &|file| config_dir.join(file).is_file())
    }

    /// Reads a course from `text` without checking that other files exist; `name` is the file's name
    /// in messages.
    pub fn parse(name: &str, text: &str) -> Result<Self, ConfigErrors> {
        parse(&SourceText::new(name, text), &|_| true)
    }

    /// The names of the packages in the students' workspace: the foundation, then the modules in order.
    pub fn packages(&self) -> impl Iterator<Item = &str> {
        let foundation = self.foundation.iter().map(|foundation| foundation.package.as_str());
        foundation.chain(self.modules.iter().map(|module| module.slug.as_str()))
    }

    /// The module with this slug or number.
    pub fn resolve(&self, slug_or_number: &str) -> Result<&CourseModule, UnknownModule> {
        let number = slug_or_number.parse::<u32>().ok();
        self.modules
            .iter()
            .find(|module| module.slug == slug_or_number || Some(module.number) == number)
            .ok_or_else(|| self.unknown(slug_or_number))
    }

    fn unknown(&self, name: &str) -> UnknownModule {
        let slugs = self.modules.iter().map(|module| module.slug.as_str());
        let list: Vec<String> = self
            .modules
            .iter()
            .map(|module| format!("{} ({})", module.slug, module.number))
            .collect();
        let known = format!("known: {}", list.join(", "));
        UnknownModule {
            name: name.to_owned(),
            advice: match nearest(name, slugs) {
                Some(close) => format!("did you mean `{close}`? {known}"),
                None => known,
            },
        }
    }
}

/// `is_file` answers for paths relative to the folder of `course.yaml`.
fn parse(source: &SourceText, is_file: &dyn Fn(&str) -> bool) -> Result<Course, ConfigErrors> {
    let root =
        tree::parse(source).map_err(|error| ConfigErrors::new(source.name(), vec![error]))?;
    let mut reader = ConfigReader::new(source);
    let course = course(&mut reader, &root, is_file);
    ConfigErrors::unless_clean(source.name(), course, reader.into_problems())
}

fn course(
    reader: &mut ConfigReader<'_>,
    root: &YamlNode,
    is_file: &dyn Fn(&str) -> bool,
) -> Option<Course> {
    let fields = reader.fields(root, "course", &COURSE)?;
    let title = reader.text(&fields, "title");
    let about = match fields.get("about") {
        None => Some(None),
        Some(node) => reader.text_of(node).map(Some),
    };
    let engine = match fields.get("engine") {
        None => Some("grader".to_owned()),
        Some(node) => engine(reader, node, is_file),
    };
    let foundation = match fields.get("foundation") {
        None => Some(None),
        Some(node) => foundation(reader, node, is_file).map(Some),
    };
    let vector_level = match fields.get("vector_level") {
        None => Some(VectorSetting::Widest),
        Some(node) => vector_setting(reader, node),
    };
    let list = reader.require(&fields, "modules")?;
    let mut modules: Vec<CourseModule> = Vec::new();
    // Includes modules with mistakes. Otherwise a module that requires one of them would be
    // reported too.
    let mut slugs: Vec<String> = Vec::new();
    for node in reader.list(list, 1)? {
        let Some(fields) = reader.fields(node, "module", &MODULE) else { continue };
        let slug = reader.name(&fields, "slug");
        let is_without_rubric = |slug: &&String| !is_file(&format!("modules/{slug}.yaml"));
        if let Some(slug) = slug.as_ref().filter(is_without_rubric) {
            let message = format!("module `{slug}` has no rubric");
            let label = format!("expected the file modules/{slug}.yaml");
            reader.wrong(&node.span, message, &label);
        }
        let before = EarlierModules { modules: &modules, slugs: &slugs };
        let module = module(reader, node, &fields, slug.clone(), &before);
        slugs.extend(slug);
        modules.extend(module);
    }
    Some(Course {
        title: title?,
        about: about?,
        engine: engine?,
        foundation: foundation?,
        modules,
        vector_level: vector_level?,
    })
}

fn engine(
    reader: &mut ConfigReader<'_>,
    node: &YamlNode,
    is_file: &dyn Fn(&str) -> bool,
) -> Option<String> {
    let folder = reader.text_of(node)?;
    let manifest = format!("{folder}/driver/Cargo.toml");
    if !is_file(&format!("../{manifest}")) {
        let label = format!("expected a folder with the file {manifest}, seen from the course");
        reader.wrong(&node.span, "no engine is there", &label);
    }
    Some(folder)
}

fn foundation(
    reader: &mut ConfigReader<'_>,
    node: &YamlNode,
    is_file: &dyn Fn(&str) -> bool,
) -> Option<Foundation> {
    let fields = reader.fields(node, "foundation", &FOUNDATION)?;
    let package = reader.name(&fields, "package");
    let manifest = package.as_ref().map(|name| format!("assignments/{name}/Cargo.toml"));
    let missing = manifest.filter(|manifest| !is_file(&format!("../{manifest}")));
    if let (Some(manifest), Some(node)) = (missing, fields.get("package")) {
        let label = format!("expected the file {manifest}");
        reader.wrong(&node.span, "the foundation is no package", &label);
    }
    let wide_vector_features = match fields.get("wide_vector_features") {
        None => Some(Vec::new()),
        Some(node) => feature_names(reader, node),
    };
    let data = match fields.get("data") {
        None => Some(None),
        Some(node) => reader.text_of(node).map(Some),
    };
    if data.as_ref().is_some_and(Option::is_some) && !is_file("../solutions/data/Cargo.toml") {
        reader.wrong(
            &node.span,
            "the package `data` is not there",
            "expected the file solutions/data/Cargo.toml",
        );
    }
    Some(Foundation { package: package?, wide_vector_features: wide_vector_features?, data: data? })
}

fn feature_names(reader: &mut ConfigReader<'_>, node: &YamlNode) -> Option<Vec<String>> {
    let items = reader.list(node, 0)?;
    items.iter().map(|item| reader.text_of(item)).collect()
}

/// Lower levels are not offered: the foundation's libraries choose AVX2 whatever their features are.
fn vector_setting(reader: &mut ConfigReader<'_>, node: &YamlNode) -> Option<VectorSetting> {
    match reader.one_of(node, &["widest", "x86-64-v3"])? {
        "widest" => Some(VectorSetting::Widest),
        _ => Some(VectorSetting::V3),
    }
}

/// The modules listed before the current one.
struct EarlierModules<'a> {
    modules: &'a [CourseModule],
    slugs: &'a [String],
}

fn module(
    reader: &mut ConfigReader<'_>,
    node: &YamlNode,
    fields: &MapFields<'_>,
    slug: Option<String>,
    before: &EarlierModules<'_>,
) -> Option<CourseModule> {
    let number = reader.whole(fields, "number", 999);
    let due = fields.get("due").map(|node| date(reader, node));
    let requires = fields
        .get("requires")
        .map_or(Some(Vec::new()), |node| requires(reader, node, before.slugs));
    let is_twin =
        |other: &&CourseModule| Some(&other.slug) == slug.as_ref() || Some(other.number) == number;
    if let Some(twin) = before.modules.iter().find(is_twin) {
        let message = format!("a second module with the slug or number of `{}`", twin.slug);
        reader.wrong(&node.span, message, "expected a slug and a number of its own");
    }
    Some(CourseModule { slug: slug?, number: number?, due: due.flatten(), requires: requires? })
}

fn date(reader: &mut ConfigReader<'_>, node: &YamlNode) -> Option<Date> {
    let date = match &node.value {
        YamlValue::Text(text) => calendar_date(text),
        _ => None,
    };
    date.or_else(|| reader.mistyped(node, "a date like \"2027-02-15\""))
}

/// The date that `text` writes as `YYYY-MM-DD`; `None` for any other form and for a date that does not
/// exist.
fn calendar_date(text: &str) -> Option<Date> {
    let date = Date::parse(text, format_description!("[year]-[month]-[day]")).ok()?;
    // `time` also reads a sign before the year.
    (date.to_string() == text).then_some(date)
}

/// A module can require only earlier modules, so cycles are impossible.
fn requires(
    reader: &mut ConfigReader<'_>,
    node: &YamlNode,
    before: &[String],
) -> Option<Vec<String>> {
    let mut slugs = Vec::new();
    for item in reader.list(node, 0)? {
        let Some(slug) = reader.text_of(item) else { continue };
        if !before.contains(&slug) {
            let message = format!("requires `{slug}`, which does not come before this module");
            let label = match before {
                [] => "expected nothing: this module is first".to_owned(),
                _ => format!("expected one of: {}", before.join(", ")),
            };
            reader.wrong(&item.span, message, &label);
        }
        slugs.push(slug);
    }
    Some(slugs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_days_of_the_calendar_are_dates() {
        let date = calendar_date("2028-02-29").expect("a leap day");
        assert_eq!(date.to_string(), "2028-02-29");
        for wrong in [
            "2027-02-29",
            "2027-13-01",
            "2027-04-31",
            "2027-4-1",
            "+2027-04-01",
            "2027-04-01 ",
            "tomorrow",
            "2027-01-0é",
        ] {
            assert_eq!(calendar_date(wrong), None, "{wrong}");
        }
    }
}
