//! Stage 6: the speed of correct code. Measures the submission's build for speed against the course's own build. Each
//! timed case has its own processes.

mod confirm;
mod record;
mod result;
mod trial;

use crate::clock::{StageClock, total};
use crate::compile::BuildFailure;
use crate::early_end::EarlyEnd;
use crate::fault::{Fault, Result};
use crate::grader::Grader;
use crate::session::GradingSession;
use crate::timing_cpus::CpuNeed;
pub use confirm::{JudgedBuild, MeasurementPlan, PlanEntry, confirm};
use grader_course::config::GateRubric;
use grader_model::{CaseResult, CompileProblem, GradingStage, MachineInfo, Outcome, StageCost};
use grader_timing::SampleClock;
pub(crate) use record::basis;
pub use record::looks_at;
use result::{clock_of, unbuilt};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tracing::debug;
use trial::{MeasurementTrial, TimingQuestion};

/// The CPUs on which elapsed time shows that two threads compute at once.
const BY_ELAPSED_TIME: CpuNeed = CpuNeed { cpus: 2, exclusive: true };

/// The two executables of a measurement.
pub struct TimedExecutables {
    /// The course's own.
    pub baseline: PathBuf,
    /// The submission's.
    pub submission: PathBuf,
}

/// The results of the timed cases.
pub struct TimingResults {
    /// One result for each, in the order of the suite.
    pub cases: Vec<CaseResult>,
    /// The problems of the build for speed, if a case depends on it.
    pub problems: Vec<CompileProblem>,
    /// The machine on which speed was measured; `None` if nothing was.
    pub machine: Option<MachineInfo>,
    /// The cost of the build for speed, of asking again and of measuring; `None` if there was none.
    pub cost: Option<StageCost>,
    /// The measured executable of the submission.
    pub executable: Option<PathBuf>,
}

impl TimingResults {
    /// The measured executable, if another measurement may decide a case.
    pub fn open_executable(&self) -> Option<&Path> {
        let is_open =
            |case: &CaseResult| case.outcome == Outcome::Undecided && case.timing.is_some();
        self.executable.as_deref().filter(|_| self.cases.iter().any(is_open))
    }
}

/// Measures what `plan` says.
///
/// # Errors
/// When stopped, or a fault of ours.
///
/// # Cost
/// Some seconds for each case that is due, and at most [`trial`]'s limits.
pub fn measure(
    session: &GradingSession<'_>,
    plan: MeasurementPlan,
) -> Result<TimingResults, EarlyEnd> {
    let MeasurementPlan { entries, sides, problems, costs } = plan;
    debug!(cases = entries.len(), "timing");
    let clock = StageClock::start();
    let mut cases = Vec::with_capacity(entries.len());
    let mut cpu = Duration::ZERO;
    for entry in entries {
        let (case, sides) = match (entry, &sides) {
            (PlanEntry::Settled(result), _) => {
                cases.push(*result);
                continue;
            }
            (PlanEntry::Due(case), Some(sides)) => (case, sides),
            (PlanEntry::Due(case), None) => {
                let what = format!("timed case `{}` has no executables", case.name);
                return Err(Fault::new(what).into());
            }
        };
        session.go_on()?;
        let measured = MeasurementTrial { session, sides }.run(&case)?;
        cpu += measured.cpu;
        // Its kernel is left out with a task that it needs.
        let is_left_out = measured.result.outcome == Outcome::CompileError && !problems.is_empty();
        cases.push(if is_left_out {
            let failure = BuildFailure::of_code(problems.clone());
            unbuilt(&case, &failure, &session.grader.module.rubric)
        } else {
            measured.result
        });
    }
    let spent = sides.is_some().then(|| clock.cost(GradingStage::Time, cpu));
    let costs: Vec<_> = costs.into_iter().chain(spent).collect();
    Ok(TimingResults {
        cases,
        problems,
        machine: sides.is_some().then(|| session.grader.machine()),
        cost: (!costs.is_empty()).then(|| total(GradingStage::Time, &costs)),
        executable: sides.map(|sides| sides.submission),
    })
}

impl Grader {
    /// The CPUs that the widest of the module's exclusive measurements needs; 0 if there is none.
    pub(crate) fn exclusive_width(&self) -> usize {
        let gates = self.timed().filter_map(|case| self.gate(case));
        let needs = gates.map(|gate| match clock_of(gate) {
            SampleClock::Span => BY_ELAPSED_TIME,
            SampleClock::Cpu | SampleClock::Wall => need_of(gate),
        });
        needs.filter(|need| need.exclusive).map(|need| need.cpus).max().unwrap_or(0)
    }

    /// The course's own executable, from the cache or built now.
    ///
    /// # Errors
    /// When it cannot be built.
    pub(crate) fn baseline(&self) -> Result<PathBuf> {
        let timed = self.module.timed.as_ref();
        let timed = timed.ok_or_else(|| Fault::new("the module has no timed cases"))?;
        self.compiler().baseline(timed)
    }
}

/// The CPUs that the measurement of a gate needs. A measurement of elapsed time needs them for itself.
fn need_of(gate: &GateRubric) -> CpuNeed {
    CpuNeed {
        cpus: gate.cpus.map_or(1, |cpus| cpus as usize),
        exclusive: gate.alone || gate.cpus.is_some(),
    }
}
