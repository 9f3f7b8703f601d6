//! The results of a class run, counted.

use super::{GradeOrigin, GradeRef};
use grader_model::{Grade, Outcome};
use std::collections::HashMap;

/// What a class run brought.
#[derive(Debug, Default)]
pub struct ClassResult {
    /// Where the grades are, by student.
    pub grades: Vec<GradeRef>,
    /// How many of them are faults of ours.
    pub faults: usize,
    /// How many have no grade: our faults, and entries that cannot be graded.
    pub without_grade: usize,
    /// How many were graded now.
    pub fresh: usize,
    /// How many were known from an earlier run.
    pub reused: usize,
    /// How many have the same content as another submission of this run.
    pub same_content: usize,
    /// Whether the run was ended before all were graded.
    pub interrupted: bool,
    /// Results that could not be stored: still in `grades`, to be graded again next time.
    pub unstored: Vec<String>,
}

/// A submission that was graded, or known.
pub struct FinishedSubmission {
    pub kept: GradeRef,
    pub origin: GradeOrigin,
    pub outcome: Outcome,
    /// Whether it has points.
    pub graded: bool,
    /// Whether measuring again may decide it.
    pub open: bool,
    /// The number of the attempt that the result was taken from.
    pub source: Option<i64>,
    /// Why it could not be stored, if so.
    pub unstored: Option<String>,
}

impl FinishedSubmission {
    /// Its number in the store.
    const fn number(&self) -> Option<i64> {
        match self.kept {
            GradeRef::Stored { number, .. } => Some(number),
            GradeRef::InMemory(_) => None,
        }
    }

    /// `kept` is where `grade` is.
    pub fn new(kept: GradeRef, grade: &Grade, origin: GradeOrigin) -> Self {
        Self {
            kept,
            origin,
            outcome: grade.outcome,
            graded: grade.points.is_some(),
            open: grade.may_be_decided(),
            source: None,
            unstored: None,
        }
    }
}

impl ClassResult {
    /// Counts the results of `submissions` discovered submissions, and those of entries that cannot be graded.
    pub fn of(
        done: Vec<FinishedSubmission>,
        entries: Vec<FinishedSubmission>,
        submissions: usize,
    ) -> Self {
        let is_fresh = |one: &&FinishedSubmission| {
            one.origin == GradeOrigin::Graded && one.outcome != Outcome::NotGraded
        };
        let known = done.iter().filter(|one| one.origin != GradeOrigin::Graded).count();
        let same_content = with_content_of_this_run(&done);
        let interrupted = done.len() < submissions;
        let fresh = done.iter().filter(is_fresh).count();
        let all: Vec<FinishedSubmission> = done.into_iter().chain(entries).collect();
        let is_fault = |one: &&FinishedSubmission| one.outcome == Outcome::GraderFault;
        let mut result = Self {
            faults: all.iter().filter(is_fault).count(),
            without_grade: all.iter().filter(|one| !one.graded).count(),
            fresh,
            reused: known - same_content,
            same_content,
            interrupted,
            unstored: all.iter().filter_map(|one| one.unstored.clone()).collect(),
            grades: all.into_iter().map(|one| one.kept).collect(),
        };
        result.grades.sort_by(|a, b| a.student().cmp(b.student()));
        result
    }
}

/// How many results were taken from one that was graded in this run, by way of whatever other copies.
fn with_content_of_this_run(done: &[FinishedSubmission]) -> usize {
    let by_number: HashMap<i64, &FinishedSubmission> =
        done.iter().filter_map(|one| Some((one.number()?, one))).collect();
    let is_of_this_run = |copy: &FinishedSubmission| {
        let mut origin = copy;
        while let Some(source) = origin.source {
            match by_number.get(&source) {
                Some(known) => origin = known,
                None => return false,
            }
        }
        origin.origin == GradeOrigin::Graded
    };
    done.iter().filter(|one| one.source.is_some() && is_of_this_run(one)).count()
}
