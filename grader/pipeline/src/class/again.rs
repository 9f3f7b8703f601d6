//! Measuring again what could not be decided beside others, now that nothing else runs.

use super::{ClassRun, FinishedSubmission, GradeOrigin, GradeRef};
use crate::assemble::measured_again;
use crate::build::build;
use crate::collect::FoundSubmission;
use crate::compile::CompileOutcome;
use crate::early_end::EarlyEnd;
use crate::executable::{ExecutableShelf, KeptExecutable};
use crate::fault::Result;
use crate::scratch;
use crate::session::GradingSession;
use crate::timing::{MeasurementPlan, measure};
use crate::timing_cpus::lane;
use grader_model::Grade;
use std::sync::atomic::Ordering;

impl ClassRun<'_> {
    /// Measures the open cases of this run once more. What is then still undecided stays so. Nothing is judged again:
    /// the inputs are those of the first grading, whose seed is kept.
    pub(super) fn measure_again(
        &self,
        found: &[FoundSubmission],
        done: Vec<FinishedSubmission>,
        shelf: &ExecutableShelf,
    ) -> Vec<FinishedSubmission> {
        done.into_iter().map(|one| self.newest(found, one, shelf)).collect()
    }

    /// The result of another measurement, or `one` if there is none.
    fn newest(
        &self,
        found: &[FoundSubmission],
        one: FinishedSubmission,
        shelf: &ExecutableShelf,
    ) -> FinishedSubmission {
        let is_open = one.origin == GradeOrigin::Graded && one.open;
        if !is_open || self.stop.load(Ordering::Relaxed) {
            return one;
        }
        let student = one.kept.student();
        let Some(found) = found.iter().find(|found| found.student == student) else { return one };
        match self.measured(found, &one.kept, shelf) {
            // A fault of ours must not take the place of a grade.
            Ok(Some(grade)) if grade.points.is_some() => self.keep(&grade, GradeOrigin::Graded),
            Ok(_) | Err(_) => one,
        }
    }

    /// The grade at `kept` with its open cases measured; `None` if the submission is no longer the same.
    fn measured(
        &self,
        found: &FoundSubmission,
        kept: &GradeRef,
        shelf: &ExecutableShelf,
    ) -> Result<Option<Grade>, EarlyEnd> {
        let grade = match kept {
            GradeRef::InMemory(grade) => (**grade).clone(),
            GradeRef::Stored { number, .. } => self.store.read(*number)?,
        };
        let seed = *grade.provenance.seed.for_instructor();
        let session = GradingSession { grader: self.grader, seed, stop: self.stop };
        let executable = match shelf.take(&found.student) {
            Some(executable) => Some(executable),
            None => built_again(&session, found, &grade.submission.content_hash)?,
        };
        let Some(executable) = executable else { return Ok(None) };
        let plan = MeasurementPlan::again(self.grader, &grade, executable.path())?;
        let timing = measure(&session, plan)?;
        Ok(Some(measured_again(grade, timing, &self.grader.module.rubric)))
    }
}

