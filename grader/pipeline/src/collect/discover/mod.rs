//! Lists the submissions in a class folder without opening any of them.

mod contents;
mod entry;
mod error;
mod group;
mod students;

pub use contents::{ClassContents, FoundSubmission, SubmissionKind, UngradableEntry};
pub use error::CollectError;

use super::names;
use super::platforms::{self, EntryName, blackboard, gradescope};
use entry::{ClassEntry, EntryClass};
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// Lists the submissions in a class folder: one or more entries per student, named by hand or by a
/// platform.
///
/// One bad entry never stops the others, and every entry except system litter is in one of the three
/// lists. If a student has two submissions (a folder and an archive, or names that differ only in case or
/// in how accents are composed), the newer one by its name or either of two equal ones is used; otherwise
/// none is.
///
/// # Errors
/// The class folder is missing, not a folder, unreadable, a single submission, or without any submission;
/// or the platform's list of students cannot be read.
pub fn discover(class: &Path) -> Result<ClassContents, CollectError> {
    discover_among(class, &[])
}

/// [`discover`], where folders called as in `packages` are packages of the workspace that students were handed
/// out, and no students.
///
/// # Errors
/// As [`discover`].
pub fn discover_among(class: &Path, packages: &[&str]) -> Result<ClassContents, CollectError> {
    let class = &export_folder(class)?;
    let entry_names = entry_names(class)?;
    let classified = classify_entries(class, &entry_names)?;
    let mut discovery = classified.discovery;
    let entries = students::rename_copies(classified.submissions);
    for entries in students::by_student(entries) {
        discovery.append(group::resolve(entries));
    }
    if let Some(sign) = sign_of_single_submission(class, packages, &discovery) {
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
/// The path does not exist, or is neither a folder nor an archive.
pub fn single(path: &Path) -> Result<FoundSubmission, CollectError> {
    let real = path.canonicalize().map_err(|source| CollectError::of_io(path, source))?;
    let name = names::escaped(real.file_name().unwrap_or(OsStr::new("submission")).as_bytes());
    if real.is_dir() {
        return Ok(found_by_name(&name, real, SubmissionKind::Folder));
    }
    let hint = "give the folder that holds `src`, or a .zip, .tar.gz or .tar file";
    let not_taken = |what| CollectError::NotAFolder { path: path.to_owned(), what, hint };
    let by_name = names::split_archive(&name).map(|(stem, format)| (stem.to_owned(), format));
    let by_content = || Some((name.clone(), entry::format_by_content(&real, &name)?));
    let (stem, format) = by_name.or_else(by_content).ok_or_else(|| not_taken("a file"))?;
    let kind = entry::archive_kind(format, &name);
    let kind = kind.map_err(|_| not_taken("an archive of a format that is not opened"))?;
    Ok(found_by_name(&stem, real, kind))
}

/// A submission whose student is known only from the name `stem`.
fn found_by_name(stem: &str, path: PathBuf, kind: SubmissionKind) -> FoundSubmission {
    let name = platforms::student(stem);
    FoundSubmission {
        id: name.id.clone(),
        late: name.late,
        ..FoundSubmission::new(name.key(), path, kind)
    }
}

/// The student that an entry of a class folder belongs to, according to its name.
pub fn entry_owner(entry: &str) -> String {
    let front = entry::without_ending(entry);
    let stem = names::split_archive(front).map_or(front, |(stem, _)| stem);
    platforms::student(stem).key()
}

/// The folder to read: `class`, or the Gradescope export that is its only content.
fn export_folder(class: &Path) -> Result<PathBuf, CollectError> {
    let visible = entry_names(class)?.into_iter().filter(|name| !name.as_bytes().starts_with(b"."));
    let visible: Vec<_> = visible.map(|name| class.join(name)).collect();
    Ok(match &visible[..] {
        [only] if only.join(gradescope::METADATA).is_file() => only.clone(),
        _ => class.to_owned(),
    })
}

/// The sorted names of the entries in the class folder.
fn entry_names(class: &Path) -> Result<Vec<OsString>, CollectError> {
    let meta = fs::metadata(class).map_err(|source| CollectError::of_io(class, source))?;
    if !meta.is_dir() {
        let hint = "give the folder that holds one folder or archive per student";
        return Err(CollectError::NotAFolder { path: class.to_owned(), what: "a file", hint });
    }
    let listed = fs::read_dir(class).map_err(|source| CollectError::of_io(class, source))?;
    let mut names = listed
        .map(|entry| entry.map(|entry| entry.file_name()))
        .collect::<io::Result<Vec<_>>>()
        .map_err(|source| CollectError::of_io(class, source))?;
    names.sort();
    Ok(names)
}

/// The entries of a class folder, each classified without regard to the others.
#[derive(Default)]
struct ClassifiedEntries {
    submissions: Vec<ClassEntry>,
    /// The entries that are not submissions.
    discovery: ClassContents,
}

fn classify_entries(
    class: &Path,
    entry_names: &[OsString],
) -> Result<ClassifiedEntries, CollectError> {
    let mut submitters = submitters(class)?;
    let names = entry_names.iter().map(|name| names::escaped(name.as_bytes()));
    let names: Vec<String> = names.collect();
    let users = blackboard::user_names(class, &names);
    let mut classified = ClassifiedEntries::default();
    for (entry, name) in entry_names.iter().zip(names) {
        match entry::classify(&class.join(entry), &name) {
            EntryClass::Litter => {}
            EntryClass::NotASubmission(reason) => {
                classified.discovery.passed_over.push(UngradableEntry::of_entry(name, reason));
            }
            EntryClass::Unusable(reason) => {
                classified.discovery.unusable.push(UngradableEntry::of_entry(name, reason));
            }
            EntryClass::Submission(entry) => {
                let entry = students::with_user_name(*entry, &users);
                let partners = submitters.remove(&name).unwrap_or_default();
                classified.submissions.extend(students::one_per_submitter(entry, &partners));
            }
        }
    }
    classified.discovery.unusable.extend(submitters.into_keys().map(|name| {
        let reason = format!(
            "is listed in {} but missing from the folder: download it again",
            gradescope::METADATA
        );
        UngradableEntry::of_entry(name, reason)
    }));
    Ok(classified)
}

/// The students of each entry of a Gradescope export; empty for other class folders.
fn submitters(class: &Path) -> Result<BTreeMap<String, Vec<EntryName>>, CollectError> {
    if !class.join(gradescope::METADATA).is_file() {
        return Ok(BTreeMap::new());
    }
    gradescope::students(class)
        .map_err(|reason| CollectError::Metadata { path: class.to_owned(), reason })
}

/// The folders of a package and of a workspace, besides `src` and the packages.
const PACKAGE_FOLDERS: [&str; 4] = ["tests", "benches", "examples", "target"];

/// The entry that only a single submission has: a manifest, `lib.rs`, or `src` when every folder among the
/// submissions found is part of a package or a workspace. Archives beside `src` are submissions, unless `src` holds
/// source files.
fn sign_of_single_submission(
    class: &Path,
    packages: &[&str],
    discovery: &ClassContents,
) -> Option<&'static str> {
    if class.join("Cargo.toml").is_file() {
        return Some("Cargo.toml");
    }
    if class.join("lib.rs").exists() {
        return Some("lib.rs");
    }
    let has_sources = holds_rust_files(&class.join("src"));
    let is_part = |name: &str| PACKAGE_FOLDERS.contains(&name) || packages.contains(&name);
    let is_submission = |found: &FoundSubmission| {
        !is_part(&found.student) && (found.kind == SubmissionKind::Folder || !has_sources)
    };
    let has_submission = discovery.found.iter().any(is_submission);
    (class.join("src").exists() && !has_submission).then_some("src")
}

fn holds_rust_files(folder: &Path) -> bool {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).any(|path| path.extension().is_some_and(|end| end == "rs"))
}
