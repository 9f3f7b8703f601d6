//! Whether the grades of a class were made under the same conditions: rubric, hidden cases, limits,
//! compiler, sandbox level, grader, and the vector instructions with which speed was measured.

use crate::words::count;
use grader_model::Grade;

/// One condition under which the grades of a class differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConditionDifference {
    /// What differs: "compiler".
    pub condition: &'static str,
    /// The groups, the largest first. All texts are safe to show.
    pub groups: Vec<ConditionGroup>,
}

/// The submissions that share one condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConditionGroup {
    /// The condition's value: a version, or the first digits of a hash.
    pub value: String,
    /// The rows of the class table.
    pub rows: Vec<usize>,
    /// The students of these rows.
    pub students: Vec<String>,
}

/// So many students of a group are named in a line.
const NAMED: usize = 6;

impl ConditionGroup {
    fn size(&self) -> String {
        count(self.rows.len(), "submission")
    }

    fn with_names(&self) -> String {
        let mut names = self.students[..self.students.len().min(NAMED)].join(", ");
        let more = self.students.len().saturating_sub(NAMED);
        if more > 0 {
            names += &format!(" and {more} more");
        }
        format!("{} ({}: {names})", self.value, self.size())
    }
}

impl ConditionDifference {
    /// The groups in one line, with the students of all but the largest: `rustc 1.95.0 (12 submissions),
    /// rustc 1.94.0 (1 submission: ana)`.
    pub fn summary(&self) -> String {
        let Some((largest, others)) = self.groups.split_first() else { return String::new() };
        let mut groups = vec![format!("{} ({})", largest.value, largest.size())];
        groups.extend(others.iter().map(ConditionGroup::with_names));
        groups.join(", ")
    }

    /// The remark on a row outside of the largest group.
    pub(crate) fn remark(&self, row: usize) -> Option<String> {
        let group = self.groups.iter().skip(1).find(|group| group.rows.contains(&row))?;
        Some(format!(
            "Graded with another {} than most of the class: {}.",
            self.condition, group.value
        ))
    }
}

/// What a comparison needs of a grade.
pub(crate) struct RowConditions {
    /// Its row in the class table.
    pub(crate) row: usize,
    student: String,
    /// By name. An empty value: the grade does not depend on it.
    values: [(&'static str, String); 7],
}

/// What a comparison needs of a grade that is in `row`.
pub(crate) fn conditions(row: usize, grade: &Grade) -> RowConditions {
    let of = &grade.provenance;
    let short = |hash: &str| {
        let begin: String = hash.chars().take(8).collect();
        if begin.is_empty() { "unknown".into() } else { format!("version {begin}") }
    };
    let known = |text: &str| if text.is_empty() { "unknown".into() } else { text.to_owned() };
    let values = [
        ("rubric", short(&of.rubric_hash)),
        ("set of hidden cases", short(&of.suite_hash)),
        ("set of limits and handed-out files", short(&of.conditions)),
        ("compiler", known(&of.toolchain)),
        ("sandbox level", known(&of.sandbox)),
        ("grader", known(&of.grader_version)),
        ("level of vector instructions", vector_level(grade)),
    ];
    RowConditions { row, student: grade.submission.student.clone(), values }
}

/// Grades of earlier versions do not say on what speed was measured.
fn vector_level(grade: &Grade) -> String {
    let is_measured = grade.cases.iter().any(|case| case.timing.is_some());
    let level = grade.provenance.machine.as_ref().map(|machine| machine.vector_level.to_string());
    match level {
        Some(level) if is_measured => level,
        None if is_measured => "unknown".into(),
        _ => String::new(),
    }
}

/// The conditions that are not the same for all `rows`.
pub(crate) fn differences(rows: &[RowConditions]) -> Vec<ConditionDifference> {
    let Some(first) = rows.first() else { return Vec::new() };
    let names = first.values.iter().map(|(name, _)| *name).enumerate();
    names
        .map(|(at, condition)| ConditionDifference { condition, groups: groups(rows, at) })
        .filter(|difference| difference.groups.len() > 1)
        .collect()
}

fn groups(rows: &[RowConditions], at: usize) -> Vec<ConditionGroup> {
    let mut groups: Vec<ConditionGroup> = Vec::new();
    for RowConditions { row, student, values } in rows {
        let value = &values[at].1;
        if value.is_empty() {
            continue;
        }
        match groups.iter_mut().find(|group| group.value == *value) {
            Some(group) => {
                group.rows.push(*row);
                group.students.push(student.clone());
            }
            None => groups.push(ConditionGroup {
                value: value.clone(),
                rows: vec![*row],
                students: vec![student.clone()],
            }),
        }
    }
    groups.sort_by_key(|group| std::cmp::Reverse(group.rows.len()));
    groups
}
