//! A short list of file names for a sentence.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The names that a sentence shows.
const SHOWN: usize = 4;

/// The first names of a list, and the number of the others. A record of a submission with thousands of files stays
/// small.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileList {
    /// The first names. Untrusted text.
    pub shown: Vec<String>,
    /// Number of names that are not shown.
    pub more: usize,
}

impl FileList {
    /// Keeps the first four names.
    pub fn new<S: AsRef<str>>(names: &[S]) -> Self {
        let shown = names.iter().take(SHOWN).map(|name| name.as_ref().to_owned()).collect();
        Self { shown, more: names.len().saturating_sub(SHOWN) }
    }

    /// Number of all names.
    pub const fn len(&self) -> usize {
        self.shown.len() + self.more
    }

    /// Whether there is no name.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// `a`, `b` and 3 more.
impl fmt::Display for FileList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quoted: Vec<String> = self.shown.iter().map(|name| format!("`{name}`")).collect();
        match (quoted.split_last(), self.more) {
            (None, _) => Ok(()),
            (Some(_), more @ 1..) => write!(f, "{} and {more} more", quoted.join(", ")),
            (Some((only, [])), 0) => f.write_str(only),
            (Some((last, front)), 0) => write!(f, "{} and {last}", front.join(", ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_is_counted() {
        for (names, text) in [
            (&["a"][..], "`a`"),
            (&["a", "b"], "`a` and `b`"),
            (&["a", "b", "c", "d"], "`a`, `b`, `c` and `d`"),
            (&["a", "b", "c", "d", "e", "f"], "`a`, `b`, `c`, `d` and 2 more"),
        ] {
            let list = FileList::new(names);
            assert_eq!((list.to_string().as_str(), list.len()), (text, names.len()));
        }
    }
}
