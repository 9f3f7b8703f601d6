//! File names: which are safe, how they are shown, when two are the same.

use super::Refusal;
use std::fmt::Write as _;
use unicode_normalization::UnicodeNormalization;

/// A name as text that can be shown and that no other name shares.
///
/// UTF-8 without surprises stays as it is. Otherwise backslashes are doubled, bytes that are not
/// UTF-8 become `\xE9`, and characters that steer a terminal or reverse the text `\u{202e}`.
pub(super) fn shown(name: &[u8]) -> String {
    let plain = |c: char| !(steers(c) || c == '\\');
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
                c if steers(c) => out.extend(c.escape_unicode()),
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
fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}' | '\u{061c}' | '\u{feff}')
}

/// The longest path in an archive, in bytes: a file system takes four times that, and a refusal must
/// stay readable.
const LONGEST_PATH: usize = 1024;
/// The longest name that a file system takes, in bytes.
const LONGEST_NAME: usize = 255;

/// A path as an archive writes it, split into checked components.
///
/// `./` and doubled slashes vanish; a component that is not UTF-8 is kept in escaped form, in which a
/// backslash occurs that no other name holds.
pub(super) fn path(raw: &[u8]) -> Result<Vec<String>, Refusal> {
    if raw.len() > LONGEST_PATH {
        return Err(too_long(raw, LONGEST_PATH));
    }
    if is_absolute(raw) {
        return Err(refused(raw, "is an absolute path"));
    }
    raw.split(|&byte| byte == b'/')
        .filter(|part| !part.is_empty() && *part != b".")
        .map(|part| component(part, raw))
        .collect()
}

fn is_absolute(raw: &[u8]) -> bool {
    let drive = matches!(raw, [letter, b':', ..] if letter.is_ascii_alphabetic());
    raw.first() == Some(&b'/') || raw.starts_with(b"\\\\") || drive
}

/// Whether a path, as an archive writes it, leads out of the archive on some system.
pub(super) fn leads_out(raw: &[u8]) -> bool {
    is_absolute(raw) || raw.split(|byte| b"/\\".contains(byte)).any(|part| part == b"..")
}

/// One component of a path; `whole` is named when it is refused.
pub(super) fn component(part: &[u8], whole: &[u8]) -> Result<String, Refusal> {
    if part.len() > LONGEST_NAME {
        return Err(too_long(part, LONGEST_NAME));
    }
    if part.split(|&byte| byte == b'\\').any(|piece| piece == b"..") {
        return Err(refused(whole, "leads out of the submission through `..`"));
    }
    let text = String::from_utf8_lossy(part);
    if text.chars().any(steers) {
        return Err(refused(whole, "holds a character that cannot be seen, such as a line break"));
    }
    if part.contains(&b'\\') {
        let why = "holds a backslash. If a packing program wrote it, pack again with another one";
        return Err(refused(whole, why));
    }
    Ok(shown(part))
}

/// A name that no file system takes: sources are written to one before they are compiled.
fn too_long(name: &[u8], cap: usize) -> Refusal {
    let begin = shown(&name[..name.len().min(60)]);
    Refusal::new(format!(
        "The name that begins with `{begin}` has {} bytes, more than {cap}. Give it a shorter one.",
        name.len()
    ))
}

fn refused(name: &[u8], why: &str) -> Refusal {
    Refusal::new(format!(
        "The name `{}` {why}. Hand in plain files in a folder `src`.",
        shown(name)
    ))
}

/// A key that is equal for names which differ only in case or in how accents are composed, as
/// file systems of Windows and macOS see them. To look a student up by a name as it was typed.
pub fn folded(name: &str) -> String {
    let cased = |c: char| c.to_uppercase().flat_map(char::to_lowercase).collect::<Vec<_>>();
    name.nfd().flat_map(cased).nfd().collect()
}

/// Whether a folder or an archive is named after the module.
pub(super) fn names_module(name: &str, module: &str) -> bool {
    module_key(name) == module_key(module)
}

/// Whether a name holds the module's as a word: `profiling`, `profiling (1)`, `profiling_v2`, `old profiling`.
/// Beside a folder that is named after the module such a one may be another version of it.
pub(super) fn resembles_module(name: &str, module: &str) -> bool {
    let (name, module) = (module_key(name), module_key(module));
    name.match_indices(&module).any(|(at, _)| {
        let before = name[..at].chars().next_back();
        let after = name[at + module.len()..].chars().next();
        [before, after].into_iter().flatten().all(|c| !c.is_alphabetic())
    })
}

fn module_key(name: &str) -> String {
    folded(name).replace(['_', ' '], "-")
}

/// What a file name says about the archive it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    Zip,
    TarGz,
    Tar,
    /// An archive of a format that is not read here.
    Other,
}

/// Splits an archive's name into stem and format; `None` when it is no archive.
pub(super) fn archive(name: &str) -> Option<(&str, Packing)> {
    const ENDINGS: [(&str, Packing); 12] = [
        (".tar.gz", Packing::TarGz),
        (".tgz", Packing::TarGz),
        (".zip", Packing::Zip),
        (".tar.xz", Packing::Other),
        (".tar.bz2", Packing::Other),
        (".tar.zst", Packing::Other),
        (".tbz2", Packing::Other),
        (".txz", Packing::Other),
        (".tzst", Packing::Other),
        (".tar", Packing::Tar),
        (".rar", Packing::Other),
        (".7z", Packing::Other),
    ];
    ENDINGS.iter().find_map(|&(ending, packing)| {
        let cut = name.len().checked_sub(ending.len())?;
        let stem = name.get(..cut).filter(|stem| !stem.is_empty())?;
        name.get(cut..)?.eq_ignore_ascii_case(ending).then_some((stem, packing))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_spellings_of_one_name_fold_alike() {
        assert_eq!(folded("Jos\u{e9}"), folded("JOSE\u{301}"), "macOS hands accents out apart");
        assert_eq!(folded("\u{d55c}"), folded("\u{1112}\u{1161}\u{11ab}"));
        assert_ne!(folded("\u{e9}"), folded("\u{e8}"));
    }
}
