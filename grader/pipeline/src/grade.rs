//! One submission through all stages.

use crate::clock::StageClock;
use crate::collect::{self, CollectLimits, Finding, Found, Severity, Sources};
use crate::compile::{self, Compiled, Compiler, Links, Refusal};
use crate::defence::Defence;
use crate::fault::Result;
use crate::hash;
use crate::kit::Kit;
use crate::lane::lane;
use crate::machine::machine;
use crate::rescore;
use crate::scratch;
use crate::setup::ModuleSetup;
use crate::timing::Candidate;
use crate::toolchain::Toolchain;
use grader_model::{
    CompileProblem, Grade, Hidden, Machine, Outcome, Provenance, Remark, Stage, StageCost,
    Submission,
};
use grader_sandbox::Sandbox;
use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// Everything that grading needs and that does not change between submissions.
#[derive(Clone)]
pub struct Grader {
    /// Where students' code is compiled and run.
    pub sandbox: Sandbox,
    /// With what it is compiled.
    pub toolchain: Toolchain,
    /// Against what it is compiled.
    pub kit: Kit,
    /// The module that is graded.
    pub module: ModuleSetup,
    /// Which timed cases are measured. The others are left out, as if the module had none: for suites
    /// that look at something else, never for a grade that counts.
    pub timing: Measuring,
}

/// Which timed cases are measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Measuring {
    /// All of them: every grade that counts.
    All,
    /// Those with these names.
    Only(BTreeSet<String>),
}

impl Measuring {
    /// None of them.
    pub const fn nothing() -> Self {
        Self::Only(BTreeSet::new())
    }

    pub(crate) fn covers(&self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(names) => names.contains(name),
        }
    }
}

/// A submission as far as it got without being compiled.
pub struct Prepared {
    /// Who handed in what.
    pub submission: Submission,
    /// The sources, or the finished grade of what could not be collected.
    pub sources: std::result::Result<Sources, Box<Grade>>,
    /// What collecting cost.
    pub cost: StageCost,
}

impl Grader {
    /// Collects `found`. Never fails: what cannot be taken is a grade that says why.
    pub fn prepare(&self, found: &Found) -> Prepared {
        let clock = StageClock::start();
        let limits = CollectLimits::default();
        let collected = collect::collect_for(found, &self.module.handout, &limits);
        let mut submission = Submission {
            student: found.student.clone(),
            id: found.id.clone(),
            late: found.late,
            partners: found.partners.clone(),
            module: self.module.slug.clone(),
            ..Submission::default()
        };
        let sources = match collected {
            Ok(sources) => {
                submission.content_hash.clone_from(&sources.content_hash);
                submission.remarks.clone_from(&sources.notes);
                Ok(sources)
            }
            Err(refusal) => {
                let mut grade = self.blank(submission.clone(), 0);
                // No zero: nothing of it was built, so nothing shows what it was meant for.
                grade.outcome = Outcome::NotGraded;
                grade.notes.push(Remark::NotCollected { refusal });
                Err(Box::new(grade))
            }
        };
        Prepared { submission, sources, cost: clock.cost(Stage::Collect, Duration::ZERO) }
    }

    /// The key of a result: all evidence that it depends on. Scoring is no part of it, because stored
    /// results can be scored again: see [`rescore::rescore`].
    pub fn key(&self, content_hash: &str) -> String {
        let level = self.sandbox.level().to_string();
        // Ratios of one level of vector instructions are not those of another.
        let vectors = self.has_gates().then(|| self.machine().vector_level.to_string());
        let vectors = vectors.iter().map(|level| ("vector instructions", level.as_bytes()));
        let rubric = self.module.rubric.evidence_material();
        let parts = [
            ("sources", content_hash.as_bytes()),
            ("stubs", self.module.stubs_hash.as_bytes()),
            ("suite", self.module.suite_hash.as_bytes()),
            ("rubric", rubric.as_bytes()),
            ("kit", self.kit.key.as_bytes()),
            ("build", compile::RECIPE_VERSION.as_bytes()),
            ("sandbox", level.as_bytes()),
            ("grader", env!("CARGO_PKG_VERSION").as_bytes()),
        ];
        hash::of_parts(parts.into_iter().chain(vectors))
    }

