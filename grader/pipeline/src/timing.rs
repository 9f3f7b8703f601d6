//! Stage 6: how fast is what is right? Builds it once more, for speed, and measures it against the
//! course's own, each timed case in processes of its own.

mod again;
mod record;
mod result;

use crate::clock::StageClock;
use crate::compile::{Compiled, Links};
use crate::contention::Contention;
use crate::drive::{Wire, nonce, task_budget};
use crate::fault::Result;
use crate::grade::Grader;
use crate::lane::{Need, Turn, lane};
use crate::setup::TimedSetup;
use again::Again;
use grader_course::config::{GateRubric, Limits};
use grader_judge::{Draw, Failure, Metered, TaskAccount, TaskBudget, TimedCase};
use grader_model::{CaseResult, CompileProblem, Grade, Outcome, Stage};
use grader_protocol::Allowance;
use grader_timing::{
    Clock, Gate, Measurement, Neighbours, NoMatterWho, Plan, Remote, Spoiled, Verdict,
    measure_beside,
};
pub(crate) use record::basis;
pub use record::looks_at;
use result::{clock_of, decided, faulty, not_shown, spoilt};
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tracing::debug;

/// A measured process makes the calls of up to 256 pairs; correctness needs far fewer.
const CPU_TIMES: u32 = 4;
/// What the submission's side of one measurement may use, so that none can hold the CPUs of measurements for
/// longer. 256 samples of 25 ms, the longest that they are made, use a sixth of it.
const OF_A_MEASUREMENT: Allowance =
    Allowance { cpu: Duration::from_secs(40), elapsed: Duration::from_secs(80) };
/// What the course's own side may use: more than it ever needs.
const OF_THE_COURSE: Allowance =
    Allowance { cpu: Duration::from_hours(1), elapsed: Duration::from_hours(1) };

/// What is measured: the submission's files, and the tasks that were missing from its driver.
pub struct Candidate<'a> {
    /// The whole crate.
    pub files: &'a BTreeMap<String, Vec<u8>>,
    /// Tasks whose interface did not fit.
    pub missing: BTreeSet<String>,
    /// A private folder for the build.
    pub work: &'a Path,
}

impl<'a> Candidate<'a> {
    /// `problems` name the tasks that are missing.
    pub fn new(
        files: &'a BTreeMap<String, Vec<u8>>,
        problems: &[CompileProblem],
        work: &'a Path,
    ) -> Self {
        Self { files, missing: problems.iter().filter_map(|p| p.task.clone()).collect(), work }
    }
}

/// The two executables of a measurement.
struct Sides {
    baseline: PathBuf,
    submission: PathBuf,
}

/// What is measured, and how.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    /// The case.
    pub case: &'a TimedCase,
    /// Its gate.
    pub gate: &'a GateRubric,
    /// The clock.
    pub clock: Clock,
}

/// What elapsed time needs of the machine to show that two threads compute at once.
const BY_ELAPSED_TIME: Need = Need { cpus: 2, exclusive: true };

/// How a measurement ended.
type Measured = std::result::Result<Measurement, Spoiled<Failure>>;

impl Grader {
    /// The CPUs that the widest of the module's exclusive measurements needs; 0 if there is none.
    pub(crate) fn exclusive_width(&self) -> usize {
        let gates = self.timed().filter_map(|case| self.gate(case));
        let needs = gates.map(|gate| match clock_of(gate) {
            Clock::Span => BY_ELAPSED_TIME,
            Clock::Cpu | Clock::Wall => need_of(gate),
        });
        needs.filter(|need| need.exclusive).map(|need| need.cpus).max().unwrap_or(0)
    }

    /// Whether anything is measured.
    pub(crate) fn has_gates(&self) -> bool {
        self.timed().any(|case| self.gate(case).is_some())
    }

    /// The timed cases that are measured.
    fn timed(&self) -> impl Iterator<Item = &TimedCase> {
        self.module.suite.timed().iter().filter(|case| self.timing.covers(case.name))
    }

