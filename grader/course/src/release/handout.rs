//! The students' version of a module's README. Points, limits and tasks are filled in from the
//! rubric.
//!
//! ```text
//! {{tasks}}             the table of tasks: files, points, needs; and tasks not in this term
//! {{limits}}            what graded code may use
//! ## Task 1: `timer`    gets the task's points; the section of a dropped task is left out
//! ```

use std::fmt::Write as _;
use std::ops::Range;

use super::rules;
use crate::config::{Course, Rubric, TaskRubric};
use crate::located::{LocatedProblem, SourceText, count};
use crate::nearest::suggestion;

const TASKS: &str = "{{tasks}}";
const LIMITS: &str = "{{limits}}";

/// Generates the students' README of the module described by `rubric`.
pub(super) fn student(
    source: &SourceText,
    course: &Course,
    rubric: &Rubric,
) -> Result<String, Vec<LocatedProblem>> {
    let lines = lines(source);
    let mut problems = wrong_headings(source, &lines, rubric);
    problems.extend(wrong_placeholders(source, &lines));
    problems.extend(stated_points(source, &lines));
    if !problems.is_empty() {
        return Err(problems);
    }
    // Writing to a `String` cannot fail.
    let mut text = String::new();
    let mut is_left_out = false;
    for line in &lines {
        if line.is_section() {
            let task = line.task().and_then(|heading| rubric.task_or_dropped(heading.id));
            is_left_out = task.is_some_and(|task| rubric.not_handed_out().contains(&task));
            if let Some(task) = task.filter(|_| !is_left_out) {
                let _ = writeln!(text, "{} ({})", line.text, worth(rubric, task));
                continue;
            }
        }
        match line.text.trim() {
            _ if is_left_out => {}
            TASKS if !line.is_code => text.push_str(&tasks(rubric)),
            LIMITS if !line.is_code => text.push_str(&rules::of_module(course, rubric)),
            _ => {
                text.push_str(line.text);
                text.push('\n');
            }
        }
    }
    Ok(text)
}

/// One line of a README.
struct ReadmeLine<'a> {
    text: &'a str,
    /// Its byte range in the file.
    span: Range<usize>,
    /// Whether it is part of a code block.
    is_code: bool,
}

/// A heading ``## Task 1: `timer` ``.
struct TaskHeading<'a> {
    number: &'a str,
    id: &'a str,
}

impl<'a> ReadmeLine<'a> {
    fn is_section(&self) -> bool {
        !self.is_code && self.text.starts_with("## ")
    }

    /// Whether the line looks like the heading of a task's section.
    fn is_task_section(&self) -> bool {
        self.is_section() && self.text.to_lowercase().starts_with("## task ")
    }

    fn task(&self) -> Option<TaskHeading<'a>> {
        let (number, rest) = self.text.strip_prefix("## Task ")?.split_once(": `")?;
        let id = rest.strip_suffix('`')?;
        self.is_section().then_some(TaskHeading { number, id })
    }
}

fn lines(source: &SourceText) -> Vec<ReadmeLine<'_>> {
    let mut lines = Vec::new();
    let mut start = 0;
    let mut in_fence = false;
    for whole in source.text().split_inclusive('\n') {
        let text = whole.trim_end_matches(['\n', '\r']);
        let is_fence = text.trim_start().starts_with("```");
        let is_code = in_fence || is_fence || text.starts_with("    ");
        in_fence ^= is_fence;
        lines.push(ReadmeLine { text, span: start..start + text.len(), is_code });
        start += whole.len();
    }
    lines
}

