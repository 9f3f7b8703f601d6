//! Brightspace: `12345-678901 - Ada Lovelace - Nov 1, 2026 1159 AM`, a folder, or with ` - hw.zip` behind
//! it. The first number is the user's.

use super::{EntryName, is_number, part};

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

pub(super) fn read(entry: &str) -> Option<EntryName> {
    let (numbers, rest) = entry.split_once(" - ")?;
    let (user, folder) = numbers.split_once('-')?;
    let (name, rest) = rest.split_once("- ")?;
    let (date, file) = rest.split_once(" - ").unwrap_or((rest, ""));
    let name = name.trim();
    if !is_number(user) || !is_number(folder) || name.is_empty() || year(date).is_none() {
        return None;
    }
    Some(EntryName {
        student: name.to_owned(),
        id: Some(user.to_owned()),
        time: time(date),
        part: part(file),
        ..EntryName::default()
    })
}

fn words(date: &str) -> impl Iterator<Item = &str> {
    date.split([' ', ',']).filter(|word| !word.is_empty())
}

/// The year comes behind day and month, and before the time.
fn year(date: &str) -> Option<&str> {
    words(date).nth(2).filter(|word| word.len() == 4 && word.starts_with("20") && is_number(word))
}

/// Year, month, day and minutes of a date in English; `None` for another language.
fn time(date: &str) -> Option<String> {
    let mut words = words(date);
    let (first, second, year) = (words.next()?, words.next()?, words.next()?);
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
