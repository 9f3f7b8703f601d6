//! The gradebook as the pipeline's store.

use grader_gradebook::{Gradebook, GradebookError, GradingRun};
use grader_model::{Grade, Outcome, StoredAttempt, Submission};
use grader_pipeline::collect::folded;
use grader_pipeline::{
    CachedGrade, Fault, GradeRef, GradeStore, MeasureScope, ModuleSetup, RescoreOutcome, Result,
    rescore, with_decisions,
};
use grader_report::{GradeSource, ReportError};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};
use tracing::debug;

/// A gradebook that several workers write to, one at a time.
pub struct GradebookStore {
    book: Mutex<Gradebook>,
    /// Whether earlier results are used again.
    reuse: bool,
    /// The run that attempts are recorded for.
    run: Option<i64>,
}

impl GradebookStore {
    /// Opens or creates the gradebook at `path`.
    pub fn open(path: &Path, reuse: bool) -> crate::exit::Result<Self> {
        let book = open_gradebook(path).map_err(crate::exit::CommandFailure::bad_input)?;
        Ok(Self { book: Mutex::new(book), reuse, run: None })
    }

    /// The same, recording for a run that begins now.
    pub fn for_run(self, run: &GradingRun) -> crate::exit::Result<Self> {
        let number = self.book().begin_run(run).map_err(crate::exit::CommandFailure::bad_input)?;
        Ok(Self { run: Some(number), ..self })
    }

    /// Records a grade and returns its number. An entry without a grade is there at every run, and is one
    /// attempt all the same.
    fn record_attempt(&self, grade: &Grade) -> std::result::Result<i64, GradebookError> {
        let mut book = self.book();
        if grade.outcome != Outcome::NotGraded {
            return book.record_in(self.run, grade, now());
        }
        let grade = under_known_name(&book, grade)?;
        match same_as_newest(&book, &grade)? {
            Some(number) => Ok(number),
            None => book.record_in(self.run, &grade, now()),
        }
    }

    /// The gradebook, while nobody else uses it.
    pub fn book(&self) -> MutexGuard<'_, Gradebook> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Opens or creates a gradebook, and says so when anybody could read it until now.
pub fn open_gradebook(path: &Path) -> std::result::Result<Gradebook, GradebookError> {
    let book = Gradebook::open(path)?;
    if book.was_closed_to_strangers() {
        let path = grader_report::escape::line(&path.display().to_string(), 400);
        eprintln!(
            "grader: note: every user of this machine could read {path}; now only its owner can"
        );
    }
    Ok(book)
}

/// Grades of which most are in a gradebook. Each is read when its turn comes, and scored as today's
/// rubric says.
pub struct StoredGrades<'a> {
    book: &'a Mutex<Gradebook>,
    kept: &'a [GradeRef],
    module: &'a ModuleSetup,
}

impl<'a> StoredGrades<'a> {
    /// The grades of a class run.
    pub const fn of(
        store: &'a GradebookStore,
        kept: &'a [GradeRef],
        module: &'a ModuleSetup,
    ) -> Self {
        Self::in_book(&store.book, kept, module)
    }

    /// Those of a gradebook.
    pub const fn in_book(
        book: &'a Mutex<Gradebook>,
        kept: &'a [GradeRef],
        module: &'a ModuleSetup,
    ) -> Self {
        Self { book, kept, module }
    }

    fn read(&self, number: i64) -> std::result::Result<Grade, ReportError> {
        let book = self.book.lock().unwrap_or_else(PoisonError::into_inner);
        match book.attempt(number) {
            Ok(Some(attempt)) => scored_by(&book, attempt.grade, self.module)
                .map_err(|error| ReportError::Unreadable(error.to_string())),
            Ok(None) => Err(ReportError::Unreadable(format!("attempt {number} is gone"))),
            Err(error) => Err(ReportError::Unreadable(error.to_string())),
        }
    }
}

