//! Stores and finds attempts.

use crate::{Gradebook, GradebookError};
use grader_model::{Grade, Outcome, RecordFacts, StoredAttempt, Submission};
use rusqlite::{Params, Row, TransactionBehavior, params};

/// Every query selects these columns, in the order expected by [`Gradebook::select`]. "Newest"
/// means stored last (highest id), because clocks can jump but ids only increase.
const BY_ID: &str = "SELECT id, graded_at, grade FROM attempts WHERE id = ?1";
const CACHED: &str = "SELECT id, graded_at, grade FROM attempts
    WHERE key = ?1 AND outcome NOT IN (?2, ?3) ORDER BY id DESC LIMIT 1";
const HISTORY: &str = "SELECT id, graded_at, grade FROM attempts
    WHERE module = ?1 AND student = ?2 ORDER BY id";
const LATEST: &str = "SELECT id, graded_at, grade FROM attempts WHERE id IN
    (SELECT max(id) FROM attempts WHERE module = ?1 GROUP BY student) ORDER BY student";
const NUMBERS: &str = "SELECT max(id), student FROM attempts
    WHERE module = ?1 GROUP BY student ORDER BY student";
const NEWEST: &str = "SELECT max(id) FROM attempts WHERE module = ?1 AND student = ?2";
const CONTENTS: &str = "SELECT content_hash FROM attempts
    WHERE module = ?1 AND student = ?2 AND id <= ?3 ORDER BY id";
const STUDENTS: &str = "SELECT DISTINCT student FROM attempts ORDER BY student";
const INSERT: &str = "INSERT INTO attempts
    (student, module, key, content_hash, outcome, points, max_points, graded_at, grade, run)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";

impl Gradebook {
    /// Appends one attempt and returns its number. `graded_at` is in seconds since the Unix epoch.
    ///
    /// An attempt is appended even if the same content was graded before. If a result is reused for
    /// a second student with the same files, it must be in that student's history too. When the
    /// call returns, the attempt is on disk.
    pub fn record(&mut self, grade: &Grade, graded_at: i64) -> Result<i64, GradebookError> {
        self.record_in(None, grade, graded_at)
    }

    /// Like [`Gradebook::record`], for an attempt that is part of a run (see
    /// [`Gradebook::begin_run`]).
    pub fn record_in(
        &mut self,
        run: Option<i64>,
        grade: &Grade,
        graded_at: i64,
    ) -> Result<i64, GradebookError> {
        let json = self.to_json(grade)?;
        self.insert(run, grade, graded_at, &json).map_err(|source| self.error(source))
    }

    /// The newest attempt stored under `key` (see [`grader_model::Provenance::key`]), for reuse
    /// instead of grading the same content again. Attempts without a grade are never returned: a
    /// grader fault must be graded again, and a reason that one student's entry could not be graded
    /// does not apply to another's. An empty key has no result.
    pub fn cached(&self, key: &str) -> Result<Option<StoredAttempt>, GradebookError> {
        if key.is_empty() {
            return Ok(None);
        }
        let found = self
            .select(CACHED, params![key, Outcome::GraderFault.slug(), Outcome::NotGraded.slug()])?;
        Ok(found.into_iter().next())
    }

    /// The newest attempt of every student in `module`, sorted by student. Grader faults are
    /// included, so that no student is missing from the class.
    pub fn latest(&self, module: &str) -> Result<Vec<StoredAttempt>, GradebookError> {
        self.select(LATEST, [module])
    }

