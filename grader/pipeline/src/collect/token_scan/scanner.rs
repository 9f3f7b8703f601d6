//! Scans the tokens of one file in one pass, with a stack of open brackets.

use super::super::module_tree::{self, PathTarget};
use super::super::outline;
use super::rules::{self, AttributeSuffix, ScanRule};
use super::tokens::SourceTokens;
use ra_ap_rustc_lexer::TokenKind;
use std::collections::{BTreeMap, HashMap};

/// The number of leading segments that identify a path.
const SEGMENTS: usize = 4;

/// Disallowed code at a byte offset.
pub(super) struct ScanHit {
    pub at: usize,
    pub what: String,
    pub rule: &'static ScanRule,
}

/// The meaning of an open bracket for its contents.
#[derive(Clone, Copy, PartialEq, Eq)]
enum BracketContext {
    /// Contains attributes: `#[..]`, `#![..]`, or `unsafe(..)` and `cfg_attr(..)` inside one.
    Attributes,
    /// Contains lifted lints: the attribute `allow(..)`, `expect(..)` or `warn(..)`.
    LiftedLints,
    /// Anything else.
    Code,
}

/// A source file, and the files that are compiled with it.
pub(super) struct SourceFile<'a> {
    /// The file's name among the sources.
    pub name: &'a str,
    /// All files present at compile time.
    pub files: &'a BTreeMap<String, Vec<u8>>,
}

/// The hits in one file, at most `cap` of a kind.
pub(super) fn hits(code: &SourceTokens<'_>, file: &SourceFile<'_>, cap: usize) -> Vec<ScanHit> {
    let mut scanner = TokenScanner {
        code,
        file,
        cap,
        contexts: vec![],
        counts: HashMap::new(),
        hits: vec![],
        macro_end: 0,
    };
    let mut index = 0;
    while index < code.len() {
        index = scanner.step(index);
    }
    scanner.hits
}

struct TokenScanner<'a> {
    code: &'a SourceTokens<'a>,
    file: &'a SourceFile<'a>,
    cap: usize,
    contexts: Vec<BracketContext>,
    counts: HashMap<String, usize>,
    hits: Vec<ScanHit>,
    /// The end of the last macro definition. It is unknown whether the body of a macro is ever built.
    macro_end: usize,
}

impl<'a> TokenScanner<'a> {
    /// Checks one token, or a whole `use`; returns the next index.
    fn step(&mut self, index: usize) -> usize {
        match self.code.kind(index) {
            TokenKind::OpenBracket => self.contexts.push(self.bracket(index)),
            TokenKind::OpenParen => self.contexts.push(self.parenthesis(index)),
            TokenKind::OpenBrace => self.contexts.push(BracketContext::Code),
            TokenKind::CloseBracket | TokenKind::CloseParen | TokenKind::CloseBrace => {
                self.contexts.pop();
            }
            TokenKind::Ident | TokenKind::RawIdent => return self.word(index),
            _ => {}
        }
        index + 1
    }

    fn bracket(&self, index: usize) -> BracketContext {
        let before = |back| self.code.kind_before(index, back);
        let attribute = before(1) == TokenKind::Pound
            || (before(1) == TokenKind::Bang && before(2) == TokenKind::Pound);
        if attribute { BracketContext::Attributes } else { BracketContext::Code }
    }

    fn parenthesis(&self, index: usize) -> BracketContext {
        let name = index.checked_sub(1).and_then(|before| self.code.name(before));
        match (self.contexts.last(), name) {
            (Some(BracketContext::Attributes), Some("unsafe" | "cfg_attr")) => {
                BracketContext::Attributes
            }
            (Some(BracketContext::Attributes), Some("allow" | "expect" | "warn")) => {
                BracketContext::LiftedLints
            }
            _ => BracketContext::Code,
        }
    }

    fn word(&mut self, index: usize) -> usize {
        let Some(name) = self.code.name(index) else { return index + 1 };
        if self.code.is_keyword(index, "use") {
            return self.use_tree(index + 1);
        }
        if self.code.is_macro_call(index, "macro_rules") {
            self.macro_end = self.code.closing(index + 3).unwrap_or(0).max(self.macro_end);
        }
        if self.code.is_keyword(index, "unsafe") {
            self.hit(index, "unsafe", &rules::UNSAFE);
        } else if self.code.is_keyword(index, "extern") {
            self.extern_item(index);
        }
        let called = self.code.kind(index + 1) == TokenKind::Bang
            && self.code.kind(index + 2) != TokenKind::Eq;
        if called && rules::reads_at_build_time(name) {
            self.build_time_macro(index, name);
            return index + 1;
        }
        if called && let Some(rule) = rules::macro_call(name) {
            self.hit(index, &format!("{name}!"), rule);
            return index + 1;
        }
        match self.contexts.last() {
            Some(BracketContext::Attributes) => self.attribute(index, name),
            Some(BracketContext::LiftedLints) if name == "unsafe_code" => {
                self.hit(index, "unsafe_code", &rules::ALLOW_UNSAFE);
            }
            _ => {}
        }
        self.inline_path(index);
        index + 1
    }

