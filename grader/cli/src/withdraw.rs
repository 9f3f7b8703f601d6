//! `grader withdraw`: a student who left is no part of the class.

use crate::args::{Arguments, WithdrawOptions};
use crate::class_view::class_view;
use crate::course::OpenCourse;
use crate::exit::{Exit, Failure, Result};
use crate::grade::gradebook_path;
use crate::lookup;
use crate::operator::operator;
use crate::pages::publish;
use crate::printed_command::CommandContext;
use crate::report::because;
use crate::say::say;
use crate::store::{Stored, now};
use grader_gradebook::{Decision, DecisionKind, Gradebook};
use grader_report::{escape, shown_name};
use std::sync::Mutex;

/// Records the decision, and writes the reports that it changes.
pub fn run(arguments: &Arguments, options: &WithdrawOptions) -> Result<Exit> {
    let course = OpenCourse::open(arguments)?;
    let path = gradebook_path(options.gradebook.as_ref(), &options.out);
    // Who is withdrawn from nothing is a mistake in a path: no gradebook is created.
    if !path.exists() {
        let missing = Gradebook::open_read_only(&path).map(drop);
        missing.map_err(Failure::bad_input)?;
    }
    let mut book = Gradebook::open(&path).map_err(Failure::bad_input)?;
    let module = match &options.module {
        Some(name) => Some(course.module(Some(name), &[])?.slug.clone()),
        None => None,
    };
    let students = book.students().map_err(Failure::bad_input)?;
    let student = lookup::student(&options.student, &students).map_err(Failure::bad_input)?;
    let kind = if options.undo { DecisionKind::Readmitted } else { DecisionKind::Withdrawn };
    let decision = Decision {
        student: student.to_owned(),
        module: module.clone(),
        kind,
        reason: options.reason.clone(),
        decided_by: operator(),
        decided_at: now(),
    };
    book.decide(&decision).map_err(Failure::bad_input)?;
    say!("{}\n", sentence(&decision));
    let slugs: Vec<_> = match &module {
        Some(slug) => vec![slug.clone()],
        None => course.course.modules.iter().map(|module| module.slug.clone()).collect(),
    };
    let book = Mutex::new(book);
    slugs.iter().try_for_each(|slug| write_again(arguments, options, &book, slug, student))?;
    Ok(Exit::Done)
}

fn sentence(decision: &Decision) -> String {
    let of = decision.module.as_deref().unwrap_or("all modules");
    let name = shown_name(&decision.student);
    let change = match decision.kind {
        DecisionKind::Withdrawn => format!("is withdrawn from {of}"),
        DecisionKind::Readmitted => format!("is in the class again, in {of}"),
    };
    format!("{name} {change}{}", because(&decision.reason))
}

/// The reports of a module that the student has attempts in.
fn write_again(
    arguments: &Arguments,
    options: &WithdrawOptions,
    book: &Mutex<Gradebook>,
    module: &str,
    student: &str,
) -> Result<()> {
    let command =
        CommandContext::new(arguments).report(&options.out, options.gradebook.as_ref(), module);
    let guard = book.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let attempt = guard.newest(student, module).map_err(Failure::bad_input)?;
    let view = class_view(&guard, module, Vec::new(), command)?;
    drop(guard);
    if attempt.is_none() {
        return Ok(());
    }
    let grades = Stored::in_book(book, &view.kept);
    let written =
        publish(&options.out.join(module), &grades, &view.notices).map_err(Failure::bad_input)?;
    say!("Reports: {}\n", escape::line(&written.class_page.display().to_string(), 400));
    Ok(())
}
