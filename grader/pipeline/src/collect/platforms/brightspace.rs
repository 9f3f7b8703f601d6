//! Brightspace: the folder `12345-678901 - Ada Lovelace - Nov 1, 2026 1159 AM`, or a file with ` - hw.zip`
//! after the date. The first number is the user's id.

use super::{EntryName, is_number, part};

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

pub(super) fn read(entry: &str) -> Option<EntryName> {
    let (numbers, rest) = entry.split_once(" - ")?;
    let (user, folder) = numbers.split_once('-')?;
    if !is_number(user) || !is_number(folder) {
        return None;
    }
    // A name may contain a dash: `Ada - Byron - Nov 1, 2026 1159 AM`.
    rest.match_indices("- ").find_map(|(at, dash)| {
        let name = rest[..at].trim();
        let (date, file) = split_date(&rest[at + dash.len()..]);
        let dated = !name.is_empty() && year(date).is_some();
        dated.then(|| EntryName {
            student: name.to_owned(),
            id: Some(user.to_owned()),
            time: time(date),
            part: part(file),
            ..EntryName::default()
        })
    })
}

/// Splits a date from the file's name after it.
fn split_date(text: &str) -> (&str, &str) {
    text.split_once(" - ").unwrap_or((text, ""))
}

fn words(date: &str) -> impl Iterator<Item = &str> {
    date.split([' ', ',']).filter(|word| !word.is_empty())
}

/// The year, which is the third word, after day and month.
fn year(date: &str) -> Option<&str> {
    words(date).nth(2).filter(|word| word.len() == 4 && word.starts_with("20") && is_number(word))
}

/// The date in sortable form, to the minute; `None` for a month that is not in English.
fn time(date: &str) -> Option<String> {
    let mut words = words(date);
    let first = words.next()?;
    let second = words.next()?;
    let year = words.next()?;
    let (month, day) = if is_number(first) { (second, first) } else { (first, second) };
    let short = month.get(..3)?.to_ascii_lowercase();
    let month = MONTHS.iter().position(|known| *known == short)?;
    let clock: u32 = words.next()?.replace(':', "").parse().ok()?;
    let hours = match words.next().map(str::to_ascii_lowercase).as_deref() {
        None => clock / 100,
        Some("am") => clock / 100 % 12,
        Some("pm") => clock / 100 % 12 + 12,
        Some(_) => return None,
    };
    Some(format!("{year}-{month:02}-{:0>2} {hours:02}:{:02}", day, clock % 100))
}
