//! Walking over the tokens of one file, once, with the open brackets on a stack.

use super::super::module_tree::{self, Target};
use super::super::outline;
use super::rules::{self, Follows, Rule};
use super::tokens::Code;
use ra_ap_rustc_lexer::TokenKind;
use std::collections::{BTreeMap, HashMap};

/// A path is known by its first segments.
const SEGMENTS: usize = 4;

/// Something found, at a byte offset.
pub(super) struct Hit {
    pub at: usize,
    pub what: String,
    pub rule: &'static Rule,
}

/// What an open bracket means to what stands in it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Frame {
    /// `#[..]`, `#![..]`, or `unsafe(..)` and `cfg_attr(..)` inside of one: holds attributes.
    Attributes,
    /// `allow(..)`, `expect(..)` or `warn(..)` as an attribute: holds the lints that it lifts.
    LiftedLints,
    /// Anything else.
    Code,
}

/// A file among the others that are compiled with it.
pub(super) struct Place<'a> {
    /// The file's name among the sources.
    pub name: &'a str,
    /// All files that are there when it is compiled.
    pub files: &'a BTreeMap<String, Vec<u8>>,
}

/// What one file holds, at most `cap` hits of a kind.
pub(super) fn hits(code: &Code<'_>, place: &Place<'_>, cap: usize) -> Vec<Hit> {
    let mut scanner = Scanner {
        code,
        place,
        cap,
        frames: vec![],
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

struct Scanner<'a> {
    code: &'a Code<'a>,
    place: &'a Place<'a>,
    cap: usize,
    frames: Vec<Frame>,
    counts: HashMap<String, usize>,
    hits: Vec<Hit>,
    /// Where the last definition of a macro ends. Nobody knows whether its body is ever built.
    macro_end: usize,
}

impl<'a> Scanner<'a> {
    /// Looks at one token, or at a whole `use`; returns where to go on.
    fn step(&mut self, index: usize) -> usize {
        match self.code.kind(index) {
            TokenKind::OpenBracket => self.frames.push(self.bracket(index)),
            TokenKind::OpenParen => self.frames.push(self.parenthesis(index)),
            TokenKind::OpenBrace => self.frames.push(Frame::Code),
            TokenKind::CloseBracket | TokenKind::CloseParen | TokenKind::CloseBrace => {
                self.frames.pop();
            }
            TokenKind::Ident | TokenKind::RawIdent => return self.word(index),
            _ => {}
        }
        index + 1
    }

    fn bracket(&self, index: usize) -> Frame {
        let before = |back| self.code.kind_before(index, back);
        let attribute = before(1) == TokenKind::Pound
            || (before(1) == TokenKind::Bang && before(2) == TokenKind::Pound);
        if attribute { Frame::Attributes } else { Frame::Code }
    }

    fn parenthesis(&self, index: usize) -> Frame {
        let name = index.checked_sub(1).and_then(|before| self.code.name(before));
        match (self.frames.last(), name) {
            (Some(Frame::Attributes), Some("unsafe" | "cfg_attr")) => Frame::Attributes,
            (Some(Frame::Attributes), Some("allow" | "expect" | "warn")) => Frame::LiftedLints,
            _ => Frame::Code,
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
            self.external(index);
        }
        let called = self.code.kind(index + 1) == TokenKind::Bang
            && self.code.kind(index + 2) != TokenKind::Eq;
        if called && rules::reads_at_build_time(name) {
            self.reads_at_build_time(index, name);
            return index + 1;
        }
        if called && let Some(rule) = rules::macro_call(name) {
            self.hit(index, &format!("{name}!"), rule);
            return index + 1;
        }
        match self.frames.last() {
            Some(Frame::Attributes) => self.attribute(index, name),
            Some(Frame::LiftedLints) if name == "unsafe_code" => {
                self.hit(index, "unsafe_code", &rules::ALLOW_UNSAFE);
            }
            _ => {}
        }
        self.inline_path(index);
        index + 1
    }

    /// A macro that reads a file or a variable when the submission is compiled.
    fn reads_at_build_time(&mut self, index: usize, name: &str) {
        let rule = if let "env" | "option_env" = name {
            let variable = self.code.string(index + 3).unwrap_or_default();
            rules::variable(&variable, name == "option_env")
        } else {
            let include = outline::include(self.code, index);
            let target = include.map(|one| module_tree::target(self.place.name, &one));
            rules::include(target.as_ref(), self.place.files)
        };
        if let Some(rule) = rule {
            self.hit(index, &format!("{name}!"), rule);
        }
    }

    /// `#[path = ".."]`
    fn path_attribute(&mut self, index: usize) {
        let Some(path) = self.code.string(index + 2) else { return };
        let folder = self.place.name.rsplit_once('/').map_or("", |(folder, _)| folder);
        let target: Target = module_tree::leads_to(folder, &path);
        if let Some(rule) = rules::path_attribute(&target) {
            self.hit(index, "#[path]", rule);
        }
    }

    /// A name in the place of an attribute: behind an opening bracket or a comma.
    fn attribute(&mut self, index: usize, name: &str) {
        let before = self.code.kind_before(index, 1);
        if !matches!(before, TokenKind::OpenBracket | TokenKind::OpenParen | TokenKind::Comma) {
            return;
        }
        if name == "path" && self.code.kind(index + 1) == TokenKind::Eq {
            return self.path_attribute(index);
        }
        let follows = match self.code.kind(index + 1) {
            TokenKind::OpenParen => Follows::Parenthesis,
            _ => Follows::Other,
        };
        if let Some(rule) = rules::attribute(name, follows) {
            self.hit(index, &format!("#[{name}]"), rule);
        }
    }

    fn external(&mut self, index: usize) {
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

    /// A path in code, looked at where it starts.
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
        // A macro's call is found at its name. One segment alone is a local name.
        let called = self.code.kind(next + 1) == TokenKind::Bang
            && segments.last().is_some_and(|name| {
                rules::macro_call(name).is_some() || rules::reads_at_build_time(name)
            });
        if segments.len() > 1 && !called {
            self.path(index, &segments);
        }
    }

    /// Every path of a `use`, from behind the keyword to the semicolon.
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
                // What stands behind a glob has no name of its own: the path before it counts.
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

    fn hit(&mut self, index: usize, what: &str, rule: &'static Rule) {
        let rule = if index < self.macro_end { rules::in_macro(rule) } else { rule };
        let count = self.counts.entry(what.to_owned()).or_default();
        *count += 1;
        if *count <= self.cap
            && let Some(token) = self.code.get(index)
        {
            self.hits.push(Hit { at: token.at, what: what.to_owned(), rule });
        }
    }
}
