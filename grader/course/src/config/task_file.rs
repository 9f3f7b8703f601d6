//! Converts one entry of a rubric's `tasks:` to a [`TaskRubric`], or reports all its mistakes.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use super::gates;
use super::partial::{PartialCredit, PartialStep};
use super::reader::{ConfigReader, MapFields};
use super::rubric::{CaseRubric, RubricOrigin, SubmissionLimits, TaskRubric};
use super::rubric_file::visibility;
use super::tree::{YamlNode, YamlValue};

const TASK: [&str; 13] = [
    "id",
    "title",
    "points",
    "file",
    "files",
    "task_seconds",
    "needs",
    "dropped",
    "partial",
    "steps",
    "hint",
    "cases",
    "gates",
];

/// Reads one task and records the locations of its parts in `origin`.
pub(super) fn task(
    reader: &mut ConfigReader<'_>,
    node: &YamlNode,
    number: usize,
    limits: Option<&SubmissionLimits>,
    origin: &mut RubricOrigin,
) -> Option<TaskRubric> {
    let Some(fields) = reader.fields(node, "task", &TASK) else {
        origin.has_nameless_task = true;
        return None;
    };
    let needs = needs(reader, &fields, origin);
    let id = reader.name(&fields, "id");
    note_id(reader, &fields, id.as_deref(), origin);
    let title = reader.text(&fields, "title");
    let points = points(reader, &fields);
    let files = files(reader, &fields);
    let task_seconds = task_seconds(reader, &fields, limits);
    let dropped = fields.get("dropped").map_or(Some(false), |node| reader.yes_or_no(node));
    let partial = partial(reader, &fields);
    let hint = reader.text(&fields, "hint");
    let cases = cases(reader, &fields, id.as_deref(), origin);
    let gates = gates::gates(reader, &fields, id.as_deref(), origin);
    if let (Some(id), Some(true)) = (&id, dropped) {
        origin.dropped.insert(id.clone());
    }
    Some(TaskRubric {
        id: id?,
        number,
        title: title?,
        points: points?,
        files: files?,
        task_seconds,
        needs: needs?,
        partial: partial?,
        hint: hint?,
        cases: cases?,
        gates,
    })
}

fn note_id(
    reader: &mut ConfigReader<'_>,
    fields: &MapFields<'_>,
    id: Option<&str>,
    origin: &mut RubricOrigin,
) {
    let (Some(id), Some(node)) = (id, fields.get("id")) else {
        origin.has_nameless_task = true;
        return;
    };
    if origin.tasks.insert(id.to_owned(), node.span.clone()).is_some() {
        reader.wrong(&node.span, format!("duplicate task id `{id}`"), "expected an id of its own");
    }
}

/// A task can need only earlier tasks, because students solve them in order.
fn needs(
    reader: &mut ConfigReader<'_>,
    fields: &MapFields<'_>,
    origin: &RubricOrigin,
) -> Option<Vec<String>> {
    let Some(node) = fields.get("needs") else { return Some(Vec::new()) };
    let before: Vec<&str> = origin.tasks.keys().map(String::as_str).collect();
    let mut needs = Vec::new();
    for item in reader.list(node, 0)? {
        let Some(id) = reader.text_of(item) else { continue };
        if !before.contains(&id.as_str()) {
            let message = format!("needs `{id}`, which is no task before this one");
            let label = match &*before {
                [] => "expected nothing: this task is first".to_owned(),
                _ => format!("expected one of: {}", before.join(", ")),
            };
            reader.wrong(&item.span, message, &label);
        }
        needs.push(id);
    }
    Some(needs)
}

fn points(reader: &mut ConfigReader<'_>, fields: &MapFields<'_>) -> Option<f64> {
    let node = reader.require(fields, "points")?;
    match node.value {
        YamlValue::Number(n) if (0.0..=1e6).contains(&n) && (n * 2.0).fract() == 0.0 => Some(n),
        _ => reader.mistyped(node, "points: 0 or more, in steps of 0.5"),
    }
}

/// `file:` with one path, or `files:` with several.
fn files(reader: &mut ConfigReader<'_>, fields: &MapFields<'_>) -> Option<Vec<PathBuf>> {
    let Some(list) = fields.get("files") else {
        let node = reader.require(fields, "file")?;
        return file(reader, node).map(|file| vec![file]);
    };
    if fields.get("file").is_some() {
        reader.wrong(&list.span, "`file` and `files` in one task", "expected one of the two");
        return None;
    }
    let nodes = reader.list(list, 1)?;
    let files: Vec<Option<PathBuf>> = nodes.iter().map(|node| file(reader, node)).collect();
    files.into_iter().collect()
}

