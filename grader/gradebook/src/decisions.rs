//! Instructors' decisions about students. Decisions are appended and never changed; undoing one is
//! another decision.

use crate::{Gradebook, GradebookError};
use grader_model::{CaseAward, CaseDecision};
use rusqlite::types::Type;
use rusqlite::{Params, Row, params};

/// The columns that [`decision`] reads, in its order.
const COLUMNS: &str =
    "student, module, kind, reason, decided_by, decided_at, content_hash, subject, value, private";

/// The newest decision about each student that applies to `module`, including decisions about all
/// modules.
const MEMBERSHIP: &str = "id IN
        (SELECT max(id) FROM decisions
         WHERE (module = ?1 OR module IS NULL) AND kind IN ('withdrawn', 'readmitted')
         GROUP BY student)
    ORDER BY student";
/// All decisions about cases of one hand-in, the oldest first.
const OF_HAND_IN: &str =
    "student = ?1 AND module = ?2 AND content_hash = ?3 AND subject IS NOT NULL
    AND kind IN ('points', 'points undone') ORDER BY id";

/// The kind of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecisionKind {
    /// The student left and is no longer part of the class.
    Withdrawn,
    /// The student is part of the class again.
    Readmitted,
    /// An undecided case has points: [`DecisionRecord::value`] says how many.
    Points,
    /// An undecided case is undecided again.
    PointsUndone,
}

impl DecisionKind {
    const fn slug(self) -> &'static str {
        match self {
            Self::Withdrawn => "withdrawn",
            Self::Readmitted => "readmitted",
            Self::Points => "points",
            Self::PointsUndone => "points undone",
        }
    }

    fn of(slug: &str) -> Option<Self> {
        let all = [Self::Withdrawn, Self::Readmitted, Self::Points, Self::PointsUndone];
        all.into_iter().find(|kind| kind.slug() == slug)
    }
}

/// What of a student's work a decision is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionSubject {
    /// The hand-in, by its content: a decision does not pass over to other work.
    pub content_hash: String,
    /// The case.
    pub case: String,
}

/// One decision about one student.
#[derive(Clone, Debug, PartialEq)]
pub struct DecisionRecord {
    /// The student.
    pub student: String,
    /// The module's slug; `None` for all modules.
    pub module: Option<String>,
    /// The kind of decision.
    pub kind: DecisionKind,
    /// The part of the student's work that it is about; `None` for the student.
    pub subject: Option<DecisionSubject>,
    /// The points, for [`DecisionKind::Points`].
    pub value: Option<CaseAward>,
    /// Whether the reason is hidden from students.
    pub private: bool,
    /// The reason; may be empty.
    pub reason: String,
    /// The person who decided, and the machine.
    pub decided_by: String,
    /// Time of the decision, in seconds since the Unix epoch.
    pub decided_at: i64,
}

impl DecisionRecord {
    /// The decision as a part of a grade, if it gives points to a case. Whether it counts depends on the grade.
    pub fn about_case(self) -> Option<CaseDecision> {
        (self.kind == DecisionKind::Points).then_some(())?;
        Some(CaseDecision {
            case: self.subject?.case,
            award: self.value?,
            reason: self.reason,
            private: self.private,
            decided_by: self.decided_by,
            decided_at: self.decided_at,
            counts: false,
            share: 0.0,
        })
    }
}

impl Gradebook {
    /// Appends a decision. When the call returns, it is on disk.
    pub fn decide(&mut self, decision: &DecisionRecord) -> Result<(), GradebookError> {
        let sql = format!(
            "INSERT INTO decisions ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"
        );
        let subject = decision.subject.as_ref();
        let values = params![
            decision.student,
            decision.module,
            decision.kind.slug(),
            decision.reason,
            decision.decided_by,
            decision.decided_at,
            subject.map(|subject| &subject.content_hash),
            subject.map(|subject| &subject.case),
            decision.value.map(stored),
            decision.private,
        ];
        self.db.execute(&sql, values).map(drop).map_err(|source| self.error(source))
    }

