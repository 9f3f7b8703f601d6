//! `grader withdraw`: a student who left is no part of the class.

use crate::args::{GraderArguments, WithdrawOptions};
use crate::class_view::class_view;
use crate::course::OpenCourse;
use crate::exit::{CommandFailure, ExitKind, Result};
use crate::lookup;
use crate::operator::operator;
use crate::pages::publish;
use crate::printed_command::CommandContext;
use crate::report::because;
use crate::stdout::outln;
use crate::store::{StoredGrades, now, open_gradebook};
use grader_course::config::CourseModule;
use grader_gradebook::{DecisionKind, DecisionRecord, Gradebook};
use grader_judge::Module;
use grader_pipeline::ModuleSetup;
use grader_report::{escape, shown_name};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Records the decision, and writes the reports that it changes.
pub fn run(
    modules: &'static [Module],
    arguments: &GraderArguments,
    options: &WithdrawOptions,
) -> Result<ExitKind> {
    let course = OpenCourse::open(arguments, modules)?;
    let path = options.output.gradebook_path();
    // Who is withdrawn from nothing is a mistake in a path: no gradebook is created.
    if !path.exists() {
        let missing = Gradebook::open_read_only(&path).map(drop);
        missing.map_err(CommandFailure::bad_input)?;
    }
    let mut book = open_gradebook(&path).map_err(CommandFailure::bad_input)?;
    let module = match &options.module {
        Some(name) => Some(course.module(Some(name), &[])?.slug.clone()),
        None => None,
    };
    let students = book.students().map_err(CommandFailure::bad_input)?;
    let student =
        lookup::student(&options.student, &students).map_err(CommandFailure::bad_input)?;
    let kind = if options.undo { DecisionKind::Readmitted } else { DecisionKind::Withdrawn };
    let decision = DecisionRecord {
        student: student.to_owned(),
        module: module.clone(),
        kind,
        subject: None,
        value: None,
        private: false,
        reason: options.reason.clone(),
        decided_by: operator(),
        decided_at: now(),
    };
    book.decide(&decision).map_err(CommandFailure::bad_input)?;
    outln!("{}\n", sentence(&decision));
    let context = CommandContext::new(arguments);
    let book = Mutex::new(book);
    let concerned = |one: &&CourseModule| module.as_ref().is_none_or(|slug| *slug == one.slug);
    for module in course.course.modules.iter().filter(concerned) {
        let newest =
            locked(&book).newest(student, &module.slug).map_err(CommandFailure::bad_input)?;
        if newest.is_some() {
            let report = context.report(&options.output, &module.slug);
            let page = write_again(&options.output.out, &course.setup(module)?, &book, report)?;
            outln!("Reports: {}\n", escape::line(&page.display().to_string(), 400));
        }
    }
    Ok(ExitKind::Done)
}

fn sentence(decision: &DecisionRecord) -> String {
    let of = decision.module.as_deref().unwrap_or("all modules");
    let name = shown_name(&decision.student);
    let change = match decision.kind {
        DecisionKind::Withdrawn => format!("is withdrawn from {of}"),
        _ => format!("is in the class again, in {of}"),
    };
    format!("{name} {change}{}", because(&decision.reason))
}

/// Writes the reports of a module again: the class page's path. `report_command` shows one student's grade, up to the name.
pub fn write_again(
    out: &Path,
    module: &ModuleSetup,
    book: &Mutex<Gradebook>,
    report_command: String,
) -> Result<PathBuf> {
    let view = class_view(&locked(book), &module.slug, Vec::new(), report_command)?;
    let grades = StoredGrades::in_book(book, &view.kept, module);
    let written = publish(&out.join(&module.slug), &grades, &view.notices)
        .map_err(CommandFailure::bad_input)?;
    Ok(written.class_page)
}

fn locked(book: &Mutex<Gradebook>) -> MutexGuard<'_, Gradebook> {
    book.lock().unwrap_or_else(PoisonError::into_inner)
}