/// The task's own limit, if there is one. It can hold the longest call; the reader notes a limit that cannot.
fn task_seconds(
    reader: &mut ConfigReader<'_>,
    fields: &MapFields<'_>,
    limits: Option<&SubmissionLimits>,
) -> Option<u32> {
    let node = fields.get("task_seconds")?;
    let stated = reader.whole(fields, "task_seconds", 86_400)?;
    let call = limits.map_or(0, |limits| limits.call_seconds);
    if stated < call {
        let message =
            format!("all calls of the task may take {stated} s, and a single one {call} s");
        reader.wrong(&node.span, message, &format!("expected at least `call_seconds`, {call}"));
        return None;
    }
    Some(stated)
}

fn file(reader: &mut ConfigReader<'_>, node: &YamlNode) -> Option<PathBuf> {
    if let YamlValue::Text(text) = &node.value {
        let path = Path::new(text);
        let plain = path.components().all(|part| matches!(part, Component::Normal(_)));
        if plain && path.starts_with("src") && path.extension().is_some_and(|e| e == "rs") {
            return Some(path.to_owned());
        }
    }
    reader.mistyped(node, "a path like src/timer.rs, inside the module's src/")
}

/// Reads `partial:` and `steps:`; proportional by default.
fn partial(reader: &mut ConfigReader<'_>, fields: &MapFields<'_>) -> Option<PartialCredit> {
    let wants_steps = match fields.get("partial") {
        None => Some(PartialCredit::Proportional),
        Some(node) => match reader.one_of(node, &["proportional", "all_or_nothing", "steps"])? {
            "proportional" => Some(PartialCredit::Proportional),
            "all_or_nothing" => Some(PartialCredit::AllOrNothing),
            _ => None,
        },
    };
    match (wants_steps, fields.get("steps")) {
        (Some(rule), None) => Some(rule),
        (Some(_), Some(node)) => {
            let message = "`steps` without `partial: steps`";
            reader.wrong(&node.span, message, "expected with `partial: steps` only");
            None
        }
        (None, _) => {
            let node = reader.require(fields, "steps")?;
            steps(reader, node).map(PartialCredit::Steps)
        }
    }
}

/// `{50: 0.5, 100: 1.0}`: percent of case weight -> fraction of points.
fn steps(reader: &mut ConfigReader<'_>, node: &YamlNode) -> Option<Vec<PartialStep>> {
    let mut steps: Vec<PartialStep> = Vec::new();
    for entry in reader.map(node, "steps: percent of case weight -> fraction of points")? {
        let percent = entry.key.parse::<f64>().ok().filter(|p| *p > 0.0 && *p <= 100.0);
        let Some(percent) = percent else {
            let message = format!("expected a percentage, found `{}`", entry.key);
            reader.wrong(&entry.key_span, message, "expected a number above 0, at most 100");
            continue;
        };
        let YamlValue::Number(fraction @ 0.0..=1.0) = entry.value.value else {
            reader.mistyped::<()>(&entry.value, "a fraction of the points, from 0 to 1");
            continue;
        };
        let descends = |last: &PartialStep| percent < last.percent || fraction < last.fraction;
        if steps.last().is_some_and(descends) {
            reader.wrong(
                &entry.key_span,
                "steps must ascend",
                "expected more than the step before",
            );
        }
        steps.push(PartialStep { percent, fraction });
    }
    if steps.iter().all(|step| step.fraction < 1.0) {
        reader.wrong(&node.span, "no step earns full marks", "expected a last step with 1.0");
    }
    Some(steps)
}

fn cases(
    reader: &mut ConfigReader<'_>,
    fields: &MapFields<'_>,
    task: Option<&str>,
    origin: &mut RubricOrigin,
) -> Option<BTreeMap<String, CaseRubric>> {
    let mut cases = BTreeMap::new();
    let Some(node) = fields.get("cases") else {
        return Some(cases);
    };
    for entry in reader.map(node, "cases: name -> weight and visibility")? {
        if let Some(fields) = reader.fields(&entry.value, "case", &["weight", "visibility"]) {
            let weight = fields.get("weight").map_or(Some(1.0), |node| reader.not_negative(node));
            let shown = fields.get("visibility").map(|node| visibility(reader, node));
            let case = CaseRubric { weight: weight.unwrap_or(1.0), visibility: shown.flatten() };
            cases.insert(entry.key.clone(), case);
            let key = (task.unwrap_or_default().to_owned(), entry.key.clone());
            if case.weight <= 0.0 {
                origin.left_out.insert(key.clone());
            }
            origin.cases.insert(key, entry.key_span.clone());
        }
    }
    Some(cases)
}
