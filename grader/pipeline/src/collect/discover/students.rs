//! Assigns the entries of a class folder to students.

use super::entry::ClassEntry;
use crate::collect::names;
use crate::collect::platforms::copies::CopyOrigin;
use crate::collect::platforms::{self, EntryName, blackboard};
use grader_model::FileList;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A copy of the entry for each student of a group submission.
pub(super) fn one_per_submitter(entry: ClassEntry, students: &[EntryName]) -> Vec<ClassEntry> {
    if students.is_empty() {
        return vec![entry];
    }
    let keys: Vec<String> = students.iter().map(EntryName::key).collect();
    let entry_of = |(at, student): (usize, &EntryName)| {
        let others = keys.iter().enumerate().filter(|(other, _)| *other != at);
        let partners = others.map(|(_, key)| key.clone()).collect();
        ClassEntry { parsed_name: student.clone(), copy: None, partners, ..entry.clone() }
    };
    students.iter().enumerate().map(entry_of).collect()
}

/// The entry with the user name from Blackboard's note, if there is one.
pub(super) fn with_user_name(entry: ClassEntry, users: &HashMap<String, String>) -> ClassEntry {
    match blackboard::front(&entry.name).and_then(|front| users.get(front)) {
        Some(user) => {
            let parsed_name = EntryName { student: user.clone(), ..entry.parsed_name };
            ClassEntry { parsed_name, ..entry }
        }
        None => entry,
    }
}

/// The entries, with each copy under the name of its original.
pub(super) fn rename_copies(entries: Vec<ClassEntry>) -> Vec<ClassEntry> {
    let known: BTreeSet<String> = entries.iter().map(certain_name).collect();
    // A folder may be named by hand with the name and the id, as in the gradebook.
    let with_id: HashMap<String, EntryName> = entries
        .iter()
        .filter(|entry| entry.parsed_name.id.is_some())
        .map(|entry| (names::folded(&entry.parsed_name.key()), entry.parsed_name.clone()))
        .collect();
    let renamed = |entry: ClassEntry| {
        if let Some(known) = with_id.get(&names::folded(&entry.parsed_name.student))
            && entry.parsed_name.id.is_none()
        {
            let student = known.student.clone();
            let id = known.id.clone();
            let parsed_name = EntryName { student, id, ..entry.parsed_name };
            return ClassEntry { parsed_name, ..entry };
        }
        let original = match &entry.copy {
            Some(CopyOrigin::Certain(original)) => original.clone(),
            Some(CopyOrigin::Possible(original)) if known.contains(&names::folded(original)) => {
                original.clone()
            }
            _ => return ClassEntry { copy: None, ..entry },
        };
        ClassEntry { parsed_name: platforms::student(&original), ..entry }
    };
    entries.into_iter().map(renamed).collect()
}

/// The folded student name of an entry; that of the original for a certain copy.
fn certain_name(entry: &ClassEntry) -> String {
    match &entry.copy {
        Some(CopyOrigin::Certain(original)) => names::folded(original),
        _ => names::folded(&entry.parsed_name.student),
    }
}

/// The entries of each student. An entry without an id belongs to the student of its name, if there is
/// only one.
pub(super) fn by_student(entries: Vec<ClassEntry>) -> Vec<Vec<ClassEntry>> {
    let mut by_name: BTreeMap<String, Vec<ClassEntry>> = BTreeMap::new();
    for entry in entries {
        by_name.entry(names::folded(&entry.parsed_name.student)).or_default().push(entry);
    }
    by_name.into_values().flat_map(split_by_id).collect()
}

/// Separates the entries of one name by id. If there are several ids, an entry without one cannot be
/// graded.
fn split_by_id(entries: Vec<ClassEntry>) -> Vec<Vec<ClassEntry>> {
    let ids: BTreeSet<_> =
        entries.iter().filter_map(|entry| entry.parsed_name.id.clone()).collect();
    if ids.len() < 2 {
        return vec![entries];
    }
    let mut by_id: BTreeMap<String, Vec<ClassEntry>> = BTreeMap::new();
    for entry in entries {
        let id = entry.parsed_name.id.as_deref().map(names::folded);
        let kind =
            if id.is_some() { entry.kind } else { Err(unknown_owner(&entry.parsed_name, &ids)) };
        by_id.entry(id.unwrap_or_default()).or_default().push(ClassEntry { kind, ..entry });
    }
    by_id.into_values().collect()
}

fn unknown_owner(entry: &EntryName, ids: &BTreeSet<String>) -> String {
    let name = &entry.student;
    let keys: Vec<String> = ids.iter().map(|id| format!("{name} ({id})")).collect();
    format!(
        "may be of {}, and whose it is cannot be told: put the id behind the name",
        FileList::new(&keys)
    )
}
