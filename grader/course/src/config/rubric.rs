//! What a module is worth, and how much of its grading a student sees.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::errors::ConfigErrors;
use super::gates::GateRubric;
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
    /// The tasks, in the order in which students solve them.
    pub tasks: Vec<TaskRubric>,
    /// What must be written by hand, and what that may link; `None`: anything goes.
    pub links: Option<LinksRubric>,
    /// Where things stand in the file, for later messages.
    #[serde(skip)]
    pub(super) origin: Origin,
}

/// One task of a module.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TaskRubric {
    /// Short name, unique in the module; also the name of the task's visible test.
    pub id: String,
    /// What a student reads.
    pub title: String,
    /// Points for full marks: above 0, in halves.
    pub points: f64,
    /// The file a student edits, relative to the module's folder.
    pub file: PathBuf,
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
    /// Weight within the task; 1 unless stated.
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
    /// Wall-clock seconds for one call.
    pub call_seconds: u32,
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

/// Places in the file the rubric was read from.
#[derive(Debug, Clone)]
pub(super) struct Origin {
    pub(super) source: Source,
    pub(super) tasks_list: Range<usize>,
    pub(super) tasks: BTreeMap<String, Range<usize>>,
    pub(super) cases: BTreeMap<(String, String), Range<usize>>,
    pub(super) gates: BTreeMap<(String, String), Range<usize>>,
    pub(super) links: Vec<(String, Range<usize>)>,
}

impl Rubric {
    /// Reads `config/modules/<slug>.yaml`; the file's name must be the slug.
    pub fn load(path: &Path) -> Result<Self, ConfigErrors> {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path)
            .map_err(|error| ConfigErrors::unreadable(&name, &error))?;
        let rubric = Self::parse(&name, &text)?;
        if path.file_stem().is_some_and(|stem| stem == rubric.slug.as_str()) {
            return Ok(rubric);
        }
        let message = format!("the file is named otherwise than its module, `{}`", rubric.slug);
        let problem = Problem::whole_file(&*name, message)
            .help(format!("rename it to {}.yaml, or change `module:`", rubric.slug));
        Err(ConfigErrors::new(&name, vec![problem]))
    }

    /// Reads a rubric from `text`; `name` is the file's name in messages.
    pub fn parse(name: &str, text: &str) -> Result<Self, ConfigErrors> {
        rubric_file::parse(&Source::new(name, text))
    }

    /// Points for full marks in the whole module.
    pub fn points(&self) -> f64 {
        self.tasks.iter().map(|task| task.points).sum()
    }

    /// The task called `id`.
    pub fn task(&self, id: &str) -> Option<&TaskRubric> {
        self.tasks.iter().find(|task| task.id == id)
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
            for (name, gate) in task.gates.iter().filter(|(_, gate)| gate.cpus.is_some()) {
                // Writing to a `String` cannot fail.
                let _ = writeln!(text, "cpus of {name:?} {:?}", gate.cpus);
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
