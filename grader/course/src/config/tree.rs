//! YAML as a tree in which every node has its source location.
//!
//! Serde stops at the first mistake, but authors want to see all mistakes in a config file. So the
//! file is first parsed into this tree, where only a syntax error stops reading, and then checked
//! node by node. The parser is the one inside `serde-saphyr`, so every file of the course is YAML in the
//! same sense, whichever of the two reads it.

use std::ops::Range;

use granit_parser::{Event, Parser, ScalarStyle, Span};

use crate::located::{LocatedProblem, SourceText};

/// A value and its byte range in the source.
#[derive(Debug, Clone)]
pub(super) struct YamlNode {
    /// For a map or a list, only its beginning, to keep labels short.
    pub(super) span: Range<usize>,
    pub(super) value: YamlValue,
}

/// The content of a node. Plain scalars are typed by YAML 1.2's core schema; quoted scalars are
/// text.
#[derive(Debug, Clone)]
pub(super) enum YamlValue {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    List(Vec<YamlNode>),
    Map(Vec<MapEntry>),
}

/// One `key: value` of a map. Duplicates are kept so that they can be reported.
#[derive(Debug, Clone)]
pub(super) struct MapEntry {
    pub(super) key: String,
    pub(super) key_span: Range<usize>,
    pub(super) value: YamlNode,
}

impl YamlNode {
    /// Description of the node for "found ..." in messages.
    pub(super) fn describe(&self) -> String {
        match &self.value {
            YamlValue::Null => "nothing".to_owned(),
            YamlValue::Bool(value) => format!("the boolean {value}"),
            YamlValue::Number(value) => format!("the number {value}"),
            YamlValue::Text(text) => format!("the text \"{text}\""),
            YamlValue::List(_) => "a list".to_owned(),
            YamlValue::Map(_) => "a map".to_owned(),
        }
    }
}

/// Parses one document. Anchors, aliases, tags and multiple documents are rejected, because no
/// config file of a course needs them.
pub(super) fn parse(source: &SourceText) -> Result<YamlNode, LocatedProblem> {
    let mut builder = TreeBuilder { source, open: Vec::new(), root: None };
    for event in Parser::new_from_str(source.text()) {
        let (event, span) = event.map_err(|error| {
            let at = error.marker().byte_offset().unwrap_or(source.text().len());
            LocatedProblem::at(source, at..at, format!("not valid YAML: {}", error.info()))
                .label("reading stopped here")
                .help("fix this first: what follows could not be read")
        })?;
        builder.take(event, span)?;
    }
    builder.root.ok_or_else(|| {
        LocatedProblem::whole_file(source.name(), "the file is empty")
            .help("expected a map of settings")
    })
}

/// A list or map whose end has not been reached.
enum OpenNode {
    List(Range<usize>, Vec<YamlNode>),
    Map(Range<usize>, Vec<MapEntry>, Option<(String, Range<usize>)>),
}

struct TreeBuilder<'a> {
    source: &'a SourceText,
    open: Vec<OpenNode>,
    root: Option<YamlNode>,
}

impl TreeBuilder<'_> {
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), LocatedProblem> {
        let place = self.bytes(span);
        if event.anchor_id().is_some() || event.is_alias() || event.tag().is_some() {
            return Err(LocatedProblem::at(
                self.source,
                place,
                "anchors, aliases and tags are not used here",
            )
            .label("write the value out"));
        }
        match event {
            Event::Scalar(text, style, ..) => {
                let value = scalar(&text, style);
                self.place_node(YamlNode { span: place, value }, &text)
            }
            Event::SequenceStart(..) => {
                self.open.push(OpenNode::List(place, Vec::new()));
                Ok(())
            }
            Event::MappingStart(..) => {
                self.open.push(OpenNode::Map(place, Vec::new(), None));
                Ok(())
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(),
            _ => Ok(()),
        }
    }

    fn close(&mut self) -> Result<(), LocatedProblem> {
        let node = match self.open.pop() {
            Some(OpenNode::List(span, items)) => YamlNode {
                span: items.first().map_or(span, |item| item.span.clone()),
                value: YamlValue::List(items),
            },
            Some(OpenNode::Map(span, entries, _)) => YamlNode {
                span: entries.first().map_or(span, |entry| entry.key_span.clone()),
                value: YamlValue::Map(entries),
            },
            // Unreachable: the parser balances starts and ends.
            None => return Ok(()),
        };
        self.place_node(node, "")
    }

    fn place_node(&mut self, node: YamlNode, raw: &str) -> Result<(), LocatedProblem> {
        match self.open.last_mut() {
            Some(OpenNode::List(_, items)) => items.push(node),
            Some(OpenNode::Map(_, entries, pending)) => match pending.take() {
                Some((key, key_span)) => entries.push(MapEntry { key, key_span, value: node }),
                None if matches!(node.value, YamlValue::List(_) | YamlValue::Map(_)) => {
                    return Err(LocatedProblem::at(
                        self.source,
                        node.span,
                        "a key must be a plain name",
                    ));
                }
                None => *pending = Some((raw.to_owned(), node.span)),
            },
            None if self.root.is_some() => {
                return Err(LocatedProblem::at(
                    self.source,
                    node.span,
                    "a second document begins here",
                )
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
fn scalar(text: &str, style: ScalarStyle) -> YamlValue {
    if style != ScalarStyle::Plain {
        return YamlValue::Text(text.to_owned());
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return YamlValue::Null,
        "true" | "True" | "TRUE" => return YamlValue::Bool(true),
        "false" | "False" | "FALSE" => return YamlValue::Bool(false),
        _ => {}
    }
    // `f64::from_str` also accepts "inf" and "nan"; the core schema does not.
    let numeric = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.' | 'e' | 'E');
    match text.parse::<f64>() {
        Ok(number) if text.chars().all(numeric) && number.is_finite() => YamlValue::Number(number),
        _ => YamlValue::Text(text.to_owned()),
    }
}
