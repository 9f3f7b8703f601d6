//! `grader decide`: an instructor decides points that measurements left pending.

use crate::args::{ClassFormat, DecideOptions, GraderArguments};
use crate::course::OpenCourse;
use crate::exit::{CommandFailure, ExitKind, Result};
use crate::lookup;
use crate::operator::operator;
use crate::printed_command::CommandContext;
use crate::report::because;
use crate::stdout::outln;
use crate::store::{now, scored_by};
use crate::withdraw::write_again;
use grader_gradebook::{DecisionKind, DecisionRecord, DecisionSubject, Gradebook};
use grader_judge::Module;
use grader_model::{CaseAward, CaseDecision, CaseResult, Grade, Outcome};
use grader_pipeline::{MeasureScope, ModuleSetup, RescoreOutcome, most_points, rescore};
use grader_report::{escape, shown_name};
use serde::Serialize;
use std::sync::Mutex;

/// What `--format json` prints.
#[derive(Serialize)]
struct DecisionDocument<'a> {
    schema: &'static str,
    student: &'a str,
    module: &'a str,
    /// Whether it is in the gradebook: not with `--dry-run`.
    recorded: bool,
    /// The cases that it is about.
    cases: Vec<&'a str>,
    /// What each is worth; `null` when a decision is undone.
    award: Option<CaseAward>,
    reason: &'a str,
    private: bool,
    before: GradeScore,
    after: GradeScore,
}

impl DecisionDocument<'_> {
    fn words(&self) -> String {
        let not = if self.recorded { "" } else { "Not recorded (--dry-run). " };
        let cases = escape::line(&self.cases.join(", "), 2000);
        let what = self.award.map_or_else(
            || format!("undecided again: {cases}"),
            |award| format!("{} for {cases}", award.words()),
        );
        format!(
            "{not}{}: {what}{}\n  before: {}\n  after:  {}\n",
            shown_name(self.student),
            because(self.reason),
            self.before.words(),
            self.after.words()
        )
    }
}

/// A grade in numbers.
#[derive(Serialize)]
struct GradeScore {
    points: Option<f64>,
    pending: f64,
    max_points: f64,
}

impl GradeScore {
    fn of(grade: &Grade) -> Self {
        Self { points: grade.points, pending: grade.pending(), max_points: grade.max_points }
    }

    fn words(&self) -> String {
        let Self { points, pending, max_points } = self;
        grader_report::score_in_words(*points, *max_points, *pending)
    }
}

/// Records the decision and writes the reports that it changes; with `--dry-run` it shows the change only.
pub fn run(
    modules: &'static [Module],
    arguments: &GraderArguments,
    options: &DecideOptions,
) -> Result<ExitKind> {
    let course = OpenCourse::open(arguments, modules)?;
    let path = options.output.gradebook_path();
    // Nothing is pending in a gradebook that is not there: it is a mistake in a path.
    if !path.exists() {
        let missing = Gradebook::open_read_only(&path).map(drop);
        missing.map_err(CommandFailure::bad_input)?;
    }
    let mut book = Gradebook::open(&path).map_err(CommandFailure::bad_input)?;
    let module = course.module_in(&book, options.module.as_deref())?;
    let module = course.setup(module)?;
    let students = book.students().map_err(CommandFailure::bad_input)?;
    let student =
        lookup::student(&options.student, &students).map_err(CommandFailure::bad_input)?;
    let evidence = evidence(&book, student, &module)?;
    let before = scored_by(&book, evidence.clone(), &module).map_err(CommandFailure::bad_input)?;
    let cases = chosen(options, &evidence, &before)?;
    let award = award(options, &cases, &evidence, &module)?;
    let decisions: Vec<_> =
        cases.iter().map(|case| decision(options, student, &evidence, case, award)).collect();
    let after = after(&before, &evidence, &decisions, &module);
    if !options.dry_run {
        book.decide_all(&decisions).map_err(CommandFailure::bad_input)?;
    }
    let names: Vec<&str> = cases.iter().map(|case| case.name.as_str()).collect();
    let document = DecisionDocument {
        schema: "grader/decision/v1",
        student,
        module: &module.slug,
        recorded: !options.dry_run,
        cases: names,
        award,
        reason: &options.reason,
        private: options.private,
        before: GradeScore::of(&before),
        after: GradeScore::of(&after),
    };
    match options.print.format {
        ClassFormat::Json => {
            outln!("{}\n", serde_json::to_string_pretty(&document).map_err(CommandFailure::ours)?);
        }
        ClassFormat::Text => outln!("{}", document.words()),
    }
    if options.dry_run {
        return Ok(ExitKind::Done);
    }
    let context = CommandContext::new(arguments);
    let report = context.report(&options.output, &module.slug);
    let book = Mutex::new(book);
    let written = write_again(&options.output.out, &module, &book, report)?;
    if options.print.format == ClassFormat::Text {
        outln!("Reports: {}\n", escape::line(&written.display().to_string(), 400));
    }
    Ok(ExitKind::Done)
}

