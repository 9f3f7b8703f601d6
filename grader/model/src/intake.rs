//! The reasons why a submission cannot be taken.

use crate::FileList;
use serde::{Deserialize, Serialize};

/// The reason why a submission is not graded. It is a value of the student's submission and never a fault of the grader.
/// It leads to no grade, not to zero points, because an honest mistake explains each of them.
///
/// The text says what is wrong and what to hand in instead. It is one line and does not accuse. Names in it are
/// untrusted, with control characters escaped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum IntakeRefusal {
    /// Another refusal, about a file or an archive inside the submission.
    #[error("In `{place}`: {refusal}")]
    Inside {
        /// The path of the file or archive.
        place: String,
        /// Its refusal.
        refusal: Box<IntakeRefusal>,
    },

    // Archives as a whole.
    /// An archive of zero bytes.
    #[error("The archive is empty (0 bytes). Upload it again.")]
    EmptyArchive,
    /// The first bytes show a format that the grader does not read.
    #[error("The file is {format}. Hand in the folder `src` as .zip or .tar.gz.")]
    UnsupportedFormat {
        /// The format: `a RAR archive`.
        format: String,
    },
    /// The name shows a format that the grader does not read.
    #[error("`{name}` has a format that the grader cannot read. Hand in a .zip or .tar.gz.")]
    UnsupportedArchive {
        /// The archive's name.
        name: String,
    },
    /// A gzip file without a tar archive in it.
    #[error(
        "The file is compressed with gzip but contains no tar archive. Hand in the folder `src` as .zip or .tar.gz."
    )]
    GzipWithoutTar,
    /// The packed archive exceeds the limit.
    #[error(
        "The archive is larger than {}. Pack the folder `src` alone, without `target`.",
        size(*limit_bytes)
    )]
    ArchiveTooLarge {
        /// The limit.
        limit_bytes: u64,
    },
    /// The unpacked archive exceeds the limit.
    #[error(
        "The archive unpacks to more than {}. Pack the folder `src` alone, without `target`.",
        size(*limit_bytes)
    )]
    UnpackedTooLarge {
        /// The limit.
        limit_bytes: u64,
    },
    /// The archive unpacks to far more than its packed size.
    #[error(
        "The archive unpacks to more than {ratio} times its size, so the grader did not open it further. Pack the folder `src` alone."
    )]
    ArchiveBomb {
        /// The highest accepted ratio.
        ratio: u64,
    },
    /// Entries of a zip archive share bytes.
    #[error(
        "Files of the archive share the same bytes, as in an archive bomb, so the grader did not open it further. Pack it again with an ordinary program."
    )]
    OverlappingEntries,
    /// The archive cannot be decoded.
    #[error("The archive is damaged or cut short ({problem}). Pack and upload it again.")]
    DamagedArchive {
        /// The decoder's message.
        problem: String,
    },
    /// An archive inside an archive inside an archive.
    #[error(
        "The submission is an archive in an archive, and it contains another one, `{archive}`. Unpack it, and hand in the folder `src` as one .zip or .tar.gz."
    )]
    NestedArchives {
        /// The innermost archive.
        archive: String,
    },
    /// The archive has a password.
    #[error("This is encrypted. Pack the archive without a password.")]
    Encrypted,
    /// The zip archive uses an unsupported feature.
    #[error(
        "The archive uses a feature that the grader does not read ({feature}). Pack it as an ordinary zip (method `deflate`)."
    )]
    UnsupportedZipFeature {
        /// The feature.
        feature: String,
    },

    // Entries of archives.
    /// The directory of an archive names a file twice.
    #[error(
        "The archive contains a file twice, and the grader cannot tell which one counts. Pack the folder again, into a new archive."
    )]
    RepeatedEntry,
    /// A source file is in the archive twice.
    #[error(
        "`{name}` is in the archive twice, with different contents. Pack the folder again and hand it in."
    )]
    RepeatedFile {
        /// The file.
        name: String,
    },
    /// The real size of an entry differs from the declared one.
    #[error(
        "The archive declares {declared} bytes for this file and contains another number. Pack it again with an ordinary program."
    )]
    SizeMismatch {
        /// The declared size in bytes.
        declared: u64,
    },
    /// A name that is too long for a file system.
    #[error(
        "The name that begins with `{begin}` has {bytes} bytes, more than {limit}. Give it a shorter one."
    )]
    NameTooLong {
        /// The first characters.
        begin: String,
        /// The length in bytes.
        bytes: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// A name that cannot be accepted.
    #[error("The name `{name}` {problem}. Hand in plain files in a folder `src`.")]
    BadName {
        /// The name.
        name: String,
        /// The problem with it.
        problem: NameProblem,
    },

    // Files and folders on disk.
    /// A link or a file in place of the submission's folder.
    #[error("This is a symbolic link or a file in place of a folder. Hand in the folder itself.")]
    NotAFolder,
    /// A folder in place of a file.
    #[error("This is a folder, but the grader expects a file here. Hand in the file itself.")]
    NotAFile,
    /// A link, a device or another special file in place of a file.
    #[error("This is {kind}. Hand in the file itself.")]
    SpecialFile {
        /// A description: `a symbolic link`.
        kind: String,
    },
    /// A special file where a module of the crate is needed.
    #[error(
        "`{path}` is {kind}, which the grader does not follow. Hand in the file itself in its place."
    )]
    SpecialModuleFile {
        /// The file.
        path: String,
        /// A description: `a symbolic link`.
        kind: String,
    },
    /// A special file where the folder `src` is needed.
    #[error(
        "`{path}` is {kind}, which the grader does not follow. Hand in the folder `{module}` with its `src` in it."
    )]
    SpecialSourceFolder {
        /// The file.
        path: String,
        /// A description: `a symbolic link`.
        kind: String,
        /// The module's slug.
        module: String,
    },
    /// A file changed during the reading.
    #[error("The file was replaced during reading. Hand in a folder that nothing changes.")]
    ReplacedDuringReading,
    /// A file or folder that the grader cannot read.
    #[error("This cannot be read: {problem} ({error}).")]
    Unreadable {
        /// The problem.
        problem: ReadProblem,
        /// The operating system's message.
        error: String,
    },

    // Limits on the sources.
    /// One file exceeds the limit.
    #[error("This file is larger than {}. Hand in only code that you wrote.", size(*limit_bytes))]
    FileTooLarge {
        /// The limit.
        limit_bytes: u64,
    },
    /// The submission has too many files and folders.
    #[error(
        "The submission contains more than {limit} files and folders. Hand in the folder `src` alone."
    )]
    TooManyEntries {
        /// The limit.
        limit: usize,
    },
    /// The submission has too many source files.
    #[error(
        "The submission contains more than {limit} source files. Hand in only code that you wrote."
    )]
    TooManySourceFiles {
        /// The limit.
        limit: usize,
    },
    /// The source files together exceed the limit.
    #[error(
        "The source files have more than {} together. Hand in only code that you wrote.",
        size(*limit_bytes)
    )]
    SourcesTooLarge {
        /// The limit.
        limit_bytes: u64,
    },

    // The place of the sources.
    /// The submission belongs to another module.
    #[error(
        "The submission belongs to `{found}`, and nothing in it belongs to `{module}`. Hand in the folder `{module}` with its `src` in it."
    )]
    OtherModule {
        /// The module that it belongs to.
        found: String,
        /// The graded module.
        module: String,
    },
    /// Nothing shows that the sources belong to the module.
    #[error(
        "Nothing in the submission shows that it is `{module}`: neither a folder of that name nor a file or a public name of the module. Hand in the folder `{module}` with its `src` in it."
    )]
    UnknownModule {
        /// The graded module.
        module: String,
    },
    /// The module is unchanged, beside other modules.
    #[error(
        "`{module}` is in the submission as it was handed out, beside other modules. Hand in your own work on `{module}`."
    )]
    UnchangedHandout {
        /// The graded module.
        module: String,
    },
    /// Several places hold sources.
    #[error(
        "Sources are in {places}, and the grader cannot tell which of them to grade. Hand in one of them, as `{module}/src`."
    )]
    SeveralSources {
        /// The places.
        places: FileList,
        /// The graded module.
        module: String,
    },
    /// Sources beside an archive.
    #[error(
        "The submission contains Rust files and, beside them, {archives}. The grader cannot tell which of the two to grade: hand in one."
    )]
    SourcesBesideArchive {
        /// The archives.
        archives: FileList,
    },
    /// The submission is empty.
    #[error("The submission is empty. Hand in the folder `{module}` with its `src` in it.")]
    Empty {
        /// The graded module.
        module: String,
    },
    /// The submission has no source file.
    #[error(
        "The submission contains no Rust file. Hand in the folder `{module}` with its `src` in it."
    )]
    NoRustFile {
        /// The graded module.
        module: String,
    },
    /// The sources are too many folders down.
    #[error(
        "The sources are {folders} folders down, at `{path}`, and no folder above them is named `{module}`. Hand in the folder `{module}` with its `src` in it."
    )]
    SourcesTooDeep {
        /// The number of folders.
        folders: usize,
        /// A source file.
        path: String,
        /// The graded module.
        module: String,
    },
    /// Rust files, but no folder `src`.
    #[error(
        "There is a Rust file at `{path}`, but no folder `src`. Hand in the folder `{module}` with its `src` in it."
    )]
    NoSourceFolder {
        /// A Rust file.
        path: String,
        /// The graded module.
        module: String,
    },
    /// No Rust file belongs to the crate.
    #[error(
        "None of the Rust files ({files}) is a part of `{module}`: there is no `src/lib.rs` that declares them. Hand in the whole folder `src`."
    )]
    NothingReached {
        /// The Rust files.
        files: FileList,
        /// The graded module.
        module: String,
    },

    // Source files.
    /// A needed file is missing, and one with a similar name is present.
    #[error(
        "`{name}` is missing, but `{found}` looks like the same file under another name. Rename it to `{name}` and hand in again."
    )]
    RenamedFile {
        /// The needed file.
        name: String,
        /// The similar file.
        found: String,
    },
    /// Several files could be the module.
    #[error(
        "The module of `{name}` could be {candidates}: they differ only in upper and lower case or in how accents are stored. Remove or rename all but one."
    )]
    AmbiguousCase {
        /// The needed file.
        name: String,
        /// The files.
        candidates: FileList,
    },
    /// A file is the folder of another file.
    #[error(
        "`{file}` is a file, and also the folder of `{inside}`. It cannot be both: hand in one."
    )]
    FileAndFolder {
        /// The file.
        file: String,
        /// The file inside it.
        inside: String,
    },
    /// A source file in UTF-16.
    #[error(
        "`{file}` is stored as UTF-16, which the compiler does not read. Save it as UTF-8 and hand it in again."
    )]
    Utf16 {
        /// The file.
        file: String,
    },
    /// A source file that is not UTF-8.
    #[error(
        "`{file}` is not UTF-8 in line {line} (byte 0x{byte:02X}), which the compiler does not read. Save it as UTF-8 and hand it in again."
    )]
    NotUtf8 {
        /// The file.
        file: String,
        /// 1-based line.
        line: usize,
        /// The first byte that is not UTF-8.
        byte: u8,
    },
}

