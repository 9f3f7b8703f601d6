//! The tables, their version, and the migration between versions.

use crate::GradebookError;
use rusqlite::{Connection, TransactionBehavior};
use std::path::{Path, PathBuf};

/// "MLGB" in the file's header, which distinguishes a gradebook from other databases.
pub(crate) const APPLICATION_ID: i32 = 0x4D4C_4742;

/// The migration steps: step `n` upgrades version `n` to `n + 1`. Released steps are never edited;
/// every change of the tables is a new step.
pub(crate) const STEPS: &[&str] = &[VERSION_1, VERSION_2, VERSION_3];

const VERSION_1: &str = "
    CREATE TABLE attempts (
        id           INTEGER PRIMARY KEY AUTOINCREMENT,
        student      TEXT    NOT NULL,
        module       TEXT    NOT NULL,
        key          TEXT    NOT NULL,
        content_hash TEXT    NOT NULL,
        outcome      TEXT    NOT NULL,
        points       REAL,
        max_points   REAL    NOT NULL,
        graded_at    INTEGER NOT NULL,
        grade        TEXT    NOT NULL
    ) STRICT;
    CREATE INDEX attempts_by_key ON attempts (key, outcome);
    CREATE INDEX attempts_by_student ON attempts (module, student, id);
    CREATE TRIGGER attempts_are_kept BEFORE UPDATE ON attempts
    BEGIN SELECT RAISE(ABORT, 'an attempt is never changed'); END;
";

/// Adds runs and instructors' decisions. `runs.passed_over` is a JSON list of entries. A decision
/// without a module applies to all modules.
const VERSION_2: &str = "
    CREATE TABLE runs (
        id          INTEGER PRIMARY KEY AUTOINCREMENT,
        module      TEXT    NOT NULL,
        graded_by   TEXT    NOT NULL,
        started_at  INTEGER NOT NULL,
        passed_over TEXT    NOT NULL
    ) STRICT;
    CREATE INDEX runs_by_module ON runs (module, id);
    ALTER TABLE attempts ADD COLUMN run INTEGER REFERENCES runs (id);
    CREATE TABLE decisions (
        id         INTEGER PRIMARY KEY AUTOINCREMENT,
        student    TEXT    NOT NULL,
        module     TEXT,
        kind       TEXT    NOT NULL,
        reason     TEXT    NOT NULL,
        decided_by TEXT    NOT NULL,
        decided_at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX decisions_by_student ON decisions (student, id);
    CREATE TRIGGER decisions_are_kept BEFORE UPDATE ON decisions
    BEGIN SELECT RAISE(ABORT, 'a decision is never changed'); END;
    CREATE TRIGGER decisions_stay BEFORE DELETE ON decisions
    BEGIN SELECT RAISE(ABORT, 'a decision is never deleted'); END;
";

/// Decisions about a part of one hand-in: `content_hash` is the hand-in, `subject` the part of it (a case), and
/// `value` the decision. A reason can be hidden from students.
const VERSION_3: &str = "
    ALTER TABLE decisions ADD COLUMN content_hash TEXT;
    ALTER TABLE decisions ADD COLUMN subject TEXT;
    ALTER TABLE decisions ADD COLUMN value TEXT;
    ALTER TABLE decisions ADD COLUMN private INTEGER NOT NULL DEFAULT 0;
";

/// The version after all `steps`.
fn newest(steps: &[&str]) -> i32 {
    i32::try_from(steps.len()).unwrap_or(i32::MAX)
}

/// The state of a database according to its header.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum SchemaState {
    /// A new, empty file.
    Empty,
    /// A gradebook of the current version.
    Current,
    /// A gradebook of an older known version.
    Older(i32),
}

/// Reads the header. Returns an error if the file must not be modified.
pub(crate) fn state(
    db: &Connection,
    path: &Path,
    steps: &[&str],
) -> Result<SchemaState, GradebookError> {
    let fail = |source| GradebookError::from_sql(path, source);
    let number = |sql| db.query_row(sql, [], |row| row.get::<_, i32>(0)).map_err(fail);
    let application_id = number("PRAGMA application_id")?;
    let found = number("PRAGMA user_version")?;
    let tables = number("SELECT count(*) FROM sqlite_schema")?;
    let known = newest(steps);
    let path = path.to_owned();
    match (application_id, found) {
        (0, 0) if tables == 0 => Ok(SchemaState::Empty),
        (id, _) if id != APPLICATION_ID => {
            Err(GradebookError::OtherApplication { path, application_id })
        }
        (_, found) if found > known => Err(GradebookError::NewerVersion { path, found, known }),
        (_, found) if found < 1 => {
            let advice = "no grader ever wrote that version; restore a backup";
            Err(GradebookError::OlderVersion { path, found, advice })
        }
        (_, found) if found < known => Ok(SchemaState::Older(found)),
        _ => Ok(SchemaState::Current),
    }
}

