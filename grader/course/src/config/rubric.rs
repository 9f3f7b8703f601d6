//! The points of a module, and how much of the grading a student sees.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::call_rules::LinksRubric;
use super::errors::ConfigErrors;
use super::fit::ModuleFacts;
use super::gates::{GateRubric, GateRule};
use super::partial::PartialCredit;
use super::rubric_file;
use crate::located::{LocatedProblem, SourceText};

/// The points, limits and visibility of one module: `config/modules/<slug>.yaml`.
#[derive(Debug, Clone, Serialize)]
pub struct Rubric {
    /// The module's slug.
    pub slug: String,
    /// The module's title.
    pub title: String,
    /// Resource limits of a submission.
    pub limits: SubmissionLimits,
    /// What a student sees of a hidden case, unless the case overrides it.
    pub visibility: VisibilityRule,
    /// The tasks of this term, in the order in which students solve them.
    pub tasks: Vec<TaskRubric>,
    /// Tasks dropped this term. They are not graded or counted, and are handed out only if another
    /// task needs them.
    pub dropped: Vec<TaskRubric>,
    /// Functions that must be written by hand, and what these may link to. `None`: no restrictions.
    pub links: Option<LinksRubric>,
}

/// One task of a module.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TaskRubric {
    /// Short name, unique in the module; also the name of the task's visible test.
    pub id: String,
    /// Position in the file, from 1. Dropped tasks keep theirs.
    pub number: usize,
    /// The title shown to students.
    pub title: String,
    /// Points for full marks, in steps of 0.5. A practice task has 0: it is graded and shown but
    /// does not count.
    pub points: f64,
    /// The files a student edits, relative to the module's folder; at least one.
    pub files: Vec<PathBuf>,
    /// CPU seconds for all its calls together, where they differ from the module's: a task that trains a model needs more.
    /// Never less than the module's `call_seconds`.
    pub task_seconds: Option<u32>,
    /// Ids of earlier tasks whose results this task uses.
    pub needs: Vec<String>,
    /// How partly passed cases are scored.
    pub partial: PartialCredit,
    /// Help for students who are stuck; never the answer.
    pub hint: String,
    /// Overrides for single cases, by case name.
    pub cases: BTreeMap<String, CaseRubric>,
    /// The gates of the task's timed cases, by case name.
    pub gates: BTreeMap<String, GateRubric>,
}

/// The rubric's settings for one hidden case.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CaseRubric {
    /// Weight within the task; 1 by default. With weight 0 the case is excluded for all students:
    /// it is not run, and no other case waits for it.
    pub weight: f64,
    /// What a student sees of the case; `None`: the module's setting.
    pub visibility: Option<VisibilityRule>,
}

/// What a student sees of a hidden case, from most to least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VisibilityRule {
    /// Its name and the failure message.
    Message,
    /// Its name and whether it passed.
    Name,
    /// Nothing; it still counts.
    Nothing,
}

/// Resource limits of one submission. One MB is 2^20 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubmissionLimits {
    /// CPU seconds for one call. Elapsed time may be [`SubmissionLimits::ELAPSED_PER_CALL`] times as long.
    pub call_seconds: u32,
    /// CPU seconds for all calls of one task together. Elapsed time may be
    /// [`SubmissionLimits::ELAPSED_PER_TASK`] times as long. Defaults to [`SubmissionLimits::DEFAULT_TASK_SECONDS`] and
    /// is never less than `call_seconds`.
    pub task_seconds: u32,
    /// CPU seconds for one driver process.
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

impl SubmissionLimits {
    /// About twenty times what a reference solution needs for its longest task.
    pub const DEFAULT_TASK_SECONDS: u32 = 8;
    /// Ratio of the elapsed-time limit of a call to its CPU limit. It allows for sleeping and for a
    /// busy machine.
    pub const ELAPSED_PER_CALL: u32 = 3;
    /// Ratio of the elapsed-time limit of a task's calls to their CPU limit.
    pub const ELAPSED_PER_TASK: u32 = 2;

    /// Elapsed seconds after which no call of a task is running and no further call is made,
    /// whatever the submission does.
    pub const fn elapsed_seconds_of_a_task(&self) -> u32 {
        self.task_seconds.saturating_mul(Self::ELAPSED_PER_TASK)
    }
}

/// Locations in the file from which the rubric was read.
#[derive(Debug, Clone)]
pub(super) struct RubricOrigin {
    pub(super) source: SourceText,
    pub(super) tasks_list: Range<usize>,
    pub(super) tasks: BTreeMap<String, Range<usize>>,
    pub(super) cases: BTreeMap<(String, String), Range<usize>>,
    pub(super) gates: BTreeMap<(String, String), Range<usize>>,
    pub(super) links: Vec<(String, Range<usize>)>,
    /// Ids of dropped tasks.
    pub(super) dropped: BTreeSet<String>,
    /// Task and name of the cases with weight 0.
    pub(super) left_out: BTreeSet<(String, String)>,
    /// Whether a task's id could not be read. In that case a missing task cannot be identified.
    pub(super) has_nameless_task: bool,
}

