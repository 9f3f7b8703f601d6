//! Which functions a student must have written, and what these may link.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use grader_links::{Allow, BadPattern};
use serde::Serialize;

use super::reader::{Fields, Reader};
use super::rubric::Origin;
use super::tree::Node;

const LINKS: [&str; 5] = ["own", "given", "allow", "except", "callers"];

/// `links:` of a rubric. Paths of functions are those of the public surface: `matmul_naive`,
/// `OptimizedBackend::dispatch`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LinksRubric {
    /// By task: the functions that must be the student's own. One that leads elsewhere costs its task.
    pub own: BTreeMap<String, Vec<String>>,
    /// Functions of files that were given, which the grader calls as well: what they make is handed
    /// to those above. One that leads elsewhere costs all tasks that have functions of their own.
    pub given: Vec<String>,
    /// What all of them may link: see [`Allow::add`].
    pub allow: Vec<String>,
    /// What is taken away from that again, in the same notation.
    pub except: Vec<String>,
    /// What the course's own driver and kernels may link besides, in the same notation: a constant of a student's is
    /// compiled into them, so they are looked at too.
    pub callers: Vec<String>,
}

impl LinksRubric {
    /// The functions that are looked at, and the tasks that one of them costs.
    pub fn roots(&self) -> impl Iterator<Item = (&str, Vec<&str>)> {
        let all = || self.own.keys().map(String::as_str).collect::<Vec<_>>();
        let own = self.own.iter().flat_map(|(task, functions)| {
            functions.iter().map(|function| (function.as_str(), vec![task.as_str()]))
        });
        own.chain(self.given.iter().map(move |function| (function.as_str(), all())))
    }

    /// The allow-list, ready to be asked.
    pub fn allowed(&self) -> Allow {
        let mut allow = Allow::default();
        for entry in &self.allow {
            // Each was read once, when the file was: one that cannot be read would allow nothing.
            let _ = allow.add(entry);
        }
        for entry in &self.except {
            let _ = allow.except(entry);
        }
        allow
    }

    /// What the course's own driver and kernels may link: any of these lists is enough. The first allows their crates
    /// beside what a student may use, the second what is taken away from a student.
    pub fn allowed_to_callers(&self) -> [Allow; 2] {
        let mut crates = self.allowed();
        let mut items = Allow::default();
        for entry in &self.callers {
            let _ = crates.add(entry);
            let _ = items.add(entry);
        }
        [crates, items]
    }

    /// The tasks that have functions of their own.
    pub fn tasks(&self) -> Vec<String> {
        self.own.keys().cloned().collect()
    }

    /// Its part of a result's key.
    pub(super) fn hash_material(&self) -> String {
        let mut text = String::new();
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "links {:?} {:?}", self.own, self.given);
        let _ = writeln!(text, "allow {:?} except {:?}", self.allow, self.except);
        let _ = writeln!(text, "callers {:?}", self.callers);
        text
    }
}

/// `links:` of a rubric; none unless stated.
pub(super) fn links(
    reader: &mut Reader<'_>,
    fields: &Fields<'_>,
    origin: &mut Origin,
) -> Option<LinksRubric> {
    let node = fields.get("links")?;
    let fields = reader.fields(node, "set of links", &LINKS)?;
    let own = own(reader, &fields, origin);
    let given = match fields.get("given") {
        None => Vec::new(),
        Some(node) => functions(reader, node, origin),
    };
    let list = reader.require(&fields, "allow")?;
    let allow = entries(reader, list);
    let except = fields.get("except").map_or_else(Vec::new, |list| entries(reader, list));
    let callers = fields.get("callers").map_or_else(Vec::new, |list| entries(reader, list));
    Some(LinksRubric { own: own?, given, allow, except, callers })
}

/// Entries of an allow-list.
fn entries(reader: &mut Reader<'_>, list: &Node) -> Vec<String> {
    let mut entries = Vec::new();
    for node in reader.list(list, 1).unwrap_or(&[]) {
        let Some(entry) = reader.text_of(node) else { continue };
        if Allow::default().add(&entry).is_err() {
            let message = format!("`{entry}` names nothing that could be linked");
            reader.wrong(&node.span, message, &format!("expected {BadPattern}"));
        }
        entries.push(entry);
    }
    entries
}

fn own(
    reader: &mut Reader<'_>,
    fields: &Fields<'_>,
    origin: &mut Origin,
) -> Option<BTreeMap<String, Vec<String>>> {
    let node = reader.require(fields, "own")?;
    let entries = reader.map(node, "own: task -> its functions")?;
    if entries.is_empty() {
        return reader.mistyped(node, "a map with at least one task");
    }
    let ids: Vec<String> = origin.tasks.keys().cloned().collect();
    let mut own = BTreeMap::new();
    for entry in entries {
        if !ids.contains(&entry.key) && !origin.has_nameless_task {
            let message = format!("there is no task `{}`", entry.key);
            let label = format!("expected one of: {}", ids.join(", "));
            reader.wrong(&entry.key_span, message, &label);
        }
        own.insert(entry.key.clone(), functions(reader, &entry.value, origin));
    }
    Some(own)
}

fn functions(reader: &mut Reader<'_>, node: &Node, origin: &mut Origin) -> Vec<String> {
    let mut functions = Vec::new();
    for node in reader.list(node, 1).unwrap_or(&[]) {
        let Some(path) = reader.text_of(node) else { continue };
        if !path.split("::").all(is_identifier) {
            reader.mistyped::<()>(node, "a function's path, such as matmul or Backend::dispatch");
        } else if origin.links.iter().any(|(known, _)| *known == path) {
            let message = format!("`{path}` stands here twice");
            reader.wrong(&node.span, message, "expected each function once");
        } else {
            origin.links.push((path.clone(), node.span.clone()));
            functions.push(path);
        }
    }
    functions
}

fn is_identifier(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