/// The grade that counts: the stored one with the points, weights and texts of today's rubric, and with the
/// decisions about its undecided cases. If the evidence does not suffice for today's rubric, the grade stays as it
/// was, says so, and no decision is applied.
pub fn scored_by(
    book: &Gradebook,
    grade: Grade,
    module: &ModuleSetup,
) -> std::result::Result<Grade, GradebookError> {
    let Submission { student, module: slug, content_hash, .. } = &grade.submission;
    let decisions = book.case_decisions(student, slug, content_hash)?;
    Ok(match rescore(&grade, module, &MeasureScope::All) {
        RescoreOutcome::Scored(scored) => with_decisions(*scored, decisions, &module.rubric),
        stale @ RescoreOutcome::GradeAgain(_) => stale.or_stored(grade),
    })
}

impl GradeSource for StoredGrades<'_> {
    fn each(
        &self,
        visit: &mut dyn FnMut(&Grade) -> std::result::Result<(), ReportError>,
    ) -> std::result::Result<(), ReportError> {
        self.kept.iter().try_for_each(|kept| match kept {
            GradeRef::InMemory(grade) => visit(grade),
            GradeRef::Stored { number, .. } => visit(&self.read(*number)?),
        })
    }
}

impl GradeStore for GradebookStore {
    fn cached(&self, key: &str, of: &Submission) -> Result<Option<CachedGrade>> {
        if !self.reuse {
            return Ok(None);
        }
        let failed = |error: GradebookError| Fault::new(error.to_string());
        let known = |attempt: StoredAttempt, newest| {
            Some(CachedGrade { grade: attempt.grade, number: attempt.id, newest })
        };
        let book = self.book();
        let newest = book.newest(&of.student, &of.module).map_err(failed)?;
        let newest = newest.map(|id| book.attempt(id)).transpose().map_err(failed)?.flatten();
        if let Some(own) = newest
            && own.grade.provenance.key == key
            && own.grade.points.is_some()
        {
            return Ok(known(own, true));
        }
        let anybodys = book.cached(key).map_err(failed)?;
        Ok(anybodys.and_then(|attempt| known(attempt, false)))
    }

    fn record(&self, grade: &Grade) -> Result<Option<i64>> {
        let number = self.record_attempt(grade).map_err(|error| Fault::new(error.to_string()))?;
        let Submission { student, module, .. } = &grade.submission;
        debug!(attempt = number, student, module, outcome = ?grade.outcome, "recorded");
        Ok(Some(number))
    }

    fn read(&self, number: i64) -> Result<Grade> {
        let attempt = self.book().attempt(number);
        let attempt = attempt.map_err(|error: GradebookError| Fault::new(error.to_string()))?;
        let gone = || Fault::new(format!("attempt {number} is gone"));
        attempt.map(|attempt| attempt.grade).ok_or_else(gone)
    }
}

/// An entry that cannot be graded, as an attempt of the student whom the gradebook knows by another
/// spelling of the name.
fn under_known_name(book: &Gradebook, grade: &Grade) -> std::result::Result<Grade, GradebookError> {
    let mut grade = grade.clone();
    if let Some(known) = known_name(&book.students()?, &grade.submission.student) {
        known.clone_into(&mut grade.submission.student);
    }
    Ok(grade)
}

fn same_as_newest(
    book: &Gradebook,
    grade: &Grade,
) -> std::result::Result<Option<i64>, GradebookError> {
    let Some(number) = book.newest(&grade.submission.student, &grade.submission.module)? else {
        return Ok(None);
    };
    let newest = book.attempt(number)?;
    let same = newest.is_some_and(|newest| {
        newest.grade.outcome == grade.outcome
            && newest.grade.notes == grade.notes
            && newest.grade.submission.content_hash == grade.submission.content_hash
    });
    Ok(same.then_some(number))
}

/// The student among `students` whose name is another spelling of `name`: other case, or accents that are
/// composed in another way, as another system writes them. An equal name needs no other.
pub fn known_name<'a>(students: &'a [String], name: &str) -> Option<&'a str> {
    if students.iter().any(|known| known == name) {
        return None;
    }
    let key = folded(name);
    let mut alike = students.iter().filter(|known| folded(known) == key);
    // Where two are known, nobody guesses.
    alike.next().filter(|_| alike.next().is_none()).map(String::as_str)
}

/// Seconds since the Unix epoch.
pub fn now() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(now.as_secs()).unwrap_or(i64::MAX)
}
