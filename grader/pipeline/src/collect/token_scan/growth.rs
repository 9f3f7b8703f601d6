//! What in a source most likely grew when the compiler ran out of memory or time: a guess, to say where to look.

use super::tokens::SourceTokens;
use ra_ap_rustc_lexer::{LiteralKind, TokenKind};
use std::collections::{BTreeMap, BTreeSet};

/// An array of so many elements, or more, takes a compiler long.
const MANY: u64 = 1 << 20;

/// A place to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrowthSuspect {
    /// The file, as in the submission.
    pub file: String,
    /// Counted from 1.
    pub line: u32,
    /// What is there, in a sentence.
    pub reason: String,
}

/// Looks for one kind of growth: where it starts, and the reason.
type GrowthCheck<'a> = &'a dyn Fn(&SourceTokens<'_>) -> Option<(usize, String)>;

/// A macro by example.
struct MacroRules<'a> {
    name: &'a str,
    /// Where its name starts.
    at: usize,
    /// The macros that its body calls, as often as it does.
    calls: Vec<&'a str>,
}

/// What grows most quickly first: macros, arrays, then loops that are evaluated by the compiler. `None` where nothing
/// that is known to grow is found.
///
/// # Cost
/// Linear in the length of the sources.
pub fn suspect(files: &BTreeMap<String, Vec<u8>>) -> Option<GrowthSuspect> {
    let texts = files.iter().filter_map(|(name, bytes)| {
        let is_source = name.rsplit('.').next() == Some("rs");
        Some((name.as_str(), std::str::from_utf8(bytes).ok().filter(|_| is_source)?))
    });
    let codes: Vec<_> = texts.map(|(name, text)| (name, SourceTokens::new(text))).collect();
    let all: BTreeSet<_> =
        codes.iter().flat_map(|(_, code)| macros(code)).map(|one| one.name).collect();
    let looks: [GrowthCheck<'_>; 3] =
        [&|code| growing_macro(code, &all), &large_array, &constant_loop];
    looks.into_iter().find_map(|look| {
        codes.iter().find_map(|(file, code)| {
            let (at, reason) = look(code)?;
            let (line, _) = code.position(at);
            Some(GrowthSuspect { file: (*file).into(), line, reason })
        })
    })
}

fn macros<'a>(code: &SourceTokens<'a>) -> Vec<MacroRules<'a>> {
    let mut found = Vec::new();
    for index in (0..code.len()).filter(|index| code.is_macro_call(*index, "macro_rules")) {
        let (Some(name), Some(token)) = (code.name(index + 2), code.get(index + 2)) else {
            continue;
        };
        let Some(end) = code.closing(index + 3) else { continue };
        let called = |at: &usize| code.kind(at + 1) == TokenKind::Bang;
        let calls = (index + 4..end).filter(called).filter_map(|at| code.name(at)).collect();
        found.push(MacroRules { name, at: token.at, calls });
    }
    found
}

/// One that calls itself, or another one of the submission more than once.
fn growing_macro(code: &SourceTokens<'_>, all: &BTreeSet<&str>) -> Option<(usize, String)> {
    macros(code).into_iter().find_map(|MacroRules { name, at, calls }| {
        if calls.contains(&name) {
            return Some((at, format!("the macro `{name}!` calls itself")));
        }
        let times = |other: &str| calls.iter().filter(|call| **call == other).count();
        let other = all.iter().find(|other| times(other) > 1)?;
        let reason = format!(
            "the macro `{name}!` calls `{other}!` {} times: such steps multiply",
            times(other)
        );
        Some((at, reason))
    })
}

/// `[x; MANY]`.
fn large_array(code: &SourceTokens<'_>) -> Option<(usize, String)> {
    (0..code.len()).find_map(|index| {
        let token = code.get(index).filter(|token| token.kind == TokenKind::Semi)?;
        let count = number(code, index + 1)?;
        let (count, end) = match (code.kind(index + 2), code.kind(index + 3)) {
            (TokenKind::Lt, TokenKind::Lt) => {
                let shift = u32::try_from(number(code, index + 4)?).ok()?;
                (count.checked_shl(shift).unwrap_or(u64::MAX), index + 5)
            }
            _ => (count, index + 2),
        };
        let is_large = code.kind(end) == TokenKind::CloseBracket && count >= MANY;
        is_large.then(|| (token.at, format!("here is an array of {count} elements")))
    })
}

