//! From the text of a rubric file to a [`Rubric`], or to all of its mistakes.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use super::errors::ConfigErrors;
use super::gates;
use super::links;
use super::partial::{PartialCredit, Step};
use super::reader::{Fields, Reader};
use super::rubric::{CaseRubric, Limits, Origin, Rubric, TaskRubric, Visibility};
use super::tree::{self, Node, Value};
use crate::located::Source;

const TOP: [&str; 7] =
    ["module", "title", "points_total", "limits", "visibility", "links", "tasks"];
const TASK: [&str; 9] =
    ["id", "title", "points", "file", "partial", "steps", "hint", "cases", "gates"];
const LIMITS: [&str; 7] = [
    "call_seconds",
    "task_seconds",
    "cpu_seconds",
    "memory_mb",
    "threads",
    "compile_seconds",
    "compile_memory_mb",
];

/// Reads a whole rubric file.
pub(super) fn parse(source: &Source) -> Result<Rubric, ConfigErrors> {
    let root =
        tree::parse(source).map_err(|error| ConfigErrors::new(source.name(), vec![error]))?;
    let mut reader = Reader::new(source);
    let rubric = rubric(&mut reader, source, &root);
    ConfigErrors::unless_clean(source.name(), rubric, reader.into_problems())
}

fn rubric(reader: &mut Reader<'_>, source: &Source, root: &Node) -> Option<Rubric> {
    let fields = reader.fields(root, "rubric", &TOP)?;
    let slug = reader.name(&fields, "module");
    let title = reader.text(&fields, "title");
    let limits = limits(reader, &fields);
    let visibility = match fields.get("visibility") {
        Some(node) => visibility(reader, node),
        None => Some(Visibility::Message),
    };
    let list = reader.require(&fields, "tasks")?;
    let mut origin = Origin {
        source: source.clone(),
        tasks_list: list.span.clone(),
        tasks: BTreeMap::new(),
        cases: BTreeMap::new(),
        gates: BTreeMap::new(),
        links: Vec::new(),
    };
    let mut tasks = Vec::new();
    for node in reader.list(list, 1)? {
        tasks.push(task(reader, node, &mut origin));
    }
    // A sum with a task missing would be a second message about the first mistake.
    let tasks: Vec<TaskRubric> = tasks.into_iter().collect::<Option<_>>()?;
    check_total(reader, &fields, &tasks);
    let links = links::links(reader, &fields, &tasks, &mut origin);
    Some(Rubric {
        slug: slug?,
        title: title?,
        limits: limits?,
        visibility: visibility?,
        tasks,
        links,
        origin,
    })
}

fn check_total(reader: &mut Reader<'_>, fields: &Fields<'_>, tasks: &[TaskRubric]) {
    let Some(node) = fields.get("points_total") else {
        return;
    };
    let sum: f64 = tasks.iter().map(|task| task.points).sum();
    if let Some(stated) = reader.positive(node)
        // Points are multiples of 0.5, so sums are exact.
        && (stated - sum).abs() > 0.0
    {
        let message = format!("the tasks' points add up to {sum}, not to the stated {stated}");
        reader.wrong(&node.span, message, &format!("expected {sum}, or other points below"));
    }
}