/// Creates or migrates the tables to the version after all `steps`. An older gradebook is copied
/// first.
pub(crate) fn bring_up_to_date(
    db: &mut Connection,
    path: &Path,
    steps: &[&str],
) -> Result<(), GradebookError> {
    match state(db, path, steps)? {
        SchemaState::Current => Ok(()),
        SchemaState::Empty => {
            apply(db, steps).map_err(|source| GradebookError::from_sql(path, source))
        }
        SchemaState::Older(from) => {
            let backup = back_up(db, path, from)?;
            let to = newest(steps);
            apply(db, steps).map_err(|source| GradebookError::Migration {
                path: path.to_owned(),
                from,
                to,
                backup,
                reason: source.to_string(),
            })
        }
    }
}

/// Applies all missing steps in one transaction. The version is read inside it, because another
/// process may have migrated in the meantime.
fn apply(db: &mut Connection, steps: &[&str]) -> rusqlite::Result<()> {
    let change = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let from: u16 = change.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    for step in steps.iter().skip(usize::from(from)) {
        change.execute_batch(step)?;
    }
    if usize::from(from) < steps.len() {
        change.pragma_update(None, "application_id", APPLICATION_ID)?;
        change.pragma_update(None, "user_version", newest(steps))?;
    }
    change.commit()
}

/// Makes a complete copy in the same folder, under an unused name.
fn back_up(db: &Connection, path: &Path, version: i32) -> Result<PathBuf, GradebookError> {
    let name = |n: u32| {
        let mut name = path.as_os_str().to_owned();
        let number = if n == 0 { String::new() } else { format!("-{n}") };
        name.push(format!(".version-{version}{number}.backup"));
        PathBuf::from(name)
    };
    let backup =
        (0..u32::MAX).map(name).find(|name| !name.exists()).unwrap_or_else(|| name(u32::MAX));
    let text = backup.to_string_lossy();
    // As private as the gradebook: it may be written to an empty file.
    let _ = crate::private::create(&backup);
    db.execute("VACUUM INTO ?1", [&text])
        .map_err(|source| GradebookError::from_sql(&backup, source))?;
    Ok(backup)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(path: &Path) -> Connection {
        Connection::open(path).unwrap()
    }

    #[test]
    fn an_older_version_is_copied_then_migrated() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("gradebook.sqlite");
        bring_up_to_date(&mut open(&path), &path, &["CREATE TABLE a (x)"]).unwrap();
        let steps = ["CREATE TABLE a (x)", "ALTER TABLE a ADD COLUMN y"];
        bring_up_to_date(&mut open(&path), &path, &steps).unwrap();
        assert_eq!(state(&open(&path), &path, &steps).unwrap(), SchemaState::Current);
        open(&path).execute("INSERT INTO a (x, y) VALUES (1, 2)", []).unwrap();
        let backup = folder.path().join("gradebook.sqlite.version-1.backup");
        assert_eq!(state(&open(&backup), &backup, &steps).unwrap(), SchemaState::Older(1));
    }

    /// Attempts in a gradebook of the first released grader still exist after all migrations, and
    /// new kinds of records can be stored.
    #[test]
    fn attempts_of_version_1_are_there_in_the_newest_version() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("gradebook.sqlite");
        bring_up_to_date(&mut open(&path), &path, &STEPS[..1]).unwrap();
        let attempt = "INSERT INTO attempts
            (student, module, key, content_hash, outcome, points, max_points, graded_at, grade)
            VALUES ('ada', 'searching', 'k', 'c', 'pass', 1, 1, 7, '{}')";
        open(&path).execute(attempt, []).unwrap();
        let mut book = crate::Gradebook::open(&path).unwrap();
        let class = book.class("searching").unwrap();
        assert_eq!(class.iter().map(|member| &*member.student).collect::<Vec<_>>(), ["ada"]);
        let run = crate::GradingRun { module: "searching".into(), ..crate::GradingRun::default() };
        let number = book.begin_run(&run).unwrap();
        assert_eq!((number, book.newest_run("searching").unwrap()), (1, Some(run)));
        assert!(book.withdrawn("searching").unwrap().is_empty());
        assert!(folder.path().join("gradebook.sqlite.version-1.backup").is_file());
    }

    #[test]
    fn withdrawals_of_version_2_are_in_force_in_the_newest_version() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("gradebook.sqlite");
        bring_up_to_date(&mut open(&path), &path, &STEPS[..2]).unwrap();
        let withdrawal = "INSERT INTO decisions (student, kind, reason, decided_by, decided_at)
            VALUES ('ada', 'withdrawn', 'left', 'anna', 7)";
        open(&path).execute(withdrawal, []).unwrap();
        let book = crate::Gradebook::open(&path).unwrap();
        assert_eq!(book.withdrawn("searching").unwrap()[0].student, "ada");
    }

    #[test]
    fn a_failed_migration_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("gradebook.sqlite");
        bring_up_to_date(&mut open(&path), &path, &["CREATE TABLE a (x)"]).unwrap();
        let steps = ["CREATE TABLE a (x)", "CREATE TABLE b (x); CREATE TABLE a (x)"];
        let error = bring_up_to_date(&mut open(&path), &path, &steps).unwrap_err();
        assert!(matches!(error, GradebookError::Migration { from: 1, to: 2, .. }), "{error}");
        assert_eq!(state(&open(&path), &path, &steps).unwrap(), SchemaState::Older(1));
        let b = open(&path).query_row("SELECT count(*) FROM sqlite_schema", [], |r| r.get(0));
        assert_eq!(b, Ok(1), "table b was rolled back");
    }
}
