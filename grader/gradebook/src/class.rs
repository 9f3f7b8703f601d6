//! The class of a module: all students with an attempt, and the attempt that counts for each.

use crate::{Gradebook, GradebookError};
use grader_model::Outcome;
use rusqlite::Row;

/// The newest attempt counts, except that an entry that could not be graded never hides a grade. A
/// student who submits a damaged archive after a good one keeps the earlier grade.
const CLASS: &str = "SELECT one.student, one.id, one.outcome, one.content_hash, class.newest
    FROM (SELECT max(id) AS newest,
                 coalesce(max(CASE WHEN outcome <> ?2 THEN id END), max(id)) AS counting
          FROM attempts WHERE module = ?1 GROUP BY student) AS class
    JOIN attempts AS one ON one.id = class.counting ORDER BY one.student";

/// A student of a class and the attempt that counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassMember {
    /// The student.
    pub student: String,
    /// The number of the attempt that counts.
    pub number: i64,
    /// Its outcome's slug (see [`Outcome::slug`]).
    pub outcome: String,
    /// The hash of the submission; empty if nothing could be collected.
    pub content_hash: String,
    /// The number of the newest attempt. If it is later than `number`, it could not be graded.
    pub newest: i64,
}

impl ClassMember {
    /// Whether the attempt that counts has this outcome.
    pub fn is(&self, outcome: Outcome) -> bool {
        self.outcome == outcome.slug()
    }
}

impl Gradebook {
    /// All students with an attempt in `module`, including withdrawn students, sorted by student.
    ///
    /// Cost: one row per attempt of the module; no grade is decoded.
    pub fn class(&self, module: &str) -> Result<Vec<ClassMember>, GradebookError> {
        let member = |row: &Row<'_>| {
            Ok(ClassMember {
                student: row.get(0)?,
                number: row.get(1)?,
                outcome: row.get(2)?,
                content_hash: row.get(3)?,
                newest: row.get(4)?,
            })
        };
        let rows = || -> rusqlite::Result<Vec<ClassMember>> {
            let mut statement = self.db.prepare_cached(CLASS)?;
            statement.query_map([module, Outcome::NotGraded.slug()], member)?.collect()
        };
        rows().map_err(|source| self.error(source))
    }
}