    /// The numbers and students of the attempts in [`Gradebook::latest`], to read them one at a
    /// time instead of all at once.
    pub fn latest_numbers(&self, module: &str) -> Result<Vec<(i64, String)>, GradebookError> {
        let rows = || -> rusqlite::Result<Vec<(i64, String)>> {
            let mut statement = self.db.prepare_cached(NUMBERS)?;
            statement.query_map([module], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
        };
        rows().map_err(|source| self.error(source))
    }

    /// The number of a student's newest attempt in a module.
    pub fn newest(&self, student: &str, module: &str) -> Result<Option<i64>, GradebookError> {
        let row = || self.db.prepare_cached(NEWEST)?.query_row([module, student], |row| row.get(0));
        row().map_err(|source| self.error(source))
    }

    /// Every attempt of one student in one module, oldest first.
    pub fn history(
        &self,
        student: &str,
        module: &str,
    ) -> Result<Vec<StoredAttempt>, GradebookError> {
        self.select(HISTORY, [module, student])
    }

    /// The attempt with the number `id`.
    pub fn attempt(&self, id: i64) -> Result<Option<StoredAttempt>, GradebookError> {
        Ok(self.select(BY_ID, [id])?.into_iter().next())
    }

    /// All students with an attempt in any module, sorted.
    pub fn students(&self) -> Result<Vec<String>, GradebookError> {
        let names = || -> rusqlite::Result<Vec<String>> {
            let mut statement = self.db.prepare_cached(STUDENTS)?;
            statement.query_map([], |row| row.get(0))?.collect()
        };
        names().map_err(|source| self.error(source))
    }

    fn insert(
        &mut self,
        run: Option<i64>,
        grade: &Grade,
        graded_at: i64,
        json: &str,
    ) -> rusqlite::Result<i64> {
        let change = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        change.prepare_cached(INSERT)?.execute(params![
            grade.submission.student,
            grade.submission.module,
            grade.provenance.key,
            grade.submission.content_hash,
            grade.outcome.slug(),
            grade.points,
            grade.max_points,
            graded_at,
            json,
            run,
        ])?;
        let id = change.last_insert_rowid();
        change.commit()?;
        Ok(id)
    }

    /// The JSON of a grade, after checking that it can be read back. A number that is not finite
    /// becomes `null` in JSON, which would be noticed only when the record is needed.
    fn to_json(&self, grade: &Grade) -> Result<String, GradebookError> {
        let unstorable = |reason: String| GradebookError::Unstorable {
            path: self.path.clone(),
            student: grade.submission.student.clone(),
            reason,
        };
        let text = serde_json::to_string(grade).map_err(|source| unstorable(source.to_string()))?;
        let read: Grade =
            serde_json::from_str(&text).map_err(|source| unstorable(source.to_string()))?;
        if read.points.is_some() == grade.points.is_some() {
            Ok(text)
        } else {
            Err(unstorable("the points are not a finite number".into()))
        }
    }

    fn select(
        &self,
        sql: &str,
        parameters: impl Params,
    ) -> Result<Vec<StoredAttempt>, GradebookError> {
        let rows = || -> rusqlite::Result<Vec<(i64, i64, String)>> {
            let mut statement = self.db.prepare_cached(sql)?;
            let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
            statement.query_map(parameters, read)?.collect()
        };
        let rows = rows().map_err(|source| self.error(source))?;
        rows.iter().map(|(id, graded_at, json)| self.attempt_of(*id, *graded_at, json)).collect()
    }

    /// The number of the submission that an attempt belongs to, from 1. Consecutive attempts of one
    /// student with the same content are one submission that was graded several times.
    fn hand_in(&self, id: i64, of: &Submission) -> Result<u32, GradebookError> {
        let contents = || -> rusqlite::Result<Vec<String>> {
            let mut statement = self.db.prepare_cached(CONTENTS)?;
            statement.query_map(params![of.module, of.student, id], |row| row.get(0))?.collect()
        };
        let mut contents = contents().map_err(|source| self.error(source))?;
        contents.dedup();
        Ok(u32::try_from(contents.len()).unwrap_or(u32::MAX))
    }

    fn attempt_of(
        &self,
        id: i64,
        graded_at: i64,
        json: &str,
    ) -> Result<StoredAttempt, GradebookError> {
        let mut grade: Grade = serde_json::from_str(json).map_err(|source| {
            GradebookError::BadRecord { path: self.path.clone(), id, reason: source.to_string() }
        })?;
        let attempt = self.hand_in(id, &grade.submission)?;
        grade.recorded = Some(RecordFacts { attempt, graded_at });
        Ok(StoredAttempt { id, graded_at, grade })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 10,000 attempts of 500 students, inserted in one transaction.
    fn filled(folder: &std::path::Path) -> Gradebook {
        let book = Gradebook::open(folder.join("gradebook.sqlite")).unwrap();
        let fill = "BEGIN; WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 9999)
            INSERT INTO attempts (student, module, key, content_hash, outcome, max_points, graded_at, grade)
            SELECT 'student ' || (i % 500), 'module ' || (i % 10), 'key ' || i, '', 'pass', 1, i, '{}' FROM n;
            COMMIT;";
        book.db.execute_batch(fill).unwrap();
        book
    }

    fn plan(book: &Gradebook, sql: &str, parameters: impl Params) -> String {
        let mut statement = book.db.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let lines = statement.query_map(parameters, |row| row.get::<_, String>(3)).unwrap();
        lines.collect::<rusqlite::Result<Vec<_>>>().unwrap().join("\n")
    }

    #[test]
    fn no_search_reads_the_whole_table() {
        let folder = tempfile::tempdir().unwrap();
        let book = filled(folder.path());
        let plans = [
            (plan(&book, CACHED, ["key 7", "grader_fault", "not_graded"]), "attempts_by_key"),
            (plan(&book, HISTORY, ["module 1", "student 1"]), "attempts_by_student"),
            (plan(&book, LATEST, ["module 1"]), "attempts_by_student"),
            (plan(&book, NUMBERS, ["module 1"]), "attempts_by_student"),
            (plan(&book, NEWEST, ["module 1", "student 1"]), "attempts_by_student"),
            (plan(&book, CONTENTS, params!["module 1", "student 1", 7]), "attempts_by_student"),
            (plan(&book, BY_ID, [7]), "INTEGER PRIMARY KEY"),
        ];
        for (plan, index) in plans {
            assert!(plan.contains(index) && !plan.contains("SCAN attempts"), "{plan}");
        }
    }

    #[test]
    fn a_stored_attempt_cannot_be_changed() {
        let folder = tempfile::tempdir().unwrap();
        let book = filled(folder.path());
        let error = book.db.execute("UPDATE attempts SET points = 1", []).unwrap_err();
        assert!(error.to_string().contains("never changed"), "{error}");
    }

    #[test]
    fn an_unreadable_record_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let error = filled(folder.path()).attempt(7).unwrap_err();
        assert!(matches!(error, GradebookError::BadRecord { id: 7, .. }), "{error}");
    }

    #[test]
    fn a_full_disk_stores_nothing_and_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let mut book = filled(folder.path());
        let pages: i64 = book.db.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
        book.db.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(())).unwrap();
        let big = Grade { notes: vec![grader_model::Remark::text("x".repeat(100_000))], ..grade() };
        let error = book.record(&big, 1).unwrap_err();
        assert!(matches!(error, GradebookError::Full { .. }), "{error}");
        book.check().unwrap();
        assert!(book.history("ada", "searching").unwrap().is_empty());
    }

    /// A record as the grader stored it when remarks were plain sentences.
    #[test]
    fn a_record_with_plain_remarks_is_still_read() {
        const OLD: &str = r#"{"submission": {"student": "ada", "module": "searching", "content_hash": "",
            "remarks": ["`src/lib.rs` starts with a byte order mark: it was cut off."]},
            "title": "", "outcome": "pass", "points": 1, "max_points": 1, "tasks": [], "cases": [],
            "problems": [], "notes": ["not handed in, so taken as it was handed out: src/timer.rs"],
            "audit": [{"function": "f", "tasks": ["t"], "way": [], "leads_to": "lib::g"}],
            "fault": null, "costs": [], "provenance": {"key": "k", "seed": 1, "suite_hash": "",
            "rubric_hash": "", "toolchain": "", "sandbox": "", "grader_version": ""}}"#;
        let folder = tempfile::tempdir().unwrap();
        let book = filled(folder.path());
        let insert = "INSERT INTO attempts (student, module, key, content_hash, outcome, max_points, graded_at, grade)
            VALUES ('ada', 'searching', 'k', '', 'pass', 1, 5, ?1)";
        book.db.execute(insert, [OLD]).unwrap();
        let grade = book.attempt(book.db.last_insert_rowid()).unwrap().unwrap().grade;
        assert_eq!(
            grade.remark_texts(),
            [
                "`src/lib.rs` starts with a byte order mark: it was cut off.",
                "not handed in, so taken as it was handed out: src/timer.rs"
            ]
        );
        assert_eq!(grade.audit[0].around, None);
    }

    fn grade() -> Grade {
        let text = r#"{"submission": {"student": "ada", "module": "searching", "content_hash": ""},
            "title": "", "outcome": "pass", "points": 1, "max_points": 1, "tasks": [], "cases": [],
            "problems": [], "notes": [], "fault": null, "costs": [], "provenance": {"key": "k",
            "seed": 1, "suite_hash": "", "rubric_hash": "", "toolchain": "", "sandbox": "",
            "grader_version": ""}}"#;
        serde_json::from_str(text).unwrap()
    }
}
