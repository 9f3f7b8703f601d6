//! The functions a student must have written, and the functions those may link to.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use grader_call_audit::{AllowList, BadPattern};
use serde::Serialize;

use super::reader::{ConfigReader, MapFields};
use super::rubric::RubricOrigin;
use super::tree::{MapEntry, YamlNode};

const LINKS: [&str; 5] = ["own", "given", "allow", "except", "callers"];

/// `links:` of a rubric. Function paths are public paths: `matmul_naive`,
/// `OptimizedBackend::dispatch`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LinksRubric {
    /// For each task, the functions that must be the student's own code. A violation in one costs
    /// its task.
    pub own: BTreeMap<String, Vec<String>>,
    /// Functions of given files that the grader also calls, because their results are passed to the
    /// functions in `own`. A violation in one costs every task in `own`.
    pub given: Vec<String>,
    /// The allow-list for all of these functions; for the notation see [`AllowList::add`].
    pub allow: Vec<String>,
    /// Exceptions to `allow`, in the same notation.
    pub except: Vec<String>,
    /// By task: the methods of the contract and the kernels through which the grader calls it. What these reach
    /// besides costs the task. One that is not here costs all tasks that have functions of their own.
    pub callers: BTreeMap<String, Vec<String>>,
}

impl LinksRubric {
    /// The functions to check, each with the tasks that a violation costs.
    pub fn roots(&self) -> impl Iterator<Item = (&str, Vec<&str>)> {
        let all = || self.own.keys().map(String::as_str).collect::<Vec<_>>();
        let own = self.own.iter().flat_map(|(task, functions)| {
            functions.iter().map(|function| (function.as_str(), vec![task.as_str()]))
        });
        own.chain(self.given.iter().map(move |function| (function.as_str(), all())))
    }

    /// The parsed allow-list.
    pub fn allowed(&self) -> AllowList {
        let mut allow = AllowList::default();
        for entry in &self.allow {
            // Entries were already validated when the file was read. An invalid one would allow
            // nothing.
            let _ = allow.add(entry);
        }
        for entry in &self.except {
            let _ = allow.except(entry);
        }
        allow
    }

    /// The callers of tasks that have no functions of their own. These may call anything, unless an audited task can
    /// use the result.
    pub fn free_callers(&self) -> Vec<String> {
        let free = self.callers.iter().filter(|(task, _)| !self.own.contains_key(*task));
        free.flat_map(|(_, callers)| callers.clone()).collect()
    }

    /// The part of a result's cache key that depends on these settings.
    pub(super) fn hash_material(&self) -> String {
        let mut text = String::new();
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "links {:?} {:?}", self.own, self.given);
        let _ = writeln!(text, "allow {:?} except {:?}", self.allow, self.except);
        let _ = writeln!(text, "callers {:?}", self.callers);
        text
    }
}

/// Reads `links:` of a rubric; `None` if the key is missing.
pub(super) fn links(
    reader: &mut ConfigReader<'_>,
    fields: &MapFields<'_>,
    origin: &mut RubricOrigin,
) -> Option<LinksRubric> {
    let node = fields.get("links")?;
    let fields = reader.fields(node, "set of links", &LINKS)?;
    let own = own(reader, &fields, origin);
    let callers = fields.get("callers").and_then(|node| callers(reader, node, origin));
    let given = match fields.get("given") {
        None => Vec::new(),
        Some(node) => functions(reader, node, origin),
    };
    let list = reader.require(&fields, "allow")?;
    let allow = entries(reader, list);
    let except = fields.get("except").map_or_else(Vec::new, |list| entries(reader, list));
    let callers = callers.unwrap_or_default();
    Some(LinksRubric { own: own?, given, allow, except, callers })
}

/// Reads the entries of an allow-list.
fn entries(reader: &mut ConfigReader<'_>, list: &YamlNode) -> Vec<String> {
    let mut entries = Vec::new();
    for node in reader.list(list, 1).unwrap_or(&[]) {
        let Some(entry) = reader.text_of(node) else { continue };
        if AllowList::default().add(&entry).is_err() {
            let message = format!("`{entry}` names nothing that could be linked");
            reader.wrong(&node.span, message, &format!("expected {BadPattern}"));
        }
        entries.push(entry);
    }
    entries
}

fn own(
    reader: &mut ConfigReader<'_>,
    fields: &MapFields<'_>,
    origin: &mut RubricOrigin,
) -> Option<BTreeMap<String, Vec<String>>> {
    let node = reader.require(fields, "own")?;
    let entries = reader.map(node, "own: task -> its functions")?;
    if entries.is_empty() {
        return reader.mistyped(node, "a map with at least one task");
    }
    let mut own = BTreeMap::new();
    for entry in entries {
        expect_task(reader, entry, origin);
        own.insert(entry.key.clone(), functions(reader, &entry.value, origin));
    }
    Some(own)
}

fn callers(
    reader: &mut ConfigReader<'_>,
    node: &YamlNode,
    origin: &RubricOrigin,
) -> Option<BTreeMap<String, Vec<String>>> {
    let mut callers = BTreeMap::new();
    for entry in reader.map(node, "callers: task -> methods and kernels")? {
        expect_task(reader, entry, origin);
        let mut names = Vec::new();
        for node in reader.list(&entry.value, 1).unwrap_or(&[]) {
            let Some(name) = reader.text_of(node) else { continue };
            if name.split("::").all(is_identifier) {
                names.push(name);
            } else {
                reader.mistyped::<()>(node, "a method of the contract or a kernel's type");
            }
        }
        callers.insert(entry.key.clone(), names);
    }
    Some(callers)
}

fn expect_task(reader: &mut ConfigReader<'_>, entry: &MapEntry, origin: &RubricOrigin) {
    if origin.tasks.contains_key(&entry.key) || origin.has_nameless_task {
        return;
    }
    let message = format!("there is no task `{}`", entry.key);
    let ids: Vec<&str> = origin.tasks.keys().map(String::as_str).collect();
    reader.wrong(&entry.key_span, message, &format!("expected one of: {}", ids.join(", ")));
}

fn functions(
    reader: &mut ConfigReader<'_>,
    node: &YamlNode,
    origin: &mut RubricOrigin,
) -> Vec<String> {
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