    /// Checks a macro that reads a file or a variable at compile time.
    fn build_time_macro(&mut self, index: usize, name: &str) {
        let rule = if let "env" | "option_env" = name {
            let variable = self.code.string(index + 3).unwrap_or_default();
            rules::variable(&variable, name == "option_env")
        } else {
            let include = outline::include(self.code, index);
            let target = include.map(|one| module_tree::include_target(self.file.name, &one));
            rules::include(target.as_ref(), self.file.files)
        };
        if let Some(rule) = rule {
            self.hit(index, &format!("{name}!"), rule);
        }
    }

    /// Checks `#[path = ".."]`.
    fn path_attribute(&mut self, index: usize) {
        let Some(path) = self.code.string(index + 2) else { return };
        let folder = self.file.name.rsplit_once('/').map_or("", |(folder, _)| folder);
        let target: PathTarget = module_tree::resolve(folder, &path);
        if let Some(rule) = rules::path_attribute(&target) {
            self.hit(index, "#[path]", rule);
        }
    }

    /// Checks a name in the position of an attribute: after an opening bracket or a comma.
    fn attribute(&mut self, index: usize, name: &str) {
        let before = self.code.kind_before(index, 1);
        if !matches!(before, TokenKind::OpenBracket | TokenKind::OpenParen | TokenKind::Comma) {
            return;
        }
        if name == "path" && self.code.kind(index + 1) == TokenKind::Eq {
            return self.path_attribute(index);
        }
        let suffix = match self.code.kind(index + 1) {
            TokenKind::OpenParen => AttributeSuffix::Parenthesis,
            _ => AttributeSuffix::Other,
        };
        if let Some(rule) = rules::attribute(name, suffix) {
            self.hit(index, &format!("#[{name}]"), rule);
        }
    }

    fn extern_item(&mut self, index: usize) {
        if self.code.is_keyword(index + 1, "crate") {
            let name = self.code.name(index + 2).unwrap_or_default();
            self.hit(index, &format!("extern crate {name}"), rules::extern_crate(name));
            return;
        }
        let abi = matches!(self.code.kind(index + 1), TokenKind::Literal { .. });
        let after = index + 1 + usize::from(abi);
        if self.code.kind(after) == TokenKind::OpenBrace {
            self.hit(index, "extern block", &rules::EXTERN_BLOCK);
        } else if self.code.is_keyword(after, "fn") {
            self.hit(index, "extern fn", &rules::EXTERN_FN);
        }
    }

    /// Checks a path in code, at its first segment.
    fn inline_path(&mut self, index: usize) {
        let continues = index >= 2 && self.code.is_path_separator(index - 2);
        let owner = self.code.kind_before(index, 3);
        if continues && matches!(owner, TokenKind::Ident | TokenKind::RawIdent | TokenKind::Gt) {
            return;
        }
        let mut segments = Vec::new();
        let mut next = index;
        while segments.len() < SEGMENTS
            && let Some(name) = self.code.name(next)
        {
            segments.push(name);
            if !self.code.is_path_separator(next + 1) {
                break;
            }
            next += 3;
        }
        // A macro call is checked at its name. A single segment is a local name.
        let called = self.code.kind(next + 1) == TokenKind::Bang
            && segments.last().is_some_and(|name| {
                rules::macro_call(name).is_some() || rules::reads_at_build_time(name)
            });
        if segments.len() > 1 && !called {
            self.path(index, &segments);
        }
    }

    /// Checks every path of a `use`, from after the keyword to the semicolon.
    fn use_tree(&mut self, start: usize) -> usize {
        let mut prefix: Vec<&'a str> = Vec::new();
        let mut groups: Vec<usize> = Vec::new();
        let mut leaf = None;
        let mut index = start;
        loop {
            let kind = self.code.kind(index);
            match kind {
                TokenKind::Ident if self.code.is_keyword(index, "as") => index += 1,
                TokenKind::Ident | TokenKind::RawIdent => {
                    prefix.extend(self.code.name(index));
                    leaf = Some(index);
                }
                TokenKind::OpenBrace => {
                    groups.push(prefix.len());
                    leaf = None;
                }
                // A glob has no name: the path before it counts.
                TokenKind::Colon | TokenKind::Star => {}
                TokenKind::Comma | TokenKind::CloseBrace | TokenKind::Semi => {
                    if let Some(leaf) = leaf.take() {
                        self.path(leaf, &prefix[..prefix.len().min(SEGMENTS)]);
                    }
                    let shared = groups.last().copied().unwrap_or(0);
                    prefix.truncate(shared);
                    if kind == TokenKind::CloseBrace {
                        groups.pop();
                    }
                }
                _ => return index,
            }
            index += 1;
            if kind == TokenKind::Semi {
                return index;
            }
        }
    }

    fn path(&mut self, index: usize, segments: &[&str]) {
        if let Some((what, rule)) = rules::path(segments) {
            self.hit(index, &what, rule);
        }
    }

    fn hit(&mut self, index: usize, what: &str, rule: &'static ScanRule) {
        let rule = if index < self.macro_end { rules::in_macro(rule) } else { rule };
        let count = self.counts.entry(what.to_owned()).or_default();
        *count += 1;
        if *count <= self.cap
            && let Some(token) = self.code.get(index)
        {
            self.hits.push(ScanHit { at: token.at, what: what.to_owned(), rule });
        }
    }
}
