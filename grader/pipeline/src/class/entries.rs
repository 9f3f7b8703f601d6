//! The entries of a class folder that cannot be graded.

use crate::assemble::{GradingEvidence, NO_SEED, assemble};
use crate::collect::UngradableEntry;
use crate::grader::Grader;
use crate::score::Score;
use grader_model::{Grade, Remark, Submission};
use std::collections::BTreeMap;

/// The entries that cannot be graded, by the student whom they belong to: no grade, and no zero
/// either. As a student's attempt such an entry is found under the student's name, and a later one
/// that can be graded takes its place.
pub fn not_gradable(grader: &Grader, entries: &[UngradableEntry]) -> Vec<Grade> {
    let mut by_student: BTreeMap<String, Vec<Remark>> = BTreeMap::new();
    for entry in entries {
        let reasons = by_student.entry(entry.student.clone()).or_default();
        let reason =
            Remark::UnusableEntry { name: entry.name.clone(), reason: entry.reason.clone() };
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    let grade = |(student, notes): (String, Vec<Remark>)| {
        let module = grader.module.slug.clone();
        let submission = Submission { student, module, ..Submission::default() };
        let evidence = GradingEvidence { notes, ..GradingEvidence::default() };
        assemble(grader, submission, NO_SEED, Score::not_graded(), evidence)
    };
    by_student.into_iter().map(grade).collect()
}
