//! `grader check`: one submission.

use crate::args::{CheckOptions, GraderArguments};
use crate::course::OpenCourse;
use crate::exit::{CommandFailure, ExitKind, Result};
use crate::stdout::outln;
use crate::{seed, style};
use grader_judge::Module;
use grader_model::student::StudentView;
use grader_model::{Grade, Outcome};
use grader_pipeline::collect;
use std::sync::atomic::AtomicBool;

/// Grades the submission and prints its report. Nothing is recorded.
pub fn run(
    modules: &'static [Module],
    arguments: &GraderArguments,
    options: &CheckOptions,
) -> Result<ExitKind> {
    let course = OpenCourse::open(arguments, modules)?;
    let found = collect::single(&options.path).map_err(CommandFailure::bad_input)?;
    let module = course.module(options.module.as_deref(), std::slice::from_ref(&found))?;
    let grader = course.grader(module, options.sandbox, &|what| eprintln!("grader: {what}"))?;
    let seed = match options.seed {
        Some(seed) => seed,
        None => seed::fresh()?,
    };
    let grade = grader
        .grade(grader.collect(&found), seed, &AtomicBool::new(false))
        .ok_or_else(|| CommandFailure::ours("the grading stopped before its end"))?;
    outln!("{}", show(arguments, options, &grade));
    if grade.outcome == Outcome::GraderFault {
        let fault = grade.fault.as_ref().map_or("no reason was given", |why| why.for_instructor());
        return Err(CommandFailure::ours(format!("the grader failed: {fault}")));
    }
    Ok(if grade.points.is_some() { ExitKind::Done } else { ExitKind::NoGrade })
}

fn show(arguments: &GraderArguments, options: &CheckOptions, grade: &Grade) -> String {
    let exporter = options.format.exporter(style::stdout(arguments.color));
    if options.instructor {
        exporter.instructor(grade)
    } else {
        exporter.student(&StudentView::from(grade))
    }
}
