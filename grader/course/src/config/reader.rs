//! Typed access to a parsed tree. Returns valid values, records mistakes and never stops early.

use std::collections::HashMap;
use std::ops::Range;

use super::tree::{MapEntry, YamlNode, YamlValue};
use crate::located::{LocatedProblem, SourceText};
use crate::nearest::nearest;

/// Limit on recorded mistakes. A file with more of them is probably not a config file. Each mistake
/// is looked up in the text and compared with known names, so a million of them would take hours.
const MOST_PROBLEMS: usize = 100;

/// Collects the mistakes of one file.
pub(super) struct ConfigReader<'a> {
    source: &'a SourceText,
    problems: Vec<LocatedProblem>,
}

/// The entries of one map, after unknown and duplicate keys have been reported.
pub(super) struct MapFields<'a> {
    entries: &'a [MapEntry],
    span: Range<usize>,
    /// What the map describes, for messages: "task", "module".
    what: &'static str,
    /// Known keys for which a mistyped key was already reported. They are not reported as missing
    /// too.
    mistyped: Vec<String>,
}

impl MapFields<'_> {
    /// The value of `key`, if it is present.
    pub(super) fn get(&self, key: &str) -> Option<&YamlNode> {
        let entry = self.entries.iter().find(|entry| entry.key == key)?;
        Some(&entry.value)
    }
}

impl<'a> ConfigReader<'a> {
    pub(super) fn new(source: &'a SourceText) -> Self {
        Self { source, problems: Vec::new() }
    }

    /// All recorded mistakes.
    pub(super) fn into_problems(self) -> Vec<LocatedProblem> {
        self.problems
    }

    /// Records a mistake at `span`.
    pub(super) fn wrong(&mut self, span: &Range<usize>, message: impl Into<String>, label: &str) {
        if self.listens(span) {
            let problem = LocatedProblem::at(self.source, span.clone(), message).label(label);
            self.problems.push(problem);
        }
    }

    /// Whether another mistake can be recorded. The first one over the limit is replaced by a note
    /// that the others are not listed.
    fn listens(&mut self, span: &Range<usize>) -> bool {
        if self.problems.len() == MOST_PROBLEMS {
            let message = format!("more than {MOST_PROBLEMS} mistakes");
            let problem = LocatedProblem::at(self.source, span.clone(), message)
                .label("the others are not listed")
                .help("correct those that are; is this the right file?");
            self.problems.push(problem);
        }
        self.problems.len() < MOST_PROBLEMS
    }

