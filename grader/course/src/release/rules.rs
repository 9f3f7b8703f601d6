//! The rules for graded code that students read in advance: the rubric's limits, and which files a
//! submission consists of.

use std::fmt::Write as _;

use crate::config::{Course, Rubric};
use crate::located::count;

const RULES: &str = include_str!("../../templates/graded-code.md");

/// The rules section of a module's README.
pub(super) fn of_module(course: &Course, rubric: &Rubric) -> String {
    format!(
        "## What graded code may use\n\nYour code is graded in a process of its own, within these limits:\n\n{}\n{}",
        limits(rubric),
        rules(course, &format!("`{}`", rubric.slug))
    )
}

/// The rules that apply to every module.
pub(super) fn of_course(course: &Course, first_module: &str) -> String {
    rules(course, &format!("of the module (`{first_module}`, say)"))
}

fn rules(course: &Course, package: &str) -> String {
    let foundation = course.foundation.as_ref();
    let and_foundation =
        foundation.map_or_else(String::new, |foundation| format!(" and `{}`", foundation.package));
    RULES.replace("{{package}}", package).replace("{{and_foundation}}", &and_foundation)
}

fn limits(rubric: &Rubric) -> String {
    let limits = &rubric.limits;
    let whole = |n: u32, noun: &str| count(n as usize, noun);
    let rows = [
        ("threads that your code starts, at one time", limits.threads.to_string()),
        ("memory", format!("{} MB", limits.memory_mb)),
        ("one call of a function", whole(limits.call_seconds, "second")),
        ("CPU time of all calls of one task", whole(limits.task_seconds, "second")),
    ];
    let own = rubric.tasks.iter().filter_map(|task| {
        let seconds = task.task_seconds?;
        Some((format!("the same for task `{}`", task.id), whole(seconds, "second")))
    });
    let mut table = "| | at most |\n|---|---|\n".to_owned();
    let compile = [("time to compile".to_owned(), whole(limits.compile_seconds, "second"))];
    let rows = rows.map(|(what, most)| (what.to_owned(), most));
    for (what, most) in rows.into_iter().chain(own).chain(compile) {
        // Writing to a `String` cannot fail.
        let _ = writeln!(table, "| {what} | {most} |");
    }
    table
}
