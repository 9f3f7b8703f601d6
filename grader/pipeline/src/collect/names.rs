//! File names: checking, escaping and comparing them.

use grader_model::{IntakeRefusal, NameProblem};
use std::fmt::Write as _;
use unicode_normalization::UnicodeNormalization;

/// A name as text that is safe to show and unique to this name.
///
/// Plain UTF-8 is unchanged. Otherwise backslashes are doubled, bytes that are not UTF-8 become `\xE9`, and
/// characters that control a terminal or reverse the text become `\u{202e}`.
pub(super) fn escaped(name: &[u8]) -> String {
    let plain = |c: char| !(is_deceptive(c) || c == '\\');
    if let Ok(text) = std::str::from_utf8(name)
        && text.chars().all(plain)
    {
        return text.to_owned();
    }
    let mut out = String::new();
    for chunk in name.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\\' => out.push_str("\\\\"),
                c if is_deceptive(c) => out.extend(c.escape_unicode()),
                c => out.push(c),
            }
        }
        for byte in chunk.invalid() {
            let _ = write!(out, "\\x{byte:02X}");
        }
    }
    out
}

/// Control characters, line and paragraph separators, and those that reverse or hide text.
fn is_deceptive(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}' | '\u{061c}' | '\u{feff}')
}

/// The longest path in an archive, in bytes. A file system allows four times that, but a refusal must stay
/// readable.
const LONGEST_PATH: usize = 1024;
/// The longest name that a file system allows, in bytes.
const LONGEST_NAME: usize = 255;

/// Splits a path from an archive into checked components.
///
/// `./` and doubled slashes are removed. A component that is not UTF-8 is escaped; the escaped form contains
/// a backslash, which no other name does.
pub(super) fn checked_path(raw: &[u8]) -> Result<Vec<String>, IntakeRefusal> {
    if raw.len() > LONGEST_PATH {
        return Err(too_long(raw, LONGEST_PATH));
    }
    if is_absolute(raw) {
        return Err(bad_name(raw, NameProblem::Absolute));
    }
    raw.split(|&byte| byte == b'/')
        .filter(|part| !part.is_empty() && *part != b".")
        .map(|part| checked_component(part, raw))
        .collect()
}

fn is_absolute(raw: &[u8]) -> bool {
    let drive = matches!(raw, [letter, b':', ..] if letter.is_ascii_alphabetic());
    raw.first() == Some(&b'/') || raw.starts_with(b"\\\\") || drive
}

/// Whether a path from an archive leads out of the archive on some system.
pub(super) fn escapes_archive(raw: &[u8]) -> bool {
    is_absolute(raw) || raw.split(|byte| b"/\\".contains(byte)).any(|part| part == b"..")
}

/// Checks one component of a path; a refusal shows the path `whole`.
pub(super) fn checked_component(part: &[u8], whole: &[u8]) -> Result<String, IntakeRefusal> {
    if part.len() > LONGEST_NAME {
        return Err(too_long(part, LONGEST_NAME));
    }
    if part.split(|&byte| byte == b'\\').any(|piece| piece == b"..") {
        return Err(bad_name(whole, NameProblem::LeadsOut));
    }
    let text = String::from_utf8_lossy(part);
    if text.chars().any(is_deceptive) {
        return Err(bad_name(whole, NameProblem::Invisible));
    }
    if part.contains(&b'\\') {
        return Err(bad_name(whole, NameProblem::Backslash));
    }
    Ok(escaped(part))
}

/// Refuses a name that no file system allows: sources are written to disk before they are compiled.
fn too_long(name: &[u8], limit: usize) -> IntakeRefusal {
    let begin = escaped(&name[..name.len().min(60)]);
    IntakeRefusal::NameTooLong { begin, bytes: name.len(), limit }
}

fn bad_name(name: &[u8], problem: NameProblem) -> IntakeRefusal {
    IntakeRefusal::BadName { name: escaped(name), problem }
}

/// A key that is equal for names that differ only in case or in how accents are composed, as on the file
/// systems of Windows and macOS. Also used to look up a student by a typed name.
pub fn folded(name: &str) -> String {
    let cased = |c: char| c.to_uppercase().flat_map(char::to_lowercase).collect::<Vec<_>>();
    name.nfd().flat_map(cased).nfd().collect()
}

/// Whether a folder or an archive is named after the module.
pub(super) fn is_module_name(name: &str, module: &str) -> bool {
    module_key(name) == module_key(module)
}

/// Whether a name contains the module's name as a word: `searching`, `searching (1)`, `searching_v2`,
/// `old searching`. Beside a folder named after the module, it may be another version.
pub(super) fn contains_module_name(name: &str, module: &str) -> bool {
    let name = module_key(name);
    let module = module_key(module);
    name.match_indices(&module).any(|(at, _)| {
        let before = name[..at].chars().next_back();
        let after = name[at + module.len()..].chars().next();
        [before, after].into_iter().flatten().all(|c| !c.is_alphabetic())
    })
}

fn module_key(name: &str) -> String {
    folded(name).replace(['_', ' '], "-")
}

/// The format of an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ArchiveFormat {
    Zip,
    TarGz,
    Tar,
    /// A format that is not supported.
    Other,
}

/// Splits an archive's name into stem and format; `None` if it is not an archive.
pub(super) fn split_archive(name: &str) -> Option<(&str, ArchiveFormat)> {
    const ENDINGS: [(&str, ArchiveFormat); 12] = [
        (".tar.gz", ArchiveFormat::TarGz),
        (".tgz", ArchiveFormat::TarGz),
        (".zip", ArchiveFormat::Zip),
        (".tar.xz", ArchiveFormat::Other),
        (".tar.bz2", ArchiveFormat::Other),
        (".tar.zst", ArchiveFormat::Other),
        (".tbz2", ArchiveFormat::Other),
        (".txz", ArchiveFormat::Other),
        (".tzst", ArchiveFormat::Other),
        (".tar", ArchiveFormat::Tar),
        (".rar", ArchiveFormat::Other),
        (".7z", ArchiveFormat::Other),
    ];
    ENDINGS.iter().find_map(|&(ending, format)| {
        let cut = name.len().checked_sub(ending.len())?;
        let stem = name.get(..cut).filter(|stem| !stem.is_empty())?;
        name.get(cut..)?.eq_ignore_ascii_case(ending).then_some((stem, format))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_spellings_of_one_name_have_equal_keys() {
        assert_eq!(folded("Jos\u{e9}"), folded("JOSE\u{301}"), "macOS hands accents out apart");
        assert_eq!(folded("\u{d55c}"), folded("\u{1112}\u{1161}\u{11ab}"));
        assert_ne!(folded("\u{e9}"), folded("\u{e8}"));
    }
}
