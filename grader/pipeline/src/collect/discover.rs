//! What lies in a class folder, before any of it is opened.

use super::names::{self, Packing};
use super::root;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// One submission as it lies there, not opened yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Whose it is: text to show, untrusted. A name that is not UTF-8, or that holds invisible
    /// characters, is escaped without loss.
    pub student: String,
    /// Where it lies.
    pub path: PathBuf,
    /// What it is.
    pub kind: Kind,
}

/// In what form a submission was handed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A folder.
    Folder,
    /// A `.zip` file.
    Zip,
    /// A `.tar.gz` or `.tgz` file.
    TarGz,
}

/// The contents of a class folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Discovery {
    /// The submissions, sorted by student.
    pub found: Vec<Found>,
    /// Entries that look like a submission and cannot be graded as one, sorted by name.
    pub unusable: Vec<Unusable>,
    /// Other entries, which belong to no student, with the reason, sorted by name.
    pub passed_over: Vec<Unusable>,
}

/// An entry of a class folder that cannot be graded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unusable {
    /// The entry's name in the class folder, escaped like [`Found::student`].
    pub name: String,
    /// Why, and what to do, in plain words.
    pub reason: String,
}

/// Why a class folder, or a path to check, cannot be used at all. The instructor's to fix.
#[derive(Debug, Error)]
pub enum CollectError {
    /// Nothing lies there.
    #[error("{} does not exist: check the path", shown(.path))]
    NotFound {
        /// The path as given.
        path: PathBuf,
    },
    /// Neither a folder nor, for a single submission, an archive.
    #[error("{} is {what}: {hint}", shown(.path))]
    NotAFolder {
        /// The path as given.
        path: PathBuf,
        /// What it is instead.
        what: &'static str,
        /// What to give.
        hint: &'static str,
    },
    /// The operating system would not list it.
    #[error("{} cannot be read ({source}): check its permissions", shown(.path))]
    Unreadable {
        /// The path as given.
        path: PathBuf,
        /// The operating system's answer.
        source: io::Error,
    },
    /// A folder without anything that looks like a submission.
    #[error(
        "{} holds no submission: put one folder or archive per student into it, such as \
         `ada/src/lib.rs` or `ada.zip`",
        shown(.path)
    )]
    Empty {
        /// The path as given.
        path: PathBuf,
    },
}

fn shown(path: &Path) -> String {
    names::shown(path.as_os_str().as_bytes())
}

/// Lists the submissions in a class folder: one folder or archive per student.
///
/// One bad entry never fails the rest. Where a student's submission is there twice (a folder and
/// an archive, or names equal but for case or composed accents), neither is used.
///
/// # Errors
/// The class folder itself is missing, no folder, unreadable, or without any submission.
pub fn discover(class: &Path) -> Result<Discovery, CollectError> {
    let mut sorted = Sorted::default();
    for entry in entries(class)? {
        sorted.add(class.join(&entry), &entry);
    }
    let discovery = sorted.into_discovery();
    if discovery.found.is_empty() && discovery.unusable.is_empty() {
        return Err(CollectError::Empty { path: class.to_owned() });
    }
    Ok(discovery)
}

/// One submission by its path: a student's folder, or an archive.
///
/// The path is the caller's own, so a link to a submission is followed here.
///
/// # Errors
/// Nothing lies there, or neither a folder nor an archive.
pub fn single(path: &Path) -> Result<Found, CollectError> {
    let real = path.canonicalize().map_err(|source| failed(path, source))?;
    let name = names::shown(real.file_name().unwrap_or(OsStr::new("submission")).as_bytes());
    if real.is_dir() {
        return Ok(Found { student: owner(&name), path: real, kind: Kind::Folder });
    }
    let hint = "give the folder that holds `src`, or a .zip or .tar.gz file";
    match names::archive(&name) {
        Some((stem, Packing::Zip)) => {
            Ok(Found { student: owner(stem), path: real, kind: Kind::Zip })
        }
        Some((stem, Packing::TarGz)) => {
            Ok(Found { student: owner(stem), path: real, kind: Kind::TarGz })
        }
        Some((_, Packing::Other)) => {
            let what = "an archive that is not opened";
            Err(CollectError::NotAFolder { path: path.to_owned(), what, hint })
        }
        None => Err(CollectError::NotAFolder { path: path.to_owned(), what: "a file", hint }),
    }
}

fn entries(class: &Path) -> Result<Vec<std::ffi::OsString>, CollectError> {
    let meta = fs::metadata(class).map_err(|source| failed(class, source))?;
    if !meta.is_dir() {
        let hint = "give the folder that holds one folder or archive per student";
        return Err(CollectError::NotAFolder { path: class.to_owned(), what: "a file", hint });
    }
    let listed = fs::read_dir(class).map_err(|source| failed(class, source))?;
    let mut names = listed
        .map(|entry| entry.map(|entry| entry.file_name()))
        .collect::<io::Result<Vec<_>>>()
        .map_err(|source| failed(class, source))?;
    names.sort();
    Ok(names)
}

