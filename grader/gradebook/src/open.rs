//! Opens a gradebook, after checks that come before any read or write.

use crate::schema::{self, STEPS, SchemaState};
use crate::{GradebookError, private, schema::bring_up_to_date};
use rusqlite::{Connection, OpenFlags};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Maximum time to wait while another process is writing.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);

/// An open gradebook. Several processes may have the same file open; only one writes at a time.
#[derive(Debug)]
pub struct Gradebook {
    pub(crate) db: Connection,
    pub(crate) path: PathBuf,
    closed_to_strangers: bool,
}

impl Gradebook {
    /// Opens the gradebook at `path` for reading and writing, and creates it if it does not exist.
    ///
    /// A gradebook of an older version is first copied to the same folder, then migrated. A file
    /// that is not a gradebook is never changed.
    ///
    /// Only its owner may read a new gradebook. An existing one that others can read is closed to all but its
    /// owner ([`Self::was_closed_to_strangers`]).
    pub fn open(path: impl AsRef<Path>) -> Result<Self, GradebookError> {
        // SQLite reports the same error if the file cannot be created.
        let _ = private::create(path.as_ref());
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        let mut book = Self::connect(path.as_ref(), flags)?;
        schema::state(&book.db, &book.path, STEPS)?;
        if book.db.is_readonly("main").map_err(|source| book.error(source))? {
            return Err(GradebookError::ReadOnly { path: book.path });
        }
        book.make_durable().map_err(|source| book.error(source))?;
        bring_up_to_date(&mut book.db, &book.path, STEPS)?;
        book.closed_to_strangers = private::close_to_strangers(&book.path);
        Ok(book)
    }

    /// Whether anybody could read the file until it was opened now.
    pub const fn was_closed_to_strangers(&self) -> bool {
        self.closed_to_strangers
    }

    /// Opens an existing gradebook for reading. Nothing is created, migrated or changed.
    pub fn open_read_only(path: impl AsRef<Path>) -> Result<Self, GradebookError> {
        let path = path.as_ref();
        if !path.exists() {
            return Err(GradebookError::Missing { path: path.to_owned() });
        }
        let book = Self::connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let found = match schema::state(&book.db, path, STEPS)? {
            SchemaState::Current => return Ok(book),
            SchemaState::Older(found) => found,
            SchemaState::Empty => return Err(GradebookError::Missing { path: path.to_owned() }),
        };
        let advice = "open it once for writing (any grading does), and it is brought up to date";
        Err(GradebookError::OlderVersion { path: path.to_owned(), found, advice })
    }

    /// Reads every page and checks that the file is intact. Cost: proportional to its size.
    pub fn check(&self) -> Result<(), GradebookError> {
        let detail: String = self
            .db
            .query_row("PRAGMA integrity_check", [], |row| row.get(0))
            .map_err(|source| self.error(source))?;
        if detail == "ok" {
            return Ok(());
        }
        Err(GradebookError::Corrupt { path: self.path.clone(), detail })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn connect(path: &Path, flags: OpenFlags) -> Result<Self, GradebookError> {
        // SQLITE_OPEN_URI is not set, so that special characters in a path have no meaning.
        let db = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)
            .and_then(|db| db.busy_timeout(BUSY_TIMEOUT).map(|()| db))
            .map_err(|source| GradebookError::from_sql(path, source))?;
        Ok(Self { db, path: path.to_owned(), closed_to_strangers: false })
    }

    /// The crate's documentation explains why there is no write-ahead log.
    fn make_durable(&self) -> rusqlite::Result<()> {
        self.db.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(()))?;
        self.db.pragma_update(None, "synchronous", "EXTRA")
    }

    pub(crate) fn error(&self, source: rusqlite::Error) -> GradebookError {
        GradebookError::from_sql(&self.path, source)
    }
}
