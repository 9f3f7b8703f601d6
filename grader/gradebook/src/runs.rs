//! Runs over a class: who graded, when, and which entries of the class folder were skipped.

use crate::{Gradebook, GradebookError};
use rusqlite::{OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};

const COLUMNS: &str = "module, graded_by, started_at, passed_over";

/// One run of the grader over a class folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GradingRun {
    /// The module's slug.
    pub module: String,
    /// The person who started it, and the machine.
    pub graded_by: String,
    /// Start time, in seconds since the Unix epoch.
    pub started_at: i64,
    /// Skipped entries of the class folder.
    pub passed_over: Vec<PassedOver>,
}

/// A skipped entry of a class folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassedOver {
    /// Its name in the class folder.
    pub name: String,
    /// The reason.
    pub reason: String,
}

impl Gradebook {
    /// Records the start of a run, and returns its number for [`Gradebook::record_in`].
    pub fn begin_run(&mut self, run: &GradingRun) -> Result<i64, GradebookError> {
        let sql = "INSERT INTO runs (module, graded_by, started_at, passed_over)
                   VALUES (?1, ?2, ?3, ?4)";
        // Cannot fail: the list contains only text.
        let passed_over = serde_json::to_string(&run.passed_over).unwrap_or_default();
        let values = params![run.module, run.graded_by, run.started_at, passed_over];
        self.db.execute(sql, values).map_err(|source| self.error(source))?;
        Ok(self.db.last_insert_rowid())
    }

    /// The newest run over `module`.
    pub fn newest_run(&self, module: &str) -> Result<Option<GradingRun>, GradebookError> {
        let sql = format!("SELECT {COLUMNS} FROM runs WHERE module = ?1 ORDER BY id DESC LIMIT 1");
        let found = self.db.query_row(&sql, [module], run).optional();
        found.map_err(|source| self.error(source))
    }

    /// The run that an attempt belongs to. `None` if it was stored by an older grader, which did
    /// not record runs.
    pub fn run_of(&self, attempt: i64) -> Result<Option<GradingRun>, GradebookError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM runs WHERE id = (SELECT run FROM attempts WHERE id = ?1)"
        );
        let found = self.db.query_row(&sql, [attempt], run).optional();
        found.map_err(|source| self.error(source))
    }
}

fn run(row: &Row<'_>) -> rusqlite::Result<GradingRun> {
    let passed_over: String = row.get(3)?;
    Ok(GradingRun {
        module: row.get(0)?,
        graded_by: row.get(1)?,
        started_at: row.get(2)?,
        passed_over: serde_json::from_str(&passed_over).map_err(|error| {
            rusqlite::Error::FromSqlConversionFailure(3, rusqlite::types::Type::Text, error.into())
        })?,
    })
}
