//! What is to be said of a class: its rows, its totals, its hardest cases.

use crate::attention::{Attention, attention};
use crate::clean;
use crate::file_name::file_names;
use grader_model::{Grade, Outcome};

/// One module's class, ready to be shown. All texts in it are safe for a terminal; each format
/// escapes them once more for itself.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassPage {
    /// The module's slug.
    pub module: String,
    /// The module's title.
    pub title: String,
    /// The tasks, in the order of the module.
    pub tasks: Vec<TaskColumn>,
    /// One row per submission, sorted by student.
    pub rows: Vec<ClassRow>,
    /// The whole class in numbers.
    pub totals: Totals,
    /// How many submissions ended how, without the outcomes that nobody has.
    pub outcomes: Vec<(Outcome, usize)>,
    /// Cases that not everybody passed, lowest pass share first.
    pub hardest: Vec<CaseShare>,
    /// Whom to look at first.
    pub attention: Vec<Attention>,
}

/// A task, as the head of a column.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskColumn {
    /// Its identifier.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Points that can be reached.
    pub max_points: f64,
}

/// One submission.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassRow {
    /// The student.
    pub student: String,
    /// The name of the student's files, without extension.
    pub file: String,
    /// How it ended.
    pub outcome: Outcome,
    /// Points reached; `None` when the grader failed.
    pub points: Option<f64>,
    /// Points that can be reached.
    pub max_points: f64,
    /// Points that are neither won nor lost yet.
    pub pending: f64,
    /// Each of [`ClassPage::tasks`]; `None` where the submission has no such task.
    pub tasks: Vec<Option<TaskPoints>>,
    /// Remarks, in one line; mostly empty.
    pub remark: String,
}

/// What a submission reached in one task.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TaskPoints {
    /// Points reached.
    pub reached: f64,
    /// Points that are neither won nor lost yet.
    pub pending: f64,
}

/// The class in numbers. Submissions without a grade (our own faults) count in none but
/// `submissions`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Totals {
    /// Submissions in all.
    pub submissions: usize,
    /// Those that have a grade.
    pub graded: usize,
    /// Those with all points.
    pub full: usize,
    /// Those with points that are neither won nor lost yet: mean and median count them as not reached.
    pub pending: usize,
    /// Points that can be reached.
    pub max_points: f64,
    /// Arithmetic mean of the points; `None` when nobody has a grade.
    pub mean: Option<f64>,
    /// Median of the points, the mean of the middle two when their number is even.
    pub median: Option<f64>,
}

/// How a class did in one case. Undecided results and faults of ours are not counted.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseShare {
    /// The task it belongs to.
    pub task: String,
    /// Its name.
    pub name: String,
    /// What it claims.
    pub claim: String,
    /// Submissions that passed it.
    pub passed: usize,
    /// Submissions that ran it and did not pass.
    pub failed: usize,
    /// Submissions in which it could not run: not started, not compiled, or a parent failed.
    pub not_reached: usize,
}

impl CaseShare {
    /// Submissions counted.
    pub const fn counted(&self) -> usize {
        self.passed + self.failed + self.not_reached
    }

    /// The part of them that passed, from 0 to 1.
    pub fn share(&self) -> f64 {
        self.passed as f64 / (self.counted().max(1)) as f64
    }
}

impl ClassPage {
    /// Sums up the grades of one module.
    pub fn new(grades: &[Grade]) -> Self {
        let names = file_names(grades.iter().map(|grade| grade.submission.student.as_str()));
        let mut named: Vec<_> = grades.iter().map(clean::grade).zip(names).collect();
        named.sort_by_cached_key(|(grade, file)| {
            (grade.submission.student.to_lowercase(), file.clone())
        });
        let (grades, files): (Vec<_>, Vec<_>) = named.into_iter().unzip();
        let tasks = tasks(&grades);
        Self {
            module: grades.first().map(|g| g.submission.module.clone()).unwrap_or_default(),
            title: grades.first().map(|g| g.title.clone()).unwrap_or_default(),
            rows: grades.iter().zip(files).map(|(grade, file)| row(grade, file, &tasks)).collect(),
            totals: totals(&grades),
            outcomes: outcomes(&grades),
            hardest: hardest(&grades),
            attention: attention(&grades),
            tasks,
        }
    }
}

