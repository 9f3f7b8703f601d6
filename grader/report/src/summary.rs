//! Sums up a class grade by grade, so that no grade stays in memory.

use crate::attention::{AttentionEntry, look};
use crate::class::{CaseShare, ClassPage, ClassRow, ClassTotals, TaskColumn, TaskPoints};
use crate::clean;
use crate::conditions::{RowConditions, conditions, differences};
use crate::file_name::UniqueNames;
use crate::notices::ClassNotices;
use crate::words::{LATE, together};
use grader_model::{CaseDecision, CaseResult, Grade, Outcome};
use std::collections::HashMap;

/// The summary of the grades so far.
#[derive(Default)]
pub(crate) struct ClassSummary {
    page: Option<(String, String)>,
    file_names: UniqueNames,
    rows: Vec<ClassRow>,
    tasks: Vec<TaskColumn>,
    shares: Vec<CaseShare>,
    /// The index of each case of a task in `shares`.
    places: HashMap<(String, String), usize>,
    attention: Vec<AttentionEntry>,
    /// The conditions of each grade.
    conditions: Vec<RowConditions>,
}

impl ClassSummary {
    /// Adds one grade, whose texts are cleaned first. Returns the name of the student's files, without extension.
    pub(crate) fn add(&mut self, grade: &Grade) -> String {
        let file = self.file_names.next(&grade.submission.student);
        let decisions = clean::decision_sentences(grade);
        let grade = clean::grade(grade);
        if self.page.is_none() {
            self.page = Some((grade.submission.module.clone(), grade.title.clone()));
        }
        for task in &grade.tasks {
            if !self.tasks.iter().any(|known| known.id == task.id) {
                let (id, title) = (task.id.clone(), task.title.clone());
                self.tasks.push(TaskColumn { id, title, max_points: task.max_points });
            }
        }
        for case in &grade.cases {
            let is_decided = CaseDecision::about(case, &grade.decisions).is_some();
            self.count(case, is_decided);
        }
        self.attention.extend(look(self.rows.len(), &grade));
        if grade.points.is_some() {
            self.conditions.push(conditions(self.rows.len(), &grade));
        }
        let row = row(&grade, &self.tasks);
        self.rows.push(ClassRow { file: file.clone(), decisions, ..row });
        file
    }

    fn count(&mut self, case: &CaseResult, is_decided: bool) {
        let key = (case.task.clone(), case.name.clone());
        let at = *self.places.entry(key).or_insert_with(|| {
            let (task, name, claim) = (case.task.clone(), case.name.clone(), case.claim.clone());
            self.shares.push(CaseShare {
                task,
                name,
                claim,
                passed: 0,
                failed: 0,
                not_reached: 0,
                undecided: 0,
                decided: 0,
            });
            self.shares.len() - 1
        });
        let share = &mut self.shares[at];
        match case.outcome {
            Outcome::Pass => share.passed += 1,
            Outcome::Undecided if is_decided => share.decided += 1,
            Outcome::Undecided => share.undecided += 1,
            Outcome::GraderFault => {}
            Outcome::NotStarted | Outcome::CompileError | Outcome::Skipped | Outcome::NotAsked => {
                share.not_reached += 1;
            }
            _ => share.failed += 1,
        }
    }

    /// The page, its rows sorted by student.
    pub(crate) fn finish(mut self) -> ClassPage {
        let columns = self.tasks.len();
        for row in &mut self.rows {
            // Tasks that only later submissions have.
            row.tasks.resize(columns, None);
        }
        let mut order: Vec<usize> = (0..self.rows.len()).collect();
        order.sort_by_cached_key(|at| {
            (self.rows[*at].student.to_lowercase(), self.rows[*at].file.clone())
        });
        let place = |row: usize| order.iter().position(|at| *at == row).unwrap_or(row);
        for item in &mut self.attention {
            item.row = place(item.row);
        }
        for one in &mut self.conditions {
            one.row = place(one.row);
        }
        self.conditions.sort_by_key(|one| one.row);
        let differences = differences(&self.conditions);
        self.attention.sort_by_key(|item| (item.reason, item.row));
        let mut rows: Vec<_> = self.rows.into_iter().map(Some).collect();
        let mut rows: Vec<_> = order.iter().filter_map(|at| rows[*at].take()).collect();
        for (at, row) in rows.iter_mut().enumerate() {
            let notes = differences.iter().filter_map(|difference| difference.remark(at));
            row.remarks.splice(0..0, notes.collect::<Vec<_>>());
            row.remark = in_one_line(&row.remarks);
        }
        let unreached =
            self.shares.iter().filter(|case| case.reached() + case.undecided + case.decided == 0);
        let (module, title) = self.page.unwrap_or_default();
        ClassPage {
            module,
            title,
            tasks: self.tasks,
            totals: totals(&rows),
            outcomes: outcomes(&rows),
            rows,
            unreached: unreached.count(),
            differences,
            hardest: hardest(self.shares),
            attention: self.attention,
            notices: ClassNotices::default(),
        }
    }
}

