//! The class as its pages show it: everybody's grade that counts, from this run or an earlier one.

use crate::exit::{CommandFailure, Result};
use grader_gradebook::{ClassMember, Gradebook, PassedOver};
use grader_model::{Grade, Outcome};
use grader_pipeline::GradeRef;
use grader_pipeline::collect::{entry_owner, folded};
use grader_report::{ClassNotices, NoticeEntry};
use std::collections::{BTreeMap, HashSet};

/// Why an entry of a student who is withdrawn is passed over.
pub const OF_WITHDRAWN: &str = "is of a student who is withdrawn";

/// Where the grades of a class are, and what is to be said beyond them.
pub struct ClassView {
    /// One grade per student, by student.
    pub kept: Vec<GradeRef>,
    /// What is to be said.
    pub notices: ClassNotices,
}

/// The class of `module`: the gradebook's, without students who are withdrawn, with `unstored` grades in
/// place of older ones. `report_command` shows one student's grade, up to the name.
pub fn class_view(
    book: &Gradebook,
    module: &str,
    unstored: Vec<Grade>,
    report_command: String,
) -> Result<ClassView> {
    let withdrawn = book.withdrawn(module).map_err(CommandFailure::bad_input)?;
    let withdrawn: HashSet<_> = withdrawn.into_iter().map(|decision| decision.student).collect();
    let mut members = book.class(module).map_err(CommandFailure::bad_input)?;
    members.retain(|member| !withdrawn.contains(&member.student));
    let run = book.newest_run(module).map_err(CommandFailure::bad_input)?.unwrap_or_default();
    // Of a student who is in the class again there is nothing to pass over.
    let still_passed_over = |entry: &PassedOver| {
        let owner = folded(&entry_owner(&entry.name));
        !entry.reason.starts_with(OF_WITHDRAWN)
            || withdrawn.iter().any(|student| folded(student) == owner)
    };
    let passed_over = run.passed_over.into_iter().filter(still_passed_over);
    let notices = ClassNotices {
        report_command: Some(report_command),
        not_counted: not_counted(book, &members)?,
        identical: identical_work(book, &members)?,
        passed_over: passed_over
            .map(|entry| NoticeEntry { name: entry.name, reason: entry.reason })
            .collect(),
    };
    Ok(ClassView { kept: merged(members, unstored), notices })
}

/// A grade that could not be stored stands in the place of what was stored before.
fn merged(members: Vec<ClassMember>, unstored: Vec<Grade>) -> Vec<GradeRef> {
    let stored = members.into_iter().map(|member| {
        let ClassMember { student, number, .. } = member;
        (student.clone(), GradeRef::Stored { student, number })
    });
    let mut kept: BTreeMap<String, GradeRef> = stored.collect();
    for grade in unstored {
        // As in the gradebook: what could not be graded hides no grade.
        if grade.outcome == Outcome::NotGraded && kept.contains_key(&grade.submission.student) {
            continue;
        }
        kept.insert(grade.submission.student.clone(), GradeRef::InMemory(Box::new(grade)));
    }
    kept.into_values().collect()
}

fn not_counted(book: &Gradebook, members: &[ClassMember]) -> Result<Vec<NoticeEntry>> {
    let mut entries = Vec::new();
    for member in members.iter().filter(|member| member.newest != member.number) {
        let newest = book.attempt(member.newest).map_err(CommandFailure::bad_input)?;
        let reason = newest.map(|newest| not_graded_because(&newest.grade)).unwrap_or_default();
        entries.push(NoticeEntry { name: member.student.clone(), reason });
    }
    Ok(entries)
}

/// All remarks of an attempt that could not be graded.
fn not_graded_because(grade: &Grade) -> String {
    let remarks: Vec<_> = grade.notes.iter().map(ToString::to_string).collect();
    remarks.join(" ")
}

/// Students who handed in the same files, partners aside.
fn identical_work(book: &Gradebook, members: &[ClassMember]) -> Result<Vec<Vec<String>>> {
    let number_of = |student: &String| {
        members.iter().find(|member| member.student == *student).map(|member| member.number)
    };
    let mut groups = Vec::new();
    for group in identical(members) {
        let Some(number) = group.first().and_then(number_of) else { continue };
        let attempt = book.attempt(number).map_err(CommandFailure::bad_input)?;
        let partners = attempt.map(|attempt| attempt.grade.submission.partners).unwrap_or_default();
        if !group[1..].iter().all(|student| partners.contains(student)) {
            groups.push(group);
        }
    }
    Ok(groups)
}

/// Students with the same content. What was handed out and never begun is nobody's work.
fn identical(members: &[ClassMember]) -> Vec<Vec<String>> {
    let mut groups: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let is_work = |member: &&ClassMember| {
        let none = [Outcome::NotStarted, Outcome::NotGraded].iter().any(|none| member.is(*none));
        !none && !member.content_hash.is_empty()
    };
    for member in members.iter().filter(is_work) {
        groups.entry(&member.content_hash).or_default().push(member.student.clone());
    }
    let mut groups: Vec<_> = groups.into_values().filter(|group| group.len() > 1).collect();
    groups.sort();
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(student: &str, content: &str, outcome: Outcome) -> ClassMember {
        let (student, content_hash) = (student.into(), content.into());
        ClassMember { student, number: 1, outcome: outcome.slug().into(), content_hash, newest: 1 }
    }

    #[test]
    fn identical_work_is_work() {
        let members = [
            member("ada", "a", Outcome::Partial),
            member("bob", "a", Outcome::Partial),
            member("cleo", "c", Outcome::Pass),
            member("dan", "stub", Outcome::NotStarted),
            member("eve", "stub", Outcome::NotStarted),
            member("fay", "", Outcome::NotGraded),
            member("gus", "", Outcome::GraderFault),
            member("hal", "", Outcome::GraderFault),
        ];
        assert_eq!(identical(&members), [["ada", "bob"]]);
    }
}
