//! `grader report`: the reports again, from the gradebook.

use crate::args::{ClassFormat, GraderArguments, ReportOptions};
use crate::class_view::class_view;
use crate::course::OpenCourse;
use crate::exit::{CommandFailure, ExitKind, Result};
use crate::pages::{print_file, publish};
use crate::printed_command::CommandContext;
use crate::stdout::outln;
use crate::store::{StoredGrades, open_gradebook, scored_by};
use crate::{lookup, replay, style};
use grader_gradebook::{DecisionRecord, Gradebook, GradebookError};
use grader_judge::Module;
use grader_model::{CaseAward, Grade, Outcome, StoredAttempt, Submission};
use grader_pipeline::ModuleSetup;
use grader_report::{date, escape, json, shown_name, terminal};
use std::path::Path;
use std::sync::Mutex;

/// Writes the class's reports, or shows one student's attempts.
pub fn run(
    modules: &'static [Module],
    arguments: &GraderArguments,
    options: &ReportOptions,
) -> Result<ExitKind> {
    let course = OpenCourse::open(arguments, modules)?;
    let path = options.output.gradebook_path();
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
            return Err(CommandFailure::bad_input(format!(
                "{missing}\n  help: say with --out (or --gradebook) where it is"
            )));
        }
        opened => opened,
    }
    .map_err(CommandFailure::bad_input)
}

fn all(
    arguments: &GraderArguments,
    options: &ReportOptions,
    book: Gradebook,
    module: &ModuleSetup,
) -> Result<ExitKind> {
    let context = CommandContext::new(arguments);
    let command = context.report(&options.output, &module.slug);
    let view = class_view(&book, &module.slug, Vec::new(), command)?;
    if view.kept.is_empty() {
        return Err(CommandFailure::bad_input("the gradebook holds no grade of this module yet"));
    }
    let book = Mutex::new(book);
    let grades = StoredGrades::in_book(&book, &view.kept, module);
    let out = options.output.out.join(&module.slug);
    let written = publish(&out, &grades, &view.notices).map_err(CommandFailure::bad_input)?;
    match options.print.format {
        ClassFormat::Json => print_file(&written.class_json)?,
        ClassFormat::Text => {
            outln!("{}", terminal::class(&written.page, &style::stdout(arguments.color)));
            outln!("Reports: {}\n", escape::line(&written.class_page.display().to_string(), 400));
        }
    }
    Ok(ExitKind::Done)
}

fn one(
    arguments: &GraderArguments,
    options: &ReportOptions,
    book: &Gradebook,
    module: &ModuleSetup,
    typed: &str,
) -> Result<ExitKind> {
    let class = book.class(&module.slug).map_err(CommandFailure::bad_input)?;
    let students: Vec<_> = class.into_iter().map(|member| member.student).collect();
    let student = lookup::student(typed, &students).map_err(CommandFailure::bad_input)?;
    let attempts = book.history(student, &module.slug).map_err(CommandFailure::bad_input)?;
    // The history shows each attempt as it was graded; what counts now is scored as today's rubric says.
    let attempts =
        if options.history { attempts } else { scored(book, counting(attempts), module)? };
    if options.print.format == ClassFormat::Json {
        let grades: Vec<Grade> = attempts.into_iter().map(|attempt| attempt.grade).collect();
        outln!("{}\n", json::class(&grades));
        return Ok(ExitKind::Done);
    }
    let style = style::stdout(arguments.color);
    for attempt in &attempts {
        outln!("{}\n", heading(book, attempt)?);
        if options.history {
            outln!("{}", decisions(book, attempt)?);
        }
        if options.pairs {
            outln!("{}", replay::text(&attempt.grade));
        } else {
            outln!("{}", terminal::instructor(&attempt.grade, &style));
        }
    }
    let withdrawn = book.withdrawn(&module.slug).map_err(CommandFailure::bad_input)?;
    for decision in withdrawn.iter().filter(|decision| decision.student == student) {
        outln!("\n{} is withdrawn{}\n", shown_name(student), because(&decision.reason));
        let who = escape::line(&decision.decided_by, 200);
        outln!("  decided by {who} on {}\n", date(decision.decided_at));
    }
    Ok(ExitKind::Done)
}

fn scored(
    book: &Gradebook,
    attempts: Vec<StoredAttempt>,
    module: &ModuleSetup,
) -> Result<Vec<StoredAttempt>> {
    let scored = |attempt: StoredAttempt| {
        let grade = scored_by(book, attempt.grade, module).map_err(CommandFailure::bad_input)?;
        Ok(StoredAttempt { grade, ..attempt })
    };
    attempts.into_iter().map(scored).collect()
}

/// Every decision about cases of a hand-in, one a line: those that later ones replaced, too.
fn decisions(book: &Gradebook, attempt: &StoredAttempt) -> Result<String> {
    let Submission { student, module, content_hash, .. } = &attempt.grade.submission;
    let all = book.decisions_about_cases(student, module, content_hash);
    let line = |one: &DecisionRecord| {
        let case = one.subject.as_ref().map_or("", |subject| subject.case.as_str());
        let what = one.value.map_or_else(|| "undecided again".into(), CaseAward::words);
        let who = escape::line(&one.decided_by, 200);
        let private = if one.private { " (reason kept from students)" } else { "" };
        format!(
            "  {}: {what}, decided by {who} on {}{}{private}\n",
            escape::line(case, 200),
            date(one.decided_at),
            because(&one.reason)
        )
    };
    Ok(all.map_err(CommandFailure::bad_input)?.iter().map(line).collect())
}

/// The attempt that counts, and before it the newest if that one could not be graded.
fn counting(mut attempts: Vec<StoredAttempt>) -> Vec<StoredAttempt> {
    let graded = |attempt: &StoredAttempt| attempt.grade.outcome != Outcome::NotGraded;
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
fn heading(book: &Gradebook, attempt: &StoredAttempt) -> Result<String> {
    let run = book.run_of(attempt.id).map_err(CommandFailure::bad_input)?;
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