/// The attempt that counts, as today's rubric scores it, without decisions. An attempt that has to be graded again is
/// refused: no decision about it would count.
fn evidence(book: &Gradebook, student: &str, module: &ModuleSetup) -> Result<Grade> {
    let class = book.class(&module.slug).map_err(CommandFailure::bad_input)?;
    let member = class.into_iter().find(|member| member.student == student);
    let attempt = member.map(|member| book.attempt(member.number)).transpose();
    let attempt = attempt.map_err(CommandFailure::bad_input)?.flatten().ok_or_else(|| {
        CommandFailure::bad_input(format!(
            "{} has no grade in {}\n  help: say with --module which one is meant",
            shown_name(student),
            module.slug
        ))
    })?;
    match rescore(&attempt.grade, module, &MeasureScope::All) {
        RescoreOutcome::Scored(grade) => Ok(*grade),
        RescoreOutcome::GradeAgain(reason) => Err(CommandFailure::bad_input(format!(
            "the grade of {} follows an earlier version of the rubric ({reason})\n  help: grade it again \
             first; then its undecided cases can be decided",
            shown_name(student)
        ))),
    }
}

/// The cases that the options name.
fn chosen<'a>(
    options: &DecideOptions,
    evidence: &'a Grade,
    before: &Grade,
) -> Result<Vec<&'a CaseResult>> {
    let is_meant = |case: &&CaseResult| {
        let by_name = options.case.is_empty() || options.case.contains(&case.name);
        by_name && options.task.as_ref().is_none_or(|task| *task == case.task)
    };
    let unknown = |name: &&String| !evidence.cases.iter().any(|case| case.name == **name);
    if let Some(name) = options.case.iter().find(unknown) {
        let what = format!("there is no case `{}` in this grade", escape::line(name, 200));
        return Err(refused(&what, evidence));
    }
    if let Some(task) = &options.task
        && !evidence.tasks.iter().any(|one| one.id == *task)
    {
        let what = format!("there is no task `{}` in this grade", escape::line(task, 200));
        return Err(refused(&what, evidence));
    }
    let meant: Vec<_> = evidence.cases.iter().filter(is_meant).collect();
    let is_open = |case: &&CaseResult| case.outcome == Outcome::Undecided;
    if let Some(settled) = meant.iter().find(|case| !is_open(case) && !options.case.is_empty()) {
        let what =
            format!("case `{}` is not pending: it ended as {}", settled.name, settled.outcome);
        return Err(refused(&what, evidence));
    }
    let decided = |case: &&CaseResult| CaseDecision::about(case, &before.decisions).is_some();
    let open: Vec<_> =
        meant.into_iter().filter(is_open).filter(|case| !options.undo || decided(case)).collect();
    if open.is_empty() {
        let what =
            if options.undo { "nothing of this is decided" } else { "nothing of this is pending" };
        return Err(refused(what, evidence));
    }
    Ok(open)
}

/// What is wrong, and what is pending.
fn refused(what: &str, evidence: &Grade) -> CommandFailure {
    let open = evidence.cases.iter().filter(|case| case.outcome == Outcome::Undecided);
    let names: Vec<_> = open.map(|case| format!("{} (task {})", case.name, case.task)).collect();
    let pending = if names.is_empty() {
        "no case of this grade is pending".into()
    } else {
        format!("measurements left these undecided: {}", names.join(", "))
    };
    CommandFailure::bad_input(format!("{what}\n  help: {pending}"))
}

/// What each of these cases is worth; `None` to undo.
fn award(
    options: &DecideOptions,
    cases: &[&CaseResult],
    evidence: &Grade,
    module: &ModuleSetup,
) -> Result<Option<CaseAward>> {
    let Some(CaseAward::Points(points)) = options.points else { return Ok(options.points) };
    let [case] = cases else {
        return Err(CommandFailure::bad_input(
            "a number of points is for one case\n  help: name it with --case, or say --points full or none",
        ));
    };
    let Some(most) = most_points(case, evidence, &module.rubric) else {
        return Err(CommandFailure::bad_input(format!(
            "the cases of task `{}` have no points of their own: its rubric gives points for all of them \
             together\n  help: say --points full or --points none",
            case.task
        )));
    };
    // What reports show has two decimals.
    if points > most + 0.005 {
        return Err(CommandFailure::bad_input(format!(
            "case `{}` can bring {most:.2} points at most, not {points}\n  help: say --points full for all of \
             them",
            case.name
        )));
    }
    Ok(Some(CaseAward::Points(points)))
}

fn decision(
    options: &DecideOptions,
    student: &str,
    evidence: &Grade,
    case: &CaseResult,
    award: Option<CaseAward>,
) -> DecisionRecord {
    let content_hash = evidence.submission.content_hash.clone();
    DecisionRecord {
        student: student.to_owned(),
        module: Some(evidence.submission.module.clone()),
        kind: if award.is_some() { DecisionKind::Points } else { DecisionKind::PointsUndone },
        subject: Some(DecisionSubject { content_hash, case: case.name.clone() }),
        value: award,
        private: options.private,
        reason: options.reason.clone(),
        decided_by: operator(),
        decided_at: now(),
    }
}

/// The grade with `decisions` in the place of earlier ones about the same cases.
fn after(
    before: &Grade,
    evidence: &Grade,
    decisions: &[DecisionRecord],
    module: &ModuleSetup,
) -> Grade {
    let is_about = |name: &str| {
        decisions.iter().any(|one| one.subject.as_ref().is_some_and(|subject| subject.case == name))
    };
    let kept = before.decisions.iter().filter(|one| !is_about(&one.case)).cloned();
    let new = decisions.iter().cloned().filter_map(DecisionRecord::about_case);
    grader_pipeline::with_decisions(evidence.clone(), kept.chain(new).collect(), &module.rubric)
}