    fn gate(&self, case: &TimedCase) -> Option<&GateRubric> {
        self.module.rubric.gate_of(case.task, case.name)
    }

    /// Measures what is due, notes the results and the cost. `Ok(false)` when stopped.
    pub(crate) fn time(
        &self,
        candidate: &Candidate<'_>,
        links: &mut Links,
        grade: &mut Grade,
        seed: u64,
        stop: &AtomicBool,
    ) -> Result<bool> {
        let Some(timed) = self.module.timed.as_ref().filter(|_| self.timed().next().is_some())
        else {
            return Ok(true);
        };
        let clock = StageClock::start();
        // What is not the student's own is not worth measuring.
        let is_due =
            |case: &&TimedCase| self.blockers(case, grade).is_empty() && !links.cost(case.task);
        let (due, blocked): (Vec<_>, Vec<_>) = self.timed().partition(is_due);
        debug!(due = due.len(), blocked = blocked.len(), "timing");
        let mut results: Vec<_> =
            blocked.into_iter().map(|case| self.skipped(case, grade)).collect();
        let mut cpu = Duration::ZERO;
        if !due.is_empty() {
            let working = lane().working(self.exclusive_width());
            let build = self.compiler().compile_for_speed(
                timed,
                candidate.files,
                &candidate.missing,
                candidate.work,
            )?;
            cpu += build.cpu;
            match build.compiled {
                Compiled::Driver { path, problems } => {
                    let found = problems.iter().filter_map(|problem| problem.task.clone());
                    let missing = candidate.missing.iter().cloned().chain(found).collect();
                    self.compiler().add_links_for_speed(
                        links,
                        &missing,
                        candidate.work,
                        &mut cpu,
                    )?;
                    let again = Again { candidate, grade, seed, stop };
                    let mut unlike_before = self.ask_again(&due, &again, &mut cpu)?;
                    let sides = self.sides(timed, path)?;
                    drop(working);
                    grade.provenance.machine = Some(self.machine());
                    for case in due {
                        if stop.load(Ordering::Relaxed) {
                            return Ok(false);
                        }
                        let own =
                            |problem: &&CompileProblem| problem.task.as_deref() == Some(case.task);
                        results.push(if links.cost(case.task) {
                            self.skipped(case, grade)
                        } else if let Some(problem) = problems.iter().find(own) {
                            self.unbuilt(case, Outcome::CompileError, std::slice::from_ref(problem))
                        } else if let Some(result) = unlike_before.remove(case.name) {
                            result
                        } else {
                            let result = self.measured(case, &sides, seed, &mut cpu)?;
                            // Its kernel is left out with a task that it needs.
                            if result.outcome == Outcome::CompileError && !problems.is_empty() {
                                self.unbuilt(case, Outcome::CompileError, &problems)
                            } else {
                                result
                            }
                        });
                    }
                    note_problems(grade, problems);
                }
                Compiled::Failed { outcome, problems } => {
                    results
                        .extend(due.into_iter().map(|case| self.unbuilt(case, outcome, &problems)));
                    note_problems(grade, problems);
                }
            }
        }
        grade.cases.extend(results);
        grade.costs.push(clock.cost(Stage::Time, cpu));
        Ok(true)
    }

    fn sides(&self, timed: &TimedSetup, submission: PathBuf) -> Result<Sides> {
        Ok(Sides { baseline: self.compiler().baseline(timed)?, submission })
    }

