//! What lies in a class folder, before any of it is opened.

use super::entry::{self, Entry, Verdict};
use super::platforms::copies::Origin;
use super::platforms::{self, blackboard, gradescope};
use super::{group, names, root};
use std::collections::{BTreeMap, BTreeSet, HashMap};
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
    /// characters, is escaped without loss. Where the platform has an id, it is behind the name:
    /// `Ada Lovelace (12345)`.
    pub student: String,
    /// The platform's id of the student, as it is in `student`.
    pub id: Option<String>,
    /// Whether the platform marks it as late.
    pub late: bool,
    /// The other students who handed it in together with this one.
    pub partners: Vec<String>,
    /// Where it lies. For [`Kind::Files`], the class folder.
    pub path: PathBuf,
    /// What it is.
    pub kind: Kind,
    /// For [`Kind::Files`]: the uploaded file's own name, and the entry of the class folder.
    pub files: Vec<(String, PathBuf)>,
}

impl Found {
    /// A folder or an archive of a student without an id.
    pub fn new(student: impl Into<String>, path: PathBuf, kind: Kind) -> Self {
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

/// In what form a submission was handed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A folder.
    Folder,
    /// A `.zip` file.
    Zip,
    /// A `.tar.gz` or `.tgz` file.
    TarGz,
    /// A `.tar` file.
    Tar,
    /// Files that a platform hands out one by one, without a folder around them.
    Files,
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
    /// Whose it would be, as in [`Found::student`]; what the entry is called where its name says no more.
    pub student: String,
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
    /// A single submission in place of a class.
    #[error(
        "{} looks like one submission and not like a class (it holds `{sign}`): give the folder that \
         holds all submissions",
        shown(.path)
    )]
    OneSubmission {
        /// The path as given.
        path: PathBuf,
        /// The entry that shows it.
        sign: &'static str,
    },
    /// A file of a platform that says whose each entry is, and cannot be read.
    #[error("{}/{} cannot be read ({reason}): download it again", shown(.path), gradescope::METADATA)]
    Metadata {
        /// The class folder.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
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

impl Unusable {
    /// An entry of whose student nothing is known but the entry's name.
    pub fn of_entry(name: impl Into<String>, reason: impl Into<String>) -> Self {
        let name = name.into();
        Self { student: entry_owner(&name), reason: reason.into(), name }
    }
}

/// The student whom an entry of a class folder belongs to, as far as its name says.
pub fn entry_owner(entry: &str) -> String {
    let front = entry::without_ending(entry);
    let stem = names::archive(front).map_or(front, |(stem, _)| stem);
    platforms::student(stem).key()
}

impl Discovery {
    /// Adds all of `other`.
    pub(super) fn append(&mut self, other: Self) {
        self.found.extend(other.found);
        self.unusable.extend(other.unusable);
        self.passed_over.extend(other.passed_over);
    }
}

/// Lists the submissions in a class folder: one or more entries per student, named by hand or by a
/// platform.
///
/// One bad entry never fails the rest, and every entry but litter of a system is in one of the three
/// lists. Where a student's submission is there twice (a folder and an archive, or names equal but for
/// case or composed accents), and neither the names say which is newer nor the contents are the same, none
/// is used.
///
/// # Errors
/// The class folder itself is missing, no folder, unreadable, a single submission, or without any
/// submission; or the list of names that a platform put into it cannot be read.
pub fn discover(class: &Path) -> Result<Discovery, CollectError> {
    let class = &export(class)?;
    let entries = entries(class)?;
    let looked = look(class, &entries)?;
    let mut discovery = looked.discovery;
    for entries in students(originals(looked.of_students)) {
        discovery.append(group::resolve(entries));
    }
    if let Some(sign) = single_submission(class, &entries, &discovery) {
        return Err(CollectError::OneSubmission { path: class.clone(), sign });
    }
    if discovery.found.is_empty() && discovery.unusable.is_empty() {
        return Err(CollectError::Empty { path: class.clone() });
    }
    discovery.found.sort_by(|a, b| a.student.cmp(&b.student));
    discovery.unusable.sort_by(|a, b| a.name.cmp(&b.name));
    discovery.passed_over.sort_by(|a, b| a.name.cmp(&b.name));
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
    let of = |stem: &str, path, kind| {
        let who = platforms::student(stem);
        Found { id: who.id.clone(), late: who.late, ..Found::new(who.key(), path, kind) }
    };
    if real.is_dir() {
        return Ok(of(&name, real, Kind::Folder));
    }
    let hint = "give the folder that holds `src`, or a .zip, .tar.gz or .tar file";
    let not_taken = |what| CollectError::NotAFolder { path: path.to_owned(), what, hint };
    let by_name = names::archive(&name).map(|(stem, packing)| (stem.to_owned(), packing));
    let by_content = || Some((name.clone(), entry::by_content(&real, &name)?));
    let (stem, packing) = by_name.or_else(by_content).ok_or_else(|| not_taken("a file"))?;
    let kind = entry::kind(packing, &name);
    let kind = kind.map_err(|_| not_taken("an archive of a format that is not opened"))?;
    Ok(of(&stem, real, kind))
}

/// The folder to read: `class`, or the export of Gradescope that is all it holds.
fn export(class: &Path) -> Result<PathBuf, CollectError> {
    let inside = entries(class)?.into_iter().filter(|name| !name.as_bytes().starts_with(b"."));
    let inside: Vec<_> = inside.map(|name| class.join(name)).collect();
    Ok(match &inside[..] {
        [only] if only.join(gradescope::METADATA).is_file() => only.clone(),
        _ => class.to_owned(),
    })
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

/// The entries of a class folder, each looked at by itself.
#[derive(Default)]
struct Looked {
    of_students: Vec<Entry>,
    discovery: Discovery,
}

fn look(class: &Path, entries: &[std::ffi::OsString]) -> Result<Looked, CollectError> {
    let mut submitters = submitters(class)?;
    let shown: Vec<String> = entries.iter().map(|name| names::shown(name.as_bytes())).collect();
    let users = blackboard::user_names(class, &shown);
    let mut looked = Looked::default();
    for (entry, name) in entries.iter().zip(shown) {
        match entry::look(&class.join(entry), &name) {
            Verdict::Litter => {}
            Verdict::PassedOver(reason) => {
                looked.discovery.passed_over.push(Unusable::of_entry(name, reason));
            }
            Verdict::Unusable(reason) => {
                looked.discovery.unusable.push(Unusable::of_entry(name, reason));
            }
            Verdict::Of(entry) => {
                let students = submitters.remove(&name).unwrap_or_default();
                looked.of_students.extend(handed_in_by(with_user_name(*entry, &users), &students));
            }
        }
    }
    looked.discovery.unusable.extend(submitters.into_keys().map(|name| {
        let reason = format!(
            "is listed in {} but missing from the folder: download it again",
            gradescope::METADATA
        );
        Unusable::of_entry(name, reason)
    }));
    Ok(looked)
}

/// Who handed in what, in an export of Gradescope.
fn submitters(class: &Path) -> Result<BTreeMap<String, Vec<platforms::EntryName>>, CollectError> {
    if !class.join(gradescope::METADATA).is_file() {
        return Ok(BTreeMap::new());
    }
    gradescope::students(class)
        .map_err(|reason| CollectError::Metadata { path: class.to_owned(), reason })
}

/// One entry for each of the students who handed it in together.
fn handed_in_by(entry: Entry, students: &[platforms::EntryName]) -> Vec<Entry> {
    if students.is_empty() {
        return vec![entry];
    }
    let keys: Vec<String> = students.iter().map(platforms::EntryName::key).collect();
    let of = |(at, who): (usize, &platforms::EntryName)| {
        let others = keys.iter().enumerate().filter(|(other, _)| *other != at);
        let partners = others.map(|(_, key)| key.clone()).collect();
        Entry { who: who.clone(), copy: None, partners, ..entry.clone() }
    };
    students.iter().enumerate().map(of).collect()
}

fn with_user_name(entry: Entry, users: &HashMap<String, String>) -> Entry {
    match blackboard::front(&entry.name).and_then(|front| users.get(front)) {
        Some(user) => {
            let who = platforms::EntryName { student: user.clone(), ..entry.who };
            Entry { who, ..entry }
        }
        None => entry,
    }
}

/// The entries, with copies under the name of their originals.
fn originals(entries: Vec<Entry>) -> Vec<Entry> {
    let sure = |entry: &Entry| match &entry.copy {
        Some(Origin::Sure(original)) => names::folded(original),
        _ => names::folded(&entry.who.student),
    };
    let known: BTreeSet<String> = entries.iter().map(sure).collect();
    // A folder that was named by hand as the gradebook names the student.
    let with_id: HashMap<String, platforms::EntryName> = entries
        .iter()
        .filter(|entry| entry.who.id.is_some())
        .map(|entry| (names::folded(&entry.who.key()), entry.who.clone()))
        .collect();
    let renamed = |entry: Entry| {
        if let Some(known) = with_id.get(&names::folded(&entry.who.student))
            && entry.who.id.is_none()
        {
            let (student, id) = (known.student.clone(), known.id.clone());
            return Entry { who: platforms::EntryName { student, id, ..entry.who }, ..entry };
        }
        let original = match &entry.copy {
            Some(Origin::Sure(original)) => original.clone(),
            Some(Origin::Possible(original)) if known.contains(&names::folded(original)) => {
                original.clone()
            }
            _ => return Entry { copy: None, ..entry },
        };
        Entry { who: platforms::student(&original), ..entry }
    };
    entries.into_iter().map(renamed).collect()
}

/// The entries of each student. An entry without an id belongs to the student of its name, if only one has it.
fn students(entries: Vec<Entry>) -> Vec<Vec<Entry>> {
    let mut by_name: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
    for entry in entries {
        by_name.entry(names::folded(&entry.who.student)).or_default().push(entry);
    }
    by_name.into_values().flat_map(of_one_name).collect()
}

fn of_one_name(entries: Vec<Entry>) -> Vec<Vec<Entry>> {
    let ids: BTreeSet<_> = entries.iter().filter_map(|entry| entry.who.id.clone()).collect();
    if ids.len() < 2 {
        return vec![entries];
    }
    let mut by_id: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
    for entry in entries {
        let id = entry.who.id.as_deref().map(names::folded);
        let kind = if id.is_some() { entry.kind } else { Err(one_of_these(&entry.who, &ids)) };
        by_id.entry(id.unwrap_or_default()).or_default().push(Entry { kind, ..entry });
    }
    by_id.into_values().collect()
}

fn one_of_these(who: &platforms::EntryName, ids: &BTreeSet<String>) -> String {
    let name = &who.student;
    let keys: Vec<String> = ids.iter().map(|id| format!("{name} ({id})")).collect();
    format!(
        "may be of {}, and whose it is cannot be told: put the id behind the name",
        root::listed(&keys)
    )
}

/// The entry that shows a single submission: `src` of a package, and nothing of a student beside it.
fn single_submission(
    class: &Path,
    entries: &[std::ffi::OsString],
    discovery: &Discovery,
) -> Option<&'static str> {
    let has = |name: &str| entries.iter().any(|entry| entry == name);
    if has("Cargo.toml") && class.join("Cargo.toml").is_file() {
        return Some("Cargo.toml");
    }
    if has("lib.rs") {
        return Some("lib.rs");
    }
    let beside = ["tests", "benches", "examples", "target"];
    let of_a_package = |found: &Found| beside.contains(&found.student.as_str());
    (has("src") && discovery.found.iter().all(of_a_package)).then_some("src")
}
