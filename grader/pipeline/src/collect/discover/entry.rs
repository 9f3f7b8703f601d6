//! Classifies one entry of a class folder: its student, and whether it can be a submission.

use super::SubmissionKind;
use crate::collect::names::{self, ArchiveFormat};
use crate::collect::platforms::copies::{self, CopyOrigin};
use crate::collect::platforms::{self, EntryName, EntryPart, gradescope};
use crate::collect::{archive, folder, root};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

/// An entry that a student handed in.
#[derive(Clone, Debug)]
pub(super) struct ClassEntry {
    /// The name in the class folder, escaped.
    pub name: String,
    pub path: PathBuf,
    /// The student and the details that the name states.
    pub parsed_name: EntryName,
    /// The original, if it may be a copy.
    pub copy: Option<CopyOrigin>,
    /// The keys of the other students of a group submission.
    pub partners: Vec<String>,
    /// The kind, or the reason why it cannot be opened. A file that is not an archive is [`SubmissionKind::Files`].
    pub kind: Result<SubmissionKind, String>,
}

/// The class of an entry, which decides how it is handled.
pub(super) enum EntryClass {
    /// A file of the operating system, which is not reported.
    Litter,
    /// It belongs to no student, for this reason.
    NotASubmission(&'static str),
    /// It looks like a submission but cannot be graded: the reason, and what to do.
    Unusable(String),
    /// A student's submission.
    Submission(Box<ClassEntry>),
}

/// Extensions of incomplete downloads.
const UNFINISHED: [&str; 4] = ["part", "crdownload", "download", "partial"];
/// Extensions of files that an instructor puts beside submissions.
const NOTES: [&str; 13] = [
    "md", "txt", "csv", "tsv", "json", "yml", "yaml", "html", "htm", "log", "xlsx", "sqlite", "sh",
];
/// Extensions of documents that are zip archives internally.
const DOCUMENTS: [&str; 9] = ["docx", "xlsx", "pptx", "odt", "ods", "odp", "epub", "jar", "whl"];

/// Extensions of files that a student may hand in by mistake.
const PAPERS: [&str; 9] = ["pdf", "docx", "doc", "odt", "pages", "rtf", "ipynb", "gz", "rs"];

/// The class of the entry with the escaped `name` at `path`.
pub(super) fn classify(path: &Path, name: &str) -> EntryClass {
    if matches!(name, "__MACOSX" | ".DS_Store" | "Thumbs.db" | "desktop.ini")
        || name.starts_with("._")
    {
        return EntryClass::Litter;
    }
    match name {
        gradescope::METADATA => {
            return EntryClass::NotASubmission("names the students of the entries");
        }
        "README.md" | "expected.yaml" => {
            return EntryClass::NotASubmission("belongs to no student");
        }
        hidden if hidden.starts_with('.') => return EntryClass::NotASubmission("is hidden"),
        _ => {}
    }
    let meta = match path.symlink_metadata() {
        Ok(meta) => meta,
        Err(error) => {
            return EntryClass::Unusable(format!("cannot be looked at: {}", error.kind()));
        }
    };
    match platforms::read(name, meta.is_dir()) {
        Some(parsed_name) => submission(path, name, parsed_name, platform_kind(path, name, &meta)),
        None if meta.is_dir() => folder(path, name),
        None => file(path, name, &meta),
    }
}

fn submission(
    path: &Path,
    name: &str,
    parsed_name: EntryName,
    kind: Result<SubmissionKind, String>,
) -> EntryClass {
    let name = name.to_owned();
    let path = path.to_owned();
    let partners = vec![];
    EntryClass::Submission(Box::new(ClassEntry {
        name,
        path,
        parsed_name,
        copy: None,
        partners,
        kind,
    }))
}

/// The kind of an entry that is named by a platform.
fn platform_kind(path: &Path, name: &str, meta: &fs::Metadata) -> Result<SubmissionKind, String> {
    if meta.is_dir() {
        return Ok(SubmissionKind::Folder);
    }
    if !meta.is_file() {
        return Err(not_plain(meta));
    }
    match names::split_archive(name)
        .map(|(_, format)| format)
        .or_else(|| format_by_content(path, name))
    {
        Some(format) => archive_kind(format, name),
        None => Ok(SubmissionKind::Files),
    }
}

/// The class of a folder. `src` is a sign that one submission was given instead of a class.
fn folder(path: &Path, name: &str) -> EntryClass {
    if name == "src" {
        let why = "is a folder of sources and not of a student: this looks like a single \
                   submission, to be checked by itself";
        return EntryClass::Unusable(why.into());
    }
    student(path, name, Ok(SubmissionKind::Folder), false)
}

/// The entry of a student whose name is `stem`, apart from the marks of a copy.
fn student(
    path: &Path,
    stem: &str,
    kind: Result<SubmissionKind, String>,
    is_file: bool,
) -> EntryClass {
    let class = submission(path, stem, EntryName::plain(stem), kind);
    with_copy(class, copies::origin(stem, is_file))
}

fn with_copy(class: EntryClass, copy: Option<CopyOrigin>) -> EntryClass {
    match class {
        EntryClass::Submission(entry) => {
            EntryClass::Submission(Box::new(ClassEntry { copy, ..*entry }))
        }
        other => other,
    }
}

/// The same class, for an entry with this `name`.
fn named(class: EntryClass, name: &str) -> EntryClass {
    match class {
        EntryClass::Submission(entry) => {
            EntryClass::Submission(Box::new(ClassEntry { name: name.to_owned(), ..*entry }))
        }
        other => other,
    }
}

fn file(path: &Path, name: &str, meta: &fs::Metadata) -> EntryClass {
    let ending = ending(name);
    let numbered = name.rsplit_once('.').filter(|(_, number)| platforms::is_small(number));
    if let Some((stem, format)) = names::split_archive(name) {
        let kind = if meta.is_file() { archive_kind(format, name) } else { Err(not_plain(meta)) };
        return named(student(path, stem, kind, true), name);
    }
    if !meta.is_file() {
        return student(path, name, Err(not_plain(meta)), true);
    }
    if let Some((front, _)) = numbered
        && let Some((stem, format)) = names::split_archive(front)
    {
        // wget writes `dora.zip.1`.
        let class = named(student(path, stem, archive_kind(format, name), true), name);
        return with_copy(class, Some(CopyOrigin::Certain(stem.to_owned())));
    }
    if UNFINISHED.contains(&&*ending) {
        return EntryClass::Unusable("is a download that did not finish: download it again".into());
    }
    if let Some(format) = format_by_content(path, name) {
        let front = if ending.len() <= 4 { stem(name) } else { name };
        let front = names::split_archive(front).map_or(front, |(stem, _)| stem);
        return named(student(path, front, archive_kind(format, name), true), name);
    }
    class_by_ending(&ending)
}

/// The class of a file that is not an archive.
fn class_by_ending(ending: &str) -> EntryClass {
    if NOTES.contains(&ending) {
        return EntryClass::NotASubmission("is neither a folder nor an archive");
    }
    if ending == "rs" {
        let why = "is a single file, and whose it is cannot be told: put it into a folder named \
                   after the student";
        return EntryClass::Unusable(why.into());
    }
    let what = match ending {
        "pdf" | "docx" | "doc" | "odt" | "pages" | "rtf" => "a document",
        "ipynb" => "a notebook",
        _ => "neither a folder nor an archive",
    };
    EntryClass::Unusable(format!(
        "is {what}: if it is a student's, ask for a .zip or .tar.gz of the folder `src`"
    ))
}

/// The kind of an archive, or the reason why it is not opened.
pub(super) fn archive_kind(format: ArchiveFormat, name: &str) -> Result<SubmissionKind, String> {
    match format {
        ArchiveFormat::Zip => Ok(SubmissionKind::Zip),
        ArchiveFormat::TarGz => Ok(SubmissionKind::TarGz),
        ArchiveFormat::Tar => Ok(SubmissionKind::Tar),
        ArchiveFormat::Other => Err(root::unsupported_archive(name).to_string()),
    }
}

/// The archive format of a plain file, detected from its first bytes and not from its name. `None` for
/// documents that are zip archives internally.
pub(super) fn format_by_content(path: &Path, name: &str) -> Option<ArchiveFormat> {
    if DOCUMENTS.contains(&&*ending(name)) {
        return None;
    }
    let file = folder::open_without_following(path).ok()?;
    let mut begin = Vec::new();
    file.take(archive::SIGNATURE_BYTES).read_to_end(&mut begin).ok()?;
    archive::detect_format(&begin)
}

/// The name of a file that is not an archive, without its extension: `gro` for `gro.docx`, `dora.zip` for
/// `dora.zip.part`. A user name with a dot stays whole.
pub(super) fn without_ending(name: &str) -> &str {
    let ending = ending(name);
    let is_file_ending =
        [&UNFINISHED[..], &NOTES, &DOCUMENTS, &PAPERS].concat().contains(&&*ending);
    if is_file_ending { stem(name) } else { name }
}

fn ending(name: &str) -> String {
    name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default()
}

fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

fn not_plain(meta: &fs::Metadata) -> String {
    let what =
        if meta.is_symlink() { "a symbolic link" } else { "neither a folder nor a regular file" };
    format!("is {what}: put the folder or the archive itself here")
}

impl ClassEntry {
    /// The uploaded file's own name, if the platform delivers single files.
    pub fn upload(&self) -> Option<&str> {
        match (&self.parsed_name.part, &self.parsed_name.version) {
            (EntryPart::File(_), Some((base, _))) => Some(base),
            (EntryPart::File(name), None) => Some(name),
            _ => None,
        }
    }
}