/// The executable of a submission that was not kept; `None` if its content has changed since.
fn built_again(
    session: &GradingSession<'_>,
    found: &FoundSubmission,
    content_hash: &str,
) -> Result<Option<KeptExecutable>, EarlyEnd> {
    let grader = session.grader;
    let Ok(sources) = grader.collect(found).sources else { return Ok(None) };
    if sources.content_hash != content_hash {
        return Ok(None);
    }
    let work = scratch::private_folder()?;
    let working = lane().working(grader.exclusive_width());
    let build = build(grader, &sources, work.path())?;
    drop(working);
    let Some(fast) = build.fast else { return Ok(None) };
    let CompileOutcome::Driver { path, .. } = fast.compiled else { return Ok(None) };
    Ok(KeptExecutable::keep(&path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assemble::{GradingEvidence, assemble};
    use crate::cases::{CaseTitle, result_of};
    use crate::class::{CachedGrade, ClassObserver, GradeStore};
    use crate::collect;
    use crate::grader::{Grader, MeasureScope};
    use crate::open::GraderOptions;
    use crate::score::Score;
    use grader_course::config::{Course, CourseModule};
    use grader_model::{
        CaseResult, GradingStage, Outcome, StageCost, Submission, TimingBasis, TimingClock,
        TimingResult,
    };
    use std::fs;
    use std::path::Path;
    use std::sync::atomic::AtomicBool;
    use tempfile::TempDir;

    struct NoStore;

    impl GradeStore for NoStore {
        fn cached(&self, _: &str, _: &Submission) -> Result<Option<CachedGrade>> {
            Ok(None)
        }
        fn record(&self, _: &Grade) -> Result<Option<i64>> {
            Ok(None)
        }
        fn read(&self, number: i64) -> Result<Grade> {
            unreachable!("nothing is stored, and so has no number {number}")
        }
    }

    impl ClassObserver for NoStore {
        fn started(&self, _: &str) {}
        fn finished(&self, _: &Grade, _: GradeOrigin) {}
    }

    /// A grader that measures one case by CPU time, of the first module that has one.
    fn grader(root: &Path) -> Grader {
        let course = Course::load(&root.join("config")).unwrap();
        let open = |module: &CourseModule| {
            Grader::open(module, GraderOptions::of(root, &course, grader::MODULES)).unwrap()
        };
        let by_cpu_time = |grader: &Grader| {
            let is_alone = |case: &&grader_judge::TimedCase| {
                grader.gate(case).is_some_and(|gate| gate.at_least >= 4.0 && gate.cpus.is_none())
            };
            grader.timed().find(is_alone).map(|case| case.name.to_owned())
        };
        let mut graders = course.modules.iter().map(open);
        let measured = |grader: Grader| {
            let name = by_cpu_time(&grader)?;
            Some(Grader { timing: MeasureScope::Only([name].into()), ..grader })
        };
        graders.find_map(measured).unwrap()
    }

    /// The reference, handed in by a student.
    fn submission(root: &Path, grader: &Grader) -> (TempDir, FoundSubmission) {
        let class = tempfile::tempdir().unwrap();
        let own = class.path().join("ada");
        let reference = root.join("solutions").join(&grader.module.slug);
        for (name, text) in
            crate::setup::read_tree(&reference, &|name| name.starts_with("src/")).unwrap()
        {
            let path = own.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let found = collect::single(&own).unwrap();
        (class, found)
    }

    /// A measurement that decided nothing.
    fn first_measurement() -> TimingResult {
        TimingResult {
            against: "the course's own code".to_owned(),
            gate: 4.0,
            estimate: 4.0,
            low: 3.0,
            high: 5.0,
            pairs: 256,
            launches: 2,
            clock: TimingClock::Cpu,
            cpus: 1,
            charged_share: 0.0,
            seconds: 1.0,
            threads: None,
            basis: TimingBasis::AllPairs,
        }
    }

    /// A grade in which everything passed, and nothing could be decided about speed.
    fn undecided(grader: &Grader, found: &FoundSubmission) -> Grade {
        let rubric = &grader.module.rubric;
        let result = |title: CaseTitle, outcome| result_of(title, outcome, rubric);
        let cases = grader.module.suite.cases().iter();
        let passed = cases.map(|case| result(case.into(), Outcome::Pass));
        let open = grader.timed().map(|case| CaseResult {
            timing: Some(first_measurement()),
            ..result(case.into(), Outcome::Undecided)
        });
        let cases: Vec<_> = passed.chain(open).collect();
        let cost = |stage| StageCost { stage, wall_seconds: 1.0, cpu_seconds: 1.0 };
        let costs =
            [GradingStage::Compile, GradingStage::Judge, GradingStage::Time].map(cost).to_vec();
        let score = Score::of_cases(rubric, &cases, &[]);
        let evidence = GradingEvidence { cases, costs, ..GradingEvidence::default() };
        assemble(grader, grader.collect(found).submission, 7, score, evidence)
    }

    fn open(grade: &Grade) -> FinishedSubmission {
        let kept = GradeRef::InMemory(Box::new(grade.clone()));
        FinishedSubmission {
            open: true,
            ..FinishedSubmission::new(kept, grade, GradeOrigin::Graded)
        }
    }

    /// Once, measuring again unpacked and compiled a submission anew and asked every hidden case.
    #[test]
    fn measuring_again_starts_at_measuring() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
        let grader = grader(&root);
        let (class, found) = submission(&root, &grader);
        let first = undecided(&grader, &found);
        assert!(first.pending() > 0.0);
        let stop = AtomicBool::new(false);
        let run = ClassRun {
            grader: &grader,
            jobs: 1,
            seed: &|| panic!("the inputs are those of the first grading"),
            stop: &stop,
            store: &NoStore,
            watch: &NoStore,
        };
        let again = |shelf: &ExecutableShelf| {
            let done = run.measure_again(std::slice::from_ref(&found), vec![open(&first)], shelf);
            done[0].kept.here().unwrap().clone()
        };

        let empty = ExecutableShelf::new(0);
        let built_again = again(&empty);
        assert_eq!((built_again.outcome, built_again.pending()), (Outcome::Pass, 0.0));

        let path = found.path.join("src/lib.rs");
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text + "\n// handed in later\n").unwrap();
        assert_eq!(again(&empty), first, "other content is another submission");

        // All that is left is the executable.
        let work = tempfile::tempdir().unwrap();
        let sources = grader.collect(&found).sources.unwrap();
        let measured = grader.drivers(&sources, work.path()).unwrap().pop().unwrap();
        let shelf = ExecutableShelf::new(u64::MAX);
        shelf.keep("ada", KeptExecutable::keep(&measured).unwrap());
        drop((class, work));
        let kept = again(&shelf);
        assert_eq!((kept.outcome, kept.pending()), (Outcome::Pass, 0.0));
        assert_eq!(kept.provenance.seed, first.provenance.seed);
        let untimed = |grade: &Grade| -> Vec<_> {
            grade.costs.iter().copied().filter(|cost| cost.stage != GradingStage::Time).collect()
        };
        assert_eq!(untimed(&kept), untimed(&first), "nothing was compiled and no case was asked");
        let of_timing = kept.costs.iter().filter(|cost| cost.stage == GradingStage::Time);
        assert!(of_timing.map(|cost| cost.cpu_seconds).sum::<f64>() > 1.0);
    }
}
