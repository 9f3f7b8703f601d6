//! The gradebook as the pipeline's store.

use grader_gradebook::{Gradebook, GradebookError};
use grader_model::{Attempt, Grade, Outcome, Submission};
use grader_pipeline::{Fault, Kept, Known, Measuring, ModuleSetup, Result, Store, rescore};
use grader_report::{Grades, ReportError};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

/// A gradebook that several workers write to, one at a time.
pub struct GradebookStore {
    book: Mutex<Gradebook>,
    /// Whether earlier results are used again.
    reuse: bool,
}

impl GradebookStore {
    /// Opens or creates the gradebook at `path`.
    pub fn open(path: &Path, reuse: bool) -> crate::exit::Result<Self> {
        let book = Gradebook::open(path).map_err(crate::exit::Failure::bad_input)?;
        Ok(Self { book: Mutex::new(book), reuse })
    }

    fn book(&self) -> MutexGuard<'_, Gradebook> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Grades of which most are in a gradebook. Each is read when its turn comes, and scored as today's
/// rubric says.
pub struct Stored<'a> {
    book: &'a Mutex<Gradebook>,
    kept: &'a [Kept],
    module: &'a ModuleSetup,
}

impl<'a> Stored<'a> {
    /// The grades of a class run.
    pub const fn of(store: &'a GradebookStore, kept: &'a [Kept], module: &'a ModuleSetup) -> Self {
        Self { book: &store.book, kept, module }
    }

    /// Those of a gradebook.
    pub const fn in_book(
        book: &'a Mutex<Gradebook>,
        kept: &'a [Kept],
        module: &'a ModuleSetup,
    ) -> Self {
        Self { book, kept, module }
    }

    fn read(&self, number: i64) -> std::result::Result<Grade, ReportError> {
        let book = self.book.lock().unwrap_or_else(PoisonError::into_inner);
        match book.attempt(number) {
            Ok(Some(attempt)) => Ok(scored_today(attempt.grade, self.module)),
            Ok(None) => Err(ReportError::Unreadable(format!("attempt {number} is gone"))),
            Err(error) => Err(ReportError::Unreadable(error.to_string())),
        }
    }
}

/// A stored grade with the points, weights and texts of today's rubric. Where its evidence does not
/// suffice for that, it stays as it was and says so.
pub fn scored_today(grade: Grade, module: &ModuleSetup) -> Grade {
    rescore(&grade, module, &Measuring::All).or_stored(grade)
}

impl Grades for Stored<'_> {
    fn each(
        &self,
        visit: &mut dyn FnMut(&Grade) -> std::result::Result<(), ReportError>,
    ) -> std::result::Result<(), ReportError> {
        self.kept.iter().try_for_each(|kept| match kept {
            Kept::Here(grade) => visit(grade),
            Kept::Stored { number, .. } => visit(&self.read(*number)?),
        })
    }
}

impl Store for GradebookStore {
    fn cached(&self, key: &str, of: &Submission) -> Result<Option<Known>> {
        if !self.reuse {
            return Ok(None);
        }
        let failed = |error: GradebookError| Fault::new(error.to_string());
        let known = |attempt: Attempt, newest| {
            Some(Known { grade: attempt.grade, number: attempt.id, newest })
        };
        let book = self.book();
        let newest = book.newest(&of.student, &of.module).map_err(failed)?;
        let newest = newest.map(|id| book.attempt(id)).transpose().map_err(failed)?.flatten();
        if let Some(own) = newest
            && own.grade.provenance.key == key
            && own.grade.outcome != Outcome::GraderFault
        {
            return Ok(known(own, true));
        }
        let anybodys = book.cached(key).map_err(failed)?;
        Ok(anybodys.and_then(|attempt| known(attempt, false)))
    }

    fn record(&self, grade: &Grade) -> Result<Option<i64>> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        self.book()
            .record(grade, i64::try_from(now).unwrap_or(i64::MAX))
            .map(Some)
            .map_err(|error| Fault::new(error.to_string()))
    }
}