impl RubricOrigin {
    pub(super) fn new(source: &SourceText, tasks_list: Range<usize>) -> Self {
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

    /// Like [`Rubric::load`], but also compares the file with the hidden cases and the reference
    /// solution. Reports mistakes of both kinds together.
    pub fn load_fitting(path: &Path, facts: &ModuleFacts<'_>) -> Result<Self, ConfigErrors> {
        load(path, Some(facts))
    }

    /// Reads a rubric from `text`; `name` is the file's name in messages.
    pub fn parse(name: &str, text: &str) -> Result<Self, ConfigErrors> {
        let (rubric, problems) = rubric_file::parse(&SourceText::new(name, text), None);
        ConfigErrors::unless_clean(name, rubric, problems)
    }

    /// Like [`Rubric::parse`], but also compares the text with the hidden cases and the reference
    /// solution.
    pub fn parse_fitting(
        name: &str,
        text: &str,
        facts: &ModuleFacts<'_>,
    ) -> Result<Self, ConfigErrors> {
        let (rubric, problems) = rubric_file::parse(&SourceText::new(name, text), Some(facts));
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

    /// The limits for a task's calls: those of the module, with the task's own seconds.
    pub fn limits_of(&self, task: &str) -> SubmissionLimits {
        let own = self.task_or_dropped(task).and_then(|task| task.task_seconds);
        SubmissionLimits { task_seconds: own.unwrap_or(self.limits.task_seconds), ..self.limits }
    }

    /// Elapsed seconds after which no call of any task is running, timed cases not included.
    pub fn elapsed_seconds(&self) -> u32 {
        let tasks = self.tasks.iter();
        tasks.map(|task| self.limits_of(&task.id).elapsed_seconds_of_a_task()).sum()
    }

    /// The task called `id`, dropped or not.
    pub fn task_or_dropped(&self, id: &str) -> Option<&TaskRubric> {
        self.tasks.iter().chain(&self.dropped).find(|task| task.id == id)
    }

    /// The dropped task called `id`.
    fn dropped_task(&self, id: &str) -> Option<&TaskRubric> {
        self.dropped.iter().find(|task| task.id == id)
    }

    /// The tasks that students receive, in order: those of this term, and dropped tasks that
    /// another of these needs. Dropped tasks are not graded.
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

    /// The tasks that students do not receive.
    pub fn not_handed_out(&self) -> Vec<&TaskRubric> {
        let handed_out = self.handed_out();
        self.dropped.iter().filter(|task| !handed_out.contains(task)).collect()
    }

    /// Whether a case is excluded for all students: its task is dropped, or its weight is 0.
    pub fn leaves_out(&self, task: &str, case: &str) -> bool {
        self.task(task).is_none() || self.weight_of(task, case) <= 0.0
    }

    /// What a student sees of a case: the case's own setting, or else the module's.
    pub fn visibility_of(&self, task: &str, case: &str) -> VisibilityRule {
        self.case(task, case).and_then(|case| case.visibility).unwrap_or(self.visibility)
    }

    /// A case's weight within its task; 1 by default.
    pub fn weight_of(&self, task: &str, case: &str) -> f64 {
        self.case(task, case).map_or(1.0, |case| case.weight)
    }

    fn case(&self, task: &str, case: &str) -> Option<&CaseRubric> {
        self.task(task)?.cases.get(case)
    }

    /// Everything in the rubric that affects the outcome of cases, as text in a fixed format. This
    /// is the rubric's part of a result's cache key. Scoring (points, weights, partial credit,
    /// visibility, texts, which tasks count) is left out, because stored results can be rescored.
    /// Gates are left out because a stored measurement can be compared with a new gate.
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

    /// Everything in the rubric that affects a grade or what is shown of it, as text in a fixed
    /// format. Two rubrics with the same text are equivalent. Titles and hints are left out (a
    /// better hint does not make a new rubric), and so are comments, key order and notation.
    pub fn hash_material(&self) -> String {
        let mut text = self.evidence_material();
        let _ = writeln!(text, "rubric v2\nvisibility {:?}", self.visibility);
        for task in &self.tasks {
            // Writing to a `String` cannot fail. `{:?}` prints the shortest text that parses back
            // to the same f64.
            let _ = writeln!(text, "task {} {:?} {:?}", task.id, task.points, task.partial);
            for (name, case) in &task.cases {
                let _ = writeln!(text, "case {name:?} {:?} {:?}", case.weight, case.visibility);
            }
            // `reference` and `best_wrong` are left out: they do not affect a student's grade.
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
    let (rubric, mut problems) = rubric_file::parse(&SourceText::new(&name, &text), facts);
    let slug = rubric.as_ref().map(|rubric| rubric.slug.as_str());
    if let Some(slug) = slug.filter(|slug| path.file_stem().is_some_and(|stem| stem != *slug)) {
        let message = format!("the file is named otherwise than its module, `{slug}`");
        let problem = LocatedProblem::whole_file(&*name, message)
            .help(format!("rename it to {slug}.yaml, or change `module:`"));
        problems.push(problem);
    }
    ConfigErrors::unless_clean(&name, rubric, problems)
}
