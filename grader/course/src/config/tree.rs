//! YAML as a tree in which every node has its source location.
//!
//! Serde stops at the first mistake, but authors want to see all mistakes in a config file. So the
//! file is first parsed into this tree, where only a syntax error stops reading, and then checked
//! node by node. The parser is the one inside `serde-saphyr`, so every file of the course is YAML in the
//! same sense, whichever of the two reads it.

use std::ops::Range;

use granit_parser::{Event, Parser, ScalarStyle, Span};

use crate::located::{Problem, Source};

/// A value and its byte range in the source.
#[derive(Debug, Clone)]
pub(super) struct Node {
    /// For a map or a list, only its beginning, to keep labels short.
    pub(super) span: Range<usize>,
    pub(super) value: Value,
}

/// The content of a node. Plain scalars are typed by YAML 1.2's core schema; quoted scalars are
/// text.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// One `key: value` of a map. Duplicates are kept so that they can be reported.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) key_span: Range<usize>,
    pub(super) value: Node,
}

impl Node {
    /// Description of the node for "found ..." in messages.
    pub(super) fn describe(&self) -> String {
        match &self.value {
            Value::Null => "nothing".to_owned(),
            Value::Bool(value) => format!("the boolean {value}"),
            Value::Number(value) => format!("the number {value}"),
            Value::Text(text) => format!("the text \"{text}\""),
            Value::List(_) => "a list".to_owned(),
            Value::Map(_) => "a map".to_owned(),
        }
    }
}

/// Parses one document. Anchors, aliases, tags and multiple documents are rejected, because no
/// config file of a course needs them.
pub(super) fn parse(source: &Source) -> Result<Node, Problem> {
    let mut builder = Builder { source, open: Vec::new(), root: None };
    for event in Parser::new_from_str(source.text()) {
        let (event, span) = event.map_err(|error| {
            let at = error.marker().byte_offset().unwrap_or(source.text().len());
            Problem::at(source, at..at, format!("not valid YAML: {}", error.info()))
                .label("reading stopped here")
                .help("fix this first: what follows could not be read")
        })?;
        builder.take(event, span)?;
    }
    builder.root.ok_or_else(|| {
        Problem::whole_file(source.name(), "the file is empty").help("expected a map of settings")
    })
}

/// A list or map whose end has not been reached.
enum Open {
    List(Range<usize>, Vec<Node>),
    Map(Range<usize>, Vec<Entry>, Option<(String, Range<usize>)>),
}

struct Builder<'a> {
    source: &'a Source,
    open: Vec<Open>,
    root: Option<Node>,
}

impl Builder<'_> {
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), Problem> {
        let place = self.bytes(span);
        if event.anchor_id().is_some() || event.is_alias() || event.tag().is_some() {
            return Err(Problem::at(
                self.source,
                place,
                "anchors, aliases and tags are not used here",
            )
            .label("write the value out"));
        }
        match event {
            Event::Scalar(text, style, ..) => {
                let value = scalar(&text, style);
                self.place_node(Node { span: place, value }, &text)
            }
            Event::SequenceStart(..) => {
                self.open.push(Open::List(place, Vec::new()));
                Ok(())
            }
            Event::MappingStart(..) => {
                self.open.push(Open::Map(place, Vec::new(), None));
                Ok(())
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(),
            _ => Ok(()),
        }
    }

    fn close(&mut self) -> Result<(), Problem> {
        let node = match self.open.pop() {
            Some(Open::List(span, items)) => Node {
                span: items.first().map_or(span, |item| item.span.clone()),
                value: Value::List(items),
            },
            Some(Open::Map(span, entries, _)) => Node {
                span: entries.first().map_or(span, |entry| entry.key_span.clone()),
                value: Value::Map(entries),
            },
            // Unreachable: the parser balances starts and ends.
            None => return Ok(()),
        };
        self.place_node(node, "")
    }

    fn place_node(&mut self, node: Node, raw: &str) -> Result<(), Problem> {
        match self.open.last_mut() {
            Some(Open::List(_, items)) => items.push(node),
            Some(Open::Map(_, entries, pending)) => match pending.take() {
                Some((key, key_span)) => entries.push(Entry { key, key_span, value: node }),
                None if matches!(node.value, Value::List(_) | Value::Map(_)) => {
                    return Err(Problem::at(self.source, node.span, "a key must be a plain name"));
                }
                None => *pending = Some((raw.to_owned(), node.span)),
            },
            None if self.root.is_some() => {
                return Err(Problem::at(self.source, node.span, "a second document begins here")
                    .help("keep one document per file"));
            }
            None => self.root = Some(node),
        }
        Ok(())
    }

    /// Byte range of a span, without trailing white space.
    fn bytes(&self, span: Span) -> Range<usize> {
        let length = self.source.text().len();
        let start = span.start.byte_offset().unwrap_or(0).min(length);
        let end = span.end.byte_offset().unwrap_or(start).clamp(start, length);
        let text = self.source.text().get(start..end).unwrap_or_default();
        start..start + text.trim_end().len()
    }
}

/// Types a scalar by the core schema. Only plain (unquoted) scalars can be anything but text.
fn scalar(text: &str, style: ScalarStyle) -> Value {
    if style != ScalarStyle::Plain {
        return Value::Text(text.to_owned());
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        _ => {}
    }
    // `f64::from_str` also accepts "inf" and "nan"; the core schema does not.
    let numeric = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.' | 'e' | 'E');
    match text.parse::<f64>() {
        Ok(number) if text.chars().all(numeric) && number.is_finite() => Value::Number(number),
        _ => Value::Text(text.to_owned()),
    }
}
