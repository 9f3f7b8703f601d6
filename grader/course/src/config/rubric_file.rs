//! Converts the text of a rubric file to a [`Rubric`], or reports all its mistakes.

use super::call_rules;
use super::fit::ModuleFacts;
use super::reader::{ConfigReader, MapFields};
use super::rubric::{Rubric, RubricOrigin, SubmissionLimits, TaskRubric, VisibilityRule};
use super::task_file::task;
use super::tree::{self, YamlNode};
use crate::located::{LocatedProblem, SourceText};

const TOP: [&str; 7] =
    ["module", "title", "points_total", "limits", "visibility", "links", "tasks"];
const LIMITS: [&str; 7] = [
    "call_seconds",
    "task_seconds",
    "cpu_seconds",
    "memory_mb",
    "threads",
    "compile_seconds",
    "compile_memory_mb",
];

/// Reads a whole rubric file. With `facts`, also checks it against the hidden cases and the
/// reference solution, as far as the file could be read.
pub(super) fn parse(
    source: &SourceText,
    facts: Option<&ModuleFacts<'_>>,
) -> (Option<Rubric>, Vec<LocatedProblem>) {
    let root = match tree::parse(source) {
        Ok(root) => root,
        Err(error) => return (None, vec![error]),
    };
    let mut reader = ConfigReader::new(source);
    let Some(draft) = draft(&mut reader, source, &root) else {
        return (None, reader.into_problems());
    };
    let mut problems = reader.into_problems();
    problems.extend(facts.iter().flat_map(|facts| draft.origin.misfits(facts)));
    (draft.into_rubric(), problems)
}

/// The readable parts of a rubric; a part with a mistake is `None`.
struct RubricDraft {
    slug: Option<String>,
    title: Option<String>,
    limits: Option<SubmissionLimits>,
    visibility: Option<VisibilityRule>,
    tasks: Option<Vec<TaskRubric>>,
    links: Option<call_rules::LinksRubric>,
    origin: RubricOrigin,
}

impl RubricDraft {
    fn into_rubric(self) -> Option<Rubric> {
        let is_dropped = |task: &TaskRubric| self.origin.dropped.contains(&task.id);
        let (dropped, tasks) = self.tasks?.into_iter().partition(is_dropped);
        Some(Rubric {
            slug: self.slug?,
            title: self.title?,
            limits: self.limits?,
            visibility: self.visibility?,
            tasks,
            dropped,
            links: self.links,
        })
    }
}

fn draft(
    reader: &mut ConfigReader<'_>,
    source: &SourceText,
    root: &YamlNode,
) -> Option<RubricDraft> {
    let fields = reader.fields(root, "rubric", &TOP)?;
    let slug = reader.name(&fields, "module");
    let title = reader.text(&fields, "title");
    let limits = limits(reader, &fields);
    let visibility = match fields.get("visibility") {
        Some(node) => visibility(reader, node),
        None => Some(VisibilityRule::Message),
    };
    let list = reader.require(&fields, "tasks")?;
    let mut origin = RubricOrigin::new(source, list.span.clone());
    let mut tasks = Vec::new();
    for (index, node) in reader.list(list, 1)?.iter().enumerate() {
        tasks.push(task(reader, node, index + 1, limits.as_ref(), &mut origin));
    }
    // If a task could not be read, skip the check of the total: it would only report the same
    // mistake again.
    let tasks: Option<Vec<TaskRubric>> = tasks.into_iter().collect();
    check_total(reader, &fields, tasks.as_deref().unwrap_or_default(), &origin);
    let links = call_rules::links(reader, &fields, &mut origin);
    Some(RubricDraft { slug, title, limits, visibility, tasks, links, origin })
}

/// Checks that the tasks that are not dropped have points, and that these add up to `points_total`
/// if it is given.
fn check_total(
    reader: &mut ConfigReader<'_>,
    fields: &MapFields<'_>,
    tasks: &[TaskRubric],
    origin: &RubricOrigin,
) {
    let counted = || tasks.iter().filter(|task| !origin.dropped.contains(&task.id));
    let sum: f64 = counted().map(|task| task.points).sum();
    if !tasks.is_empty() && sum <= 0.0 {
        let message = "no task is worth any points";
        reader.wrong(&origin.tasks_list, message, "expected one task with points at least");
        return;
    }
    let Some(node) = fields.get("points_total").filter(|_| !tasks.is_empty()) else {
        return;
    };
    if let Some(stated) = reader.positive(node)
        // Points are multiples of 0.5, so sums are exact.
        && (stated - sum).abs() > 0.0
    {
        let without = match &*origin.dropped.iter().map(String::as_str).collect::<Vec<_>>() {
            [] => String::new(),
            dropped => format!(" (without `{}`, dropped)", dropped.join("`, `")),
        };
        let message =
            format!("the tasks' points add up to {sum}{without}, not to the stated {stated}");
        reader.wrong(&node.span, message, &format!("expected {sum}, or other points below"));
    }
}

fn limits(reader: &mut ConfigReader<'_>, fields: &MapFields<'_>) -> Option<SubmissionLimits> {
    let node = reader.require(fields, "limits")?;
    let fields = reader.fields(node, "set of limits", &LIMITS)?;
    // One day and one terabyte: far above any real use, far below overflow.
    let [seconds, megabytes] = [86_400, 1 << 20];
    let call_seconds = reader.whole(&fields, "call_seconds", seconds);
    let cpu_seconds = reader.whole(&fields, "cpu_seconds", seconds);
    let memory_mb = reader.whole(&fields, "memory_mb", megabytes);
    let threads = reader.whole(&fields, "threads", 1024);
    let compile_seconds = reader.whole(&fields, "compile_seconds", seconds);
    let compile_memory_mb = reader.whole(&fields, "compile_memory_mb", megabytes);
    let task_seconds = task_seconds(reader, &fields, call_seconds);
    Some(SubmissionLimits {
        call_seconds: call_seconds?,
        task_seconds: task_seconds?,
        cpu_seconds: cpu_seconds?,
        memory_mb: memory_mb?,
        threads: threads?,
        compile_seconds: compile_seconds?,
        compile_memory_mb: compile_memory_mb?,
    })
}

/// The given value if it is at least `call_seconds`; the default if the key is missing.
fn task_seconds(
    reader: &mut ConfigReader<'_>,
    fields: &MapFields<'_>,
    call_seconds: Option<u32>,
) -> Option<u32> {
    let Some(node) = fields.get("task_seconds") else {
        return Some(call_seconds.unwrap_or(1).max(SubmissionLimits::DEFAULT_TASK_SECONDS));
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

/// Reads one of the three visibility names.
pub(super) fn visibility(reader: &mut ConfigReader<'_>, node: &YamlNode) -> Option<VisibilityRule> {
    Some(match reader.one_of(node, &["message", "name", "nothing"])? {
        "message" => VisibilityRule::Message,
        "name" => VisibilityRule::Name,
        _ => VisibilityRule::Nothing,
    })
}
