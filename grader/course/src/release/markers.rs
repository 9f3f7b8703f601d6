//! Parses the marker lines in a solution. Parsing is strict, because a mistyped marker would ship
//! an answer.
//!
//! ```text
//! // BEGIN SOLUTION: what to do, in one line        # BEGIN INSTRUCTOR      (in .toml)
//! // END SOLUTION                                   # END INSTRUCTOR
//! // BEGIN STUB                                     directly after END SOLUTION
//! //| lines that replace the region
//! // END STUB
//! // BEGIN INSTRUCTOR
//! // END INSTRUCTOR
//! ```

use std::ops::Range;

use strsim::osa_distance;

use super::tokens::{CommentToken, TokenizedFile};
use crate::located::{LocatedProblem, SourceText};
use crate::nearest::nearest;

/// The kind of region a marker belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MarkerKind {
    Solution,
    Stub,
    Instructor,
}

/// The keywords of the grammar.
const WORDS: [(&str, MarkerKind); 3] = [
    ("SOLUTION", MarkerKind::Solution),
    ("STUB", MarkerKind::Stub),
    ("INSTRUCTOR", MarkerKind::Instructor),
];

impl MarkerKind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Solution => "SOLUTION",
            Self::Stub => "STUB",
            Self::Instructor => "INSTRUCTOR",
        }
    }
}

/// One well-formed marker line.
#[derive(Debug, Clone)]
pub(super) struct MarkerLine {
    pub(super) begins: bool,
    pub(super) word: MarkerKind,
    /// The text after the colon of `BEGIN SOLUTION:`; empty for all other markers.
    pub(super) text: String,
    /// Byte range of the marker, without its indentation.
    pub(super) span: Range<usize>,
    /// 1-based line.
    pub(super) line: usize,
}

impl MarkerLine {
    /// As written: `BEGIN STUB`.
    pub(super) fn name(&self) -> String {
        format!("{} {}", if self.begins { "BEGIN" } else { "END" }, self.word.name())
    }
}

/// The marker phrase that `text` contains, if any, with its offset.
pub(super) fn phrase_in(text: &str) -> Option<(usize, String)> {
    let phrases = ["BEGIN", "END"]
        .into_iter()
        .flat_map(|verb| WORDS.iter().map(move |(word, _)| format!("{verb} {word}")));
    phrases.filter_map(|phrase| Some((text.find(&phrase)?, phrase))).min()
}

/// All markers of a Rust file, in order, and a problem for each comment that only resembles a
/// marker.
pub(super) fn in_rust(
    source: &SourceText,
    tokens: &TokenizedFile<'_>,
) -> (Vec<MarkerLine>, Vec<LocatedProblem>) {
    let mut markers = Vec::new();
    let mut problems = Vec::new();
    for comment in &tokens.comments {
        let body = comment.text.trim_start_matches(['/', '!', '*']);
        if !looks_like_marker(body) {
            continue;
        }
        match rust_marker(source, comment) {
            Ok(marker) => markers.push(marker),
            Err(problem) => {
                markers.extend(meant(source, comment.span.clone(), body));
                problems.push(problem);
            }
        }
    }
    for string in &tokens.strings {
        if let Some((offset, phrase)) = phrase_in(&source.text()[string.clone()]) {
            let at = string.start + offset;
            let problem =
                LocatedProblem::at(source, at..at + phrase.len(), "a marker inside a string")
                    .label("this would not be seen as a marker")
                    .help("move the marker out of the string, or write the text otherwise");
            problems.push(problem);
        }
    }
    (markers, problems)
}

/// All markers of a TOML file (`# BEGIN INSTRUCTOR` only), and a problem for each comment that only
/// resembles a marker.
pub(super) fn in_toml(source: &SourceText) -> (Vec<MarkerLine>, Vec<LocatedProblem>) {
    let mut markers = Vec::new();
    let mut problems = Vec::new();
    for (index, line) in source.text().lines().enumerate() {
        let span = source.line_span(index + 1);
        let comment = line.trim().strip_prefix('#');
        if !comment.is_some_and(looks_like_marker) && phrase_in(line).is_none() {
            continue;
        }
        let marker = comment
            .ok_or_else(|| not_alone(source, span.clone()))
            .and_then(|body| marker(source, span.clone(), body));
        match marker {
            Ok(marker) if marker.word == MarkerKind::Instructor => markers.push(marker),
            Ok(marker) => problems.push(
                LocatedProblem::at(
                    source,
                    span,
                    format!("`{}` has no meaning in TOML", marker.name()),
                )
                .label("expected BEGIN INSTRUCTOR or END INSTRUCTOR"),
            ),
            Err(problem) => problems.push(problem),
        }
    }
    (markers, problems)
}