    fn measured(
        &self,
        case: &TimedCase,
        sides: &Sides,
        seed: u64,
        cpu: &mut Duration,
    ) -> Result<CaseResult> {
        let mut result = self.blank_case(case.task, case.name, case.claim);
        let Some(gate) = self.gate(case) else {
            return Ok(faulty(result, "the rubric has no gate for it"));
        };
        let need = need_of(gate);
        let Some(turn) = lane().take(need) else {
            result.outcome = Outcome::Undecided;
            result.message = Some(format!(
                "it needs {} CPUs, and this machine has fewer: its points are pending until it is \
                 measured on another",
                need.cpus
            ));
            return Ok(result);
        };
        let clock = StageClock::start();
        let question = Question { case, gate, clock: clock_of(gate) };
        let (measured, used) = self.bout(&question, &turn, sides, seed)?;
        *cpu += used;
        let shown = self.can_be_shown(&question, &turn, (sides, &measured), (seed, cpu))?;
        drop(turn);
        let by_elapsed_time = self.by_elapsed_time(&question, &measured, sides, (seed, cpu))?;
        result.wall_seconds = clock.cost(Stage::Time, Duration::ZERO).wall_seconds;
        if let Some(passed) = by_elapsed_time {
            return Ok(decided(result, &Question { clock: Clock::Wall, ..question }, &passed));
        }
        Ok(match measured {
            Ok(measurement) if shown => decided(result, &question, &measurement),
            Ok(measurement) => not_shown(decided(result, &question, &measurement)),
            Err(spoiled) => spoilt(result, spoiled, &self.module.rubric.limits),
        })
    }

    /// A pass by elapsed time on two CPUs, where the span on one CPU is no pass. Threads that hand small pieces to each
    /// other take turns on one CPU, and overlap on two. Only a pass counts: on a busy machine, elapsed time shows too
    /// little parallelism, and never too much.
    fn by_elapsed_time(
        &self,
        question: &Question<'_>,
        measured: &Measured,
        sides: &Sides,
        (seed, cpu): (u64, &mut Duration),
    ) -> Result<Option<Measurement>> {
        let is_open = match measured {
            Ok(measurement) => measurement.verdict != Verdict::Pass,
            Err(spoiled) => *spoiled == Spoiled::Unseen,
        };
        if question.clock != Clock::Span || !is_open {
            return Ok(None);
        }
        let Some(turn) = lane().take(BY_ELAPSED_TIME) else { return Ok(None) };
        let question = Question { clock: Clock::Wall, ..*question };
        let (measured, used) = self.bout(&question, &turn, sides, seed)?;
        *cpu += used;
        Ok(measured.ok().filter(|measurement| measurement.verdict == Verdict::Pass))
    }

    /// Whether this machine can show what is asked, here and now: before a submission is called too slow
    /// by elapsed time, the course's own solution has to pass in its place.
    ///
    /// A machine may have two CPUs that are slower together than one: what a new thread touches first is
    /// fetched page by page, for one. Two threads of the reference were once called too slow by it, on
    /// a machine on which nothing else ran.
    fn can_be_shown(
        &self,
        question: &Question<'_>,
        turn: &Turn<'_>,
        (sides, measured): (&Sides, &Measured),
        (seed, cpu): (u64, &mut Duration),
    ) -> Result<bool> {
        let too_slow = measured.as_ref().is_ok_and(|one| one.verdict == Verdict::Fail);
        if question.clock != Clock::Wall || !too_slow {
            return Ok(true);
        }
        let ours = Sides { submission: sides.baseline.clone(), baseline: sides.baseline.clone() };
        let (control, used) = self.bout(question, turn, &ours, seed)?;
        *cpu += used;
        Ok(control.is_ok_and(|control| control.verdict == Verdict::Pass))
    }

