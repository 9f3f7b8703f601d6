//! Conditional compilation: removes the items that the grader's build never compiles.
//!
//! Tests and optional features of a student's package are never compiled here, so the scan reports nothing
//! in them.

use super::tokens::{SourceTokens, Token};
use ra_ap_rustc_lexer::TokenKind;

/// Nesting of `all`, `any` and `not` beyond this is not evaluated.
const MAX_NESTING: usize = 32;

/// Words that begin an item. A comma does not end an item.
const ITEM_WORDS: [&str; 17] = [
    "async",
    "const",
    "enum",
    "extern",
    "fn",
    "impl",
    "macro_rules",
    "mod",
    "pub",
    "static",
    "struct",
    "trait",
    "type",
    "union",
    "unsafe",
    "use",
    "let",
];

/// The tokens of `code` without the items and attributes whose condition is false.
pub(super) fn built_tokens<'a>(code: &SourceTokens<'a>) -> Vec<Token<'a>> {
    let mut kept = Vec::with_capacity(code.len());
    // The ends of the open blocks: a false inner condition excludes the rest of its block.
    let mut blocks = vec![code.len()];
    let mut index = 0;
    while index < code.len() {
        while blocks.len() > 1 && blocks.last().is_some_and(|&end| end < index) {
            blocks.pop();
        }
        match attribute(code, index) {
            Some(found) if found.excludes_item(code) => {
                index = match found.kind {
                    AttributeKind::Inner => blocks.last().copied().unwrap_or(code.len()),
                    AttributeKind::Outer | AttributeKind::Test => end_of_item(code, found.end + 1),
                    AttributeKind::Conditional => found.end + 1,
                };
            }
            Some(found) => {
                kept.extend((index..=found.end).filter_map(|at| code.get(at)));
                index = found.end + 1;
            }
            None => {
                if code.kind(index) == TokenKind::OpenBrace
                    && let Some(end) = code.closing(index)
                {
                    blocks.push(end);
                }
                kept.extend(code.get(index));
                index += 1;
            }
        }
    }
    kept
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum AttributeKind {
    /// `#[cfg(..)]`
    Outer,
    /// `#![cfg(..)]`
    Inner,
    /// `#[test]` or `#[bench]`: the function is compiled only for tests.
    Test,
    /// `cfg_attr(..)`: the condition applies only to the attribute itself.
    Conditional,
}

/// An attribute, from its `#` to its closing bracket.
struct AttributeTokens {
    kind: AttributeKind,
    /// The index of the condition's first token; `None` if there is no condition.
    condition: Option<usize>,
    end: usize,
}

impl AttributeTokens {
    /// Whether it excludes its item from the grader's build.
    fn excludes_item(&self, code: &SourceTokens<'_>) -> bool {
        self.kind == AttributeKind::Test
            || self.condition.is_some_and(|at| evaluate(code, &mut at.clone(), 0) == Some(false))
    }
}

fn attribute(code: &SourceTokens<'_>, index: usize) -> Option<AttributeTokens> {
    if code.kind(index) != TokenKind::Pound {
        return None;
    }
    let inner = code.kind(index + 1) == TokenKind::Bang;
    let open = index + 1 + usize::from(inner);
    if code.kind(open) != TokenKind::OpenBracket {
        return None;
    }
    let end = code.closing(open)?;
    let called = code.kind(open + 2) == TokenKind::OpenParen;
    let (kind, conditional) = match code.name(open + 1) {
        Some("cfg_attr") => (AttributeKind::Conditional, called),
        Some("test" | "bench") if !inner && end == open + 2 => (AttributeKind::Test, false),
        Some("cfg") => (if inner { AttributeKind::Inner } else { AttributeKind::Outer }, called),
        _ => (AttributeKind::Outer, false),
    };
    Some(AttributeTokens { kind, condition: conditional.then_some(open + 3), end })
}

