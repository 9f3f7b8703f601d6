//! Mistakes in hand-written files. Each has a location, a message and advice on how to fix it.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode};

/// A text file and the name used for it in messages. Cheap to clone.
#[derive(Debug, Clone)]
pub struct SourceText {
    name: Arc<str>,
    text: Arc<str>,
}

impl SourceText {
    /// A file with the contents `text`, called `name` in messages.
    pub fn new(name: &str, text: &str) -> Self {
        Self { name: name.into(), text: text.into() }
    }

    /// The name used in messages.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// 1-based line and column (in characters) of a byte offset; offsets past the end mean the end.
    pub fn position(&self, offset: usize) -> (usize, usize) {
        let before = &self.text[..self.text.floor_char_boundary(offset)];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.matches('\n').count() + 1;
        (line, before[line_start..].chars().count() + 1)
    }

    /// Byte range of the 1-based `line`, without its line break and surrounding white space.
    pub fn line_span(&self, line: usize) -> Range<usize> {
        let mut start = 0;
        for (index, text) in self.text.split_inclusive('\n').enumerate() {
            if index + 1 == line {
                let blanks = text.len() - text.trim_start().len();
                let visible = text.trim().len();
                return start + blanks..start + blanks + visible;
            }
            start += text.len();
        }
        self.text.len()..self.text.len()
    }
}

/// One mistake at one location.
#[derive(Debug, Clone)]
pub struct LocatedProblem {
    /// The file that contains the mistake, named as it was when opened.
    pub file: String,
    /// 1-based line; 0 if the mistake concerns the file as a whole.
    pub line: usize,
    /// 1-based column in characters; 0 if the mistake concerns the file as a whole.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// What the file has at this location, or what was expected there.
    pub label: String,
    /// What to do next.
    pub help: Option<String>,
    /// Boxed so that a `Result` with a problem stays small.
    place: Option<Box<(SourceText, Range<usize>)>>,
}

impl LocatedProblem {
    /// A mistake at the byte range `span` of `source`.
    pub fn at(source: &SourceText, span: Range<usize>, message: impl Into<String>) -> Self {
        let (line, column) = source.position(span.start);
        Self {
            file: source.name().to_owned(),
            line,
            column,
            message: message.into(),
            label: "here".to_owned(),
            help: None,
            place: Some(Box::new((source.clone(), span))),
        }
    }

    /// A mistake that concerns a whole file, for example a missing or unreadable one.
    pub fn whole_file(file: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            line: 0,
            column: 0,
            message: message.into(),
            label: String::new(),
            help: None,
            place: None,
        }
    }

    /// Sets the text printed at the location.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Sets the advice printed below.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for LocatedProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.file, self.message),
            line => write!(f, "{}:{line}:{}: {}", self.file, self.column, self.message),
        }
    }
}

impl std::error::Error for LocatedProblem {}

impl Diagnostic for LocatedProblem {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let help = self.help.as_ref()?;
        Some(Box::new(help))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        let (source, _) = self.place.as_deref()?;
        Some(source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let (_, span) = self.place.as_deref()?;
        let label = LabeledSpan::new(Some(self.label.clone()), span.start, span.len());
        Some(Box::new(std::iter::once(label)))
    }
}

impl SourceCode for SourceText {
    fn read_span<'a>(
        &'a self,
        span: &miette::SourceSpan,
        context_lines_before: usize,
        context_lines_after: usize,
    ) -> Result<Box<dyn miette::SpanContents<'a> + 'a>, miette::MietteError> {
        let contents = self.text().read_span(span, context_lines_before, context_lines_after)?;
        Ok(Box::new(miette::MietteSpanContents::new_named(
            self.name().to_owned(),
            contents.data(),
            *contents.span(),
            contents.line(),
            contents.column(),
            contents.line_count(),
        )))
    }
}

/// Renders a diagnostic as plain text for logs, files and snapshots: without colour, and at most
/// `width` columns wide where lines can be wrapped.
pub fn render_plain(diagnostic: &dyn Diagnostic, width: usize) -> String {
    let mut text = String::new();
    let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor())
        .with_width(width)
        .with_links(false);
    // Writing to a `String` fails only if a `Display` fails; the message alone is still useful
    // then.
    if handler.render_report(&mut text, diagnostic).is_err() {
        return diagnostic.to_string();
    }
    text
}

/// Sorts by location, so that a reader can go through each file from the top.
pub(crate) fn in_reading_order(mut problems: Vec<LocatedProblem>) -> Vec<LocatedProblem> {
    problems.sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
    problems
}

/// `1 mistake`, `3 mistakes`.
pub(crate) fn count(n: usize, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}
