//! One entry of a class folder: whose it is, and whether it can be a submission.

use super::discover::Kind;
use super::names::{self, Packing};
use super::platforms::copies::{self, Origin};
use super::platforms::{self, EntryName, Part, gradescope};
use super::{archive, root};
use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// An entry that a student handed in.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// The name in the class folder, as it is shown.
    pub name: String,
    /// Where it lies.
    pub path: PathBuf,
    /// What the name says.
    pub who: EntryName,
    /// What it may be a copy of.
    pub copy: Option<Origin>,
    /// The keys of the other students who handed it in.
    pub partners: Vec<String>,
    /// What to open, or why not to. A file that is no archive is [`Kind::Files`].
    pub kind: Result<Kind, String>,
}

/// What to do with an entry.
pub(super) enum Verdict {
    /// What a system leaves behind: not worth a word.
    Litter,
    /// It belongs to no student; why.
    PassedOver(&'static str),
    /// It looks like a submission and is none; why, and what to do.
    Unusable(String),
    /// A student's.
    Of(Box<Entry>),
}

/// Endings of downloads that are not complete.
const UNFINISHED: [&str; 4] = ["part", "crdownload", "download", "partial"];
/// Endings of what an instructor puts beside submissions.
const NOTES: [&str; 13] = [
    "md", "txt", "csv", "tsv", "json", "yml", "yaml", "html", "htm", "log", "xlsx", "sqlite", "sh",
];
/// Endings of documents that are zip archives inside.
const DOCUMENTS: [&str; 9] = ["docx", "xlsx", "pptx", "odt", "ods", "odp", "epub", "jar", "whl"];

/// Endings of what a student may hand in by mistake.
const PAPERS: [&str; 9] = ["pdf", "docx", "doc", "odt", "pages", "rtf", "ipynb", "gz", "rs"];

/// What the entry `name` (as it is shown) at `path` is.
pub(super) fn look(path: &Path, name: &str) -> Verdict {
    if matches!(name, "__MACOSX" | ".DS_Store" | "Thumbs.db" | "desktop.ini")
        || name.starts_with("._")
    {
        return Verdict::Litter;
    }
    match name {
        gradescope::METADATA => return Verdict::PassedOver("names the students of the entries"),
        "README.md" | "expected.yaml" => return Verdict::PassedOver("belongs to no student"),
        hidden if hidden.starts_with('.') => return Verdict::PassedOver("is hidden"),
        _ => {}
    }
    let meta = match path.symlink_metadata() {
        Ok(meta) => meta,
        Err(error) => {
            return Verdict::Unusable(format!("cannot be looked at: {}", error.kind()));
        }
    };
    match platforms::read(name, meta.is_dir()) {
        Some(who) => of(path, name, who, platform_kind(path, name, &meta)),
        None if meta.is_dir() => folder(path, name),
        None => file(path, name, &meta),
    }
}

fn of(path: &Path, name: &str, who: EntryName, kind: Result<Kind, String>) -> Verdict {
    let (name, path) = (name.to_owned(), path.to_owned());
    Verdict::Of(Box::new(Entry { name, path, who, copy: None, partners: vec![], kind }))
}

/// The kind of an entry whose name is a platform's.
fn platform_kind(path: &Path, name: &str, meta: &fs::Metadata) -> Result<Kind, String> {
    if meta.is_dir() {
        return Ok(Kind::Folder);
    }
    if !meta.is_file() {
        return Err(not_plain(meta));
    }
    match names::archive(name).map(|(_, packing)| packing).or_else(|| by_content(path, name)) {
        Some(packing) => kind(packing, name),
        None => Ok(Kind::Files),
    }
}

/// A folder of the class; `src` is a sign that one submission was given instead of a class.
fn folder(path: &Path, name: &str) -> Verdict {
    if name == "src" {
        let why = "is a folder of sources and not of a student: this looks like a single \
                   submission, to be checked by itself";
        return Verdict::Unusable(why.into());
    }
    student(path, name, Ok(Kind::Folder), false)
}

/// The entry of a student whose name is all that `stem` says, copies aside.
fn student(path: &Path, stem: &str, kind: Result<Kind, String>, is_file: bool) -> Verdict {
    let verdict = of(path, stem, EntryName::plain(stem), kind);
    with_copy(verdict, copies::origin(stem, is_file))
}

fn with_copy(verdict: Verdict, copy: Option<Origin>) -> Verdict {
    match verdict {
        Verdict::Of(entry) => Verdict::Of(Box::new(Entry { copy, ..*entry })),
        other => other,
    }
}

/// The same verdict on an entry that is called `name`.
fn named(verdict: Verdict, name: &str) -> Verdict {
    match verdict {
        Verdict::Of(entry) => Verdict::Of(Box::new(Entry { name: name.to_owned(), ..*entry })),
        other => other,
    }
}

fn file(path: &Path, name: &str, meta: &fs::Metadata) -> Verdict {
    let ending = ending(name);
    let numbered = name.rsplit_once('.').filter(|(_, number)| platforms::is_small(number));
    if let Some((stem, packing)) = names::archive(name) {
        let kind = if meta.is_file() { kind(packing, name) } else { Err(not_plain(meta)) };
        return named(student(path, stem, kind, true), name);
    }
    if !meta.is_file() {
        return student(path, name, Err(not_plain(meta)), true);
    }
    if let Some((front, _)) = numbered
        && let Some((stem, packing)) = names::archive(front)
    {
        // `dora.zip.1` of wget.
        let verdict = named(student(path, stem, kind(packing, name), true), name);
        return with_copy(verdict, Some(Origin::Sure(stem.to_owned())));
    }
    if UNFINISHED.contains(&&*ending) {
        return Verdict::Unusable("is a download that did not finish: download it again".into());
    }
    if let Some(packing) = by_content(path, name) {
        let front = if ending.len() <= 4 { stem(name) } else { name };
        let front = names::archive(front).map_or(front, |(stem, _)| stem);
        return named(student(path, front, kind(packing, name), true), name);
    }
    no_archive(&ending)
}

/// What is said of a file that is no archive.
fn no_archive(ending: &str) -> Verdict {
    if NOTES.contains(&ending) {
        return Verdict::PassedOver("is neither a folder nor an archive");
    }
    if ending == "rs" {
        let why = "is a single file, and whose it is cannot be told: put it into a folder named \
                   after the student";
        return Verdict::Unusable(why.into());
    }
    let what = match ending {
        "pdf" | "docx" | "doc" | "odt" | "pages" | "rtf" => "a document",
        "ipynb" => "a notebook",
        _ => "neither a folder nor an archive",
    };
    Verdict::Unusable(format!(
        "is {what}: if it is a student's, ask for a .zip or .tar.gz of the folder `src`"
    ))
}

/// The kind of an archive, or why it is not opened.
pub(super) fn kind(packing: Packing, name: &str) -> Result<Kind, String> {
    match packing {
        Packing::Zip => Ok(Kind::Zip),
        Packing::TarGz => Ok(Kind::TarGz),
        Packing::Tar => Ok(Kind::Tar),
        Packing::Other => Err(root::other_packing(name).reason),
    }
}

/// What a plain file is by its first bytes, whatever its name says; documents that are zip archives
/// inside are none.
pub(super) fn by_content(path: &Path, name: &str) -> Option<Packing> {
    if DOCUMENTS.contains(&&*ending(name)) {
        return None;
    }
    let flags = libc::O_NOFOLLOW | libc::O_NONBLOCK | libc::O_NOCTTY;
    let file: File = fs::OpenOptions::new().read(true).custom_flags(flags).open(path).ok()?;
    let mut begin = Vec::new();
    file.take(archive::TOLD_BY).read_to_end(&mut begin).ok()?;
    archive::packing(&begin)
}

/// The name of a file that is no archive without its ending: `gro` for `gro.docx`, `dora.zip` for
/// `dora.zip.part`. A user name with a dot in it stays whole.
pub(super) fn without_ending(name: &str) -> &str {
    let ending = ending(name);
    let is_of_file = [&UNFINISHED[..], &NOTES, &DOCUMENTS, &PAPERS].concat().contains(&&*ending);
    if is_of_file { stem(name) } else { name }
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

impl Entry {
    /// The uploaded file's own name, for a file that a platform hands out by itself.
    pub fn upload(&self) -> Option<&str> {
        match (&self.who.part, &self.who.version) {
            (Part::File(_), Some((base, _))) => Some(base),
            (Part::File(name), None) => Some(name),
            _ => None,
        }
    }
}
