//! The source of a report's grades.

use crate::ReportError;
use grader_model::Grade;

/// The grades of a class. An implementation may read each one on demand, so that the grades of a class of a thousand are
/// never in memory together. Each pass reads each grade once.
pub trait GradeSource {
    /// Shows each to `visit`, in the same order every time, up to the first error.
    ///
    /// # Errors
    /// [`ReportError::Unreadable`] when one cannot be read, and those of `visit`.
    fn each(
        &self,
        visit: &mut dyn FnMut(&Grade) -> Result<(), ReportError>,
    ) -> Result<(), ReportError>;
}

impl<T: AsRef<[Grade]>> GradeSource for T {
    fn each(
        &self,
        visit: &mut dyn FnMut(&Grade) -> Result<(), ReportError>,
    ) -> Result<(), ReportError> {
        self.as_ref().iter().try_for_each(visit)
    }
}
