//! `grader grade`: a class.

use crate::args::{ClassFormat, GradeOptions, GraderArguments};
use crate::class_json::print_json;
use crate::class_view::{OF_WITHDRAWN, class_view};
use crate::course::OpenCourse;
use crate::exit::{CommandFailure, ExitKind, Result};
use crate::operator::operator;
use crate::pages::{print_file, publish};
use crate::printed_command::CommandContext;
use crate::progress::GradingProgress;
use crate::run_lock::RunLock;
use crate::stdout::outln;
use crate::store::{GradebookStore, StoredGrades, known_name, now};
use crate::{seed, style};
use grader_gradebook::{GradingRun, PassedOver};
use grader_judge::Module;
use grader_model::{Grade, Outcome};
use grader_pipeline::collect::{self, ClassContents, CollectError, UngradableEntry, folded};
use grader_pipeline::{ClassObserver, ClassResult, ClassRun, Fault, GradeOrigin, GradeRef, Grader};
use grader_report::{
    ClassNotices, ClassPage, GradeSource, ReportError, escape, terminal, write_student,
};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// Grades the class and writes the reports.
pub fn run(
    modules: &'static [Module],
    arguments: &GraderArguments,
    options: &GradeOptions,
) -> Result<ExitKind> {
    let course = OpenCourse::open(arguments, modules)?;
    let context = CommandContext::new(arguments);
    let packages: Vec<_> = course.course.packages().collect();
    let discovery = match collect::discover_among(&options.class, &packages) {
        Err(CollectError::OneSubmission { sign, .. }) => {
            return Err(single_submission(options, &context, sign));
        }
        discovery => discovery.map_err(CommandFailure::bad_input)?,
    };
    let module = course.module(options.module.as_deref(), &discovery.found)?;
    let out = options.output.out.join(&module.slug);
    let store = open_store(options, &out)?;
    let discovery = with_known_students(discovery, &store, &module.slug)?;
    let gradebook = options.output.gradebook_path();
    let who = operator();
    let lock = RunLock::acquire(&gradebook, &who);
    if let Some(other) = lock.other() {
        let other = escape::line(other, 200);
        eprintln!(
            "grader: another run is in progress on this gradebook ({other}); this one goes on, and each \
             uses what the other has graded"
        );
    }
    let grader = course.grader(module, options.sandbox, &|what| eprintln!("grader: {what}"))?;
    let store = store.for_run(&run_record(&grader.module.slug, who, &discovery))?;
    let start = Instant::now();
    let result = grade_class(options, &grader, &discovery, &store, &out)?;
    let seconds = start.elapsed().as_secs_f64();
    let command = context.report(&options.output, &grader.module.slug);
    let unstored = result.grades.iter().filter_map(GradeRef::here).cloned().collect();
    let view = class_view(&store.book(), &grader.module.slug, unstored, command)?;
    let report = ClassReport {
        out: &out,
        grades: &StoredGrades::of(&store, &view.kept, &grader.module),
        notices: &view.notices,
        counts: counts(&result, seconds, &grader),
    };
    let written = report.show(arguments, options.print.format)?;
    Ok(conclude(&result, written.err().as_ref()))
}

/// The reports of a class run.
struct ClassReport<'a> {
    out: &'a Path,
    grades: &'a dyn GradeSource,
    notices: &'a ClassNotices,
    /// What this run did, in a line.
    counts: String,
}

impl ClassReport<'_> {
    /// Writes the reports, and prints the class. The inner error is of the reports: the class is printed all
    /// the same.
    fn show(
        &self,
        arguments: &GraderArguments,
        format: ClassFormat,
    ) -> Result<std::result::Result<(), ReportError>> {
        let written = publish(self.out, self.grades, self.notices);
        match (format, &written) {
            (ClassFormat::Json, Ok(written)) => print_file(&written.class_json)?,
            (ClassFormat::Json, Err(_)) => print_json(self.grades, self.notices)?,
            (ClassFormat::Text, Ok(written)) => {
                self.print_table(arguments, &written.page)?;
                let page = written.class_page.display().to_string();
                outln!("Reports: {}\n", escape::line(&page, 400));
            }
            (ClassFormat::Text, Err(_)) => {
                let page =
                    ClassPage::of(self.grades).map_err(CommandFailure::ours)?.with(self.notices);
                self.print_table(arguments, &page)?;
            }
        }
        Ok(written.map(drop))
    }

    fn print_table(&self, arguments: &GraderArguments, page: &ClassPage) -> Result<()> {
        outln!("{}", terminal::class(page, &style::stdout(arguments.color)));
        outln!("\n{}\n", self.counts);
        Ok(())
    }
}

/// "3 graded now, 30 unchanged since an earlier run, in 7.0 s; ..."
fn counts(result: &ClassResult, seconds: f64, grader: &Grader) -> String {
    let same = match result.same_content {
        0 => String::new(),
        some => format!(", {some} with the same content as another"),
    };
    format!(
        "{} graded now{same}, {} unchanged since an earlier run, in {seconds:.1} s; sandbox: {}",
        result.fresh,
        result.reused,
        grader.sandbox.level()
    )
}

/// A single submission was given in the place of a class; `sign` shows it.
fn single_submission(
    options: &GradeOptions,
    context: &CommandContext,
    sign: &str,
) -> CommandFailure {
    let check = context.check(&options.class, options.module.as_deref());
    CommandFailure::bad_input(format!(
        "{} looks like one submission and not like a class: it holds `{sign}`\n  help: to grade it: {check}\n  \
         A class folder holds one folder or archive per student.",
        options.class.display()
    ))
}

