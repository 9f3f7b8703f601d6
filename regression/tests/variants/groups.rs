//! Variants that can be graded together, because the task that one of them breaks has nothing to do with those of the others.

use grader_course::config::{Rubric, TaskRubric};
use grader_judge::Suite;
use regression::variant::Variant;
use std::collections::BTreeSet;
use std::path::Path;

/// Each variant is one more that may hide what another one does.
const MOST: usize = 4;

/// A variant with its name.
pub struct Named {
    pub name: String,
    pub variant: Variant,
}

/// The variants of a module: each of them is in one group.
pub struct Grouping<'a> {
    pub suite: &'a Suite,
    pub rubric: &'a Rubric,
}

/// What a variant touches.
struct Reach {
    /// The tasks whose files it edits.
    broken: BTreeSet<String>,
    /// The tasks whose cases are looked at: those that must catch it, and what they need.
    asked: BTreeSet<String>,
}

impl Grouping<'_> {
    /// Groups of variants that are graded together. Alone is one that is refused or measured, or edits a file of no task.
    pub fn groups(&self, variants: Vec<Named>) -> Vec<Vec<Named>> {
        let mut groups: Vec<(Vec<Named>, Vec<Reach>)> = Vec::new();
        let mut alone = Vec::new();
        for named in variants {
            let Some(reach) = self.reach(&named.variant) else {
                alone.push(vec![named]);
                continue;
            };
            let fits = |others: &Vec<Reach>| {
                others.len() < MOST && others.iter().all(|other| are_apart(other, &reach))
            };
            match groups.iter_mut().find(|(_, others)| fits(others)) {
                Some((group, others)) => {
                    group.push(named);
                    others.push(reach);
                }
                None => groups.push((vec![named], vec![reach])),
            }
        }
        groups.into_iter().map(|(group, _)| group).chain(alone).collect()
    }

    fn reach(&self, variant: &Variant) -> Option<Reach> {
        let names = || variant.caught_by.iter().map(String::as_str);
        let is_measured =
            names().any(|name| self.suite.timed().iter().any(|case| case.name == name));
        if variant.refused.is_some() || is_measured {
            return None;
        }
        let mut broken = BTreeSet::new();
        for edit in &variant.edits {
            let owns =
                |task: &&TaskRubric| task.files.iter().any(|file| file == Path::new(&edit.file));
            let owners: Vec<_> = self.rubric.tasks.iter().filter(owns).collect();
            if owners.is_empty() {
                return None;
            }
            broken.extend(owners.iter().map(|task| task.id.clone()));
        }
        Some(Reach { broken, asked: self.asked(names()) })
    }

    /// The tasks of these cases, and all that they need, directly or through others.
    pub fn asked<'a>(&self, cases: impl Iterator<Item = &'a str>) -> BTreeSet<String> {
        let cases: BTreeSet<&str> = cases.collect();
        let tasks = self.suite.names().filter(|(_, name)| cases.contains(name));
        let mut reached: BTreeSet<String> = tasks.map(|(task, _)| task.to_owned()).collect();
        loop {
            let is_reached = |task: &&TaskRubric| reached.contains(&task.id);
            let needs = self.rubric.tasks.iter().filter(is_reached).flat_map(|task| &task.needs);
            let needs: Vec<String> = needs.cloned().collect();
            let before = reached.len();
            reached.extend(needs);
            if reached.len() == before {
                return reached;
            }
        }
    }
}

fn are_apart(one: &Reach, other: &Reach) -> bool {
    one.broken.is_disjoint(&other.asked)
        && other.broken.is_disjoint(&one.asked)
        && one.broken.is_disjoint(&other.broken)
}
