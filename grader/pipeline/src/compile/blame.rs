//! Finds the tasks that are charged when the driver or the kernels do not compile around a submission.
//!
//! A driver or a kernel that does not compile shows an interface that does not fit, whatever a probe says of it. It is
//! a fault of ours only if it does not compile around the course's own code either.

use super::compile_failure::limits_of;
use super::driver::take_driver;
use super::rustc::{BuildKind, RustcJob, RustcRun};
use super::{BuildFailure, CompileOutcome, Compiler, diagnostics, write};
use crate::fault::{Fault, Result};
use crate::probes::ProbePurpose;
use crate::setup::TimedSetup;
use grader_model::CompileProblem;
use grader_probes::{GIVEN, ProbeKind};
use grader_sandbox::ProcessEnd;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

/// Sources of ours that are compiled around the student's crate.
#[derive(Clone, Copy)]
pub(super) enum CourseSource<'a> {
    /// `grading/driver/mod.rs`.
    Driver,
    /// `grading/kernels.rs`.
    Kernels(&'a TimedSetup),
}

impl CourseSource<'_> {
    const fn file(self) -> &'static str {
        match self {
            Self::Driver => "grading/driver/mod.rs",
            Self::Kernels(_) => "grading/kernels.rs",
        }
    }

    const fn purpose(self) -> ProbePurpose {
        match self {
            Self::Driver => ProbePurpose::Driver,
            Self::Kernels(_) => ProbePurpose::Kernels,
        }
    }
}

/// One search for the tasks whose interfaces do not fit.
struct BlameSearch<'a> {
    around: CourseSource<'a>,
    work: &'a Path,
    /// The tasks that are known to be missing.
    missing: &'a BTreeSet<String>,
}

/// What the probes say, where it does not explain all.
struct ProbeSuspects {
    /// Tasks that do not fit. The rest does not compile without them either.
    known: Vec<CompileProblem>,
    /// Items that are not exactly what they were, which need not matter.
    inexact: Vec<CompileProblem>,
}

impl ProbeSuspects {
    /// The problem to show for `task`, which does not compile.
    fn problem_of(&self, task: &str, said: CompileProblem) -> CompileProblem {
        let of = |wanted: &str| {
            self.inexact.iter().find(|one| one.task.as_deref() == Some(wanted)).cloned()
        };
        if let Some(own) = of(task) {
            return own;
        }
        let given = of(GIVEN).map(|one| format!(". Perhaps it is this: {}", one.message));
        let explanation = said.explanation + given.as_deref().unwrap_or_default();
        CompileProblem { explanation, ..said }
    }
}

