//! The contents of a class folder: submissions, and entries that cannot be graded.

use std::path::PathBuf;

/// One submission in the class folder, not opened yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundSubmission {
    /// The student: text to show, untrusted. A name that is not UTF-8, or that contains invisible
    /// characters, is escaped without loss. If the platform has an id, it follows the name:
    /// `Ada Lovelace (12345)`.
    pub student: String,
    /// The platform's id of the student, as it is in `student`.
    pub id: Option<String>,
    /// Whether the platform marks it as late.
    pub late: bool,
    /// The other students of a group submission.
    pub partners: Vec<String>,
    /// The path of the entry. For [`SubmissionKind::Files`], the class folder.
    pub path: PathBuf,
    /// The form in which it was handed in.
    pub kind: SubmissionKind,
    /// For [`SubmissionKind::Files`]: the uploaded file's own name, and the entry of the class folder.
    pub files: Vec<(String, PathBuf)>,
}

impl FoundSubmission {
    /// A folder or an archive of a student without an id.
    pub fn new(student: impl Into<String>, path: PathBuf, kind: SubmissionKind) -> Self {
        Self {
            student: student.into(),
            id: None,
            late: false,
            partners: vec![],
            path,
            kind,
            files: vec![],
        }
    }
}

/// The form in which a submission was handed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubmissionKind {
    /// A folder.
    Folder,
    /// A `.zip` file.
    Zip,
    /// A `.tar.gz` or `.tgz` file.
    TarGz,
    /// A `.tar` file.
    Tar,
    /// Single files from a platform, without a folder around them.
    Files,
}

/// The contents of a class folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClassContents {
    /// The submissions, sorted by student.
    pub found: Vec<FoundSubmission>,
    /// Entries that look like a submission but cannot be graded as one, sorted by name.
    pub unusable: Vec<UngradableEntry>,
    /// Other entries, which belong to no student, with the reason, sorted by name.
    pub passed_over: Vec<UngradableEntry>,
}

impl ClassContents {
    /// Adds all entries of `other`.
    pub(super) fn append(&mut self, other: Self) {
        self.found.extend(other.found);
        self.unusable.extend(other.unusable);
        self.passed_over.extend(other.passed_over);
    }
}

/// An entry of a class folder that cannot be graded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UngradableEntry {
    /// The student, as in [`FoundSubmission::student`]; the entry's name if it says no more.
    pub student: String,
    /// The entry's name in the class folder, escaped like [`FoundSubmission::student`].
    pub name: String,
    /// The reason, and what to do about it, in plain words.
    pub reason: String,
}

impl UngradableEntry {
    /// An entry whose student is known only from the entry's name.
    pub fn of_entry(name: impl Into<String>, reason: impl Into<String>) -> Self {
        let name = name.into();
        Self { student: super::entry_owner(&name), reason: reason.into(), name }
    }
}
