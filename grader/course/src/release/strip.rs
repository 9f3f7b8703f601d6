//! Splits one solution file into the students' version and the secret lines.

use std::ops::Range;

use super::markers::{self, MarkerKind};
use super::regions::{MarkedRegion, pair};
use super::stub;
use super::tokens::TokenizedFile;
use crate::located::{LocatedProblem, SourceText};

/// A solution file after splitting.
#[derive(Debug, Clone)]
pub(super) struct SplitFile {
    /// The students' version.
    pub(super) student: String,
    /// Lines outside all regions: 1-based number and text.
    pub(super) kept: Vec<(usize, String)>,
    /// Lines inside solution and instructor regions.
    pub(super) secret: Vec<(usize, String)>,
}

/// Splits a Rust file.
pub(super) fn rust(source: &SourceText) -> Result<SplitFile, Vec<LocatedProblem>> {
    let tokens = TokenizedFile::of(source.text());
    let (markers, mut problems) = markers::in_rust(source, &tokens);
    let (regions, unpaired) = pair(source, markers);
    problems.extend(unpaired);
    problems.extend(stray_stub_lines(source, &tokens, &regions));
    problems.extend(regions.iter().filter_map(|region| unfit(source, &tokens, region)));
    if !problems.is_empty() {
        // Do not generate stubs for incorrect regions: that would only report more problems.
        return Err(problems);
    }
    let hidden: Vec<Range<usize>> = regions.iter().map(MarkedRegion::inner_bytes).collect();
    split(source, &regions, |region| stub::of(source, &tokens, region, &hidden))
}

/// Splits a TOML file, which can only have `# BEGIN INSTRUCTOR` regions.
pub(super) fn toml(source: &SourceText) -> Result<SplitFile, Vec<LocatedProblem>> {
    let (markers, mut problems) = markers::in_toml(source);
    let (regions, unpaired) = pair(source, markers);
    problems.extend(unpaired);
    if !problems.is_empty() {
        return Err(problems);
    }
    split(source, &regions, |_| Ok(Vec::new()))
}

/// Replaces each region's lines with the result of `replacement`.
fn split(
    source: &SourceText,
    regions: &[MarkedRegion],
    replacement: impl Fn(&MarkedRegion) -> Result<Vec<String>, LocatedProblem>,
) -> Result<SplitFile, Vec<LocatedProblem>> {
    let mut problems = Vec::new();
    let mut student = StudentLines::default();
    let [mut kept, mut secret] = [Vec::new(), Vec::new()];
    for (index, line) in source.text().lines().enumerate() {
        let number = index + 1;
        let Some(region) = regions.iter().find(|region| region.lines().contains(&number)) else {
            kept.push((number, line.to_owned()));
            student.keep(line);
            continue;
        };
        if region.inner_lines().contains(&number) {
            secret.push((number, line.to_owned()));
        }
        if region.begin.line == number {
            match replacement(region) {
                Ok(lines) => student.replace(lines),
                Err(problem) => problems.push(problem),
            }
        }
    }
    if problems.is_empty() {
        Ok(SplitFile { student: student.into_text(), kept, secret })
    } else {
        Err(problems)
    }
}

/// Collects the students' lines and closes the gaps where lines were dropped: rustfmt allows at
/// most one blank line, and none at the edges of a block.
#[derive(Default)]
struct StudentLines {
    lines: Vec<String>,
    just_dropped: bool,
}

impl StudentLines {
    fn replace(&mut self, lines: Vec<String>) {
        self.just_dropped = lines.is_empty();
        self.lines.extend(lines);
    }

    fn keep(&mut self, line: &str) {
        if self.just_dropped {
            let opens = self.lines.last().is_none_or(|l| l.trim_end().ends_with(['{', '(', '[']));
            if line.trim().is_empty() && (opens || self.ends_blank()) {
                return;
            }
            self.just_dropped = false;
            if self.ends_blank() && line.trim_start().starts_with(['}', ')', ']']) {
                self.lines.pop();
            }
        }
        self.lines.push(line.to_owned());
    }

    fn ends_blank(&self) -> bool {
        self.lines.last().is_some_and(|last| last.trim().is_empty())
    }

    fn into_text(mut self) -> String {
        if self.just_dropped && self.ends_blank() {
            self.lines.pop();
        }
        let mut text = self.lines.join("\n");
        if !text.is_empty() {
            text.push('\n');
        }
        text
    }
}

/// `//|` lines outside stubs, and other lines inside stubs.
fn stray_stub_lines(
    source: &SourceText,
    tokens: &TokenizedFile<'_>,
    regions: &[MarkedRegion],
) -> Vec<LocatedProblem> {
    let stubs = || regions.iter().filter_map(|region| region.stub.as_deref());
    let mut problems = Vec::new();
    for comment in tokens.comments.iter().filter(|comment| comment.text.starts_with("//|")) {
        let line = source.position(comment.span.start).0;
        if !stubs().any(|stub| stub.inner_lines().contains(&line)) {
            problems.push(
                LocatedProblem::at(source, comment.span.clone(), "a `//|` line outside of a stub")
                    .label("expected between BEGIN STUB and END STUB"),
            );
        }
    }
    for number in stubs().flat_map(MarkedRegion::inner_lines) {
        let span = source.line_span(number);
        if !source.text()[span.clone()].starts_with("//|") {
            problems.push(
                LocatedProblem::at(source, span, "a stub's line that is not commented")
                    .label("expected `//| ...`: in the solution a stub is only a comment"),
            );
        }
    }
    problems
}

/// Why a region cannot be replaced: it is empty, splits a block, or is not at the end of a block.
fn unfit(
    source: &SourceText,
    tokens: &TokenizedFile<'_>,
    region: &MarkedRegion,
) -> Option<LocatedProblem> {
    let at = |message: &str, label: &str| {
        Some(LocatedProblem::at(source, region.begin.span.clone(), message).label(label))
    };
    let bytes = region.inner_bytes();
    if region.stub.is_none() && source.text()[bytes.clone()].trim().is_empty() {
        return at("a region without a line", "expected lines before its END");
    }
    let inside = tokens.code.iter().filter(|token| bytes.contains(&token.span.start));
    if !is_balanced(inside.map(|token| token.text)) {
        return at("a region that splits a block", "expected as many closing as opening brackets");
    }
    if region.is_dropped() || region.begin.word != MarkerKind::Solution {
        return None;
    }
    let after = tokens.code.iter().find(|token| token.span.start >= bytes.end);
    if after.is_none_or(|token| token.text != "}") {
        let label = "expected `}` after its END: a whole body, or the tail of one";
        return at("a solution that does not end its block", label);
    }
    None
}

fn is_balanced<'a>(tokens: impl Iterator<Item = &'a str>) -> bool {
    let mut open = Vec::new();
    for token in tokens {
        let opening = match token {
            "(" | "[" | "{" => {
                open.push(token);
                continue;
            }
            ")" => "(",
            "]" => "[",
            "}" => "{",
            _ => continue,
        };
        if open.pop() != Some(opening) {
            return false;
        }
    }
    open.is_empty()
}