/// Malformed headings, and tasks without a section.
fn wrong_headings(
    source: &SourceText,
    lines: &[ReadmeLine<'_>],
    rubric: &Rubric,
) -> Vec<LocatedProblem> {
    let all: Vec<&TaskRubric> = rubric.tasks.iter().chain(&rubric.dropped).collect();
    let ids: Vec<&str> = all.iter().map(|task| task.id.as_str()).collect();
    let mut problems = Vec::new();
    for line in lines.iter().filter(|line| line.is_task_section()) {
        let at = |message: String| LocatedProblem::at(source, line.span.clone(), message);
        let Some(heading) = line.task() else {
            problems.push(
                at("the heading of a task is written otherwise".to_owned())
                    .label("expected ## Task 1: `id`")
                    .help("its points are added from the rubric when the handout is made"),
            );
            continue;
        };
        match all.iter().find(|task| task.id == heading.id) {
            None => problems.push(
                at(format!("the rubric has no task `{}`", heading.id))
                    .label("expected the id of a task")
                    .help(suggestion(heading.id, &ids)),
            ),
            Some(task) if task.number.to_string() != heading.number => problems.push(
                at(format!("`{}` is task {} of the rubric", task.id, task.number))
                    .label(format!("expected ## Task {}: `{}`", task.number, task.id)),
            ),
            Some(_) => {}
        }
    }
    for task in all {
        let mut sections = lines.iter().filter_map(ReadmeLine::task).filter(|of| of.id == task.id);
        let message = match (sections.next(), sections.next()) {
            (Some(_), None) => continue,
            (None, _) => format!("task `{}` has no section", task.id),
            (Some(_), Some(_)) => format!("task `{}` has more than one section", task.id),
        };
        let help = format!("write one heading ## Task {}: `{}`", task.number, task.id);
        problems.push(LocatedProblem::whole_file(source.name(), message).help(help));
    }
    problems
}

/// Unknown, duplicate or missing placeholders.
fn wrong_placeholders(source: &SourceText, lines: &[ReadmeLine<'_>]) -> Vec<LocatedProblem> {
    let mut problems = Vec::new();
    for line in lines.iter().filter(|line| !line.is_code && line.text.contains("{{")) {
        if ![TASKS, LIMITS].contains(&line.text.trim()) {
            problems.push(
                LocatedProblem::at(source, line.span.clone(), "an unknown placeholder")
                    .label(format!("expected {TASKS} or {LIMITS}, alone in its line")),
            );
        }
    }
    for (placeholder, what) in [(TASKS, "the table of tasks"), (LIMITS, "what graded code may use")]
    {
        let there = lines.iter().filter(|line| !line.is_code && line.text.trim() == placeholder);
        let there = there.count();
        if there != 1 {
            let message = format!("{placeholder} is there {}", count(there, "time"));
            let help = format!("write it once, alone in a line, where students should find {what}");
            problems.push(LocatedProblem::whole_file(source.name(), message).help(help));
        }
    }
    problems
}

/// Points stated in the text. They would not change together with the rubric.
fn stated_points(source: &SourceText, lines: &[ReadmeLine<'_>]) -> Vec<LocatedProblem> {
    let prose = lines.iter().filter(|line| !line.is_code && !line.is_task_section());
    let mut problems = Vec::new();
    for line in prose {
        let words: Vec<&str> = line.text.split_whitespace().collect();
        let is_number = |word: &str| word.trim_start_matches('(').parse::<f64>().is_ok();
        let is_points = |word: &str| {
            let word = word.trim_end_matches(|c: char| !c.is_alphanumeric());
            word == "point" || word == "points"
        };
        if words.windows(2).any(|pair| is_number(pair[0]) && is_points(pair[1])) {
            problems.push(
                LocatedProblem::at(
                    source,
                    line.span.clone(),
                    "points that the rubric may contradict",
                )
                .label("expected no number of points here")
                .help("the table of tasks and the headings show the rubric's points"),
            );
        }
    }
    problems
}

/// `22 points`, or why there are no points.
fn worth(rubric: &Rubric, task: &TaskRubric) -> String {
    if rubric.dropped.contains(task) {
        "not graded this term".to_owned()
    } else if task.points <= 0.0 {
        "practice, no points".to_owned()
    } else {
        points(task.points)
    }
}

/// `1 point`, `2.5 points`.
pub(super) fn points(points: f64) -> String {
    if points.to_bits() == 1.0_f64.to_bits() {
        "1 point".to_owned()
    } else {
        format!("{points} points")
    }
}

/// The table of tasks, how to run their tests, and what is not part of this term.
fn tasks(rubric: &Rubric) -> String {
    let mut text = "| task | files | points | needs |\n|---|---|---|---|\n".to_owned();
    for task in rubric.handed_out() {
        let files = file_list("", task);
        let cell = points_cell(rubric, task);
        let needs = needs(rubric, task);
        let _ = writeln!(text, "| {} `{}` | {files} | {cell} | {needs} |", task.number, task.id);
    }
    if let [first, others @ ..] = &*rubric.handed_out() {
        let others: Vec<String> =
            others.iter().take(2).map(|task| format!("`{}`", task.id)).collect();
        let others = match &*others {
            [] => String::new(),
            some => format!(" (or {}, ...)", some.join(", ")),
        };
        let command = test_command(&rubric.slug, &first.id);
        let _ = writeln!(text, "\nRun one task's tests with `{command}`{others}.");
    }
    text + &not_this_term(rubric)
}

/// The cell for a task's points.
pub(super) fn points_cell(rubric: &Rubric, task: &TaskRubric) -> String {
    if rubric.dropped.contains(task) { "not graded".to_owned() } else { task.points.to_string() }
}

/// A paragraph about the tasks that are not handed out; empty if there are none.
pub(super) fn not_this_term(rubric: &Rubric) -> String {
    let tasks = rubric.not_handed_out();
    let names: Vec<String> =
        tasks.iter().map(|task| format!("task {} (`{}`)", task.number, task.id)).collect();
    if names.is_empty() {
        return String::new();
    }
    format!(
        "\n**Not part of this term:** {}. The functions are still there, so that everything compiles; leave\n\
         them as they are. What calls them (an example, say) stops at their `todo!`.\n",
        names.join(", ")
    )
}

/// The files of a task as Markdown, each below `folder`.
pub(super) fn file_list(folder: &str, task: &TaskRubric) -> String {
    let files: Vec<String> =
        task.files.iter().map(|file| format!("`{folder}{}`", file.display())).collect();
    files.join(", ")
}

/// The command that runs a task's visible tests.
pub(super) fn test_command(slug: &str, task: &str) -> String {
    format!("cargo test -p {slug} --test {task}")
}

/// The numbers of the tasks that `task` needs: `1, 3`, or `1 to 6`.
fn needs(rubric: &Rubric, task: &TaskRubric) -> String {
    let needed = task.needs.iter().filter_map(|id| rubric.task_or_dropped(id));
    let mut numbers: Vec<usize> = needed.map(|other| other.number).collect();
    numbers.sort_unstable();
    let is_run = numbers.len() > 2 && numbers.windows(2).all(|pair| pair[0] + 1 == pair[1]);
    match (&*numbers, is_run) {
        ([first, .., last], true) => format!("{first} to {last}"),
        (some, _) => {
            let each: Vec<String> = some.iter().map(ToString::to_string).collect();
            each.join(", ")
        }
    }
}
