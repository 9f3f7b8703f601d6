//! Names of copies: `dora (1).zip` (browsers), `dora - Copy` (Windows), `dora copy` (macOS), `dora.zip.1`
//! (wget).

use super::is_small;

/// Words after a name that mark a copy.
const SUFFIXES: [&str; 7] =
    [" - copy", " - kopie", " - copie", " - copia", " - c\u{f3}pia", " copy", " kopie"];
/// Words before a name that mark a copy.
const PREFIXES: [&str; 3] = ["copy of ", "kopie von ", "copie de "];

/// The name of the original of a copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum CopyOrigin {
    /// The name states that it is a copy.
    Certain(String),
    /// `dora (1)` or `dora 2`: a copy if there is a `dora`, otherwise possibly a student's name.
    Possible(String),
}

/// The original of the stem `name`, if it may be a copy. `file`: it is an archive and not a folder.
pub(in super::super) fn origin(name: &str, file: bool) -> Option<CopyOrigin> {
    let (bare, numbered) = match without_number(name) {
        Some(bare) => (bare, true),
        None => (name, false),
    };
    if let Some(original) = without_words(bare) {
        return Some(CopyOrigin::Certain(original));
    }
    if numbered {
        return Some(CopyOrigin::Possible(bare.to_owned()));
    }
    // macOS names repeated downloads this way. A folder may be a second student's.
    let (bare, number) = name.rsplit_once(' ').filter(|_| file)?;
    if let Some(original) = without_words(bare).filter(|_| is_small(number)) {
        return Some(CopyOrigin::Certain(original));
    }
    (is_small(number) && !bare.trim().is_empty()).then(|| CopyOrigin::Possible(bare.to_owned()))
}

fn without_number(name: &str) -> Option<&str> {
    let (bare, number) = name.strip_suffix(')')?.rsplit_once('(')?;
    let bare = bare.trim_end();
    (is_small(number) && !bare.is_empty()).then_some(bare)
}

fn without_words(name: &str) -> Option<String> {
    let lower = name.to_lowercase();
    // If lower case has another length, its indices are wrong for `name`.
    if lower.len() != name.len() {
        return None;
    }
    let behind = SUFFIXES.iter().find_map(|words| Some(0..lower.strip_suffix(words)?.len()));
    let front = PREFIXES.iter().find(|words| lower.starts_with(**words));
    let front = front.map(|words| words.len()..name.len());
    let original = name.get(behind.or(front)?)?.trim();
    (!original.is_empty()).then(|| original.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_of_all_systems_are_recognised() {
        let certain = |name: &str| Some(CopyOrigin::Certain(name.to_owned()));
        let possible = |name: &str| Some(CopyOrigin::Possible(name.to_owned()));
        for (name, expected) in [
            ("dora - Copy", certain("dora")),
            ("dora - Copy (2)", certain("dora")),
            ("dora copy", certain("dora")),
            ("dora copy 2", certain("dora")),
            ("Kopie von dora", certain("dora")),
            ("dora - Kopie", certain("dora")),
            ("dora (1)", possible("dora")),
            ("dora(1)", possible("dora")),
            ("dora 2", possible("dora")),
            ("dora", None),
            ("maria (x)", None),
            ("ada_1", None),
            ("dora (2026)", None),
            (" (1)", None),
            (" copy", None),
        ] {
            assert_eq!(origin(name, true), expected, "{name}");
        }
        assert_eq!(origin("john 2", false), None, "a folder is a student");
    }
}
