//! Converts a solution's Cargo.toml for the students' workspace.

use crate::located::{LocatedProblem, SourceText};

/// Prefix of paths to given packages: in solutions, and in the students' workspace.
const GIVEN: (&str, &str) = ("\"../../assignments/", "\"../");

/// The students' version of the manifest `text` (instructor regions already removed). Settings
/// inherited from the `root` manifest are written out, and paths into `assignments/` become sibling
/// paths. A path that leads out of the students' workspace is a problem.
pub(super) fn student(name: &str, text: &str, root: &str) -> Result<String, Vec<LocatedProblem>> {
    let source = SourceText::new(name, text);
    let mut problems = Vec::new();
    let mut section = String::new();
    let mut lines: Vec<String> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        if let Some(header) = header(line) {
            header.clone_into(&mut section);
        }
        let line = match inherited(line, &section) {
            None => line.to_owned(),
            Some(InheritedSetting::Lints) => {
                // Replace the `[lints]` header with `[lints.rust]` and similar tables.
                while lines.pop().is_some_and(|last| header(&last).is_none()) {}
                lines.extend(lints(root));
                continue;
            }
            Some(InheritedSetting::Key { key, table }) => {
                let Some(value) = lookup(root, table, key) else {
                    problems.push(not_found(&source, number, key, table));
                    continue;
                };
                format!("{key} = {value}")
            }
        };
        let line = line
            .replace(GIVEN.0, GIVEN.1)
            // Paths from the root's `[workspace.dependencies]`.
            .replace("\"assignments/", "\"../");
        problems.extend(leads_out(&source, number, &line));
        lines.push(line);
    }
    if problems.is_empty() { Ok(lines.join("\n") + "\n") } else { Err(problems) }
}

/// A setting inherited from the workspace.
enum InheritedSetting<'a> {
    Lints,
    Key { key: &'a str, table: &'static str },
}

/// Recognises `key.workspace = true`, `key = { workspace = true }` and `[lints] workspace = true`.
fn inherited<'a>(line: &'a str, section: &str) -> Option<InheritedSetting<'a>> {
    let (key, value) = line.split_once('=')?;
    let key = key.trim();
    let value = value.trim();
    if section == "lints" && key == "workspace" && value == "true" {
        return Some(InheritedSetting::Lints);
    }
    let inline: String = value.chars().filter(|c| !c.is_whitespace()).collect();
    let key = match key.strip_suffix(".workspace") {
        Some(key) if value == "true" => key.trim(),
        None if inline == "{workspace=true}" => key,
        _ => return None,
    };
    let table = if section == "package" { "workspace.package" } else { "workspace.dependencies" };
    Some(InheritedSetting::Key { key, table })
}

fn header(line: &str) -> Option<&str> {
    line.trim().strip_prefix('[')?.strip_suffix(']')
}

/// Lines of `[table]` in the root manifest.
fn table<'a>(root: &'a str, wanted: &'a str) -> impl Iterator<Item = &'a str> {
    root.lines()
        .skip_while(move |line| header(line) != Some(wanted))
        .skip(1)
        .take_while(|line| header(line).is_none())
}

/// The value of a key that is on one line of the root manifest.
fn lookup<'a>(root: &'a str, wanted: &'a str, key: &str) -> Option<&'a str> {
    table(root, wanted)
        .filter_map(|line| line.split_once('='))
        .find(|(name, _)| name.trim() == key)
        .map(|(_, value)| value.trim())
}

/// The root's `[workspace.lints.*]` tables, as `[lints.*]`.
fn lints(root: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for tool in ["rust", "clippy", "rustdoc"] {
        let name = format!("workspace.lints.{tool}");
        let settings: Vec<&str> =
            table(root, &name).filter(|line| !line.trim().is_empty()).collect();
        if !settings.is_empty() {
            if !lines.is_empty() {
                lines.push(String::new());
            }
            lines.push(format!("[lints.{tool}]"));
            lines.extend(settings.into_iter().map(str::to_owned));
        }
    }
    lines
}

fn not_found(source: &SourceText, line: usize, key: &str, table: &str) -> LocatedProblem {
    let message = format!("`{key}` is not in the root's [{table}]");
    LocatedProblem::at(source, source.line_span(line), message)
        .label("expected a setting that the workspace has, on one line")
}

/// Reports a line that would not work in the students' workspace or would reveal too much.
fn leads_out(source: &SourceText, line: usize, text: &str) -> Option<LocatedProblem> {
    let code = text.split('#').next().unwrap_or_default();
    let (message, label) = if code.contains("workspace = true") {
        ("inherited in a way that is not understood here", "expected `key.workspace = true` alone")
    } else if code.contains("\"../../") || code.contains("\"/") || code.contains("\"grader/") {
        ("a path that leads out of what students get", "expected \"../../assignments/<folder>\"")
    } else if code.contains("\"grading/") || code.contains("\"wrong/") {
        ("a file that is not shipped", "expected in a `# BEGIN INSTRUCTOR` region")
    } else if header(code).is_some_and(|name| name == "workspace" || name.starts_with("workspace."))
    {
        ("a module that is a workspace", "expected a member of the students' workspace")
    } else {
        return None;
    };
    Some(LocatedProblem::at(source, source.line_span(line), message).label(label))
}