    /// Appends several decisions, all or none.
    pub fn decide_all(&mut self, decisions: &[DecisionRecord]) -> Result<(), GradebookError> {
        self.db.execute_batch("BEGIN IMMEDIATE").map_err(|source| self.error(source))?;
        let done = decisions.iter().try_for_each(|decision| self.decide(decision));
        let end = if done.is_ok() { "COMMIT" } else { "ROLLBACK" };
        self.db.execute_batch(end).map_err(|source| self.error(source))?;
        done
    }

    /// The decisions in force about cases of one hand-in, the newest about each case. Whether one counts
    /// depends on the grade.
    pub fn case_decisions(
        &self,
        student: &str,
        module: &str,
        content_hash: &str,
    ) -> Result<Vec<CaseDecision>, GradebookError> {
        let mut newest: Vec<DecisionRecord> = Vec::new();
        for decision in self.decisions_about_cases(student, module, content_hash)? {
            newest.retain(|older| older.subject != decision.subject);
            newest.push(decision);
        }
        Ok(newest.into_iter().filter_map(DecisionRecord::about_case).collect())
    }

    /// Every decision about cases of one hand-in, the oldest first: those that later ones replaced, too.
    pub fn decisions_about_cases(
        &self,
        student: &str,
        module: &str,
        content_hash: &str,
    ) -> Result<Vec<DecisionRecord>, GradebookError> {
        self.decisions(OF_HAND_IN, [student, module, content_hash])
    }

    fn decisions(
        &self,
        condition: &str,
        values: impl Params,
    ) -> Result<Vec<DecisionRecord>, GradebookError> {
        let sql = format!("SELECT {COLUMNS} FROM decisions WHERE {condition}");
        let rows = || -> rusqlite::Result<Vec<DecisionRecord>> {
            let mut statement = self.db.prepare_cached(&sql)?;
            statement.query_map(values, decision)?.collect()
        };
        rows().map_err(|source| self.error(source))
    }

    /// The withdrawals in force for `module`, sorted by student.
    pub fn withdrawn(&self, module: &str) -> Result<Vec<DecisionRecord>, GradebookError> {
        let mut newest = self.decisions(MEMBERSHIP, [module])?;
        newest.retain(|decision| decision.kind == DecisionKind::Withdrawn);
        Ok(newest)
    }
}

fn decision(row: &Row<'_>) -> rusqlite::Result<DecisionRecord> {
    let kind: String = row.get(2)?;
    let kind = DecisionKind::of(&kind).ok_or_else(|| unknown(2, &kind))?;
    let content_hash: Option<String> = row.get(6)?;
    let case: Option<String> = row.get(7)?;
    let subject = content_hash.zip(case);
    let value: Option<String> = row.get(8)?;
    let award = |value: String| award(&value).ok_or_else(|| unknown(8, &value));
    Ok(DecisionRecord {
        student: row.get(0)?,
        module: row.get(1)?,
        kind,
        subject: subject.map(|(content_hash, case)| DecisionSubject { content_hash, case }),
        value: value.map(award).transpose()?,
        private: row.get(9)?,
        reason: row.get(3)?,
        decided_by: row.get(4)?,
        decided_at: row.get(5)?,
    })
}

/// A value that this version does not know.
fn unknown(column: usize, value: &str) -> rusqlite::Error {
    let what = format!("`{value}` is no decision that this version of the grader knows");
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, what.into())
}

fn stored(award: CaseAward) -> String {
    match award {
        CaseAward::Full => "full".into(),
        CaseAward::None => "none".into(),
        CaseAward::Points(points) => points.to_string(),
    }
}

fn award(stored: &str) -> Option<CaseAward> {
    match stored {
        "full" => Some(CaseAward::Full),
        "none" => Some(CaseAward::None),
        points => points.parse().ok().map(CaseAward::Points),
    }
}
