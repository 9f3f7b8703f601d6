//! What a module is worth, and how much of its grading a student sees.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::errors::ConfigErrors;
use super::fit::ModuleFacts;
use super::gates::{GateRubric, GateRule};
use super::links::LinksRubric;
use super::partial::PartialCredit;
use super::rubric_file;
use crate::located::{Problem, Source};

/// The points, limits and visibility of one module: `config/modules/<slug>.yaml`.
#[derive(Debug, Clone, Serialize)]
pub struct Rubric {
    /// The module's slug.
    pub slug: String,
    /// The module's title.
    pub title: String,
    /// What a submission may use.
    pub limits: Limits,
    /// What a student sees of a hidden case, unless the case says otherwise.
    pub visibility: Visibility,
    /// The tasks of this term, in the order in which students solve them.
    pub tasks: Vec<TaskRubric>,
    /// The tasks that are left out of this term: neither graded nor counted, and handed out only where
    /// another task needs them.
    pub dropped: Vec<TaskRubric>,
    /// What must be written by hand, and what that may link; `None`: anything goes.
    pub links: Option<LinksRubric>,
}

/// One task of a module.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TaskRubric {
    /// Short name, unique in the module; also the name of the task's visible test.
    pub id: String,
    /// Its place in the file, from 1; dropped tasks keep theirs.
    pub number: usize,
    /// What a student reads.
    pub title: String,
    /// Points for full marks, in halves. A task for practice has 0: it is graded and shown, and counts
    /// nothing.
    pub points: f64,
    /// The files a student edits, relative to the module's folder; at least one.
    pub files: Vec<PathBuf>,
    /// Ids of the tasks before it whose work it uses.
    pub needs: Vec<String>,
    /// How partly passed cases count.
    pub partial: PartialCredit,
    /// Where to look when stuck; never the answer.
    pub hint: String,
    /// Overrides for single cases, by the case's name.
    pub cases: BTreeMap<String, CaseRubric>,
    /// The gates of its timed cases, by the case's name.
    pub gates: BTreeMap<String, GateRubric>,
}

/// What the rubric says about one hidden case.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CaseRubric {
    /// Weight within the task; 1 unless stated. With 0 the case is left out for everybody: it is not run,
    /// and no case waits for it.
    pub weight: f64,
    /// What a student sees of it; `None`: as the module says.
    pub visibility: Option<Visibility>,
}

/// What a student sees of a hidden case, from most to least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Its name and what went wrong.
    Message,
    /// Its name and whether it passed.
    Name,
    /// Nothing; it still counts.
    Nothing,
}

/// What one submission may use. One MB is 2^20 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Processor seconds for one call; it may take three times as long in elapsed time.
    pub call_seconds: u32,
    /// Processor seconds for all calls of one task together; they may take twice as long in elapsed time.
    /// [`Limits::DEFAULT_TASK_SECONDS`] unless stated, and never less than one call may take.
    pub task_seconds: u32,
    /// Processor seconds for one driver process.
    pub cpu_seconds: u32,
    /// Memory of one driver process, in MB.
    pub memory_mb: u32,
    /// Threads of one driver process.
    pub threads: u32,
    /// Wall-clock seconds for compiling.
    pub compile_seconds: u32,
    /// Memory for compiling, in MB.
    pub compile_memory_mb: u32,
}

impl Limits {
    /// Some twenty times what a reference needs for its longest task.
    pub const DEFAULT_TASK_SECONDS: u32 = 8;
    /// A call that does not compute may last this many times its limit: it sleeps, or the machine is busy.
    pub const ELAPSED_PER_CALL: u32 = 3;
    /// The calls of a task together may last this many times their limit.
    pub const ELAPSED_PER_TASK: u32 = 2;

    /// Elapsed seconds after which no call of a task is running or made any more, whatever its code does.
    pub const fn elapsed_seconds_of_a_task(&self) -> u32 {
        self.task_seconds.saturating_mul(Self::ELAPSED_PER_TASK)
    }
}

