//! `grader check`: one submission.

use crate::args::{Arguments, CheckOptions};
use crate::course::OpenCourse;
use crate::exit::{Exit, Failure, Result};
use crate::say::say;
use crate::{seed, style};
use grader_judge::Module;
use grader_model::student::StudentView;
use grader_model::{Grade, Outcome};
use grader_pipeline::collect;
use std::sync::atomic::AtomicBool;

/// Grades the submission and prints its report. Nothing is recorded.
pub fn run(
    modules: &'static [Module],
    arguments: &Arguments,
    options: &CheckOptions,
) -> Result<Exit> {
    let course = OpenCourse::open(arguments, modules)?;
    let found = collect::single(&options.path).map_err(Failure::bad_input)?;
    let module = course.module(options.module.as_deref(), std::slice::from_ref(&found))?;
    let grader = course.grader(module, options.sandbox, &|what| eprintln!("grader: {what}"))?;
    let seed = match options.seed {
        Some(seed) => seed,
        None => seed::fresh()?,
    };
    let grade = grader
        .grade(grader.collect(&found), seed, &AtomicBool::new(false))
        .ok_or_else(|| Failure::ours("the grading stopped before its end"))?;
    say!("{}", show(arguments, options, &grade));
    if grade.outcome == Outcome::GraderFault {
        let fault = grade.fault.as_ref().map_or("no reason was given", |why| why.for_instructor());
        return Err(Failure::ours(format!("the grader failed: {fault}")));
    }
    Ok(if grade.points.is_some() { Exit::Done } else { Exit::NoGrade })
}

fn show(arguments: &Arguments, options: &CheckOptions, grade: &Grade) -> String {
    let exporter = options.format.exporter(style::stdout(arguments.color));
    if options.instructor {
        exporter.instructor(grade)
    } else {
        exporter.student(&StudentView::from(grade))
    }
}