    /// The map in `node`, each of whose keys must be one of `known`.
    pub(super) fn fields<'n>(
        &mut self,
        node: &'n YamlNode,
        what: &'static str,
        known: &[&str],
    ) -> Option<MapFields<'n>> {
        let entries = self.map(node, what)?;
        let mut mistyped = Vec::new();
        for entry in entries {
            if known.contains(&entry.key.as_str()) || !self.listens(&entry.key_span) {
                continue;
            }
            let close = nearest(&entry.key, known.iter().copied());
            mistyped.extend(close.map(str::to_owned));
            let help = close.map_or_else(
                || format!("a {what} has: {}", known.join(", ")),
                |close| format!("did you mean `{close}`? a {what} has: {}", known.join(", ")),
            );
            let message = format!("unknown key `{}` in a {what}", entry.key);
            let problem = LocatedProblem::at(self.source, entry.key_span.clone(), message)
                .label("expected a known key")
                .help(help);
            self.problems.push(problem);
        }
        Some(MapFields { entries, span: node.span.clone(), what, mistyped })
    }

    /// The entries of the map in `node`, with any keys; duplicates are reported.
    pub(super) fn map<'n>(&mut self, node: &'n YamlNode, what: &str) -> Option<&'n [MapEntry]> {
        let YamlValue::Map(entries) = &node.value else {
            return self.mistyped(node, &format!("a map ({what})"));
        };
        let mut seen: HashMap<&str, &MapEntry> = HashMap::new();
        for entry in entries {
            let first = *seen.entry(&entry.key).or_insert(entry);
            if !std::ptr::eq(first, entry) && self.listens(&entry.key_span) {
                let (line, _) = self.source.position(first.key_span.start);
                self.wrong(
                    &entry.key_span,
                    format!("duplicate key `{}`", entry.key),
                    &format!("expected once, and it stands in line {line} already"),
                );
            }
        }
        Some(entries)
    }

    /// The value of a required key.
    pub(super) fn require<'n>(
        &mut self,
        fields: &MapFields<'n>,
        key: &str,
    ) -> Option<&'n YamlNode> {
        if let Some(entry) = fields.entries.iter().find(|entry| entry.key == key) {
            return Some(&entry.value);
        }
        if fields.mistyped.iter().any(|meant| meant == key) {
            return None;
        }
        let message = format!("missing key `{key}` in a {}", fields.what);
        self.wrong(
            &fields.span,
            message,
            &format!("expected `{key}: ...` in this {}", fields.what),
        );
        None
    }

    /// Text that is not empty.
    pub(super) fn text(&mut self, fields: &MapFields<'_>, key: &str) -> Option<String> {
        let node = self.require(fields, key)?;
        self.text_of(node)
    }

    /// Text that is not empty, in `node`.
    pub(super) fn text_of(&mut self, node: &YamlNode) -> Option<String> {
        match &node.value {
            YamlValue::Text(text) if !text.trim().is_empty() => Some(text.clone()),
            _ => self.mistyped(node, "text that is not empty"),
        }
    }

    /// A name made of a-z, 0-9 and `_`, starting with a letter. It becomes a file name and a
    /// package name.
    pub(super) fn name(&mut self, fields: &MapFields<'_>, key: &str) -> Option<String> {
        let node = self.require(fields, key)?;
        match &node.value {
            YamlValue::Text(text) if is_name(text) => Some(text.clone()),
            _ => self.mistyped(node, "a name of a-z, 0-9 and _, starting with a letter"),
        }
    }

    /// A finite number > 0.
    pub(super) fn positive(&mut self, node: &YamlNode) -> Option<f64> {
        match node.value {
            YamlValue::Number(number) if number > 0.0 => Some(number),
            _ => self.mistyped(node, "a number above 0"),
        }
    }

    /// A finite number >= 0.
    pub(super) fn not_negative(&mut self, node: &YamlNode) -> Option<f64> {
        match node.value {
            YamlValue::Number(number) if number >= 0.0 => Some(number),
            _ => self.mistyped(node, "a number, 0 or more"),
        }
    }

    /// `true` or `false`.
    pub(super) fn yes_or_no(&mut self, node: &YamlNode) -> Option<bool> {
        match node.value {
            YamlValue::Bool(value) => Some(value),
            _ => self.mistyped(node, "true or false"),
        }
    }

    /// A whole number from 1 to `max`.
    pub(super) fn whole(&mut self, fields: &MapFields<'_>, key: &str, max: u32) -> Option<u32> {
        let node = self.require(fields, key)?;
        match node.value {
            YamlValue::Number(n) if n >= 1.0 && n <= f64::from(max) && n.fract() == 0.0 => {
                Some(n as u32)
            }
            _ => self.mistyped(node, &format!("a whole number from 1 to {max}")),
        }
    }

    /// The items of a list with at least `least` items.
    pub(super) fn list<'n>(&mut self, node: &'n YamlNode, least: usize) -> Option<&'n [YamlNode]> {
        match &node.value {
            YamlValue::List(items) if items.len() >= least => Some(items),
            _ if least == 0 => self.mistyped(node, "a list"),
            _ => self.mistyped(node, "a list with at least one entry"),
        }
    }

    /// The entry of `choices` that `node` names.
    pub(super) fn one_of(
        &mut self,
        node: &YamlNode,
        choices: &[&'static str],
    ) -> Option<&'static str> {
        let YamlValue::Text(text) = &node.value else {
            return self.mistyped(node, &choices.join(" | "));
        };
        if let Some(choice) = choices.iter().find(|choice| *choice == text) {
            return Some(choice);
        }
        let expected = match nearest(text, choices.iter().copied()) {
            Some(close) => format!("{} (did you mean `{close}`?)", choices.join(" | ")),
            None => choices.join(" | "),
        };
        self.mistyped(node, &expected)
    }

    /// Records that `node` is not `expected`. Always returns `None`, so a reading function can end
    /// with it.
    pub(super) fn mistyped<T>(&mut self, node: &YamlNode, expected: &str) -> Option<T> {
        let found = match &node.value {
            YamlValue::List(items) if items.is_empty() => "an empty list".to_owned(),
            _ => node.describe(),
        };
        self.wrong(
            &node.span,
            format!("expected {expected}, found {found}"),
            &format!("expected {expected}"),
        );
        None
    }
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}
