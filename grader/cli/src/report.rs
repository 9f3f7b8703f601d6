//! `grader report`: the reports again, from the gradebook.

use crate::args::{Arguments, ClassFormat, ReportOptions};
use crate::course::OpenCourse;
use crate::exit::{Exit, Failure, Result};
use crate::grade::{gradebook_path, print_json};
use crate::say::say;
use crate::store::{Stored, scored_today};
use crate::{replay, style};
use grader_gradebook::Gradebook;
use grader_model::{Attempt, Grade};
use grader_pipeline::{Kept, ModuleSetup};
use grader_report::{ClassPage, escape, json, terminal, write_all};
use std::sync::Mutex;

/// Writes the class's reports, or shows one student's attempts.
pub fn run(arguments: &Arguments, options: &ReportOptions) -> Result<Exit> {
    let course = OpenCourse::open(arguments)?;
    let path = gradebook_path(options.gradebook.as_ref(), &options.out);
    let book = Gradebook::open_read_only(&path).map_err(Failure::bad_input)?;
    let module = course.module_in(&book, options.module.as_deref())?;
    let module = course.setup(module)?;
    match &options.student {
        Some(student) => {
            let attempts = book.history(student, &module.slug).map_err(Failure::bad_input)?;
            one(arguments, options, student, attempts, &module)
        }
        None => all(arguments, options, book, &module),
    }
}

fn all(
    arguments: &Arguments,
    options: &ReportOptions,
    book: Gradebook,
    module: &ModuleSetup,
) -> Result<Exit> {
    let numbers = book.latest_numbers(&module.slug).map_err(Failure::bad_input)?;
    if numbers.is_empty() {
        return Err(Failure::bad_input("the gradebook holds no grade of this module yet"));
    }
    let stored = |(number, student)| Kept::Stored { student, number };
    let kept: Vec<_> = numbers.into_iter().map(stored).collect();
    let book = Mutex::new(book);
    let grades = Stored::in_book(&book, &kept, module);
    let written = write_all(&options.out, &grades).map_err(Failure::bad_input)?;
    match options.format {
        ClassFormat::Json => print_json(&grades)?,
        ClassFormat::Text => {
            let page = ClassPage::of(&grades).map_err(Failure::bad_input)?;
            say!("{}", terminal::class_table(&page, &style::stdout(arguments.color)));
            say!("Reports: {}\n", escape::line(&written.class_page.display().to_string(), 400));
        }
    }
    Ok(Exit::Done)
}

fn one(
    arguments: &Arguments,
    options: &ReportOptions,
    student: &str,
    mut attempts: Vec<Attempt>,
    module: &ModuleSetup,
) -> Result<Exit> {
    attempts.sort_by_key(|attempt| attempt.id);
    let Some(newest) = attempts.last() else {
        return Err(Failure::bad_input(format!("the gradebook knows no student `{student}`")));
    };
    let newest = newest.id;
    if !options.history {
        attempts.retain(|attempt| attempt.id == newest);
        // The history shows each attempt as it was graded; what counts now is scored as today's rubric says.
        for attempt in &mut attempts {
            attempt.grade = scored_today(attempt.grade.clone(), module);
        }
    }
    let style = style::stdout(arguments.color);
    if options.format == ClassFormat::Json {
        let grades: Vec<Grade> = attempts.into_iter().map(|attempt| attempt.grade).collect();
        say!("{}\n", json::class(&grades));
        return Ok(Exit::Done);
    }
    for attempt in &attempts {
        say!("attempt {} of {}\n", attempt.id, when(attempt.graded_at));
        if options.pairs {
            say!("{}", replay::text(&attempt.grade));
        } else {
            say!("{}", terminal::one_for_instructor(&attempt.grade, &style));
        }
    }
    Ok(Exit::Done)
}

/// Seconds since the epoch, as a date in UTC.
fn when(seconds: i64) -> String {
    let format = time::macros::format_description!("[year]-[month]-[day] [hour]:[minute] UTC");
    time::OffsetDateTime::from_unix_timestamp(seconds)
        .ok()
        .and_then(|at| at.format(&format).ok())
        .unwrap_or_else(|| format!("{seconds} s after 1970"))
}