fn row(grade: &Grade, tasks: &[TaskColumn]) -> ClassRow {
    let points_of = |column: &TaskColumn| {
        let task = grade.tasks.iter().find(|task| task.id == column.id)?;
        grade.points.map(|_| TaskPoints { reached: task.points, pending: task.pending })
    };
    ClassRow {
        student: grade.submission.student.clone(),
        file: String::new(),
        outcome: grade.outcome,
        points: grade.points,
        max_points: grade.max_points,
        pending: grade.pending(),
        tasks: tasks.iter().map(points_of).collect(),
        remark: String::new(),
        remarks: remarks(grade),
        decisions: Vec::new(),
    }
}

/// Lateness, partners and all notes.
fn remarks(grade: &Grade) -> Vec<String> {
    let late = grade.submission.late.then(|| format!("The hand-in is {LATE}."));
    let partners = together(&grade.submission.partners);
    let partners = partners.map(|names| format!("It was handed in {names}."));
    late.into_iter().chain(partners).chain(grade.remark_texts()).collect()
}

fn in_one_line(remarks: &[String]) -> String {
    match remarks {
        [] => String::new(),
        [only] => only.clone(),
        [first, ..] => format!("{} remarks: {first}", remarks.len()),
    }
}

/// The maximum that most submissions have; the first of those that are equally frequent.
fn usual_maximum(rows: &[ClassRow]) -> f64 {
    let maxima = || rows.iter().filter(|row| row.points.is_some()).map(|row| row.max_points);
    let frequency = |max: f64| maxima().filter(|other| other.to_bits() == max.to_bits()).count();
    let usual = maxima().rev().max_by_key(|max| frequency(*max));
    usual.unwrap_or_else(|| rows.first().map_or(0.0, |row| row.max_points))
}

fn totals(rows: &[ClassRow]) -> ClassTotals {
    let max_points = usual_maximum(rows);
    let usual = rows.iter().filter(|row| row.max_points.to_bits() == max_points.to_bits());
    let graded_rows: Vec<_> = usual.filter(|row| row.points.is_some()).collect();
    let mut points: Vec<f64> = graded_rows.iter().filter_map(|row| row.points).collect();
    let at_most: f64 =
        points.iter().sum::<f64>() + graded_rows.iter().map(|row| row.pending).sum::<f64>();
    points.sort_by(f64::total_cmp);
    let counted = points.len();
    let middle = |n: usize| points.get(n).copied();
    let median = match (counted, counted % 2) {
        (0, _) => None,
        (_, 1) => middle(counted / 2),
        _ => middle(counted / 2 - 1).zip(middle(counted / 2)).map(|(a, b)| f64::midpoint(a, b)),
    };
    let graded = rows.iter().filter(|row| row.points.is_some()).count();
    ClassTotals {
        submissions: rows.len(),
        graded,
        other_maximum: graded - counted,
        full: rows.iter().filter(|row| row.points.is_some_and(|p| p >= row.max_points)).count(),
        pending: rows.iter().filter(|row| row.points.is_some() && row.pending > 0.0).count(),
        pending_points: rows.iter().filter(|row| row.points.is_some()).map(|row| row.pending).sum(),
        mean_at_most: (counted > 0).then(|| at_most / counted as f64),
        max_points,
        mean: (counted > 0).then(|| points.iter().sum::<f64>() / counted as f64),
        median,
    }
}

fn outcomes(rows: &[ClassRow]) -> Vec<(Outcome, usize)> {
    let count = |outcome| rows.iter().filter(|row| row.outcome == outcome).count();
    Outcome::ALL.map(|outcome| (outcome, count(outcome))).into_iter().filter(|o| o.1 > 0).collect()
}

fn hardest(mut shares: Vec<CaseShare>) -> Vec<CaseShare> {
    shares.retain(|case| case.failed > 0);
    shares.sort_by(|a, b| {
        let by_share = b.failed_share().total_cmp(&a.failed_share());
        by_share.then_with(|| b.failed.cmp(&a.failed))
    });
    shares
}