fn failed(path: &Path, source: io::Error) -> CollectError {
    let path = path.to_owned();
    match source.kind() {
        io::ErrorKind::NotFound => CollectError::NotFound { path },
        _ => CollectError::Unreadable { path, source },
    }
}

/// The student whom an entry of a class folder belongs to, as far as its name says.
pub fn entry_owner(entry: &str) -> String {
    owner(names::archive(entry).map_or(entry, |(stem, _)| stem))
}

fn owner(name: &str) -> String {
    names::student(name).to_owned()
}

/// The entries, by the key under which two of them count as the same student's.
#[derive(Default)]
struct Sorted {
    students: BTreeMap<String, Vec<Candidate>>,
    unusable: Vec<Unusable>,
    passed_over: Vec<Unusable>,
}

struct Candidate {
    entry: String,
    student: String,
    path: PathBuf,
    /// What to open, or why not to.
    kind: Result<Kind, String>,
}

impl Sorted {
    fn add(&mut self, path: PathBuf, name: &OsStr) {
        let entry = names::shown(name.as_bytes());
        if entry.starts_with('.') || matches!(&*entry, "__MACOSX" | "README.md" | "expected.yaml") {
            return;
        }
        if names::moodle(&entry).is_some_and(|(_, kind)| kind.starts_with("onlinetext")) {
            let reason = "is text that was typed into Moodle, and no file".into();
            self.passed_over.push(Unusable { name: entry, reason });
            return;
        }
        let meta = match path.symlink_metadata() {
            Ok(meta) => meta,
            Err(error) => {
                let reason = format!("cannot be looked at: {}", error.kind());
                self.unusable.push(Unusable { name: entry, reason });
                return;
            }
        };
        let (stem, kind) = match names::archive(&entry) {
            _ if meta.is_dir() => (entry.as_str(), folder(&entry)),
            Some((stem, _)) if !meta.is_file() => (stem, Err(not_plain(&meta))),
            Some((stem, Packing::Zip)) => (stem, Ok(Kind::Zip)),
            Some((stem, Packing::TarGz)) => (stem, Ok(Kind::TarGz)),
            Some((stem, Packing::Other)) => (stem, Err(root::other_packing(&entry).reason)),
            None if !meta.is_file() => (entry.as_str(), Err(not_plain(&meta))),
            None => return self.loose_file(entry),
        };
        let student = owner(stem);
        let key = names::folded(&student);
        self.students.entry(key).or_default().push(Candidate { entry, student, path, kind });
    }

    fn loose_file(&mut self, entry: String) {
        if entry.to_ascii_lowercase().ends_with(".rs") {
            let reason = "is a single file, and whose it is cannot be told: put it into a folder \
                          named after the student";
            self.unusable.push(Unusable { name: entry, reason: reason.into() });
        } else {
            let reason = "is neither a folder nor an archive".into();
            self.passed_over.push(Unusable { name: entry, reason });
        }
    }

    fn into_discovery(self) -> Discovery {
        let mut discovery =
            Discovery { found: vec![], unusable: self.unusable, passed_over: self.passed_over };
        for (_, candidates) in self.students {
            let ambiguous = twice(&candidates);
            for Candidate { entry, student, path, kind } in candidates {
                match (&ambiguous, kind) {
                    (Some(reason), _) => {
                        discovery.unusable.push(Unusable { name: entry, reason: reason.clone() });
                    }
                    (None, Err(reason)) => {
                        discovery.unusable.push(Unusable { name: entry, reason });
                    }
                    (None, Ok(kind)) => discovery.found.push(Found { student, path, kind }),
                }
            }
        }
        discovery.found.sort_by(|a, b| a.student.cmp(&b.student));
        discovery.unusable.sort_by(|a, b| a.name.cmp(&b.name));
        discovery.passed_over.sort_by(|a, b| a.name.cmp(&b.name));
        discovery
    }
}

/// A folder of the class; `src` is a sign that one submission was given instead of a class.
fn folder(entry: &str) -> Result<Kind, String> {
    if entry == "src" {
        return Err("is a folder of sources and not of a student: this looks like a single \
                    submission, to be checked by itself"
            .into());
    }
    Ok(Kind::Folder)
}

fn not_plain(meta: &fs::Metadata) -> String {
    let what = if meta.is_symlink() { "a symbolic link" } else { "no folder and no plain file" };
    format!("is {what}, which is not followed: put the folder or the archive itself here")
}

fn twice(candidates: &[Candidate]) -> Option<String> {
    if candidates.len() < 2 {
        return None;
    }
    let entries: Vec<&str> = candidates.iter().map(|one| one.entry.as_str()).collect();
    Some(format!(
        "{} are submissions of the same student ({}), and which of them counts is not guessed: \
         keep one. If they are two students, rename one",
        root::listed(&entries),
        candidates[0].student
    ))
}
