//! The rules for graded code that students read in advance: the rubric's limits, and which files a
//! submission consists of.

use std::fmt::Write as _;

use crate::config::{Course, Rubric, SubmissionLimits};
use crate::located::count;

const RULES: &str = include_str!("../../templates/graded-code.md");

/// The rules section of a module's README.
pub(super) fn of_module(course: &Course, rubric: &Rubric) -> String {
    format!(
        "## What graded code may use\n\nYour code is graded in a process of its own, within these limits:\n\n{}\n{}",
        limits(&rubric.limits),
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

fn limits(limits: &SubmissionLimits) -> String {
    let whole = |n: u32, noun: &str| count(n as usize, noun);
    let rows = [
        ("threads that your code starts, at one time", limits.threads.to_string()),
        ("memory", format!("{} MB", limits.memory_mb)),
        ("one call of a function", whole(limits.call_seconds, "second")),
        ("CPU time of all calls of one task", whole(limits.task_seconds, "second")),
        ("time to compile", whole(limits.compile_seconds, "second")),
    ];
    let mut table = "| | at most |\n|---|---|\n".to_owned();
    for (what, most) in rows {
        // Writing to a `String` cannot fail.
        let _ = writeln!(table, "| {what} | {most} |");
    }
    table
}
