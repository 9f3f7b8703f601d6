//! `grader report`: the reports again, from the gradebook.

use crate::args::{Arguments, ClassFormat, ReportOptions};
use crate::class_view::class_view;
use crate::course::OpenCourse;
use crate::exit::{Exit, Failure, Result};
use crate::grade::{gradebook_path, print_json};
use crate::pages::publish;
use crate::printed_command::CommandContext;
use crate::say::say;
use crate::store::{Stored, open_gradebook, scored_today};
use crate::{lookup, replay, style};
use grader_gradebook::{Gradebook, GradebookError};
use grader_model::{Attempt, Grade, Outcome};
use grader_pipeline::ModuleSetup;
use grader_report::{ClassPage, date, escape, json, shown_name, terminal};
use std::path::Path;
use std::sync::Mutex;

/// Writes the class's reports, or shows one student's attempts.
pub fn run(arguments: &Arguments, options: &ReportOptions) -> Result<Exit> {
    let course = OpenCourse::open(arguments)?;
    let path = gradebook_path(options.gradebook.as_ref(), &options.out);
    let book = open_to_read(&path)?;
    let module = course.module_in(&book, options.module.as_deref())?;
    let module = course.setup(module)?;
    match &options.student {
        Some(student) => one(arguments, options, &book, &module, student),
        None => all(arguments, options, book, &module),
    }
}

/// An existing gradebook. One of an earlier version is brought up to date; nothing is created.
fn open_to_read(path: &Path) -> Result<Gradebook> {
    match Gradebook::open_read_only(path) {
        Err(GradebookError::OlderVersion { .. }) => open_gradebook(path),
        Err(missing @ GradebookError::Missing { .. }) => {
            return Err(Failure::bad_input(format!(
                "{missing}\n  help: say with --out (or --gradebook) where it is"
            )));
        }
        opened => opened,
    }
    .map_err(Failure::bad_input)
}

fn all(
    arguments: &Arguments,
    options: &ReportOptions,
    book: Gradebook,
    module: &ModuleSetup,
) -> Result<Exit> {
    let context = CommandContext::new(arguments);
    let command = context.report(&options.out, options.gradebook.as_ref(), &module.slug);
    let view = class_view(&book, &module.slug, Vec::new(), command)?;
    if view.kept.is_empty() {
        return Err(Failure::bad_input("the gradebook holds no grade of this module yet"));
    }
    let book = Mutex::new(book);
    let grades = Stored::in_book(&book, &view.kept, module);
    let out = options.out.join(&module.slug);
    let written = publish(&out, &grades, &view.notices).map_err(Failure::bad_input)?;
    match options.format {
        ClassFormat::Json => print_json(&grades, &view.notices)?,
        ClassFormat::Text => {
            let page = ClassPage::of(&grades).map_err(Failure::bad_input)?.with(&view.notices);
            say!("{}", terminal::class_table(&page, &style::stdout(arguments.color)));
            say!("Reports: {}\n", escape::line(&written.class_page.display().to_string(), 400));
        }
    }
    Ok(Exit::Done)
}

fn one(
    arguments: &Arguments,
    options: &ReportOptions,
    book: &Gradebook,
    module: &ModuleSetup,
    typed: &str,
) -> Result<Exit> {
    let class = book.class(&module.slug).map_err(Failure::bad_input)?;
    let students: Vec<_> = class.into_iter().map(|member| member.student).collect();
    let student = lookup::student(typed, &students).map_err(Failure::bad_input)?;
    let attempts = book.history(student, &module.slug).map_err(Failure::bad_input)?;
    // The history shows each attempt as it was graded; what counts now is scored as today's rubric says.
    let attempts = if options.history { attempts } else { scored(counting(attempts), module) };
    if options.format == ClassFormat::Json {
        let grades: Vec<Grade> = attempts.into_iter().map(|attempt| attempt.grade).collect();
        say!("{}\n", json::class(&grades));
        return Ok(Exit::Done);
    }
    let style = style::stdout(arguments.color);
    for attempt in &attempts {
        say!("{}\n", heading(book, attempt)?);
        if options.pairs {
            say!("{}", replay::text(&attempt.grade));
        } else {
            say!("{}", terminal::one_for_instructor(&attempt.grade, &style));
        }
    }
    let withdrawn = book.withdrawn(&module.slug).map_err(Failure::bad_input)?;
    for decision in withdrawn.iter().filter(|decision| decision.student == student) {
        say!("\n{} is withdrawn{}\n", shown_name(student), because(&decision.reason));
        let who = escape::line(&decision.decided_by, 200);
        say!("  decided by {who} on {}\n", date(decision.decided_at));
    }
    Ok(Exit::Done)
}

fn scored(attempts: Vec<Attempt>, module: &ModuleSetup) -> Vec<Attempt> {
    let scored =
        |attempt: Attempt| Attempt { grade: scored_today(attempt.grade, module), ..attempt };
    attempts.into_iter().map(scored).collect()
}

/// The attempt that counts, and before it the newest if that one could not be graded.
fn counting(mut attempts: Vec<Attempt>) -> Vec<Attempt> {
    let graded = |attempt: &Attempt| attempt.grade.outcome != Outcome::NotGraded;
    let counting = attempts.iter().rposition(graded);
    let newest = attempts.pop();
    match counting {
        Some(at) if at < attempts.len() => {
            let counting = attempts.swap_remove(at);
            newest.into_iter().chain([counting]).collect()
        }
        _ => newest.into_iter().collect(),
    }
}

/// "attempt 2 of 2026-11-30 12:00 UTC (record 3), graded by anna on lab7": the attempt as the student's page
/// counts it, and the gradebook's own number.
fn heading(book: &Gradebook, attempt: &Attempt) -> Result<String> {
    let run = book.run_of(attempt.id).map_err(Failure::bad_input)?;
    let who = run.map(|run| format!(", graded by {}", escape::line(&run.graded_by, 200)));
    let when = date(attempt.graded_at);
    let record = attempt.id;
    let number = attempt.grade.recorded.map_or(record, |facts| facts.attempt.into());
    Ok(format!("attempt {number} of {when} (record {record}){}", who.unwrap_or_default()))
}

/// ": left early", or nothing.
pub fn because(reason: &str) -> String {
    if reason.is_empty() { String::new() } else { format!(": {}", escape::line(reason, 400)) }
}
