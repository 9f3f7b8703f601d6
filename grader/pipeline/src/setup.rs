//! What grading one module needs, read once: rubric, hidden cases, driver, stubs.

use crate::defence::{Defence, SwitchedOff};
use crate::fault::{Fault, Result};
use crate::functions;
use crate::hash;
use grader_course::config::{ConfigErrors, CourseModule, Rubric};
use grader_course::located::render_plain;
use grader_judge::Suite;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// One module, ready to be graded.
#[derive(Clone)]
pub struct ModuleSetup {
    /// Its slug.
    pub slug: String,
    /// Points, limits, visibility.
    pub rubric: Rubric,
    /// The last day for handing in, if there is one: `2026-11-30`.
    pub due: Option<String>,
    /// The hidden cases.
    pub suite: Suite,
    /// The driver's own sources: `driver.rs` and what is below `driver/`.
    pub driver_files: BTreeMap<String, Vec<u8>>,
    /// The probes of the public surface.
    pub surface: String,
    /// Hash of what decides about an answer: the cases and judge that were built in, the driver.
    pub suite_hash: String,
    /// Hash of what students were handed out: it stands in for what they did not hand in.
    pub stubs_hash: String,
    /// What its timed cases need; `None` if it has none.
    pub timed: Option<TimedSetup>,
    /// What students were handed out: `src/...` to contents.
    stubs: BTreeMap<String, Vec<u8>>,
    /// What is left out, in a suite that looks at what the rest holds.
    pub(crate) switched_off: SwitchedOff,
}

/// What is built for speed: the kernels, and the reference that is their baseline.
#[derive(Clone)]
pub struct TimedSetup {
    /// `hidden/kernels.rs`.
    pub kernels: Vec<u8>,
    /// The reference: `src/...` to contents.
    pub reference: BTreeMap<String, Vec<u8>>,
    /// Hash of both.
    pub hash: String,
}

impl TimedSetup {
    /// Reads it from `solutions/<slug>`, whose sources are `reference`.
    fn load(folder: &Path, reference: BTreeMap<String, Vec<u8>>) -> Result<Self> {
        let path = folder.join("hidden/kernels.rs");
        let kernels = fs::read(&path).map_err(|error| {
            Fault::file("reading", &path, &error)
                .help("a module with timed cases needs its kernels")
        })?;
        let of_reference = hash::of_files(&reference);
        let hash = hash::of_parts([("kernels", &*kernels), ("reference", of_reference.as_bytes())]);
        Ok(Self { kernels, reference, hash })
    }
}

impl ModuleSetup {
    /// Reads the module from the course at `root`.
    ///
    /// # Errors
    /// When a file is missing or the rubric does not fit the hidden cases.
    pub fn load(root: &Path, module: &CourseModule) -> Result<Self> {
        let slug = module.slug.clone();
        let rubric = Rubric::load(&root.join(format!("config/modules/{slug}.yaml")))
            .map_err(|error| Fault::new(render_plain(&error, 100)))?;
        let built = grader_modules::module(&slug).ok_or_else(|| {
            Fault::new(format!("this grader was built without the hidden cases of `{slug}`"))
                .help("build it again: `cargo build -p grader`")
        })?;
        let suite = Suite::new((built.cases)())
            .and_then(|suite| suite.with_timed(built.timed.iter().copied()))
            .map_err(|error| Fault::new(format!("the hidden cases of `{slug}`: {error}")))?;
        check_rubric(&rubric, &suite).map_err(|error| Fault::new(render_plain(&error, 100)))?;
        let solution = root.join("solutions").join(&slug);
        let hidden = solution.join("hidden");
        same_contract(&read_text(&hidden.join("contract.rs"))?, built)?;
        let reference = read_tree(&solution, &|name| name.starts_with("src/"))?;
        rubric
            .check_links(&functions::public(&reference))
            .map_err(|error| Fault::new(render_plain(&error, 100)))?;
        let timed = if suite.timed().is_empty() {
            None
        } else {
            Some(TimedSetup::load(&solution, reference)?)
        };
        let stubs =
            read_tree(&root.join("assignments").join(&slug), &|name| name.starts_with("src/"))?;
        let driver_files =
            read_tree(&hidden, &|name| name == "driver.rs" || name.starts_with("driver/"))?;
        let driver_hash = hash::of_files(&driver_files);
        // Whoever looks at what functions lead to decides about answers as well.
        let links = rubric.links.iter().flat_map(|_| grader_links::SOURCES);
        Ok(Self {
            stubs_hash: hash::of_files(&stubs),
            suite_hash: hash::of_parts(
                [("cases", built.content.as_bytes()), ("driver", driver_hash.as_bytes())]
                    .into_iter()
                    .chain(timed.iter().map(|timed| ("timed", timed.hash.as_bytes())))
                    .chain(links.map(|source| ("links", source.as_bytes()))),
            ),
            timed,
            driver_files,
            surface: read_text(&hidden.join("surface.rs"))?,
            stubs,
            switched_off: SwitchedOff::default(),
            slug,
            rubric,
            due: module.due.map(|day| day.to_string()),
            suite,
        })
    }

