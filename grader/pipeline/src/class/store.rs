//! Where a class run keeps its grades, and who follows it.

use crate::fault::Result;
use grader_model::{Grade, Submission};

/// Where results are kept between runs.
pub trait GradeStore: Sync {
    /// The stored result for a content key, if there is one: this student's newest, if it has that key,
    /// else anybody's.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn cached(&self, key: &str, of: &Submission) -> Result<Option<CachedGrade>>;

    /// Keeps a result and returns its number, by which it can be had again; `None` from a store that
    /// keeps nothing. When this returns, a kill loses nothing of it.
    ///
    /// # Errors
    /// When the store cannot be written.
    fn record(&self, grade: &Grade) -> Result<Option<i64>>;

    /// The result with this number, as it was kept.
    ///
    /// # Errors
    /// When the store cannot be read, or has no such result.
    fn read(&self, number: i64) -> Result<Grade>;
}

/// A result that was stored before.
#[derive(Clone, Debug)]
pub struct CachedGrade {
    /// The result.
    pub grade: Grade,
    /// Its number.
    pub number: i64,
    /// Whether it is the newest of the student who was asked for.
    pub newest: bool,
}

/// How the result of a submission came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GradeOrigin {
    /// It was graded now.
    Graded,
    /// It is the result of an earlier run: nothing has changed since.
    EarlierRun,
    /// It is the result of another submission with the same content, or of an earlier attempt.
    SameContent,
}

/// Follows a class run.
pub trait ClassObserver: Sync {
    /// `student`'s submission is being graded.
    fn started(&self, student: &str);
    /// It is done, and stored if it could be: its report can be written.
    fn finished(&self, grade: &Grade, origin: GradeOrigin);
}

/// Where a grade is: it does not stay in memory when a store has it, so that a class of a thousand
/// needs no more of it than one of ten.
#[derive(Debug)]
pub enum GradeRef {
    /// In the store.
    Stored {
        /// Whose it is.
        student: String,
        /// Its number there.
        number: i64,
    },
    /// Here: the store could not keep it.
    InMemory(Box<Grade>),
}

impl GradeRef {
    /// Whose grade it is.
    pub fn student(&self) -> &str {
        match self {
            Self::Stored { student, .. } => student,
            Self::InMemory(grade) => &grade.submission.student,
        }
    }

    /// The grade, if it is here.
    pub fn here(&self) -> Option<&Grade> {
        match self {
            Self::Stored { .. } => None,
            Self::InMemory(grade) => Some(grade),
        }
    }
}