/// What was discovered, with students under the names that the gradebook knows, and without those who are
/// withdrawn: their entries are passed over.
fn with_known_students(
    mut discovery: ClassContents,
    store: &GradebookStore,
    module: &str,
) -> Result<ClassContents> {
    let book = store.book();
    let students = book.students().map_err(CommandFailure::bad_input)?;
    for found in &mut discovery.found {
        if let Some(known) = known_name(&students, &found.student) {
            known.clone_into(&mut found.student);
        }
    }
    for decision in book.withdrawn(module).map_err(CommandFailure::bad_input)? {
        let key = folded(&decision.student);
        let of_student = |name: &str| folded(name) == key;
        let found = discovery.found.extract_if(.., |found| of_student(&found.student));
        let found = found.map(|found| found.student);
        let unusable = discovery.unusable.extract_if(.., |entry| of_student(&entry.student));
        let names: Vec<_> = found.chain(unusable.map(|entry| entry.name)).collect();
        let reason = match decision.reason.as_str() {
            "" => OF_WITHDRAWN.to_owned(),
            why => format!("{OF_WITHDRAWN} ({why})"),
        };
        let passed_over = names.into_iter().map(|name| UngradableEntry::of_entry(name, &*reason));
        discovery.passed_over.extend(passed_over);
    }
    discovery.passed_over.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(discovery)
}

fn run_record(module: &str, graded_by: String, discovery: &ClassContents) -> GradingRun {
    let passed_over = discovery.passed_over.iter();
    let passed_over =
        passed_over.map(|one| PassedOver { name: one.name.clone(), reason: one.reason.clone() });
    GradingRun {
        module: module.into(),
        graded_by,
        started_at: now(),
        passed_over: passed_over.collect(),
    }
}

fn open_store(options: &GradeOptions, out: &Path) -> Result<GradebookStore> {
    // Found out now rather than when an hour of grading is to be written down.
    private_folders(&out.join("students")).map_err(|error| {
        CommandFailure::bad_input(format!(
            "no reports can be written to {}: {error}\n  help: choose another folder with --out",
            options.output.out.display()
        ))
    })?;
    let path = options.output.gradebook_path();
    GradebookStore::open(&path, !options.again)
}

/// Creates the folders of `path` that are missing, for their owner alone: grades of a whole class lie there.
fn private_folders(path: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

fn grade_class(
    options: &GradeOptions,
    grader: &Grader,
    discovery: &ClassContents,
    store: &GradebookStore,
    out: &Path,
) -> Result<ClassResult> {
    let stop = stop_on_signal()?;
    let cpus = std::thread::available_parallelism().map_or(1, usize::from);
    let jobs = options.jobs.map_or(cpus, usize::from);
    let progress = GradingProgress::new(discovery.found.len(), jobs);
    let watcher = ClassWatcher { progress, store, out };
    let result = ClassRun {
        grader,
        jobs,
        seed: &|| seed::fresh().map_err(|failure| Fault::new(failure.to_string())),
        stop: &stop,
        store,
        watch: &watcher,
    }
    .run(discovery);
    watcher.progress.clear();
    Ok(result)
}

/// Shows progress, and writes each student's report as soon as that student is graded, before the rest of the
/// class.
struct ClassWatcher<'a> {
    progress: GradingProgress,
    store: &'a GradebookStore,
    out: &'a Path,
}

impl ClassWatcher<'_> {
    fn write(&self, grade: &Grade) {
        let submission = &grade.submission;
        let book = self.store.book();
        let newest = book.newest(&submission.student, &submission.module).ok().flatten();
        let stored = newest.and_then(|number| book.attempt(number).ok().flatten());
        drop(book);
        let grade = stored.map_or_else(|| grade.clone(), |attempt| attempt.grade);
        // All reports are written again at the end, and what goes wrong then is said.
        let _ = write_student(self.out, &grade);
    }
}

impl ClassObserver for ClassWatcher<'_> {
    fn started(&self, student: &str) {
        self.progress.started(student);
    }

    fn finished(&self, grade: &Grade, origin: GradeOrigin) {
        self.progress.finished(grade, origin);
        // Which grade counts for an entry that could not be graded is known at the end.
        if origin != GradeOrigin::EarlierRun && grade.outcome != Outcome::NotGraded {
            self.write(grade);
        }
    }
}

/// The first Ctrl-C (or SIGTERM) lets nothing new begin; the second ends at once.
fn stop_on_signal() -> Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    let handler = Arc::clone(&stop);
    ctrlc::set_handler(move || {
        if handler.swap(true, Ordering::Relaxed) {
            std::process::exit(ExitKind::Interrupted.code().into());
        }
        eprintln!("\ngrader: stopping; what is graded is kept (Ctrl-C again to stop at once)");
    })
    .map_err(CommandFailure::ours)?;
    Ok(stop)
}

fn conclude(result: &ClassResult, unwritten: Option<&ReportError>) -> ExitKind {
    for problem in &result.unstored {
        eprintln!("grader: not stored: {}", escape::line(problem, 400));
    }
    if let Some(error) = unwritten {
        eprintln!("grader: {}", escape::block(&error.to_string(), 4000));
    }
    if result.without_grade > 0 {
        let (entries, have) =
            if result.without_grade == 1 { ("entry", "has") } else { ("entries", "have") };
        eprintln!("grader: {} {entries} of this run {have} no grade", result.without_grade);
    }
    if result.interrupted {
        eprintln!("grader: interrupted; run the same command to go on");
        return ExitKind::Interrupted;
    }
    match (result.unstored.is_empty() && unwritten.is_none(), result.without_grade) {
        (true, 0) => ExitKind::Done,
        (true, _) => ExitKind::NoGrade,
        (false, _) => ExitKind::OurFault,
    }
}