/// Places in the file the rubric was read from.
#[derive(Debug, Clone)]
pub(super) struct Origin {
    pub(super) source: Source,
    pub(super) tasks_list: Range<usize>,
    pub(super) tasks: BTreeMap<String, Range<usize>>,
    pub(super) cases: BTreeMap<(String, String), Range<usize>>,
    pub(super) gates: BTreeMap<(String, String), Range<usize>>,
    pub(super) links: Vec<(String, Range<usize>)>,
    /// Ids of dropped tasks.
    pub(super) dropped: BTreeSet<String>,
    /// Task and name of the cases with weight 0.
    pub(super) left_out: BTreeSet<(String, String)>,
    /// Whether a task's id could not be read: then nobody knows which task is missing.
    pub(super) has_nameless_task: bool,
}

impl Origin {
    pub(super) fn new(source: &Source, tasks_list: Range<usize>) -> Self {
        Self {
            source: source.clone(),
            tasks_list,
            tasks: BTreeMap::new(),
            cases: BTreeMap::new(),
            gates: BTreeMap::new(),
            links: Vec::new(),
            dropped: BTreeSet::new(),
            left_out: BTreeSet::new(),
            has_nameless_task: false,
        }
    }
}

impl Rubric {
    /// Reads `config/modules/<slug>.yaml`; the file's name must be the slug.
    pub fn load(path: &Path) -> Result<Self, ConfigErrors> {
        load(path, None)
    }

    /// [`Rubric::load`] that also compares the file with the hidden cases and the reference: all mistakes
    /// of both kinds at once.
    pub fn load_fitting(path: &Path, facts: &ModuleFacts<'_>) -> Result<Self, ConfigErrors> {
        load(path, Some(facts))
    }

    /// Reads a rubric from `text`; `name` is the file's name in messages.
    pub fn parse(name: &str, text: &str) -> Result<Self, ConfigErrors> {
        let (rubric, problems) = rubric_file::parse(&Source::new(name, text), None);
        ConfigErrors::unless_clean(name, rubric, problems)
    }

    /// [`Rubric::parse`] that also compares the text with the hidden cases and the reference.
    pub fn parse_fitting(
        name: &str,
        text: &str,
        facts: &ModuleFacts<'_>,
    ) -> Result<Self, ConfigErrors> {
        let (rubric, problems) = rubric_file::parse(&Source::new(name, text), Some(facts));
        ConfigErrors::unless_clean(name, rubric, problems)
    }

    /// Points for full marks in the whole module.
    pub fn points(&self) -> f64 {
        self.tasks.iter().map(|task| task.points).sum()
    }

    /// The task called `id`.
    pub fn task(&self, id: &str) -> Option<&TaskRubric> {
        self.tasks.iter().find(|task| task.id == id)
    }

    /// The task called `id`, dropped or not.
    pub fn task_or_dropped(&self, id: &str) -> Option<&TaskRubric> {
        self.tasks.iter().chain(&self.dropped).find(|task| task.id == id)
    }

    /// The dropped task called `id`.
    fn dropped_task(&self, id: &str) -> Option<&TaskRubric> {
        self.dropped.iter().find(|task| task.id == id)
    }

    /// The tasks that students get, in order: those of this term, and each dropped one whose work another of
    /// them uses. The latter are not graded.
    pub fn handed_out(&self) -> Vec<&TaskRubric> {
        let mut tasks: Vec<&TaskRubric> = self.tasks.iter().collect();
        let mut looked_at = 0;
        while let Some(task) = tasks.get(looked_at) {
            let needed = task.needs.iter().filter_map(|id| self.dropped_task(id));
            let new: Vec<_> = needed.filter(|task| !tasks.contains(task)).collect();
            tasks.extend(new);
            looked_at += 1;
        }
        tasks.sort_by_key(|task| task.number);
        tasks
    }