    /// On what this grader measures speed.
    pub(crate) fn machine(&self) -> Machine {
        machine(self.kit.vector_limit)
    }

    /// Grades what was prepared, with inputs drawn from `seed`. Returns nothing if `stop` was set
    /// before it was done: half a grade is no grade.
    pub fn grade(&self, prepared: Prepared, seed: u64, stop: &AtomicBool) -> Option<Grade> {
        let sources = match prepared.sources {
            Ok(sources) => sources,
            Err(grade) => return Some(*grade),
        };
        let mut grade = self.blank(prepared.submission, seed);
        grade.costs.push(prepared.cost);
        match self.run_stages(&sources, &mut grade, seed, stop) {
            Ok(finished) => finished.then_some(grade),
            Err(fault) => {
                grade.outcome = Outcome::GraderFault;
                grade.points = None;
                grade.fault = Some(Hidden::text(&fault.to_string()));
                Some(grade)
            }
        }
    }

    /// Compile, drive, judge, time, score. `Ok(false)` when stopped.
    fn run_stages(
        &self,
        sources: &Sources,
        grade: &mut Grade,
        seed: u64,
        stop: &AtomicBool,
    ) -> Result<bool> {
        self.note_missing_files(sources, grade);
        let findings = self.findings(sources);
        if self.refuse_by_tokens(&findings, grade) {
            return Ok(true);
        }
        let work = scratch::private_folder()?;
        let working = lane().working(self.exclusive_width());
        let clock = StageClock::start();
        let mut compilation = self.compiler().compile(sources, work.path())?;
        let links = &mut compilation.links;
        grade.costs.push(clock.cost(Stage::Compile, compilation.cpu));
        let driver = match compilation.compiled {
            Compiled::Driver { path, problems } => {
                grade.problems = problems;
                path
            }
            Compiled::Failed { outcome, problems } => {
                grade.outcome = outcome;
                grade.problems = explained(problems, &findings);
                self.score_nothing(grade, outcome);
                return Ok(true);
            }
        };
        if !self.drive_and_judge(&driver, grade, seed, stop)? {
            return Ok(false);
        }
        drop(working);
        let files = self.module.with_stubs(&sources.files);
        let fast = work.path().join("fast");
        let candidate = Candidate::new(&files, &grade.problems, &fast);
        if !self.time(&candidate, links, grade, seed, stop)? {
            return Ok(false);
        }
        refuse(links, grade);
        // What is wrong with a task of another term is nobody's concern.
        let is_dropped = |id: &String| self.module.rubric.dropped.iter().any(|task| task.id == *id);
        grade.problems.retain(|problem| !problem.task.as_ref().is_some_and(is_dropped));
        rescore::score_cases(&self.module.rubric, grade);
        Ok(true)
    }

    /// What the call audit refuses of both builds of `sources`; `Err` inside is why they do not compile. For suites
    /// that ask for nothing else.
    ///
    /// # Errors
    /// Only faults of ours.
    #[doc(hidden)]
    pub fn audit(
        &self,
        sources: &Sources,
    ) -> Result<std::result::Result<Vec<Refusal>, Vec<CompileProblem>>> {
        let work = scratch::private_folder()?;
        self.compiler().audit(sources, work.path())
    }

