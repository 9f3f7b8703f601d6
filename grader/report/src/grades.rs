//! Where a report's grades come from.

use crate::ReportError;
use grader_model::Grade;

/// Grades that can be gone through more than once. Each may be read when its turn comes: those of a
/// class of a thousand need not be in memory together.
pub trait Grades {
    /// Shows each to `visit`, in the same order every time, up to the first error.
    ///
    /// # Errors
    /// [`ReportError::Unreadable`] when one cannot be read, and those of `visit`.
    fn each(
        &self,
        visit: &mut dyn FnMut(&Grade) -> Result<(), ReportError>,
    ) -> Result<(), ReportError>;
}

impl<T: AsRef<[Grade]>> Grades for T {
    fn each(
        &self,
        visit: &mut dyn FnMut(&Grade) -> Result<(), ReportError>,
    ) -> Result<(), ReportError> {
        self.as_ref().iter().try_for_each(visit)
    }
}