impl IntakeRefusal {
    /// The same refusal, for a file or an archive at `place`.
    #[must_use]
    pub fn inside(self, place: &str) -> Self {
        Self::Inside { place: place.to_owned(), refusal: Box::new(self) }
    }

    /// The refusal itself, without the places around it.
    pub fn innermost(&self) -> &Self {
        match self {
            Self::Inside { refusal, .. } => refusal.innermost(),
            other => other,
        }
    }
}

/// The problem with a name in an archive or on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum NameProblem {
    /// It is absolute.
    #[error("is an absolute path")]
    Absolute,
    /// It has a component `..`.
    #[error("leads out of the submission through `..`")]
    LeadsOut,
    /// It has control characters or characters that reverse the text.
    #[error("contains a character that cannot be seen, such as a line break")]
    Invisible,
    /// It has a backslash.
    #[error("contains a backslash. If a packing program wrote it, pack again with another one")]
    Backslash,
}

/// The reason why a file or folder cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum ReadProblem {
    /// The grader has no permission.
    #[error("the grader has no permission to read it. Hand it in with read permission")]
    NoPermission,
    /// It does not exist anymore.
    #[error("it is no longer there. Hand it in again")]
    Gone,
    /// The file system reports an error.
    #[error("the file system reports a fault. Hand it in again")]
    FileSystem,
}

/// A size in the largest unit that divides it.
fn size(bytes: u64) -> String {
    match bytes {
        mib if mib >= 1 << 20 && mib.is_multiple_of(1 << 20) => format!("{} MiB", mib >> 20),
        kib if kib >= 1 << 10 && kib.is_multiple_of(1 << 10) => format!("{} KiB", kib >> 10),
        bytes => format!("{bytes} bytes"),
    }
}