    /// The same without a layer: for suites of attacks alone. No command of the grader can ask for it.
    #[doc(hidden)]
    #[must_use]
    pub fn without(mut self, defence: Defence) -> Self {
        self.switched_off.add(defence);
        self
    }

    /// Whether that layer is there.
    pub(crate) fn holds(&self, defence: Defence) -> bool {
        self.switched_off.holds(defence)
    }

    /// The name of the student's crate.
    pub fn crate_name(&self) -> String {
        self.slug.replace('-', "_")
    }

    /// The handed-in files, and the stub of each file that was not handed in.
    pub fn with_stubs(&self, files: &BTreeMap<String, Vec<u8>>) -> BTreeMap<String, Vec<u8>> {
        let mut all = self.stubs.clone();
        all.extend(files.iter().map(|(name, bytes)| (name.clone(), bytes.clone())));
        all
    }

    /// Files that were handed out and did not come back.
    pub fn not_handed_in<'a>(
        &'a self,
        files: &'a BTreeMap<String, Vec<u8>>,
    ) -> impl Iterator<Item = &'a str> {
        self.stubs.keys().filter(|name| !files.contains_key(*name)).map(String::as_str)
    }
}

/// Compares a rubric with the cases that there are, and its gates with the timed ones.
///
/// # Errors
/// What does not fit, each mistake at its line.
pub fn check_rubric(rubric: &Rubric, suite: &Suite) -> std::result::Result<(), ConfigErrors> {
    let names: Vec<_> = suite.names().collect();
    rubric.check_cases(&names)?;
    let timed: Vec<_> = suite.timed().iter().map(|case| (case.task, case.name)).collect();
    rubric.check_gates(&timed)
}

/// Drivers are built from the contract on the disk. One that could not read our requests would fail
/// every case, and that would look like the student's doing.
fn same_contract(on_disk: &str, built: &grader_modules::Module) -> Result<()> {
    if on_disk == built.contract {
        return Ok(());
    }
    let slug = built.slug;
    Err(Fault::new(format!(
        "solutions/{slug}/hidden/contract.rs changed since this grader was built"
    ))
    .help("build it again: `cargo build -p grader`"))
}

fn read_text(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(|error| Fault::file("reading", path, &error))
}

/// The names below `src` of a module's files, in the course at `root`.
///
/// # Errors
/// The folder cannot be read.
pub fn source_names(root: &Path, slug: &str) -> Result<BTreeSet<String>> {
    let files = read_tree(&root.join("solutions").join(slug), &|name| name.starts_with("src/"))?;
    Ok(files.keys().filter_map(|name| name.strip_prefix("src/")).map(str::to_owned).collect())
}

fn read_tree(root: &Path, wanted: &dyn Fn(&str) -> bool) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    for entry in walkdir::WalkDir::new(root).sort_by_file_name() {
        let entry = entry.map_err(|error| {
            Fault::file("reading", root, &error).help("run `grader release` to make it")
        })?;
        let name = entry.path().strip_prefix(root).unwrap_or(entry.path());
        let name = name.to_string_lossy().replace('\\', "/");
        if entry.file_type().is_file() && wanted(&name) {
            let bytes = fs::read(entry.path())
                .map_err(|error| Fault::file("reading", entry.path(), &error))?;
            files.insert(name, bytes);
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contract_that_changed_is_our_fault_before_anything_is_graded() {
        for built in grader_modules::modules() {
            same_contract(built.contract, built).unwrap();
            let fault =
                same_contract(&built.contract.replacen("u64", "u32", 1), built).unwrap_err();
            assert!(fault.to_string().contains("contract.rs changed"), "{fault}");
        }
    }
}
