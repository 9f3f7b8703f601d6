//! Telling a student what will not compile or will not work here, and why.
//!
//! It is a courtesy and not the boundary: it turns a misunderstanding into a clear message. Code
//! that wants to get past it can (macros build tokens that no scan sees), and gains nothing by
//! it: what holds is the compiler's own lints, and around the compiler and the program the
//! sandbox, with nothing secret inside. Nothing may rely on a scan that finds nothing.
//!
//! Words are told apart as the compiler does, by its lexer: a comment, a string and an identifier
//! such as `unsafe_code` are not the keyword `unsafe`.

mod condition;
pub(crate) mod growth;
mod rules;
mod scanner;
pub(super) mod tokens;

use super::Sources;
use super::module_tree::ROOT;
use super::outline::Outline;
use scanner::Place;
use tokens::Code;

/// At most this many findings of one kind are reported for a file.
const PER_FILE: usize = 5;
/// At most this many findings are reported in all.
const IN_ALL: usize = 200;

/// Something in a source file that the course does not allow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The file's name among the sources.
    pub file: String,
    /// One-based line.
    pub line: u32,
    /// One-based column, in characters.
    pub column: u32,
    /// What was found, as it is written in Rust: `unsafe`, `include_str!`.
    pub what: String,
    /// Why it is not allowed or will not work, and what to do instead.
    pub why: String,
    /// What follows from it.
    pub severity: Severity,
}

/// What a finding means for the submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// To be told as a note: it compiles, and the sandbox keeps it from working.
    Warn,
    /// To be told if the submission does not compile: most likely it is why.
    Explain,
    /// To be refused: it reads what belongs to the machine that grades.
    Refuse,
}

/// Findings in the order of files and lines, at most 5 of a kind in a file and 200 in all.
///
/// # Cost
/// Linear in the size of the sources, nesting included.
pub fn scan(sources: &Sources) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut guesses = false;
    let rust = sources.files.iter().filter(|(file, _)| super::tree::is_rust(file));
    for (file, content) in rust {
        let text = String::from_utf8_lossy(content);
        let code = Code::new(&text);
        guesses |= Outline::of(&code).hides_modules;
        findings.extend(in_file(&Place { name: file, files: &sources.files }, &code));
        if findings.len() >= IN_ALL {
            break;
        }
    }
    findings.truncate(IN_ALL);
    // Where a macro makes the modules, nobody knows whether a file is built.
    let guessed = |finding: &&mut Finding| guesses && finding.file != ROOT;
    for finding in findings.iter_mut().filter(guessed) {
        finding.severity = finding.severity.min(Severity::Explain);
    }
    findings
}

fn in_file(place: &Place<'_>, code: &Code<'_>) -> Vec<Finding> {
    let mut hits = scanner::hits(code, place, PER_FILE);
    hits.sort_by_key(|hit| hit.at);
    let mut findings: Vec<Finding> = hits
        .into_iter()
        .map(|hit| {
            let (line, column) = code.position(hit.at);
            let scanner::Hit { what, rule, .. } = hit;
            let (why, severity) = (rule.why.to_owned(), rule.severity);
            Finding { file: place.name.to_owned(), line, column, what, why, severity }
        })
        .collect();
    // `use std::fs::{read, write}` is one finding.
    findings.dedup_by(|next, first| next.what == first.what && next.line == first.line);
    findings
}
