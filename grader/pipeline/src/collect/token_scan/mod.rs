//! Explains to a student which code will not compile or will not work here, and why.
//!
//! The scan is a help and not a security boundary: it turns a misunderstanding into a clear message.
//! Malicious code can evade it (macros build tokens that no scan sees) but gains nothing: security comes
//! from the compiler's lints, and from the sandbox around the compiler and the program, which contains no
//! secrets. No other part may rely on an empty result of the scan.
//!
//! Tokens come from the compiler's lexer: a comment, a string and an identifier such as `unsafe_code` are
//! not the keyword `unsafe`.

mod condition;
pub(crate) mod growth;
mod rules;
mod scanner;
pub(super) mod tokens;

use super::CollectedSources;
use super::module_tree::ROOT;
use super::outline::FileOutline;
use scanner::SourceFile;
use tokens::SourceTokens;

/// The maximum number of reported findings of one kind in a file.
const MAX_PER_KIND: usize = 5;
/// The maximum number of reported findings in total.
const MAX_TOTAL: usize = 200;

/// Something in a source file that the course does not allow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenFinding {
    /// The file's name among the sources.
    pub file: String,
    /// One-based line.
    pub line: u32,
    /// One-based column, in characters.
    pub column: u32,
    /// The code that was found, in Rust syntax: `unsafe`, `include_str!`.
    pub what: String,
    /// The reason why it is not allowed or will not work, and what to do instead.
    pub why: String,
    /// The consequence for the submission.
    pub severity: FindingSeverity,
}

/// The consequence of a finding for the submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FindingSeverity {
    /// Report as a note: it compiles, but the sandbox prevents it from working.
    Warn,
    /// Report if the submission does not compile: it is the most likely cause.
    Explain,
    /// Refuse the submission: it reads files of the grading machine.
    Refuse,
}

/// Findings in the order of files and lines, at most 5 of a kind in a file and 200 in total.
///
/// # Cost
/// Linear in the size of the sources, even with deep nesting.
pub fn scan(sources: &CollectedSources) -> Vec<TokenFinding> {
    let mut findings = Vec::new();
    let mut hides_modules = false;
    let rust = sources.files.iter().filter(|(file, _)| super::tree::is_rust(file));
    for (file, content) in rust {
        let text = String::from_utf8_lossy(content);
        let code = SourceTokens::new(&text);
        hides_modules |= FileOutline::of(&code).hides_modules;
        findings.extend(scan_file(&SourceFile { name: file, files: &sources.files }, &code));
        if findings.len() >= MAX_TOTAL {
            break;
        }
    }
    findings.truncate(MAX_TOTAL);
    // If a macro declares modules, it is unknown whether a file is built.
    let may_be_unused = |finding: &&mut TokenFinding| hides_modules && finding.file != ROOT;
    for finding in findings.iter_mut().filter(may_be_unused) {
        finding.severity = finding.severity.min(FindingSeverity::Explain);
    }
    findings
}

fn scan_file(source: &SourceFile<'_>, code: &SourceTokens<'_>) -> Vec<TokenFinding> {
    let mut hits = scanner::hits(code, source, MAX_PER_KIND);
    hits.sort_by_key(|hit| hit.at);
    let mut findings: Vec<TokenFinding> = hits
        .into_iter()
        .map(|hit| {
            let (line, column) = code.position(hit.at);
            let scanner::ScanHit { what, rule, .. } = hit;
            let why = rule.why.to_owned();
            let severity = rule.severity;
            TokenFinding { file: source.name.to_owned(), line, column, what, why, severity }
        })
        .collect();
    // `use std::fs::{read, write}` is one finding.
    findings.dedup_by(|next, first| next.what == first.what && next.line == first.line);
    findings
}