/// Evaluates the predicate at `*at` and moves `*at` past it. `None` means unknown.
fn evaluate(code: &SourceTokens<'_>, at: &mut usize, depth: usize) -> Option<bool> {
    let name = code.name(*at)?;
    match code.kind(*at + 1) {
        TokenKind::Eq => {
            let value = code.string(*at + 2)?;
            *at += 3;
            match (name, &*value) {
                // The build uses the course's manifest, which has no features.
                ("feature", _) => Some(false),
                ("target_os", os) => Some(os == std::env::consts::OS),
                ("target_family", family) => Some(family == std::env::consts::FAMILY),
                ("target_arch", arch) => Some(arch == std::env::consts::ARCH),
                _ => unknown_or_never(name),
            }
        }
        TokenKind::OpenParen if depth < MAX_NESTING => {
            let end = code.closing(*at + 1)?;
            *at += 2;
            let mut values = Vec::new();
            while *at < end {
                values.push(evaluate(code, at, depth + 1));
                if code.kind(*at) != TokenKind::Comma {
                    break;
                }
                *at += 1;
            }
            let understood = *at == end;
            *at = end + 1;
            if understood { combined(name, &values) } else { None }
        }
        TokenKind::OpenParen => None,
        _ => {
            *at += 1;
            match name {
                "true" | "unix" => Some(true),
                "false" | "test" | "doc" | "doctest" | "miri" | "windows" | "debug_assertions"
                | "proc_macro" => Some(false),
                _ => unknown_or_never(name),
            }
        }
    }
}

/// Unknown for names that the compiler sets. Every other name is false: the grader passes no `--cfg`.
fn unknown_or_never(name: &str) -> Option<bool> {
    const BY_COMPILER: [&str; 6] =
        ["fmt_debug", "overflow_checks", "panic", "relocation_model", "sanitize", "ub_checks"];
    let may_be_set = name.starts_with("target_") || BY_COMPILER.contains(&name);
    (!may_be_set).then_some(false)
}

fn combined(name: &str, values: &[Option<bool>]) -> Option<bool> {
    let any_is = |wanted| values.contains(&Some(wanted));
    let all_are = |wanted| values.iter().all(|value| *value == Some(wanted));
    match name {
        "all" if any_is(false) => Some(false),
        "all" if all_are(true) => Some(true),
        "any" if any_is(true) => Some(true),
        "any" if all_are(false) => Some(false),
        "not" => values.first().copied().flatten().map(|value| !value),
        _ => None,
    }
}

/// The index after the item, field, arm or statement that begins at `index`.
fn end_of_item(code: &SourceTokens<'_>, mut index: usize) -> usize {
    while let Some(next) = attribute(code, index) {
        index = next.end + 1;
    }
    let is_item = code.name(index).is_some_and(|name| ITEM_WORDS.contains(&name));
    while index < code.len() {
        match code.kind(index) {
            TokenKind::Semi => return index + 1,
            TokenKind::Comma if !is_item => return index + 1,
            TokenKind::CloseBrace | TokenKind::CloseParen | TokenKind::CloseBracket => {
                return index;
            }
            TokenKind::OpenBrace => return code.closing(index).map_or(code.len(), |end| end + 1),
            TokenKind::OpenParen | TokenKind::OpenBracket => {
                index = code.closing(index).map_or(code.len(), |end| end + 1);
            }
            _ => index += 1,
        }
    }
    index
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built(text: &str) -> String {
        let code = SourceTokens::new(text);
        let texts = (0..code.len()).filter_map(|at| code.get(at)).map(|token| token.text);
        texts.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn items_with_a_false_condition_are_removed() {
        for (text, expected) in [
            ("#[cfg(test)] mod tests; fn f() {}", "fn f ( ) { }"),
            ("#[cfg(test)] #[path = \"x\"] pub(crate) mod t { unsafe {} } f", "f"),
            ("#[cfg(all(test, unix))] fn f<A, B>(a: [u8; 2]) { } g", "g"),
            ("#[cfg(feature = \"x\")] use a::b; c", "c"),
            ("struct S { #[cfg(test)] a: u8, b: u8 }", "struct S { b : u8 }"),
            ("a { #![cfg(test)] b } c", "a { } c"),
            ("#![cfg(test)] a b", ""),
            ("#[cfg_attr(test, path = \"x\")] mod a;", "mod a ;"),
            ("#[cfg(any(windows, target_os = \"macos\"))] mod a; b", "b"),
            ("#[test] #[should_panic] fn f() { unsafe {} } #[bench] fn g() {} h", "h"),
            (
                "#[cfg(loom)] mod a; #[cfg(backend = \"x\")] mod b; #[cfg(not(loom))] c",
                "# [ cfg ( not ( loom ) ) ] c",
            ),
        ] {
            assert_eq!(built(text), expected, "{text}");
        }
        for text in [
            "# [ cfg ( not ( test ) ) ] mod a ;",
            "# [ cfg ( unix ) ] a",
            "# [ cfg ( panic = \"unwind\" ) ] mod a ;",
            "# [ cfg ( target_has_atomic ) ] mod a ;",
        ] {
            assert_eq!(built(text), text);
        }
    }
}
