//! What grading one module needs, read once: rubric, hidden cases, driver, stubs.

use crate::collect::HandoutView;
use crate::collect::handout::package_text;
use crate::collect::module_tree::{InMemoryFiles, ModuleTree};
use crate::course_check::ModuleParts;
use crate::defence::{DefenceLayer, SwitchedOff};
use crate::fault::{Fault, Result};
use crate::hash;
use crate::probes::ModuleProbes;
use grader_course::config::{CourseModule, NeededInstructions, Rubric};
use grader_judge::{Module, SourceFiles, Suite};
use grader_model::VectorLevel;
use grader_protocol::TaskCalls;
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
    /// Its tasks, as the contract names them.
    pub tasks: &'static [TaskCalls],
    /// The driver's own sources: those below `driver/`.
    pub driver_files: BTreeMap<String, Vec<u8>>,
    /// The probes of the public interface.
    pub probes: ModuleProbes,
    /// Hash of what decides about an answer: the cases and judge that were built in, the driver.
    pub suite_hash: String,
    /// Hash of what students were handed out: it stands in for what they did not hand in.
    pub stubs_hash: String,
    /// What its timed cases need; `None` if it has none.
    pub timed: Option<TimedSetup>,
    /// The version that the handed-out manifest states.
    pub(crate) version: String,
    /// What students were handed out.
    pub(crate) handout: HandoutView,
    /// What is left out, in a suite that looks at what the rest holds.
    pub(crate) switched_off: SwitchedOff,
}

/// What is built for speed: the kernels, and the reference that is their baseline.
#[derive(Clone)]
pub struct TimedSetup {
    /// `grading/kernels.rs`.
    pub kernels: Vec<u8>,
    /// The reference: `src/...` to contents.
    pub reference: BTreeMap<String, Vec<u8>>,
    /// Hash of both.
    pub hash: String,
}

