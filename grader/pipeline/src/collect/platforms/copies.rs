//! Copies: `dora (1).zip` of a browser, `dora - Copy` of Windows, `dora copy` of macOS, `dora.zip.1` of wget.

use super::is_small;

/// Words behind a name that say it is a copy, and in front of one.
const BEHIND: [&str; 7] =
    [" - copy", " - kopie", " - copie", " - copia", " - c\u{f3}pia", " copy", " kopie"];
const FRONT: [&str; 3] = ["copy of ", "kopie von ", "copie de "];

/// The name that a copy was made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum Origin {
    /// The name says that it is a copy.
    Sure(String),
    /// `dora (1)` and `dora 2`, which may as well be a student: it is a copy if there is a `dora`.
    Possible(String),
}

/// What the stem `name` is a copy of. `file`: it is an archive, and no folder.
pub(in super::super) fn origin(name: &str, file: bool) -> Option<Origin> {
    let (bare, numbered) = match without_number(name) {
        Some(bare) => (bare, true),
        None => (name, false),
    };
    if let Some(original) = without_words(bare) {
        return Some(Origin::Sure(original));
    }
    if numbered {
        return Some(Origin::Possible(bare.to_owned()));
    }
    // Downloads of macOS; a folder is as well that of a second student.
    let (bare, number) = name.rsplit_once(' ').filter(|_| file)?;
    if let Some(original) = without_words(bare).filter(|_| is_small(number)) {
        return Some(Origin::Sure(original));
    }
    (is_small(number) && !bare.trim().is_empty()).then(|| Origin::Possible(bare.to_owned()))
}

fn without_number(name: &str) -> Option<&str> {
    let (bare, number) = name.strip_suffix(')')?.rsplit_once('(')?;
    let bare = bare.trim_end();
    (is_small(number) && !bare.is_empty()).then_some(bare)
}

fn without_words(name: &str) -> Option<String> {
    let lower = name.to_lowercase();
    // Lower case of another length would cut in the wrong place.
    if lower.len() != name.len() {
        return None;
    }
    let behind = BEHIND.iter().find_map(|words| Some(0..lower.strip_suffix(words)?.len()));
    let front = FRONT.iter().find(|words| lower.starts_with(**words));
    let front = front.map(|words| words.len()..name.len());
    let original = name.get(behind.or(front)?)?.trim();
    (!original.is_empty()).then(|| original.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_are_recognised_as_systems_write_them() {
        let sure = |name: &str| Some(Origin::Sure(name.to_owned()));
        let possible = |name: &str| Some(Origin::Possible(name.to_owned()));
        for (name, expected) in [
            ("dora - Copy", sure("dora")),
            ("dora - Copy (2)", sure("dora")),
            ("dora copy", sure("dora")),
            ("dora copy 2", sure("dora")),
            ("Kopie von dora", sure("dora")),
            ("dora - Kopie", sure("dora")),
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
