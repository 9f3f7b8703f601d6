//! Whether the grades of a class were made under the same conditions: rubric, hidden cases, limits,
//! compiler, sandbox level, grader.

use crate::words::count;
use grader_model::Provenance;

/// One condition under which the grades of a class differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
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
}

impl Difference {
    /// The groups in one line: `rustc 1.95.0 (12 submissions), rustc 1.94.0 (1 submission)`.
    pub fn summary(&self) -> String {
        let groups = self
            .groups
            .iter()
            .map(|group| format!("{} ({})", group.value, count(group.rows.len(), "submission")));
        groups.collect::<Vec<_>>().join(", ")
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

/// The conditions of one grade, by name.
type Conditions = [(&'static str, String); 6];

/// What a comparison needs of a grade.
pub(crate) fn conditions(of: &Provenance) -> Conditions {
    let short = |hash: &str| {
        let begin: String = hash.chars().take(8).collect();
        if begin.is_empty() { "unknown".into() } else { format!("version {begin}") }
    };
    let known = |text: &str| if text.is_empty() { "unknown".into() } else { text.to_owned() };
    [
        ("rubric", short(&of.rubric_hash)),
        ("set of hidden cases", short(&of.suite_hash)),
        ("set of limits and handed-out files", short(&of.conditions)),
        ("compiler", known(&of.toolchain)),
        ("sandbox level", known(&of.sandbox)),
        ("grader", known(&of.grader_version)),
    ]
}

/// The conditions that are not the same for all `rows`, given as row number and conditions.
pub(crate) fn differences(rows: &[(usize, Conditions)]) -> Vec<Difference> {
    let Some((_, first)) = rows.first() else { return Vec::new() };
    let names = first.iter().map(|(name, _)| *name).enumerate();
    names
        .map(|(at, condition)| Difference { condition, groups: groups(rows, at) })
        .filter(|difference| difference.groups.len() > 1)
        .collect()
}

fn groups(rows: &[(usize, Conditions)], at: usize) -> Vec<ConditionGroup> {
    let mut groups: Vec<ConditionGroup> = Vec::new();
    for (row, conditions) in rows {
        let value = &conditions[at].1;
        match groups.iter_mut().find(|group| group.value == *value) {
            Some(group) => group.rows.push(*row),
            None => groups.push(ConditionGroup { value: value.clone(), rows: vec![*row] }),
        }
    }
    groups.sort_by_key(|group| std::cmp::Reverse(group.rows.len()));
    groups
}