impl TimedSetup {
    /// Reads it from `solutions/<slug>`, whose sources are `reference`.
    fn load(folder: &Path, reference: BTreeMap<String, Vec<u8>>) -> Result<Self> {
        let path = folder.join("grading/kernels.rs");
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
    /// The module without the timed cases whose gates need instructions that a processor of this level lacks, and the
    /// names of those.
    pub(crate) fn measured_on(self, level: VectorLevel) -> (Self, Vec<&'static str>) {
        let is_left_out = |task: &str, case: &str| needs_more(&self.rubric, level, (task, case));
        let timed = self.suite.timed().iter();
        let names = timed.filter(|case| is_left_out(case.task, case.name)).map(|case| case.name);
        let names: Vec<_> = names.collect();
        let suite = self.suite.clone().without(&is_left_out);
        (Self { suite, ..self }, names)
    }

    /// The module in the course at `root`, from its checked configuration.
    ///
    /// # Errors
    /// When a file is missing, or this grader was built from other hidden cases.
    pub(crate) fn of(root: &Path, module: &CourseModule, parts: ModuleParts) -> Result<Self> {
        let slug = module.slug.clone();
        let built = parts.built.as_ref().ok_or_else(|| without_cases(&slug))?;
        let rubric =
            with_callers_of_contract(with_own_functions_of_term(parts.rubric), built.tasks);
        let suite = parts.suite.ok_or_else(|| without_cases(&slug))?;
        let suite =
            suite.map_err(|error| Fault::new(format!("the hidden cases of `{slug}`: {error}")))?;
        let (suite, left_out) = suite_of_term(suite, &rubric);
        let solution = root.join("solutions").join(&slug);
        let grading = solution.join("grading");
        let contract = read_text(&grading.join("contract.rs"))?;
        same_contract(&contract, built)?;
        same_shared_data(root, built)?;
        same_tasks(&rubric, built)?;
        let reference = parts.reference?;
        let assignments = root.join("assignments");
        let handout = handed_out(&assignments, &slug)?;
        let manifest = read_text(&assignments.join(&slug).join("Cargo.toml"))?;
        let version = package_text(&manifest, "version").unwrap_or("0.0.0").to_owned();
        let driver_files = read_tree(&grading, &|name| name.starts_with("driver/"))?;
        let driver_hash = hash::of_files(&driver_files);
        let timed = if suite.timed().is_empty() {
            None
        } else {
            Some(TimedSetup::load(&solution, reference.clone())?)
        };
        let kernels = timed.as_ref().map(|timed| timed.kernels.as_slice());
        // The contract holds the bodies that call the student's code.
        let mut callers = driver_files.clone();
        callers.insert("contract.rs".to_owned(), contract.into_bytes());
        let probes =
            ModuleProbes::generate(&rubric, built.stand_ins, &reference, &callers, kernels)?;
        // Whoever looks at what functions lead to decides about answers as well.
        let links = rubric.links.iter().flat_map(|_| grader_call_audit::SOURCES);
        Ok(Self {
            stubs_hash: hash::of_parts([
                ("sources", hash::of_files(handout.sources()).as_bytes()),
                ("version", version.as_bytes()),
            ]),
            version,
            suite_hash: hash::of_parts(
                [
                    ("cases", of_sources(&sources_of_cases(built)).as_bytes()),
                    ("driver", driver_hash.as_bytes()),
                    ("probes", probes.content().as_bytes()),
                ]
                .into_iter()
                .chain(timed.iter().map(|timed| ("timed", timed.hash.as_bytes())))
                .chain(links.map(|source| ("links", source.as_bytes())))
                .chain(left_out.iter().map(|case| ("left out", case.as_bytes()))),
            ),
            timed,
            driver_files,
            tasks: built.tasks,
            probes,
            handout,
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
    pub fn without(mut self, defence: DefenceLayer) -> Self {
        self.switched_off.add(defence);
        self
    }

    /// Whether that layer is there.
    pub(crate) fn holds(&self, defence: DefenceLayer) -> bool {
        self.switched_off.holds(defence)
    }

    /// The name of the student's crate.
    pub fn crate_name(&self) -> String {
        self.slug.replace('-', "_")
    }

    /// The handed-in files, and the stub of each module that they lack.
    pub fn with_stubs(&self, files: &BTreeMap<String, Vec<u8>>) -> BTreeMap<String, Vec<u8>> {
        let stubs = self.handout.sources();
        let missing = self.not_handed_in(files);
        let filled_in = missing.into_iter().filter_map(|name| stubs.get_key_value(&name));
        let filled_in = filled_in.map(|(name, text)| (name.clone(), text.clone()));
        files.clone().into_iter().chain(filled_in).collect()
    }

    /// Files that were handed out, that the module tree of `files` needs, and that are not among them.
    pub fn not_handed_in(&self, files: &BTreeMap<String, Vec<u8>>) -> BTreeSet<String> {
        let mut all = InMemoryFiles { submitted: files, handed_out: self.handout.sources() };
        let Ok(tree) = ModuleTree::walk(&mut all);
        tree.handed_out
    }
}

/// All sources that were built in and decide about an answer.
fn sources_of_cases(built: &Module) -> Vec<SourceFiles> {
    let shared = built.shared.iter().map(|(_, files)| *files);
    [built.sources, grader_judge::SOURCES, grader_timing::SOURCES]
        .into_iter()
        .chain(shared)
        .collect()
}

/// A hash of sources that were built in.
fn of_sources(crates: &[SourceFiles]) -> String {
    hash::of_parts(crates.iter().flat_map(|files| files.iter().copied()))
}

/// The audit charges a task with what its calls reach. The rubric adds the kernels of timed cases.
fn with_callers_of_contract(mut rubric: Rubric, tasks: &[TaskCalls]) -> Rubric {
    if let Some(links) = &mut rubric.links {
        for task in tasks {
            let callers = links.callers.entry(task.name.to_owned()).or_default();
            callers.extend(task.calls.iter().map(|call| (*call).to_owned()));
        }
    }
    rubric
}

/// A dropped task has no functions that must be the student's own.
fn with_own_functions_of_term(mut rubric: Rubric) -> Rubric {
    let tasks: BTreeSet<String> = rubric.tasks.iter().map(|task| task.id.clone()).collect();
    if let Some(links) = &mut rubric.links {
        links.own.retain(|task, _| tasks.contains(task));
    }
    rubric
}

fn without_cases(slug: &str) -> Fault {
    Fault::new(format!("this grader was built without the hidden cases of `{slug}`"))
        .help("build it again: `cargo build -p grader`")
}

/// Whether the gate of a timed case (its task and its name) needs instructions that a processor of this level lacks.
fn needs_more(rubric: &Rubric, level: VectorLevel, (task, case): (&str, &str)) -> bool {
    let needs = rubric.gate_of(task, case).and_then(|gate| gate.needs);
    needs.is_some_and(|NeededInstructions::Vnni| !level.has_vnni())
}

/// The cases that this term's rubric asks for, and the names of the others: those of dropped tasks, and
/// those with weight 0.
fn suite_of_term(suite: Suite, rubric: &Rubric) -> (Suite, Vec<&'static str>) {
    let left_out = suite.names().filter(|(task, case)| rubric.leaves_out(task, case));
    let left_out: Vec<_> = left_out.map(|(_, case)| case).collect();
    (suite.without(&|task, case| rubric.leaves_out(task, case)), left_out)
}

/// Drivers are built from the contract on the disk. One that could not read our requests would fail
/// every case, and that would look like the student's doing.
fn same_contract(on_disk: &str, built: &Module) -> Result<()> {
    if built.source("contract.rs") == Some(on_disk.as_bytes()) {
        return Ok(());
    }
    Err(changed_since_built(&format!("solutions/{}/grading/contract.rs", built.slug)))
}

/// Judge and driver draw the same models and speak of the same tensors only if both were built from the same files.
fn same_shared_data(root: &Path, built: &Module) -> Result<()> {
    for (folder, files) in built.shared {
        for (name, bytes) in files.iter().filter(|(name, _)| name.starts_with("src/")) {
            let path = root.join(folder).join(name);
            let on_disk = fs::read(&path).map_err(|error| Fault::file("reading", &path, &error))?;
            if on_disk != *bytes {
                return Err(changed_since_built(&format!("{folder}/{name}")));
            }
        }
    }
    Ok(())
}

/// The file at `path` in the course is not the one that this grader holds.
fn changed_since_built(path: &str) -> Fault {
    Fault::new(format!("{path} changed since this grader was built"))
        .help("build it again: `cargo build -p grader`")
}

/// A task of the contract that the rubric does not know could never be left out, and its calls would be free.
fn same_tasks(rubric: &Rubric, built: &Module) -> Result<()> {
    let of_rubric = rubric.tasks.iter().chain(&rubric.dropped).map(|task| task.id.as_str());
    let of_rubric: BTreeSet<&str> = of_rubric.collect();
    let of_contract: BTreeSet<&str> = built.tasks.iter().map(|task| task.name).collect();
    let Some(odd) = of_rubric.symmetric_difference(&of_contract).next() else { return Ok(()) };
    let slug = built.slug;
    Err(Fault::new(format!(
        "the task `{odd}` is in only one of config/modules/{slug}.yaml and grading/contract.rs"
    ))
    .help("give each task the same name in both"))
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

/// The workspace `assignments` as it looks to the module `slug`.
fn handed_out(assignments: &Path, slug: &str) -> Result<HandoutView> {
    let own = |name: &str| name.starts_with("src/") || ["README.md", "Cargo.toml"].contains(&name);
    let mut packages =
        BTreeMap::from([(slug.to_owned(), read_tree(&assignments.join(slug), &own)?)]);
    let entries =
        fs::read_dir(assignments).map_err(|error| Fault::file("reading", assignments, &error))?;
    for entry in entries {
        let entry = entry.map_err(|error| Fault::file("reading", assignments, &error))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name != slug && entry.path().join("src").is_dir() {
            let sources = |name: &str| name.starts_with("src/");
            packages.insert(name, read_tree(&entry.path(), &sources)?);
        }
    }
    Ok(HandoutView::new(slug, &packages))
}

pub(crate) fn read_tree(
    root: &Path,
    wanted: &dyn Fn(&str) -> bool,
) -> Result<BTreeMap<String, Vec<u8>>> {
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
    fn a_gate_is_left_out_on_a_processor_without_its_instructions() {
        let text = "module: small\ntitle: Small\nlimits: { call_seconds: 5, cpu_seconds: 60, memory_mb: 512, \
                    threads: 4, compile_seconds: 60, compile_memory_mb: 1024 }\ntasks:\n  - { id: one, title: One, \
                    points: 10, file: src/one.rs, hint: think, gates: { \
                    bytes: { at_least: 2, reference: 4, best_wrong: 1, needs: vnni }, \
                    any: { at_least: 2, reference: 4, best_wrong: 1 } } }\n";
        let rubric = Rubric::parse("small.yaml", text).unwrap();
        let needs_more = |level, case| needs_more(&rubric, level, ("one", case));
        for (level, is_left_out) in [
            (VectorLevel::V4Vnni, false),
            (VectorLevel::V3Vnni, false),
            (VectorLevel::V4, true),
            (VectorLevel::V3, true),
            (VectorLevel::Neon, true),
        ] {
            assert_eq!(needs_more(level, "bytes"), is_left_out, "{level}");
            assert!(!needs_more(level, "any"), "{level}");
        }
    }

    #[test]
    fn a_contract_that_changed_is_our_fault_before_anything_is_graded() {
        let built = Module {
            slug: "sorting",
            cases: &[],
            timed: &[],
            tasks: &[],
            replies: &[],
            stand_ins: &[],
            shared: &[],
            sources: &[("contract.rs", b"fn sorted(numbers: Vec<u64>) -> Vec<u64>;")],
        };
        same_contract("fn sorted(numbers: Vec<u64>) -> Vec<u64>;", &built).unwrap();
        let fault = same_contract("fn sorted(numbers: Vec<u32>) -> Vec<u64>;", &built).unwrap_err();
        assert!(fault.to_string().contains("sorting/grading/contract.rs changed"), "{fault}");
    }
}
