//! Data that the instructor may see and a student may not.

use serde::{Deserialize, Serialize};

/// Begins every text that tells inputs or expected values. Where it is seen in something that a student
/// receives, something leaked; and instructors are reminded of it whenever they copy such a line.
pub const NOT_FOR_STUDENTS: &str = "[not for students]";

/// A value drawn for, or expected by, a hidden case.
///
/// It has neither `Display` nor a way into [`crate::student`]: the student's view is built from
/// fields of other types alone, so a hidden value cannot be written into it by accident.
/// `Debug` says only that something is there. It is serialized in the instructor's records.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hidden<T>(T);

impl<T> Hidden<T> {
    /// Hides `value` from students.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value, for the instructor's reports and records only.
    pub const fn for_instructor(&self) -> &T {
        &self.0
    }
}

impl Hidden<String> {
    /// Hides a text, which begins with [`NOT_FOR_STUDENTS`].
    pub fn text(text: &str) -> Self {
        Self(format!("{NOT_FOR_STUDENTS} {text}"))
    }
}

impl<T> std::fmt::Debug for Hidden<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hidden(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_does_not_show_the_value() {
        assert_eq!(format!("{:?}", Hidden::new("p95 = 7.25")), "Hidden(..)");
    }
}