    /// The tasks that students do not get.
    pub fn not_handed_out(&self) -> Vec<&TaskRubric> {
        let handed_out = self.handed_out();
        self.dropped.iter().filter(|task| !handed_out.contains(task)).collect()
    }

    /// Whether a case is left out for everybody: its task is dropped, or its weight is 0.
    pub fn leaves_out(&self, task: &str, case: &str) -> bool {
        self.task(task).is_none() || self.weight_of(task, case) <= 0.0
    }

    /// What a student sees of a case; the module's setting where nothing else is stated.
    pub fn visibility_of(&self, task: &str, case: &str) -> Visibility {
        self.case(task, case).and_then(|case| case.visibility).unwrap_or(self.visibility)
    }

    /// A case's weight within its task; 1 where nothing is stated.
    pub fn weight_of(&self, task: &str, case: &str) -> f64 {
        self.case(task, case).map_or(1.0, |case| case.weight)
    }

    fn case(&self, task: &str, case: &str) -> Option<&CaseRubric> {
        self.task(task)?.cases.get(case)
    }

    /// Everything here that influences how cases end, as text of a fixed form: the rubric's part of a
    /// result's key. Scoring (points, weights, partial credit, visibility, texts, which tasks count) is
    /// left out, because stored results can be scored again; so are the gates, because a stored
    /// measurement can be compared with another gate.
    pub fn evidence_material(&self) -> String {
        let mut text = format!("evidence v1\nmodule {}\nlimits {:?}\n", self.slug, self.limits);
        for task in &self.tasks {
            let by_threads = |gate: &GateRubric| gate.rule == GateRule::Threads;
            for (name, gate) in task.gates.iter().filter(|(_, gate)| by_threads(gate)) {
                // Writing to a `String` cannot fail.
                let _ = writeln!(text, "threads of {name:?}, cpus {:?}", gate.cpus);
            }
        }
        text.extend(self.links.iter().map(LinksRubric::hash_material));
        text
    }

    /// Everything here that can change a grade or what is shown of it, as text of a fixed form: it
    /// tells two rubrics apart. Titles and hints are left out (a better hint is the same rubric), and
    /// so are comments, order of keys and other notation.
    pub fn hash_material(&self) -> String {
        let mut text = self.evidence_material();
        let _ = writeln!(text, "rubric v2\nvisibility {:?}", self.visibility);
        for task in &self.tasks {
            // Writing to a `String` cannot fail. `{:?}` of an f64 is the shortest text that reads
            // back as the same number.
            let _ = writeln!(text, "task {} {:?} {:?}", task.id, task.points, task.partial);
            for (name, case) in &task.cases {
                let _ = writeln!(text, "case {name:?} {:?} {:?}", case.weight, case.visibility);
            }
            // What was measured of others does not change a grade.
            for (name, gate) in &task.gates {
                let _ = writeln!(text, "gate {name:?} {:?} {:?}", gate.at_least, gate.cpus);
            }
        }
        text
    }
}

fn load(path: &Path, facts: Option<&ModuleFacts<'_>>) -> Result<Rubric, ConfigErrors> {
    let name = path.display().to_string();
    let text =
        std::fs::read_to_string(path).map_err(|error| ConfigErrors::unreadable(&name, &error))?;
    let (rubric, mut problems) = rubric_file::parse(&Source::new(&name, &text), facts);
    let slug = rubric.as_ref().map(|rubric| rubric.slug.as_str());
    if let Some(slug) = slug.filter(|slug| path.file_stem().is_some_and(|stem| stem != *slug)) {
        let message = format!("the file is named otherwise than its module, `{slug}`");
        let problem = Problem::whole_file(&*name, message)
            .help(format!("rename it to {slug}.yaml, or change `module:`"));
        problems.push(problem);
    }
    ConfigErrors::unless_clean(&name, rubric, problems)
}
