//! All entries of one student: which of them is the submission.

use super::discover::{Discovery, Found, Kind, Unusable};
use super::entry::Entry;
use super::platforms::Part;
use super::{names, root, same};
use std::collections::{BTreeMap, BTreeSet};

/// What comes of the entries of one student.
///
/// The newest counts where the platform's names say which it is. Otherwise entries of the same content
/// are as good as one, files of one upload are one submission, and anything else is not guessed about.
pub(super) fn resolve(entries: Vec<Entry>) -> Discovery {
    let mut out = Discovery::default();
    let (text, handed_in): (Vec<_>, Vec<_>) =
        entries.into_iter().partition(|entry| entry.who.part == Part::Text);
    let listed = if handed_in.is_empty() { &mut out.unusable } else { &mut out.passed_over };
    let why = "is text typed into the platform, not a file";
    listed.extend(text.iter().map(|entry| unusable(entry, why)));
    let (current, earlier) = newest(handed_in);
    out.passed_over.extend(earlier);
    out.append(submission(&current));
    out
}

/// The entries of the newest hand-in, and those that an entry among them takes the place of.
fn newest(entries: Vec<Entry>) -> (Vec<Entry>, Vec<Unusable>) {
    let latest = entries.iter().filter_map(|entry| entry.who.time.clone()).max();
    let all_timed = entries.iter().all(|entry| entry.who.time.is_some());
    let (current, mut earlier): (Vec<_>, Vec<_>) =
        entries.into_iter().partition(|entry| !all_timed || entry.who.time == latest);
    let mut last: BTreeMap<String, u32> = BTreeMap::new();
    for (base, number) in current.iter().filter_map(|entry| entry.who.version.as_ref()) {
        let known = last.entry(upload_key(base)).or_default();
        *known = (*known).max(*number);
    }
    let is_last = |entry: &Entry| {
        let version = entry.who.version.as_ref();
        version.is_none_or(|(base, number)| last.get(&upload_key(base)) == Some(number))
    };
    let (current, replaced): (Vec<_>, Vec<_>) = current.into_iter().partition(is_last);
    earlier.extend(replaced);
    let names: Vec<&str> = current.iter().map(|entry| entry.name.as_str()).collect();
    let reason = format!("is an earlier hand-in, which {} replaces", root::listed(&names));
    let passed = earlier.iter().map(|entry| unusable(entry, &reason)).collect();
    (current, passed)
}

/// An archive and the folder that it was unpacked to are one upload.
fn upload_key(base: &str) -> String {
    names::folded(names::archive(base).map_or(base, |(stem, _)| stem))
}

/// The submission that the entries are, together or each by itself.
fn submission(entries: &[Entry]) -> Discovery {
    let uploads: BTreeSet<_> =
        entries.iter().filter_map(Entry::upload).map(names::folded).collect();
    let one_upload = uploads.len() == entries.len();
    let late = entries.iter().any(|entry| entry.who.late);
    match (entries, one_upload) {
        ([], _) => Discovery::default(),
        ([one], _) if !(one_upload && matches!(one.kind, Ok(Kind::Files))) => single(one, late),
        (all, true) => Discovery { found: vec![uploaded(all, late)], ..Discovery::default() },
        (all, false) => one_of(all, late),
    }
}

fn single(entry: &Entry, late: bool) -> Discovery {
    match &entry.kind {
        Ok(kind) => {
            let found = found(entry, *kind, late);
            Discovery { found: vec![found], ..Discovery::default() }
        }
        Err(reason) => {
            Discovery { unusable: vec![unusable(entry, reason)], ..Discovery::default() }
        }
    }
}

fn unusable(entry: &Entry, reason: &str) -> Unusable {
    Unusable { student: entry.who.key(), name: entry.name.clone(), reason: reason.into() }
}

fn found(entry: &Entry, kind: Kind, late: bool) -> Found {
    Found {
        id: entry.who.id.clone(),
        late,
        partners: entry.partners.clone(),
        ..Found::new(entry.who.key(), entry.path.clone(), kind)
    }
}

/// Files of one upload, as the folder that they are.
fn uploaded(entries: &[Entry], late: bool) -> Found {
    let file = |entry: &Entry| Some((entry.upload()?.to_owned(), entry.path.clone()));
    Found {
        files: entries.iter().filter_map(file).collect(),
        ..found(&entries[0], Kind::Files, late)
    }
}

/// The one of several whole submissions that is graded, if all hold the same.
fn one_of(entries: &[Entry], late: bool) -> Discovery {
    let content = |entry: &Entry| same::fingerprint(&entry.path, entry.kind.clone().ok()?);
    let first = content(&entries[0]);
    if first.is_none() || entries[1..].iter().any(|entry| content(entry) != first) {
        let reason = twice(entries);
        return Discovery {
            unusable: entries.iter().map(|entry| unusable(entry, &reason)).collect(),
            ..Discovery::default()
        };
    }
    // The original rather than its copy, and a name with an id rather than one without.
    let rank = |entry: &&Entry| (entry.copy.is_some(), entry.who.id.is_none());
    let Some(chosen) = entries.iter().min_by_key(rank) else { return Discovery::default() };
    let reason = format!("holds the same as `{}`, which is taken", chosen.name);
    let others = entries.iter().filter(|entry| entry.name != chosen.name);
    let others = others.map(|entry| unusable(entry, &reason));
    Discovery { passed_over: others.collect(), ..single(chosen, late) }
}

fn twice(entries: &[Entry]) -> String {
    let names: Vec<&str> = entries.iter().map(|one| one.name.as_str()).collect();
    format!(
        "{} are submissions of the same student ({}). The grader does not choose: keep the one that \
         counts. If they are two students, rename one",
        root::listed(&names),
        entries[0].who.student
    )
}