fn limits(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Option<Limits> {
    let node = reader.require(fields, "limits")?;
    let fields = reader.fields(node, "set of limits", &LIMITS)?;
    // A day and a terabyte: far above any use, far below any overflow.
    let [seconds, megabytes] = [86_400, 1 << 20];
    let call_seconds = reader.whole(&fields, "call_seconds", seconds);
    let cpu_seconds = reader.whole(&fields, "cpu_seconds", seconds);
    let memory_mb = reader.whole(&fields, "memory_mb", megabytes);
    let threads = reader.whole(&fields, "threads", 1024);
    let compile_seconds = reader.whole(&fields, "compile_seconds", seconds);
    let compile_memory_mb = reader.whole(&fields, "compile_memory_mb", megabytes);
    let task_seconds = task_seconds(reader, &fields, call_seconds);
    Some(Limits {
        call_seconds: call_seconds?,
        task_seconds: task_seconds?,
        cpu_seconds: cpu_seconds?,
        memory_mb: memory_mb?,
        threads: threads?,
        compile_seconds: compile_seconds?,
        compile_memory_mb: compile_memory_mb?,
    })
}

/// What is stated, if it is no less than one call may take; else the default.
fn task_seconds(
    reader: &mut Reader<'_>,
    fields: &Fields<'_>,
    call_seconds: Option<u32>,
) -> Option<u32> {
    let Some(node) = fields.get("task_seconds") else {
        return Some(call_seconds.unwrap_or(1).max(Limits::DEFAULT_TASK_SECONDS));
    };
    let stated = reader.whole(fields, "task_seconds", 86_400)?;
    let call = call_seconds.unwrap_or(0);
    if stated < call {
        let message = format!("all calls of a task may take {stated} s, and a single one {call} s");
        reader.wrong(&node.span, message, &format!("expected at least `call_seconds`, {call}"));
        return None;
    }
    Some(stated)
}

fn task(reader: &mut Reader<'_>, node: &Node, origin: &mut Origin) -> Option<TaskRubric> {
    let fields = reader.fields(node, "task", &TASK)?;
    let id = reader.name(&fields, "id");
    if let (Some(id), Some(node)) = (&id, fields.get("id"))
        && origin.tasks.insert(id.clone(), node.span.clone()).is_some()
    {
        reader.wrong(&node.span, format!("duplicate task id `{id}`"), "expected an id of its own");
    }
    let title = reader.text(&fields, "title");
    let points = points(reader, &fields);
    let file = file(reader, &fields);
    let partial = partial(reader, &fields);
    let hint = reader.text(&fields, "hint");
    let cases = cases(reader, &fields, id.as_deref(), origin);
    let gates = gates::gates(reader, &fields, id.as_deref(), origin);
    Some(TaskRubric {
        id: id?,
        title: title?,
        points: points?,
        file: file?,
        partial: partial?,
        hint: hint?,
        cases: cases?,
        gates,
    })
}

fn points(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Option<f64> {
    let node = reader.require(fields, "points")?;
    match node.value {
        Value::Number(n) if n > 0.0 && n <= 1e6 && (n * 2.0).fract() == 0.0 => Some(n),
        _ => reader.mistyped(node, "points: above 0, in steps of 0.5"),
    }
}

fn file(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Option<PathBuf> {
    let node = reader.require(fields, "file")?;
    if let Value::Text(text) = &node.value {
        let path = Path::new(text);
        let plain = path.components().all(|part| matches!(part, Component::Normal(_)));
        if plain && path.starts_with("src") && path.extension().is_some_and(|e| e == "rs") {
            return Some(path.to_owned());
        }
    }
    reader.mistyped(node, "a path like src/timer.rs, inside the module's src/")
}

/// `partial:` with its `steps:`; proportional unless stated.
fn partial(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Option<PartialCredit> {
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
fn steps(reader: &mut Reader<'_>, node: &Node) -> Option<Vec<Step>> {
    let mut steps: Vec<Step> = Vec::new();
    for entry in reader.map(node, "steps: percent of case weight -> fraction of points")? {
        let percent = entry.key.parse::<f64>().ok().filter(|p| *p > 0.0 && *p <= 100.0);
        let Some(percent) = percent else {
            let message = format!("expected a percentage, found `{}`", entry.key);
            reader.wrong(&entry.key_span, message, "expected a number above 0, at most 100");
            continue;
        };
        let Value::Number(fraction @ 0.0..=1.0) = entry.value.value else {
            reader.mistyped::<()>(&entry.value, "a fraction of the points, from 0 to 1");
            continue;
        };
        let descends = |last: &Step| percent < last.percent || fraction < last.fraction;
        if steps.last().is_some_and(descends) {
            reader.wrong(
                &entry.key_span,
                "steps must ascend",
                "expected more than the step before",
            );
        }
        steps.push(Step { percent, fraction });
    }
    if steps.iter().all(|step| step.fraction < 1.0) {
        reader.wrong(&node.span, "no step earns full marks", "expected a last step with 1.0");
    }
    Some(steps)
}

fn cases(
    reader: &mut Reader<'_>,
    fields: &Fields<'_>,
    task: Option<&str>,
    origin: &mut Origin,
) -> Option<BTreeMap<String, CaseRubric>> {
    let mut cases = BTreeMap::new();
    let Some(node) = fields.get("cases") else {
        return Some(cases);
    };
    for entry in reader.map(node, "cases: name -> weight and visibility")? {
        if let Some(fields) = reader.fields(&entry.value, "case", &["weight", "visibility"]) {
            let weight = fields.get("weight").map_or(Some(1.0), |node| reader.positive(node));
            let shown = fields.get("visibility").map(|node| visibility(reader, node));
            let case = CaseRubric { weight: weight.unwrap_or(1.0), visibility: shown.flatten() };
            cases.insert(entry.key.clone(), case);
            let key = (task.unwrap_or_default().to_owned(), entry.key.clone());
            origin.cases.insert(key, entry.key_span.clone());
        }
    }
    Some(cases)
}

fn visibility(reader: &mut Reader<'_>, node: &Node) -> Option<Visibility> {
    Some(match reader.one_of(node, &["message", "name", "nothing"])? {
        "message" => Visibility::Message,
        "name" => Visibility::Name,
        _ => Visibility::Nothing,
    })
}
