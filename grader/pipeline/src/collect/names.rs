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
/// `./` and doubled slashes vanish; a component that is not UTF-8 is kept in escaped form, which
/// [`is_escaped`] recognises.
pub(super) fn path(raw: &[u8]) -> Result<Vec<String>, Refusal> {
    if raw.len() > LONGEST_PATH {
        return Err(too_long(raw, LONGEST_PATH));
    }
    let drive = matches!(raw, [letter, b':', ..] if letter.is_ascii_alphabetic());
    if raw.first() == Some(&b'/') || raw.starts_with(b"\\\\") || drive {
        return Err(refused(raw, "is an absolute path"));
    }
    raw.split(|&byte| byte == b'/')
        .filter(|part| !part.is_empty() && *part != b".")
        .map(|part| component(part, raw))
        .collect()
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
        let Refusal { reason, .. } = refused(
            whole,
            "holds a backslash. If a packing program wrote it, pack again with another one",
        );
        return Err(Refusal::mishap(reason));
    }
    Ok(shown(part))
}

/// A name that no file system takes: sources are written to one before they are compiled.
fn too_long(name: &[u8], cap: usize) -> Refusal {
    let begin = shown(&name[..name.len().min(60)]);
    Refusal::mishap(format!(
        "The name that begins with `{begin}` has {} bytes, more than {cap}. Give it a shorter one.",
        name.len()
    ))
}

fn refused(name: &[u8], why: &str) -> Refusal {
    Refusal::attack(format!(
        "The name `{}` {why}. Hand in plain files in a folder `src`.",
        shown(name)
    ))
}

/// Whether a checked component stands for a name that is not UTF-8: a checked name holds a
/// backslash only as an escape.
pub(super) fn is_escaped(name: &str) -> bool {
    name.contains('\\')
}

/// A key that is equal for names which differ only in case or in how accents are composed, as
/// file systems of Windows and macOS see them.
pub fn folded(name: &str) -> String {
    let cased = |c: char| c.to_uppercase().flat_map(char::to_lowercase).collect::<Vec<_>>();
    name.nfd().flat_map(cased).nfd().collect()
}

/// Whether a folder or an archive is named after the module.
pub(super) fn names_module(name: &str, module: &str) -> bool {
    let key = |name: &str| folded(name).replace(['_', ' '], "-");
    key(name) == key(module)
}

/// What a file name says about the archive it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    Zip,
    TarGz,
    /// An archive of a format that is not read here.
    Other,
}

/// Splits an archive's name into stem and format; `None` when it is no archive.
pub(super) fn archive(name: &str) -> Option<(&str, Packing)> {
    const ENDINGS: [(&str, Packing); 9] = [
        (".tar.gz", Packing::TarGz),
        (".tgz", Packing::TarGz),
        (".zip", Packing::Zip),
        (".tar.xz", Packing::Other),
        (".tar.bz2", Packing::Other),
        (".tar.zst", Packing::Other),
        (".tar", Packing::Other),
        (".rar", Packing::Other),
        (".7z", Packing::Other),
    ];
    ENDINGS.iter().find_map(|&(ending, packing)| {
        let cut = name.len().checked_sub(ending.len())?;
        let stem = name.get(..cut).filter(|stem| !stem.is_empty())?;
        name.get(cut..)?.eq_ignore_ascii_case(ending).then_some((stem, packing))
    })
}

/// The student behind the name of a folder or the stem of an archive.
///
/// Moodle's bulk download writes `Full Name_12345_assignsubmission_file_`, with the uploaded
/// file's own name behind it when the download was not asked for folders.
pub(super) fn student(name: &str) -> &str {
    moodle(name).map_or(name.trim(), |(full_name, _)| full_name.trim())
}

/// Splits a name of Moodle's into the student's name and the kind of submission.
pub(super) fn moodle(name: &str) -> Option<(&str, &str)> {
    let (front, kind) = name.split_once("_assignsubmission_")?;
    let (full_name, id) = front.rsplit_once('_')?;
    let numeric = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
    (numeric && !full_name.trim().is_empty()).then_some((full_name, kind))
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
