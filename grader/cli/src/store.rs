//! The gradebook as the pipeline's store.

use grader_gradebook::Gradebook;
use grader_model::Grade;
use grader_pipeline::{Fault, Result, Store};
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

impl Store for GradebookStore {
    fn cached(&self, key: &str) -> Result<Option<Grade>> {
        if !self.reuse {
            return Ok(None);
        }
        let attempt = self.book().cached(key).map_err(|error| Fault::new(error.to_string()))?;
        Ok(attempt.map(|attempt| attempt.grade))
    }

    fn record(&self, grade: &Grade) -> Result<()> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        self.book()
            .record(grade, i64::try_from(now).unwrap_or(i64::MAX))
            .map(drop)
            .map_err(|error| Fault::new(error.to_string()))
    }
}