/// Whether a comment is a marker or could have been intended as one.
fn looks_like_marker(body: &str) -> bool {
    let mut words = body.split_whitespace();
    let first = words.next().unwrap_or_default();
    let second = words.next().unwrap_or_default().trim_end_matches(':');
    if matches!(first.trim_end_matches(':'), "BEGIN" | "END") || phrase_in(body).is_some() {
        return true;
    }
    let pair = format!("{first} {second}").to_uppercase();
    ["BEGIN", "END"].iter().any(|verb| {
        WORDS.iter().any(|(word, _)| osa_distance(&pair, &format!("{verb} {word}")) <= 2)
    })
}

/// The marker that a malformed one was intended to be. It prevents a second report about its
/// partner. Nothing is generated from a file with a problem.
fn meant(source: &SourceText, span: Range<usize>, body: &str) -> Option<MarkerLine> {
    let mut words = body.split_whitespace();
    let pair = format!("{} {}", words.next()?, words.next()?.trim_end_matches(':')).to_uppercase();
    let verbs = [("BEGIN", true), ("END", false)];
    let all = verbs.into_iter().flat_map(|verb| WORDS.map(|word| (verb, word)));
    let close = all.filter_map(|((verb, begins), (name, word))| {
        let slips = osa_distance(&pair, &format!("{verb} {name}"));
        (slips <= 2).then_some((slips, begins, word))
    });
    let (_, begins, word) = close.min_by_key(|&(slips, ..)| slips)?;
    let line = source.position(span.start).0;
    Some(MarkerLine { begins, word, text: String::new(), span, line })
}

fn rust_marker(
    source: &SourceText,
    comment: &CommentToken<'_>,
) -> Result<MarkerLine, LocatedProblem> {
    let span = comment.span.clone();
    if !comment.is_plain {
        return Err(LocatedProblem::at(source, span, "a marker in a doc or block comment")
            .label("expected a plain `//` comment"));
    }
    let line_start = source.text()[..span.start].rfind('\n').map_or(0, |newline| newline + 1);
    if !source.text()[line_start..span.start].trim().is_empty() {
        return Err(not_alone(source, span));
    }
    marker(source, span, &comment.text[2..])
}

fn not_alone(source: &SourceText, span: Range<usize>) -> LocatedProblem {
    LocatedProblem::at(source, span, "a marker behind other text")
        .label("expected on a line of its own")
}

/// Parses `BEGIN WORD[: text]` or `END WORD` in a comment.
fn marker(
    source: &SourceText,
    span: Range<usize>,
    body: &str,
) -> Result<MarkerLine, LocatedProblem> {
    let wrong = |message: String, label: &str| {
        Err(LocatedProblem::at(source, span.clone(), message).label(label))
    };
    let body = body.trim();
    let (verb, rest) = body.split_once(' ').unwrap_or((body, ""));
    let name_length = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
    let (name, tail) = rest.split_at(name_length);
    let known = WORDS.iter().find(|(word, _)| *word == name);
    let (Some((_, word)), "BEGIN" | "END") = (known, verb) else {
        let meant = format!("{verb} {name}").to_uppercase();
        let all = ["BEGIN SOLUTION", "END SOLUTION", "BEGIN STUB", "END STUB"];
        let all = all.into_iter().chain(["BEGIN INSTRUCTOR", "END INSTRUCTOR"]);
        let label = match nearest(&meant, all) {
            Some(close) => format!("did you mean `{close}`?"),
            None => "expected BEGIN or END, then SOLUTION, STUB or INSTRUCTOR".to_owned(),
        };
        return wrong("this is no marker, but looks like one".to_owned(), &label);
    };
    let begins = verb == "BEGIN";
    let word = *word;
    let tail = tail.trim();
    let text = match (begins, word, tail.strip_prefix(':').map(str::trim)) {
        (true, MarkerKind::Solution, Some(text)) if !text.is_empty() => text,
        (true, MarkerKind::Solution, _) => {
            let label = "expected `BEGIN SOLUTION: <what to do>`, or `: -` to leave nothing";
            return wrong("a solution without a text".to_owned(), label);
        }
        _ if tail.is_empty() => "",
        _ => {
            let message = format!("text after `{verb} {name}`");
            return wrong(message, "expected the end of the line after the marker");
        }
    };
    let line = source.position(span.start).0;
    Ok(MarkerLine { begins, word, text: text.to_owned(), span: span.clone(), line })
}
