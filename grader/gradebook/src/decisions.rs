//! Instructors' decisions about students. Decisions are appended and never changed; undoing one is
//! another decision.

use crate::{Gradebook, GradebookError};
use rusqlite::{Row, params};

/// The newest decision about each student that applies to `module`, including decisions about all
/// modules.
const NEWEST: &str = "SELECT student, module, kind, reason, decided_by, decided_at
    FROM decisions WHERE id IN
        (SELECT max(id) FROM decisions
         WHERE (module = ?1 OR module IS NULL) AND kind IN ('withdrawn', 'readmitted')
         GROUP BY student)
    ORDER BY student";

/// The kind of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecisionKind {
    /// The student left and is no longer part of the class.
    Withdrawn,
    /// The student is part of the class again.
    Readmitted,
}

impl DecisionKind {
    const fn slug(self) -> &'static str {
        match self {
            Self::Withdrawn => "withdrawn",
            Self::Readmitted => "readmitted",
        }
    }
}

/// One decision about one student.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The student.
    pub student: String,
    /// The module's slug; `None` for all modules.
    pub module: Option<String>,
    /// The kind of decision.
    pub kind: DecisionKind,
    /// The reason; may be empty.
    pub reason: String,
    /// The person who decided, and the machine.
    pub decided_by: String,
    /// Time of the decision, in seconds since the Unix epoch.
    pub decided_at: i64,
}

impl Gradebook {
    /// Appends a decision. When the call returns, it is on disk.
    pub fn decide(&mut self, decision: &Decision) -> Result<(), GradebookError> {
        let sql = "INSERT INTO decisions (student, module, kind, reason, decided_by, decided_at)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let values = params![
            decision.student,
            decision.module,
            decision.kind.slug(),
            decision.reason,
            decision.decided_by,
            decision.decided_at,
        ];
        self.db.execute(sql, values).map(drop).map_err(|source| self.error(source))
    }

    /// The withdrawals in force for `module`, sorted by student.
    pub fn withdrawn(&self, module: &str) -> Result<Vec<Decision>, GradebookError> {
        let rows = || -> rusqlite::Result<Vec<Decision>> {
            let mut statement = self.db.prepare_cached(NEWEST)?;
            statement.query_map([module], decision)?.collect()
        };
        let mut newest = rows().map_err(|source| self.error(source))?;
        newest.retain(|decision| decision.kind == DecisionKind::Withdrawn);
        Ok(newest)
    }
}

fn decision(row: &Row<'_>) -> rusqlite::Result<Decision> {
    let kind: String = row.get(2)?;
    let withdrawn = kind == DecisionKind::Withdrawn.slug();
    Ok(Decision {
        student: row.get(0)?,
        module: row.get(1)?,
        kind: if withdrawn { DecisionKind::Withdrawn } else { DecisionKind::Readmitted },
        reason: row.get(3)?,
        decided_by: row.get(4)?,
        decided_at: row.get(5)?,
    })
}