impl Compiler<'_> {
    /// The executable of `around` and the crate that was built below `work`, without the tasks in `missing` and
    /// without those whose interface does not fit: each of these has a problem.
    ///
    /// # Errors
    /// When `around` does not compile around the course's own code either.
    pub(super) fn fitted(
        &self,
        around: CourseSource<'_>,
        work: &Path,
        missing: &BTreeSet<String>,
    ) -> Result<CompileOutcome> {
        let run = self.executable(around, work, missing)?;
        if run.end == ProcessEnd::Exited(0) {
            return take_driver(work, Vec::new());
        }
        if let Some(failed) = limits_of(&run) {
            return Ok(CompileOutcome::Failed(failed));
        }
        let search = BlameSearch { around, work, missing };
        let used = self.module.probes.of_kind(around.purpose(), ProbeKind::Use);
        let found = self.misfits(work, &used)?.into_iter();
        let (of_tasks, given): (Vec<_>, Vec<_>) = found.partition(is_of_task);
        let of_tasks = self.without_needless(&search, of_tasks)?;
        // What is given matters only if the rest does not compile without it.
        if !of_tasks.is_empty()
            && let Some(built) = self.without(&search, &of_tasks)?
        {
            return Ok(built);
        }
        if !given.is_empty() {
            let problems = given.into_iter().chain(of_tasks).collect();
            return Ok(CompileOutcome::Failed(BuildFailure::of_code(problems)));
        }
        let exact = self.module.probes.of_kind(around.purpose(), ProbeKind::Exact);
        let inexact = self.misfits(work, &exact)?;
        let suspects = ProbeSuspects { known: of_tasks, inexact };
        if let Some(built) = self.without_the_only_suspect(&search, &suspects)? {
            return Ok(built);
        }
        self.unexplained(&search, &run, suspects)
    }

    /// Those of several tasks that do not compile. A probe can be of an item that nothing uses: another type has one of
    /// the same name.
    fn without_needless(
        &self,
        search: &BlameSearch<'_>,
        problems: Vec<CompileProblem>,
    ) -> Result<Vec<CompileProblem>> {
        let mut charged: BTreeSet<String> =
            problems.iter().filter_map(|problem| problem.task.clone()).collect();
        if charged.len() < 2 {
            return Ok(problems);
        }
        for task in charged.clone() {
            let others = charged.iter().filter(|other| **other != task).cloned();
            let missing = search.missing.iter().cloned().chain(others).collect();
            if self.executable(search.around, search.work, &missing)?.end == ProcessEnd::Exited(0) {
                charged.remove(&task);
            }
        }
        let is_charged = |problem: &CompileProblem| {
            problem.task.as_ref().is_some_and(|task| charged.contains(task))
        };
        Ok(problems.into_iter().filter(is_charged).collect())
    }

    /// The executable without the one task whose items are not exactly what they were; `None` when there are several,
    /// or when it does not compile without that task.
    fn without_the_only_suspect(
        &self,
        search: &BlameSearch<'_>,
        suspects: &ProbeSuspects,
    ) -> Result<Option<CompileOutcome>> {
        let known: BTreeSet<_> = suspects.known.iter().map(|problem| &problem.task).collect();
        let of_tasks = suspects.inexact.iter().filter(|problem| is_of_task(problem));
        let new: Vec<_> = of_tasks.filter(|problem| !known.contains(&problem.task)).collect();
        let tasks: BTreeSet<_> = new.iter().map(|problem| &problem.task).collect();
        let Some(first) = new.first().filter(|_| tasks.len() == 1) else { return Ok(None) };
        let problems: Vec<_> = suspects.known.iter().chain([*first]).cloned().collect();
        self.without(search, &problems)
    }

    /// The executable without the tasks that `problems` name; `None` when it does not compile.
    fn without(
        &self,
        search: &BlameSearch<'_>,
        problems: &[CompileProblem],
    ) -> Result<Option<CompileOutcome>> {
        let more = problems.iter().filter_map(|problem| problem.task.clone());
        let missing = search.missing.iter().cloned().chain(more).collect();
        let run = self.executable(search.around, search.work, &missing)?;
        let built = run.end == ProcessEnd::Exited(0);
        built.then(|| take_driver(search.work, problems.to_vec())).transpose()
    }

    /// No probe says why it does not compile. If it does around the course's own code, the tasks are found that it does
    /// not compile with, one by one; the whole submission is charged where no task can be told from the others.
    fn unexplained(
        &self,
        search: &BlameSearch<'_>,
        run: &RustcRun,
        suspects: ProbeSuspects,
    ) -> Result<CompileOutcome> {
        let whole = |problems| Ok(CompileOutcome::Failed(BuildFailure::of_code(problems)));
        let linked = self.empty_program(search.work, true)?;
        let without = self.empty_program(search.work, false)?;
        if linked.end != ProcessEnd::Exited(0) && without.end == ProcessEnd::Exited(0) {
            // A second allocator makes no error before there is an executable.
            return whole(diagnostics::problems(&linked.diagnostics));
        }
        self.control_around(search)?;
        let culprits = self.culprits(search, &suspects)?;
        let ProbeSuspects { known: mut problems, inexact } = suspects;
        let is_found = !culprits.is_empty();
        problems.extend(culprits);
        if is_found && let Some(built) = self.without(search, &problems)? {
            return Ok(built);
        }
        problems.extend(inexact.into_iter().filter(|problem| !is_of_task(problem)));
        problems.push(problem_of(run, None));
        whole(problems)
    }

    /// The tasks that it does not compile with. They are added one by one, in the rubric's order: a task comes after
    /// those that it needs, and is not compiled without them.
    fn culprits(
        &self,
        search: &BlameSearch<'_>,
        suspects: &ProbeSuspects,
    ) -> Result<Vec<CompileProblem>> {
        let rubric = &self.module.rubric;
        let known: BTreeSet<_> = suspects.known.iter().filter_map(|p| p.task.clone()).collect();
        let used = self.module.probes.of_kind(search.around.purpose(), ProbeKind::Use);
        let ids = rubric.tasks.iter().map(|task| &task.id);
        let all: Vec<_> = ids.chain(rubric.dropped.iter().map(|task| &task.id)).cloned().collect();
        let longest = Duration::from_secs(rubric.limits.compile_seconds.into());
        let latest = self.spent() + longest;
        let mut missing: BTreeSet<_> = all.iter().cloned().collect();
        let mut problems = Vec::new();
        for task in all {
            if search.missing.contains(&task) || known.contains(&task) {
                continue;
            }
            if self.spent() > latest {
                // As long as one compilation may take: the whole submission is charged.
                return Ok(Vec::new());
            }
            missing.remove(&task);
            let run = self.executable(search.around, search.work, &missing)?;
            if run.end != ProcessEnd::Exited(0) {
                let of_task = used.iter().filter(|probe| probe.task == task);
                let signatures: Vec<_> = of_task.map(|probe| probe.expected.as_str()).collect();
                let problem = problem_of(&run, Some(task.clone()));
                let explanation = format!("{}: `{}`", problem.explanation, signatures.join("`, `"));
                let said = CompileProblem { explanation, ..problem };
                problems.push(suspects.problem_of(&task, said));
                missing.insert(task);
            }
        }
        Ok(problems)
    }

    /// Compiles the same around the course's own code: around the stubs, or, for speed, around the reference.
    fn control_around(&self, search: &BlameSearch<'_>) -> Result<()> {
        let work = search.work.join("control_around");
        let (files, build) = match search.around {
            CourseSource::Driver => (self.module.with_stubs(&BTreeMap::new()), BuildKind::Checked),
            CourseSource::Kernels(timed) => (timed.reference.clone(), BuildKind::Fast),
        };
        let library = self.library(&files, &work, build)?;
        let control = if library.end == ProcessEnd::Exited(0) {
            self.executable(search.around, &work, &BTreeSet::new())?
        } else {
            library
        };
        if control.end == ProcessEnd::Exited(0) {
            return Ok(());
        }
        Err(Fault::new(format!(
            "{} of `{}` does not compile around the course's own code:\n{}",
            search.around.file(),
            self.module.slug,
            control.rendered()
        ))
        .help("see what `cargo run -p grader -- release` says of the module"))
    }

    fn executable(
        &self,
        around: CourseSource<'_>,
        work: &Path,
        missing: &BTreeSet<String>,
    ) -> Result<RustcRun> {
        match around {
            CourseSource::Driver => self.driver(work, missing),
            CourseSource::Kernels(timed) => self.kernels(timed, work, missing),
        }
    }

    /// An executable that calls nothing, around the student's crate or without it.
    fn empty_program(&self, work: &Path, student: bool) -> Result<RustcRun> {
        let name = self.module.crate_name();
        let uses = if student { format!("extern crate {name} as _;\n") } else { String::new() };
        let folder = work.join("empty");
        let main = format!("{uses}extern crate grader_driver as _;\nfn main() {{}}\n");
        write(&folder.join("main.rs"), main.as_bytes())?;
        let job = RustcJob::executable("empty", &folder, &work.join("out"), BuildKind::Checked)
            .with_kit("grader_driver")
            .with_foundation(self.kit);
        if student { job.with_student(&name).run(self) } else { job.run(self) }
    }
}

/// Whether a probe's problem is one of a task, not of a given file.
fn is_of_task(problem: &CompileProblem) -> bool {
    problem.task.as_deref() != Some(GIVEN)
}

/// What the compiler says first. Its rendering would show our own hidden sources.
pub(super) fn problem_of(run: &RustcRun, task: Option<String>) -> CompileProblem {
    if let Some(BuildFailure { problems, .. }) = limits_of(run)
        && let Some(first) = problems.into_iter().next()
    {
        return CompileProblem { explanation: String::new(), task, ..first };
    }
    let first = run.diagnostics.iter().find(|diagnostic| diagnostic.is_error());
    let place = first.and_then(|error| error.place_in(&diagnostics::is_students));
    let said = first.map_or_else(
        || "the compiler gave up on it".to_owned(),
        |error| format!("the compiler says: {}", error.shortened()),
    );
    CompileProblem {
        file: place.map(|span| span.file_name.clone()),
        line: place.map(|span| span.line_start),
        column: place.map(|span| span.column_start),
        message: "the public functions cannot be called as they were handed out".into(),
        explanation: format!("{said}. Give each public item the signature that was handed out"),
        task,
    }
}
