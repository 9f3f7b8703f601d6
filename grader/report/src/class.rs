//! The content of a class report: its rows, its totals, its hardest cases.

use crate::attention::AttentionEntry;
use crate::conditions::ConditionDifference;
use crate::summary::ClassSummary;
use crate::{ClassNotices, GradeSource, ReportError};
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
    pub totals: ClassTotals,
    /// The number of submissions per outcome, without outcomes that do not occur.
    pub outcomes: Vec<(Outcome, usize)>,
    /// Cases with at least one failure, in the order of the failed share of those who reached them.
    pub hardest: Vec<CaseShare>,
    /// Number of cases that no submission reached.
    pub unreached: usize,
    /// The conditions of grading that differ between submissions; usually none.
    pub differences: Vec<ConditionDifference>,
    /// The submissions that need attention.
    pub attention: Vec<AttentionEntry>,
    /// Notices beyond the grades.
    pub notices: ClassNotices,
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
    /// Its outcome.
    pub outcome: Outcome,
    /// Points reached; `None` when the grader failed.
    pub points: Option<f64>,
    /// Points that can be reached.
    pub max_points: f64,
    /// Undecided points.
    pub pending: f64,
    /// Each of [`ClassPage::tasks`]; `None` where the submission has no such task.
    pub tasks: Vec<Option<TaskPoints>>,
    /// Remarks in one line, after their number if there are several; usually empty.
    pub remark: String,
    /// Every remark.
    pub remarks: Vec<String>,
    /// Instructors' decisions about undecided cases, as sentences; also among the remarks.
    pub decisions: Vec<String>,
}

/// The points of a submission in one task.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TaskPoints {
    /// Points reached.
    pub reached: f64,
    /// Undecided points.
    pub pending: f64,
}

/// The class in numbers. Submissions without a grade (faults of the grader) count only in
/// `submissions`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClassTotals {
    /// Submissions in all.
    pub submissions: usize,
    /// Those that have a grade.
    pub graded: usize,
    /// Those with all points.
    pub full: usize,
    /// Those with undecided points, which mean and median count as not reached.
    pub pending: usize,
    /// The sum of the undecided points.
    pub pending_points: f64,
    /// The mean if all undecided points are reached; `None` without grades.
    pub mean_at_most: Option<f64>,
    /// Points that can be reached, by the rubric that most submissions were scored with. Mean and
    /// median leave out those that were scored with another maximum.
    pub max_points: f64,
    /// Grades with another maximum, which mean and median leave out.
    pub other_maximum: usize,
    /// Arithmetic mean of the points; `None` without grades.
    pub mean: Option<f64>,
    /// Median of the points, the mean of the middle two when their number is even.
    pub median: Option<f64>,
}

/// The results of a class in one case. Faults of the grader are not counted.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseShare {
    /// The task it belongs to.
    pub task: String,
    /// Its name.
    pub name: String,
    /// Its claim.
    pub claim: String,
    /// Submissions that passed it.
    pub passed: usize,
    /// Submissions that ran it and did not pass.
    pub failed: usize,
    /// Submissions in which it did not run: not started, not compiled, not asked, or a parent failed.
    pub not_reached: usize,
    /// Submissions in which it was measured and not decided.
    pub undecided: usize,
    /// Submissions in which it was not decided by measurement, and an instructor decided it.
    pub decided: usize,
}

impl CaseShare {
    /// Submissions that reached it: those that passed and those that failed.
    pub const fn reached(&self) -> usize {
        self.passed + self.failed
    }

    /// The failed share of those, from 0 to 1; 0 if no submission reached it.
    pub fn failed_share(&self) -> f64 {
        self.failed as f64 / self.reached().max(1) as f64
    }
}

impl ClassPage {
    /// Sums up the grades of one module.
    pub fn new(grades: &[Grade]) -> Self {
        let mut summary = ClassSummary::default();
        for grade in grades {
            summary.add(grade);
        }
        summary.finish()
    }

    /// Sums up the grades of one module. Keeps only a row of each.
    ///
    /// # Errors
    /// When a grade cannot be read.
    pub fn of(grades: &dyn GradeSource) -> Result<Self, ReportError> {
        let mut summary = ClassSummary::default();
        grades.each(&mut |grade| {
            summary.add(grade);
            Ok(())
        })?;
        Ok(summary.finish())
    }

    /// The same page with notices.
    #[must_use]
    pub fn with(self, notices: &ClassNotices) -> Self {
        Self { notices: notices.clone(), ..self }
    }

    /// The command that shows the grade of one row's student in full.
    pub(crate) fn command(&self, row: usize) -> String {
        let student = self.rows.get(row).map_or("", |row| &row.student);
        self.notices.command(&self.module, student)
    }
}