    /// One measurement, and the CPU time of its processes.
    fn bout(
        &self,
        question: &Question<'_>,
        turn: &Turn<'_>,
        sides: &Sides,
        seed: u64,
    ) -> Result<(Measured, Duration)> {
        let Question { case, gate, clock } = *question;
        let limits = &self.module.rubric.limits;
        let watched = clock == Clock::Span;
        let is_own = clock != Clock::Cpu;
        let limits = Limits {
            cpu_seconds: limits.cpu_seconds.saturating_mul(CPU_TIMES),
            // A call on threads lasts longer than what is judged.
            call_seconds: limits.call_seconds.saturating_mul(if is_own { CPU_TIMES } else { 1 }),
            ..*limits
        };
        let wire = |driver: &Path, called: &str| {
            let nonce = nonce::first(seed, called);
            let wire = Wire::new(&self.sandbox, driver, &limits, nonce).to_be_timed_on(&turn.cpus);
            if watched { wire.watching_threads() } else { wire }
        };
        let budget = TaskBudget { task: OF_A_MEASUREMENT, ..task_budget(&limits) };
        let metered = |wire, budget| Metered::new(wire, TaskAccount::new(budget));
        // For threads it is one more function of the submission.
        let (driver, of_baseline) = if is_own {
            (&sides.submission, budget)
        } else {
            (&sides.baseline, TaskBudget { task: OF_THE_COURSE, ..budget })
        };
        let baseline = metered(wire(driver, "the baseline"), of_baseline);
        let mut baseline = Remote::new(baseline, case.against);
        let submission = metered(wire(&sides.submission, "the submission"), budget);
        let mut submission = Remote::new(submission, case.kernel);
        let mut work = (case.work)(Draw::new(seed, case.name));
        let Some(at_least) = Gate::at_least(gate.at_least) else {
            return Ok((Err(Spoiled::Fault("its gate is no number".into())), Duration::ZERO));
        };
        let plan = Plan { gate: at_least, clock };
        let aside = turn.step_aside();
        // CPU time does not mind what others do; elapsed time does.
        let mut neighbours: Box<dyn Neighbours> = match clock {
            Clock::Wall => Box::new(Contention::of(&turn.cpus, aside.shared)),
            Clock::Cpu | Clock::Span => Box::new(NoMatterWho),
        };
        // What draws and verifies is a case of ours: if it panics, that is not the student's.
        let measured = catch_unwind(AssertUnwindSafe(|| {
            measure_beside(&mut baseline, &mut submission, &mut work, plan, &mut *neighbours)
        }))
        .unwrap_or_else(|_| Err(Spoiled::Fault(format!("timed case `{}` panicked", case.name))));
        let wires = [baseline, submission].map(|side| side.into_partner().into_wire());
        let spent: Vec<_> = wires.into_iter().map(Wire::finish).collect::<Result<_>>()?;
        Ok((measured, spent.iter().map(|spent| spent.cpu).sum()))
    }

    /// The cases that it waits for and that did not pass.
    fn blockers(&self, case: &TimedCase, grade: &Grade) -> Vec<String> {
        let passed = |name: &&&str| {
            grade.cases.iter().any(|case| case.name == **name && case.outcome == Outcome::Pass)
        };
        let parents = self.module.suite.parents(case.name).iter();
        parents.filter(|name| !passed(name)).map(|name| (*name).to_owned()).collect()
    }

    fn skipped(&self, case: &TimedCase, grade: &Grade) -> CaseResult {
        CaseResult {
            outcome: Outcome::Skipped,
            blocked_by: self.blockers(case, grade),
            ..self.blank_case(case.task, case.name, case.claim)
        }
    }

    /// The compiler gave up on the second build alone.
    fn unbuilt(
        &self,
        case: &TimedCase,
        outcome: Outcome,
        problems: &[CompileProblem],
    ) -> CaseResult {
        let why = problems.first().map_or("", |problem| problem.message.as_str());
        CaseResult {
            outcome,
            message: Some(format!("while it was built for speed: {why}")),
            ..self.blank_case(case.task, case.name, case.claim)
        }
    }
}

/// Notes what was found only when the kernels were built.
fn note_problems(grade: &mut Grade, problems: Vec<CompileProblem>) {
    for problem in problems {
        if !grade.problems.contains(&problem) {
            grade.problems.push(problem);
        }
    }
}

/// What the measurement of a gate needs: elapsed time means something only where nobody else computes.
fn need_of(gate: &GateRubric) -> Need {
    Need {
        cpus: gate.cpus.map_or(1, |cpus| cpus as usize),
        exclusive: gate.alone || gate.cpus.is_some(),
    }
}