/// A loop in a constant or in a `const fn`: the compiler goes through it.
fn constant_loop(code: &SourceTokens<'_>) -> Option<(usize, String)> {
    (0..code.len()).find_map(|index| {
        let parameter = [TokenKind::Lt, TokenKind::Comma, TokenKind::Star];
        if !code.is_keyword(index, "const") || parameter.contains(&code.kind_before(index, 1)) {
            return None;
        }
        let is_function = code.is_keyword(index + 1, "fn");
        let at = index + 1 + usize::from(is_function);
        let (name, token) = (code.name(at)?, code.get(at)?);
        let ends = [TokenKind::OpenBrace, TokenKind::Semi];
        // The body of a function; of a constant, what is behind the `=`.
        let from = (at..code.len()).find(|at| is_function || code.kind(*at) == TokenKind::Eq)?;
        let body = (from..code.len()).find(|at| ends.contains(&code.kind(*at)))?;
        let mut inside = body..code.closing(body)?;
        let loops = |at: usize| code.is_keyword(at, "loop") || code.is_keyword(at, "while");
        inside
            .any(loops)
            .then(|| (token.at, format!("the compiler itself runs the loop of `{name}`")))
    })
}

fn number(code: &SourceTokens<'_>, index: usize) -> Option<u64> {
    let token = code.get(index)?;
    let TokenKind::Literal { kind: LiteralKind::Int { .. }, suffix_start } = token.kind else {
        return None;
    };
    let digits = token.text.get(..suffix_start as usize)?.replace('_', "");
    let in_base = |prefix: &str, base| {
        digits.strip_prefix(prefix).map(|digits| u64::from_str_radix(digits, base))
    };
    let based = in_base("0x", 16).or_else(|| in_base("0o", 8)).or_else(|| in_base("0b", 2));
    // One that does not fit is large.
    Some(based.unwrap_or_else(|| digits.parse()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Option<(u32, String)> {
        let files = BTreeMap::from([
            ("Cargo.toml".into(), b"[package]".to_vec()),
            ("src/lib.rs".into(), text.into()),
        ]);
        suspect(&files).map(|found| (found.line, found.reason))
    }

    fn says(text: &str, line: u32, word: &str) {
        let found = of(text).unwrap_or_else(|| panic!("nothing in {text}"));
        assert!(found.0 == line && found.1.contains(word), "{found:?}");
    }

    #[test]
    fn a_macro_that_calls_itself_or_another_twice_is_named() {
        says(
            "fn f() {}\nmacro_rules! more { ($($x:tt)*) => { more!($($x)* $($x)*) }; }",
            2,
            "`more!`",
        );
        says(
            "macro_rules! a { () => { () } }\nmacro_rules! b { () => { a!(); a!() } }",
            2,
            "`a!` 2 times",
        );
        assert_eq!(of("macro_rules! a { () => { () } }\nmacro_rules! b { () => { a!() } }"), None);
    }

    #[test]
    fn large_arrays_and_loops_of_the_compiler_are_named() {
        says("const A: [u8; 8] = [0; 8];\npub static B: &[u8] = &[1; 1 << 40];", 2, "array");
        says("static B: [u8; 0x100_0000] = [0; 16777216];", 1, "16777216");
        says("const fn f() -> u8 { let mut i = 0; while i < 9 { i += 1 } i }", 1, "`f`");
        says("pub const N: u64 = { let mut n = 0; while n < 9 { n += 1 } n };", 1, "`N`");
        assert_eq!(
            of("const N: [u8; 2] = [0; 2];\nfn f() { let x = [0; 16]; while true {} }"),
            None
        );
    }

    #[test]
    fn macros_come_before_the_arrays_of_other_files() {
        let file = |name: &str, text: &str| (name.to_owned(), text.as_bytes().to_vec());
        let files = BTreeMap::from([
            file("src/a.rs", "const A: [u8; 1 << 30] = [0; 1 << 30];"),
            file("src/b.rs", "macro_rules! m { () => { m!() } }"),
        ]);
        assert_eq!(suspect(&files).map(|found| found.file), Some("src/b.rs".into()));
    }
}
