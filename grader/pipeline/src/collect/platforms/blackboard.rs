//! Blackboard: `Lab 1_ada01_attempt_2026-11-01-12-00-00_hw.zip`, with the note
//! `Lab 1_ada01_attempt_2026-11-01-12-00-00.txt`.

use super::{EntryName, EntryPart, part};
use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

const MARK: &str = "_attempt_";

pub(super) fn read(entry: &str) -> Option<EntryName> {
    let (front, time, behind) = split(entry)?;
    // Both the user name and the assignment's name may contain underscores. Without the note, only the whole
    // front distinguishes two students.
    let (_, user) = front.rsplit_once('_')?;
    let part = match behind.strip_prefix('_') {
        Some(file) => part(file),
        None if behind == ".txt" => EntryPart::Text,
        None => EntryPart::Whole,
    };
    (!user.is_empty()).then(|| EntryName {
        student: front.to_owned(),
        time: Some(time.to_owned()),
        part,
        ..EntryName::default()
    })
}

/// Splits an entry into assignment and user, the time, and the rest.
fn split(entry: &str) -> Option<(&str, &str, &str)> {
    let (front, rest) = entry.rsplit_once(MARK)?;
    let (time, behind) = rest.split_at_checked("2026-11-01-12-00-00".len())?;
    let shaped = time.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 | 10 | 13 | 16 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    shaped.then_some((front, time, behind))
}

/// The user names stated in the notes, by [`front`]. Only a note shows where a user name with an underscore
/// begins.
pub(in super::super) fn user_names(class: &Path, entries: &[String]) -> HashMap<String, String> {
    let named = |entry: &String| {
        let (front, _, behind) = split(entry)?;
        let user = (behind == ".txt").then(|| user_in_note(&class.join(entry)))??;
        front.ends_with(&format!("_{user}")).then(|| (front.to_owned(), user))
    };
    entries.iter().filter_map(named).collect()
}

/// The part of an entry's name with assignment and user.
pub(in super::super) fn front(entry: &str) -> Option<&str> {
    split(entry).map(|(front, _, _)| front)
}

/// The user in the note's first line: `Name: Ada Lovelace (ada_01)`.
fn user_in_note(path: &Path) -> Option<String> {
    let regular = path.symlink_metadata().ok()?.is_file();
    let mut begin = Vec::new();
    regular.then(|| File::open(path).ok())??.take(1024).read_to_end(&mut begin).ok()?;
    let text = String::from_utf8_lossy(&begin);
    let (_, behind) = text.lines().next()?.trim_end().rsplit_once('(')?;
    behind.strip_suffix(')').map(str::to_owned)
}
