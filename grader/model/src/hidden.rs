//! Data for instructors only, never for students.

use serde::{Deserialize, Serialize};

/// Prefix of every text that reveals inputs or expected values. If it occurs in anything a student
/// receives, there is a leak. It also reminds instructors who copy such a line.
pub const NOT_FOR_STUDENTS: &str = "[not for students]";

/// A value drawn for, or expected by, a hidden case.
///
/// It has no `Display`, and [`crate::student`] has no field of this type. The student's view is
/// built only from fields of other types, so a hidden value cannot enter it by accident. `Debug`
/// shows only that a value exists. Serialization is for the instructor's records.
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
    /// Hides a text and prefixes it with [`NOT_FOR_STUDENTS`].
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
