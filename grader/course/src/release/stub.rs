//! Generates the lines that replace a solution.

use std::ops::Range;

use super::regions::MarkedRegion;
use super::tokens::TokenizedFile;
use super::unused;
use crate::located::{LocatedProblem, SourceText};

/// rustfmt's line width. Generated code must be formatted as rustfmt would format it.
const WIDTH: usize = 100;

/// The replacement of `region`: the lines of its STUB, nothing for `-`, otherwise a `todo!` with
/// its text. `hidden` contains the byte ranges of all regions of the file.
pub(super) fn of(
    source: &SourceText,
    tokens: &TokenizedFile<'_>,
    region: &MarkedRegion,
    hidden: &[Range<usize>],
) -> Result<Vec<String>, LocatedProblem> {
    let indent = indent_of(source, region.begin.span.start);
    if let Some(stub) = &region.stub {
        return from_stub(source, region, stub, indent);
    }
    if region.is_dropped() {
        return Ok(Vec::new());
    }
    let unused = unused::mention(tokens, &region.inner_bytes(), hidden).map_err(|_| {
        let message = "a solution outside of a function";
        LocatedProblem::at(source, region.begin.span.clone(), message)
            .label("expected inside of a function's body")
            .help("drop the lines with `BEGIN SOLUTION: -`, or say in a STUB what replaces them")
    })?;
    let mut lines = mention(&unused, indent);
    lines.extend(todo(&region.begin.text, indent));
    Ok(lines)
}

/// The lines of a stub without their comment signs. A bare `todo!()` receives the region's text.
fn from_stub(
    source: &SourceText,
    region: &MarkedRegion,
    stub: &MarkedRegion,
    indent: &str,
) -> Result<Vec<String>, LocatedProblem> {
    let mut lines = Vec::new();
    let mut says_what_to_do = region.is_dropped();
    for number in stub.inner_lines() {
        let text = &source.text()[source.line_span(number)];
        let code = text.strip_prefix("//|").unwrap_or(text);
        let code = code.strip_prefix(' ').unwrap_or(code);
        says_what_to_do |= code.contains("todo!(");
        if code.trim() == "todo!()" && !region.is_dropped() {
            let deeper = &code[..code.len() - code.trim_start().len()];
            lines.extend(todo(&region.begin.text, &format!("{indent}{deeper}")));
        } else if code.trim().is_empty() {
            lines.push(String::new());
        } else {
            lines.push(format!("{indent}{}", code.trim_end()));
        }
    }
    if says_what_to_do {
        return Ok(lines);
    }
    let message = "a stub that never says what to do";
    Err(LocatedProblem::at(source, stub.begin.span.clone(), message)
        .label("expected a line `//| todo!()`, which gets the solution's text")
        .help("without it nobody would see the text, and the task would not count as not started"))
}

/// `let _ = (&a, &b);`, see [`unused`].
fn mention(unused: &[String], indent: &str) -> Vec<String> {
    const WHY: &str = " // Not used yet: goes with the todo!.";
    let line = match unused {
        [] => return Vec::new(),
        [one] => format!("{indent}let _ = {one};"),
        several => format!("{indent}let _ = ({});", several.join(", ")),
    };
    match line.chars().count() {
        short if short + WHY.len() <= WIDTH => vec![line + WHY],
        fits if fits <= WIDTH => vec![line],
        _ => unused.iter().map(|one| format!("{indent}let _ = {one};")).collect(),
    }
}

/// `todo!("text")`, wrapped like rustfmt does if it is too wide.
fn todo(text: &str, indent: &str) -> Vec<String> {
    // The text becomes a format string in a string literal, so it is escaped for both.
    let quoted =
        text.replace('\\', "\\\\").replace('"', "\\\"").replace('{', "{{").replace('}', "}}");
    let line = format!("{indent}todo!(\"{quoted}\")");
    if line.chars().count() <= WIDTH {
        return vec![line];
    }
    vec![format!("{indent}todo!("), format!("{indent}    \"{quoted}\""), format!("{indent})")]
}

/// The text between the start of the line and `offset`, which is the indentation.
fn indent_of(source: &SourceText, offset: usize) -> &str {
    let before = &source.text()[..offset];
    &before[before.rfind('\n').map_or(0, |newline| newline + 1)..]
}
