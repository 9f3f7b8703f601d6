//! `grader grade`: a class.

use crate::args::{Arguments, ClassFormat, GradeOptions};
use crate::course::OpenCourse;
use crate::exit::{Exit, Failure, Result};
use crate::progress::Progress;
use crate::say::say;
use crate::store::{GradebookStore, Stored};
use crate::{seed, style};
use grader_pipeline::collect::{self, Discovery};
use grader_pipeline::{ClassResult, ClassRun, Grader};
use grader_report::{ClassPage, Grades, ReportError, escape, json, terminal, write_all};
use std::io::{ErrorKind, Write as _};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// Grades the class and writes the reports.
pub fn run(arguments: &Arguments, options: &GradeOptions) -> Result<Exit> {
    let course = OpenCourse::open(arguments)?;
    let discovery = collect::discover(&options.class).map_err(Failure::bad_input)?;
    let module = course.module(options.module.as_deref(), &discovery.found)?;
    let store = open_store(options)?;
    let grader = course.grader(module, options.sandbox, &|what| eprintln!("grader: {what}"))?;
    let start = Instant::now();
    let result = grade_class(options, &grader, &discovery, &store)?;
    let seconds = start.elapsed().as_secs_f64();
    let grades = Stored::of(&store, &result.grades, &grader.module);
    let written = write_all(&options.out, &grades);
    match options.format {
        ClassFormat::Json => print_json(&grades)?,
        ClassFormat::Text => {
            let page = ClassPage::of(&grades).map_err(Failure::ours)?;
            say!("{}", terminal::class_table(&page, &style::stdout(arguments.color)));
            say!(
                "\n{} graded now, {} unchanged since an earlier run, in {seconds:.1} s; sandbox: {}\n",
                result.fresh,
                result.reused,
                grader.sandbox.level()
            );
        }
    }
    if let (Ok(written), ClassFormat::Text) = (&written, options.format) {
        say!("Reports: {}\n", escape::line(&written.class_page.display().to_string(), 400));
    }
    Ok(conclude(&result, written.as_ref().err()))
}

/// The class as JSON, to standard output.
pub fn print_json(grades: &dyn Grades) -> Result<()> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    match json::write_class(&mut out, grades).and_then(|()| {
        writeln!(out).and_then(|()| out.flush()).map_err(|source| ReportError::Output { source })
    }) {
        // Whoever read it has seen enough.
        Err(ReportError::Output { source }) if source.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(Failure::ours),
    }
}

fn open_store(options: &GradeOptions) -> Result<GradebookStore> {
    // Found out now rather than when an hour of grading is to be written down.
    std::fs::create_dir_all(options.out.join("students")).map_err(|error| {
        Failure::bad_input(format!(
            "no reports can be written to {}: {error}\n  help: choose another folder with --out",
            options.out.display()
        ))
    })?;
    let path = gradebook_path(options.gradebook.as_ref(), &options.out);
    GradebookStore::open(&path, !options.again)
}

/// Where the gradebook is.
pub fn gradebook_path(given: Option<&PathBuf>, out: &std::path::Path) -> PathBuf {
    given.cloned().unwrap_or_else(|| out.join("gradebook.sqlite"))
}

fn grade_class(
    options: &GradeOptions,
    grader: &Grader,
    discovery: &Discovery,
    store: &GradebookStore,
) -> Result<ClassResult> {
    let stop = stop_on_signal()?;
    let cpus = std::thread::available_parallelism().map_or(1, usize::from);
    let progress = Progress::new(discovery.found.len());
    // One failing draw would be a bug of the system's; the first call shows it.
    seed::fresh()?;
    let result = ClassRun {
        grader,
        jobs: options.jobs.map_or(cpus, usize::from),
        seed: &|| seed::fresh().unwrap_or_default(),
        stop: &stop,
        store,
        watch: &progress,
    }
    .run(discovery);
    progress.clear();
    Ok(result)
}

/// The first Ctrl-C (or SIGTERM) lets nothing new begin; the second ends at once.
fn stop_on_signal() -> Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    let handler = Arc::clone(&stop);
    ctrlc::set_handler(move || {
        if handler.swap(true, Ordering::Relaxed) {
            std::process::exit(Exit::Interrupted.code().into());
        }
        eprintln!("\ngrader: stopping; what is graded is kept (Ctrl-C again to stop at once)");
    })
    .map_err(Failure::ours)?;
    Ok(stop)
}

fn conclude(result: &ClassResult, unwritten: Option<&ReportError>) -> Exit {
    for problem in &result.unstored {
        eprintln!("grader: not stored: {}", escape::line(problem, 400));
    }
    if let Some(error) = unwritten {
        eprintln!("grader: {}", escape::block(&error.to_string(), 4000));
    }
    if result.interrupted {
        eprintln!("grader: interrupted; run the same command to go on");
        return Exit::Interrupted;
    }
    if result.unstored.is_empty() && unwritten.is_none() && result.faults == 0 {
        Exit::Done
    } else {
        Exit::OurFault
    }
}