    pub(crate) const fn compiler(&self) -> Compiler<'_> {
        Compiler {
            sandbox: &self.sandbox,
            toolchain: &self.toolchain,
            kit: &self.kit,
            module: &self.module,
        }
    }

    /// The scores of a submission that could not be run at all.
    fn score_nothing(&self, grade: &mut Grade, outcome: Outcome) {
        rescore::score_nothing(&self.module.rubric, &self.module.suite, grade, outcome);
    }

    /// What the sources hold that will not compile or not work here. A courtesy, not the boundary: that is
    /// the sandbox.
    fn findings(&self, sources: &Sources) -> Vec<Finding> {
        if self.module.holds(Defence::TokenScan) { collect::scan(sources) } else { Vec::new() }
    }

    /// Refuses sources that read what belongs to the machine, and tells of what will not work.
    fn refuse_by_tokens(&self, findings: &[Finding], grade: &mut Grade) -> bool {
        for finding in findings.iter().filter(|finding| finding.severity == Severity::Warn) {
            grade.notes.push(Remark::SourceWarning {
                file: finding.file.clone(),
                line: finding.line,
                code: finding.what.clone(),
                explanation: finding.why.clone(),
            });
        }
        let refused = findings.iter().filter(|finding| finding.severity == Severity::Refuse);
        grade.problems = refused.map(problem).collect();
        if grade.problems.is_empty() {
            return false;
        }
        grade.outcome = Outcome::Refused;
        self.score_nothing(grade, Outcome::Refused);
        true
    }

    fn note_missing_files(&self, sources: &Sources, grade: &mut Grade) {
        let missing = self.module.not_handed_in(&sources.files);
        if !missing.is_empty() {
            let files = missing.into_iter().collect();
            grade.notes.push(Remark::NotHandedIn { files });
        }
    }

    /// A grade about which nothing is known yet.
    pub fn blank(&self, submission: Submission, seed: u64) -> Grade {
        let rubric = &self.module.rubric;
        Grade {
            title: rubric.title.clone(),
            outcome: Outcome::GraderFault,
            points: None,
            max_points: rubric.points(),
            tasks: Vec::new(),
            cases: Vec::new(),
            problems: Vec::new(),
            notes: Vec::new(),
            audit: Vec::new(),
            decisions: Vec::new(),
            fault: None,
            costs: Vec::new(),
            provenance: Provenance {
                key: self.key(&submission.content_hash),
                seed: Hidden::new(seed),
                suite_hash: self.module.suite_hash.clone(),
                rubric_hash: rescore::rubric_hash(rubric),
                toolchain: self.toolchain.version().into(),
                sandbox: self.sandbox.level().to_string(),
                grader_version: env!("CARGO_PKG_VERSION").into(),
                conditions: hash::of_parts([
                    ("stubs", self.module.stubs_hash.as_bytes()),
                    ("rubric", rubric.evidence_material().as_bytes()),
                    ("build", compile::RECIPE_VERSION.as_bytes()),
                ]),
                machine: None,
            },
            due: self.module.due.clone(),
            recorded: None,
            submission,
        }
    }
}

/// The compiler's problems, in the words of the course where the scan knows what a line is about. What the
/// compiler did not get to comes last.
fn explained(problems: Vec<CompileProblem>, findings: &[Finding]) -> Vec<CompileProblem> {
    let known: Vec<_> = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Explain)
        .map(problem)
        .collect();
    let place = |problem: &CompileProblem| (problem.file.clone(), problem.line);
    let of_compiler: BTreeSet<_> = problems.iter().map(place).collect();
    let (mut explained, others): (Vec<_>, Vec<_>) =
        known.into_iter().partition(|one| of_compiler.contains(&place(one)));
    let places: BTreeSet<_> = explained.iter().map(place).collect();
    let is_explained = !explained.is_empty();
    explained.extend(problems.into_iter().filter(|one| !places.contains(&place(one))));
    if !is_explained {
        explained.extend(others);
    }
    explained
}

fn problem(finding: &Finding) -> CompileProblem {
    CompileProblem {
        file: Some(finding.file.clone()),
        line: Some(finding.line),
        column: Some(finding.column),
        message: finding.what.clone(),
        explanation: finding.why.clone(),
        task: None,
    }
}

/// Refuses the cases of tasks whose functions are not the student's own, or are not there, however they ended; only a
/// fault of ours stays one.
fn refuse(links: &Links, grade: &mut Grade) {
    grade.problems.extend(links.misfits.iter().cloned());
    grade.notes.extend(links.refusals.iter().map(Refusal::remark));
    grade.audit.extend(links.refusals.iter().map(Refusal::record));
    let mut told = BTreeSet::new();
    for case in &mut grade.cases {
        let (outcome, message) = match (links.misfit(&case.task), links.of_task(&case.task)) {
            (Some(problem), _) => (Outcome::CompileError, problem.message.clone()),
            (None, Some(refusal)) => (Outcome::Refused, refusal.message()),
            (None, None) => continue,
        };
        if case.outcome != Outcome::GraderFault {
            case.outcome = outcome;
            // Once for a task: it is the same for all of its cases.
            case.message = told.insert(case.task.clone()).then_some(message);
            (case.location, case.detail, case.timing, case.timed_pairs) = (None, None, None, None);
            case.blocked_by.clear();
        }
    }
}
