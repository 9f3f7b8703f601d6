//! Decides which entries of one student are the submission.

use super::entry::ClassEntry;
use super::{ClassContents, FoundSubmission, SubmissionKind, UngradableEntry};
use crate::collect::platforms::EntryPart;
use crate::collect::{fingerprint, names};
use grader_model::FileList;
use std::collections::{BTreeMap, BTreeSet};

/// Sorts the entries of one student into the lists of a [`ClassContents`].
///
/// If the platform's names state which entry is newest, that one counts. Otherwise entries with equal
/// contents count as one, and the files of one upload are one submission. In every other case the grader
/// does not choose, and all entries are unusable.
pub(super) fn resolve(entries: Vec<ClassEntry>) -> ClassContents {
    let mut out = ClassContents::default();
    let (text, handed_in): (Vec<_>, Vec<_>) =
        entries.into_iter().partition(|entry| entry.parsed_name.part == EntryPart::Text);
    let listed = if handed_in.is_empty() { &mut out.unusable } else { &mut out.passed_over };
    let why = "is text typed into the platform, not a file";
    listed.extend(text.iter().map(|entry| unusable(entry, why)));
    let (current, earlier) = newest(handed_in);
    out.passed_over.extend(earlier);
    out.append(submission(&current));
    out
}

/// The entries of the newest hand-in, and the earlier entries that they replace.
fn newest(entries: Vec<ClassEntry>) -> (Vec<ClassEntry>, Vec<UngradableEntry>) {
    let latest = entries.iter().filter_map(|entry| entry.parsed_name.time.clone()).max();
    let all_timed = entries.iter().all(|entry| entry.parsed_name.time.is_some());
    let (current, mut earlier): (Vec<_>, Vec<_>) =
        entries.into_iter().partition(|entry| !all_timed || entry.parsed_name.time == latest);
    let mut last: BTreeMap<String, u32> = BTreeMap::new();
    for (base, number) in current.iter().filter_map(|entry| entry.parsed_name.version.as_ref()) {
        let known = last.entry(upload_key(base)).or_default();
        *known = (*known).max(*number);
    }
    let is_last = |entry: &ClassEntry| {
        let version = entry.parsed_name.version.as_ref();
        version.is_none_or(|(base, number)| last.get(&upload_key(base)) == Some(number))
    };
    let (current, replaced): (Vec<_>, Vec<_>) = current.into_iter().partition(is_last);
    earlier.extend(replaced);
    let names: Vec<&str> = current.iter().map(|entry| entry.name.as_str()).collect();
    let reason = format!("is an earlier hand-in, which {} replaces", FileList::new(&names));
    let passed = earlier.iter().map(|entry| unusable(entry, &reason)).collect();
    (current, passed)
}

/// A key that an archive shares with the folder it was unpacked to: they are one upload.
fn upload_key(base: &str) -> String {
    names::folded(names::split_archive(base).map_or(base, |(stem, _)| stem))
}

/// The submission that the entries form, together or one by one.
fn submission(entries: &[ClassEntry]) -> ClassContents {
    let uploads: BTreeSet<_> =
        entries.iter().filter_map(ClassEntry::upload).map(names::folded).collect();
    let one_upload = uploads.len() == entries.len();
    let late = entries.iter().any(|entry| entry.parsed_name.late);
    match (entries, one_upload) {
        ([], _) => ClassContents::default(),
        ([one], _) if !(one_upload && matches!(one.kind, Ok(SubmissionKind::Files))) => {
            single(one, late)
        }
        (all, true) => {
            ClassContents { found: vec![uploaded(all, late)], ..ClassContents::default() }
        }
        (all, false) => equal_entries(all, late),
    }
}

fn single(entry: &ClassEntry, late: bool) -> ClassContents {
    match &entry.kind {
        Ok(kind) => {
            let found = found(entry, *kind, late);
            ClassContents { found: vec![found], ..ClassContents::default() }
        }
        Err(reason) => {
            ClassContents { unusable: vec![unusable(entry, reason)], ..ClassContents::default() }
        }
    }
}

fn unusable(entry: &ClassEntry, reason: &str) -> UngradableEntry {
    UngradableEntry {
        student: entry.parsed_name.key(),
        name: entry.name.clone(),
        reason: reason.into(),
    }
}

fn found(entry: &ClassEntry, kind: SubmissionKind, late: bool) -> FoundSubmission {
    FoundSubmission {
        id: entry.parsed_name.id.clone(),
        late,
        partners: entry.partners.clone(),
        ..FoundSubmission::new(entry.parsed_name.key(), entry.path.clone(), kind)
    }
}

/// The files of one upload, as one submission.
fn uploaded(entries: &[ClassEntry], late: bool) -> FoundSubmission {
    let file = |entry: &ClassEntry| Some((entry.upload()?.to_owned(), entry.path.clone()));
    FoundSubmission {
        files: entries.iter().filter_map(file).collect(),
        ..found(&entries[0], SubmissionKind::Files, late)
    }
}

/// Chooses one of several complete submissions if all have the same contents.
fn equal_entries(entries: &[ClassEntry], late: bool) -> ClassContents {
    let content = |entry: &ClassEntry| fingerprint::of_entry(&entry.path, entry.kind.clone().ok()?);
    let first = content(&entries[0]);
    if first.is_none() || entries[1..].iter().any(|entry| content(entry) != first) {
        let reason = duplicate_reason(entries);
        return ClassContents {
            unusable: entries.iter().map(|entry| unusable(entry, &reason)).collect(),
            ..ClassContents::default()
        };
    }
    // Prefer the original to a copy, then a name with an id to one without.
    let rank = |entry: &&ClassEntry| (entry.copy.is_some(), entry.parsed_name.id.is_none());
    let Some(chosen) = entries.iter().min_by_key(rank) else { return ClassContents::default() };
    let reason = format!("holds the same as `{}`, which is taken", chosen.name);
    let others = entries.iter().filter(|entry| entry.name != chosen.name);
    let others = others.map(|entry| unusable(entry, &reason));
    ClassContents { passed_over: others.collect(), ..single(chosen, late) }
}

fn duplicate_reason(entries: &[ClassEntry]) -> String {
    let names: Vec<&str> = entries.iter().map(|one| one.name.as_str()).collect();
    format!(
        "{} are submissions of the same student ({}). The grader does not choose: keep the one that \
         counts. If they are two students, rename one",
        FileList::new(&names),
        entries[0].parsed_name.student
    )
}
