//! Canvas: `lovelaceada_12345_678901_hw.zip`: the student in lower case, the user's id, the file's id and the
//! file's name. `_LATE` follows the student; `-1` or `-2` before the extension marks a resubmission.

use super::{EntryName, EntryPart, is_number, part, split_ending};

pub(super) fn read(entry: &str) -> Option<EntryName> {
    let (student, rest) = entry.split_once('_')?;
    let written = |c: char| c == '-' || (c.is_alphanumeric() && !c.is_uppercase());
    if student.is_empty() || !student.chars().all(written) {
        return None;
    }
    let (late, rest) = match rest.strip_prefix("LATE_") {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    let (id, rest) = rest.split_once('_')?;
    if !(is_number(id) || student == "anon" && is_anonymous(id)) {
        return None;
    }
    let name = EntryName {
        student: student.to_owned(),
        id: Some(id.to_owned()),
        late,
        ..EntryName::default()
    };
    if matches!(rest, "text.html" | "link.html" | "url.html") {
        return Some(EntryName { part: EntryPart::Text, ..name });
    }
    let (upload, file) = rest.split_once('_')?;
    let plausible = is_upload(upload) && !is_date(id, upload) && !file.is_empty();
    plausible.then(|| EntryName { version: Some(version(file)), part: part(file), ..name })
}

/// Whether this is the id of an anonymous student: five letters and digits.
fn is_anonymous(id: &str) -> bool {
    id.len() == 5 && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Whether this is the id of an upload. Ids are counted over the whole installation, so they are long.
fn is_upload(id: &str) -> bool {
    is_number(id) && id.len() >= 4
}

/// Whether the numbers are a date and not ids: `2026_1101`, `11_2026`.
fn is_date(first: &str, second: &str) -> bool {
    let year = |text: &str| text.len() == 4 && (text.starts_with("19") || text.starts_with("20"));
    year(first) && second.len() == 4 || first.len() <= 2 && year(second)
}

/// The file's name without the resubmission number, and that number.
fn version(file: &str) -> (String, u32) {
    let (stem, ending) = split_ending(file);
    let numbered = stem
        .rsplit_once('-')
        .filter(|(base, number)| !base.is_empty() && number.len() <= 3 && is_number(number))
        .and_then(|(base, number)| Some((base, number.parse().ok()?)));
    match numbered {
        Some((base, number)) => (format!("{base}{ending}"), number),
        None => (file.to_owned(), 0),
    }
}
