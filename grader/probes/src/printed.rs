//! Tokens as one line of readable Rust.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use quote::ToTokens;

/// The usual spelling on one line: `pub fn get(&self, layer: usize) -> Result<KvView<'_>>`.
pub(crate) fn printed(tokens: &impl ToTokens) -> String {
    let mut text = String::new();
    print(tokens.to_token_stream(), &mut text);
    text.trim_end().to_owned()
}

fn print(tokens: TokenStream, text: &mut String) {
    let mut joined = false;
    for token in tokens {
        let follows_word = text.ends_with(is_word) && !joined;
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Bracket if follows_word => (" [", "]"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Brace if text.ends_with(' ') => ("{ ", " }"),
                    Delimiter::Brace => (" { ", " }"),
                    Delimiter::None => ("", ""),
                };
                text.push_str(open);
                print(group.stream(), text);
                without_last_comma(text);
                text.push_str(close);
                joined = false;
            }
            TokenTree::Punct(punct) => {
                let joins = punct.spacing() == Spacing::Joint;
                print_punct(punct.as_char(), joined, joins, text);
                joined = joins;
            }
            TokenTree::Ident(word) => {
                print_word(&word.to_string(), joined, text);
                joined = false;
            }
            TokenTree::Literal(word) => {
                print_word(&word.to_string(), joined, text);
                joined = false;
            }
        }
    }
}

fn print_word(word: &str, joined: bool, text: &mut String) {
    // `for<'a> fn`, `(usize) mut`: what ends in a bracket is parted from a word as well.
    let parts = |last: char| is_word(last) || [')', ']', '>'].contains(&last);
    if !joined && text.ends_with(parts) {
        text.push(' ');
    }
    text.push_str(word);
}

fn print_punct(punct: char, joined: bool, joins: bool, text: &mut String) {
    let is_arrow = punct == '>' && joined && text.ends_with(['-', '=']);
    match punct {
        ':' if joins || joined => text.push(':'),
        ',' | ';' | ':' => text.extend([punct, ' ']),
        '-' | '=' if joins => text.extend([' ', punct]),
        '=' | '+' | '|' => text.extend([' ', punct, ' ']),
        '>' if is_arrow => text.push_str("> "),
        '&' | '\'' | '#' if text.ends_with(is_word) => text.extend([' ', punct]),
        _ => text.push(punct),
    }
}

fn without_last_comma(text: &mut String) {
    if text.ends_with(", ") {
        let one_of_tuple =
            text.rfind('(').is_some_and(|at| !text[at..text.len() - 2].contains(','));
        text.truncate(text.len() - if one_of_tuple { 1 } else { 2 });
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_spelled_as_people_write_it() {
        for text in [
            "pub fn get(&self, layer: usize) -> Result<KvView<'_>>",
            "pub fn span<R>(&mut self, name: &str, f: impl FnOnce(&mut Self) -> R) -> R",
            "pub fn strided(data: &'a [f32], (rows, columns): (usize, usize)) -> Result<Self>",
            "for<'a, 'b> fn(&'a mut [f32], [&'b dyn Layer; 2]) -> ::std::ops::Range<usize>",
            "pub struct Window { pub stride: (usize, usize), pub padding: (usize, usize) }",
            "pub enum Sampling { Greedy, Random { temperature: f32, top_k: Option<usize> } }",
            "pub const RUNS: usize = 100;",
            "fn f<T: Clock + ?Sized>(t: &T)",
        ] {
            let tokens: TokenStream = text.parse().unwrap();
            assert_eq!(printed(&tokens), text);
        }
    }

    #[test]
    fn a_comma_before_the_end_is_left_out() {
        let tokens: TokenStream =
            "pub fn new(\n    a: usize,\n    b: usize,\n) -> Self".parse().unwrap();
        assert_eq!(printed(&tokens), "pub fn new(a: usize, b: usize) -> Self");
    }
}