fn tasks(grades: &[Grade]) -> Vec<TaskColumn> {
    let mut tasks: Vec<TaskColumn> = Vec::new();
    for task in grades.iter().flat_map(|grade| &grade.tasks) {
        if !tasks.iter().any(|known| known.id == task.id) {
            let (id, title) = (task.id.clone(), task.title.clone());
            tasks.push(TaskColumn { id, title, max_points: task.max_points });
        }
    }
    tasks
}

fn row(grade: &Grade, file: String, tasks: &[TaskColumn]) -> ClassRow {
    let points_of = |column: &TaskColumn| {
        let task = grade.tasks.iter().find(|task| task.id == column.id)?;
        grade.points.map(|_| TaskPoints { reached: task.points, pending: task.pending })
    };
    ClassRow {
        student: grade.submission.student.clone(),
        file,
        outcome: grade.outcome,
        points: grade.points,
        max_points: grade.max_points,
        pending: grade.pending(),
        tasks: tasks.iter().map(points_of).collect(),
        remark: grade.notes.join(" "),
    }
}

fn totals(grades: &[Grade]) -> Totals {
    let mut points: Vec<f64> = grades.iter().filter_map(|grade| grade.points).collect();
    points.sort_by(f64::total_cmp);
    let graded = points.len();
    let middle = |n: usize| points.get(n).copied();
    let median = match (graded, graded % 2) {
        (0, _) => None,
        (_, 1) => middle(graded / 2),
        _ => middle(graded / 2 - 1).zip(middle(graded / 2)).map(|(a, b)| f64::midpoint(a, b)),
    };
    Totals {
        submissions: grades.len(),
        graded,
        full: grades.iter().filter(|g| g.points.is_some_and(|p| p >= g.max_points)).count(),
        pending: grades.iter().filter(|g| g.points.is_some() && g.pending() > 0.0).count(),
        max_points: grades.first().map_or(0.0, |grade| grade.max_points),
        mean: (graded > 0).then(|| points.iter().sum::<f64>() / graded as f64),
        median,
    }
}

fn outcomes(grades: &[Grade]) -> Vec<(Outcome, usize)> {
    let count = |outcome| grades.iter().filter(|grade| grade.outcome == outcome).count();
    Outcome::ALL.map(|outcome| (outcome, count(outcome))).into_iter().filter(|o| o.1 > 0).collect()
}

fn hardest(grades: &[Grade]) -> Vec<CaseShare> {
    let mut shares: Vec<CaseShare> = Vec::new();
    let mut place = std::collections::HashMap::new();
    for case in grades.iter().flat_map(|grade| &grade.cases) {
        let at = *place.entry((&case.task, &case.name)).or_insert_with(|| {
            let (task, name, claim) = (case.task.clone(), case.name.clone(), case.claim.clone());
            shares.push(CaseShare { task, name, claim, passed: 0, failed: 0, not_reached: 0 });
            shares.len() - 1
        });
        match case.outcome {
            Outcome::Pass => shares[at].passed += 1,
            Outcome::Undecided | Outcome::GraderFault => {}
            Outcome::NotStarted | Outcome::CompileError | Outcome::Skipped => {
                shares[at].not_reached += 1;
            }
            _ => shares[at].failed += 1,
        }
    }
    shares.retain(|case| case.passed < case.counted());
    shares.sort_by(|a, b| a.share().total_cmp(&b.share()).then_with(|| b.failed.cmp(&a.failed)));
    shares
}
