//! The names that some sources use.

use crate::Unreadable;
use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use std::collections::BTreeSet;
use std::str::FromStr;

/// The names that occur in sources, those in macro calls included. A name may mean something else there than the
/// item of that name, so the items that are used are among those that have a used name.
#[derive(Clone, Debug, Default)]
pub struct UsedNames {
    /// All identifiers.
    words: BTreeSet<String>,
    /// Those that follow a `.` or `::`.
    members: BTreeSet<String>,
}

impl UsedNames {
    /// The names in `sources`, each a file's name and its text.
    ///
    /// # Errors
    /// When a text is no Rust.
    pub fn of<'a>(
        sources: impl IntoIterator<Item = (&'a str, &'a [u8])>,
    ) -> Result<Self, Unreadable> {
        let mut names = Self::default();
        for (file, text) in sources {
            let tokens = TokenStream::from_str(&String::from_utf8_lossy(text));
            let unreadable = |error| Unreadable::Syntax { file: file.into(), error };
            names.collect(tokens.map_err(|error| unreadable(error.into()))?, false);
        }
        Ok(names)
    }

    fn collect(&mut self, tokens: TokenStream, in_path: bool) {
        let mut is_member = false;
        let mut after_colon = false;
        for token in tokens {
            let second_colon = after_colon;
            after_colon = false;
            match token {
                TokenTree::Ident(word) => {
                    let word = word.to_string();
                    if is_member || in_path {
                        self.members.insert(word.clone());
                    }
                    self.words.insert(word);
                    is_member = false;
                }
                TokenTree::Punct(punct) => {
                    let is_colon = punct.as_char() == ':';
                    is_member = punct.as_char() == '.' || is_colon && second_colon;
                    after_colon = is_colon && punct.spacing() == Spacing::Joint;
                }
                TokenTree::Group(group) => {
                    // `use hashing::{Table, insert};`
                    let continues = is_member && group.delimiter() == Delimiter::Brace;
                    self.collect(group.stream(), continues);
                    is_member = false;
                }
                TokenTree::Literal(_) => is_member = false,
            }
        }
    }

    pub(crate) fn has(&self, word: &str) -> bool {
        self.words.contains(word)
    }

    pub(crate) fn has_member(&self, word: &str) -> bool {
        self.members.contains(word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_follows_a_dot_or_a_path() {
        let text = b"use a::{b, c}; fn d(e: F) { e.g(h::<I>::J { k: 1 }); m!(l.n, \"o.p\") }";
        let names = UsedNames::of([("x.rs", &text[..])]).unwrap();
        for member in ["b", "c", "g", "J", "n"] {
            assert!(names.has_member(member), "{member}");
        }
        for word in ["a", "d", "e", "h", "k", "l", "m"] {
            assert!(names.has(word) && !names.has_member(word), "{word}");
        }
        assert!(!names.has("o") && !names.has("p"));
    }
}
