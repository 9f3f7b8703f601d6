//! Files that appear in their places when all of them are complete.

use crate::ReportError;
use std::fs::{self, File, OpenOptions};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// The users who may read a file, as far as the umask allows it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileReaders {
    All,
    Owner,
}

/// New files, in a temporary folder beside the old ones. Dropping it leaves the old files as they are.
pub(crate) struct StagedFiles {
    out: PathBuf,
    folder: TempDir,
    /// Names of complete files below `out`, in the order of their appearance.
    complete: Vec<String>,
}

impl StagedFiles {
    /// Prepares new files for the folder `out`, which is created if necessary.
    pub(crate) fn in_folder(out: &Path) -> Result<Self, ReportError> {
        let failed = |source| ReportError::Write { path: out.to_owned(), source };
        fs::create_dir_all(out).map_err(failed)?;
        let folder = tempfile::Builder::new().prefix(".report-").tempdir_in(out).map_err(failed)?;
        Ok(Self { out: out.to_owned(), folder, complete: Vec::new() })
    }

    /// The final path of a file.
    pub(crate) fn place(&self, name: &str) -> PathBuf {
        self.out.join(name)
    }

    /// A new file `name`, to be completed with [`StagedFiles::complete`].
    pub(crate) fn create(
        &self,
        name: &str,
        readers: FileReaders,
    ) -> Result<BufWriter<File>, ReportError> {
        let failed = |source| ReportError::Write { path: self.place(name), source };
        let path = self.folder.path().join(name);
        if let Some(above) = path.parent() {
            fs::create_dir_all(above).map_err(failed)?;
        }
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            options.mode(if readers == FileReaders::All { 0o666 } else { 0o600 });
        }
        options.open(path).map(BufWriter::new).map_err(failed)
    }

    /// Marks a created file as complete.
    pub(crate) fn complete(&mut self, name: String) {
        self.complete.push(name);
    }

    /// Writes a whole file.
    pub(crate) fn write(
        &mut self,
        name: &str,
        text: &str,
        readers: FileReaders,
    ) -> Result<(), ReportError> {
        let mut file = self.create(name, readers)?;
        let written = file.write_all(text.as_bytes()).and_then(|()| file.flush());
        written.map_err(|source| ReportError::Write { path: self.place(name), source })?;
        self.complete(name.to_owned());
        Ok(())
    }

    /// Moves the complete files to their places, each in one step.
    pub(crate) fn publish(self) -> Result<(), ReportError> {
        for name in &self.complete {
            let place = self.place(name);
            let above = place.parent().unwrap_or(&self.out);
            fs::create_dir_all(above)
                .and_then(|()| fs::rename(self.folder.path().join(name), &place))
                .map_err(|source| ReportError::Write { path: place.clone(), source })?;
        }
        Ok(())
    }
}
