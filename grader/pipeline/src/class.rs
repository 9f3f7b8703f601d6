//! A whole class: in parallel, resumable, each submission on its own.

mod again;
mod done;
mod entries;
mod store;

use crate::assemble::{GradingEvidence, NO_SEED, assemble};
use crate::collect::{ClassContents, FoundSubmission};
use crate::executable::ExecutableShelf;
use crate::fault::{Fault, Result};
use crate::grade::grade_one;
use crate::grader::Grader;
use crate::rescore::{RescoreOutcome, rescore};
use crate::score::Score;
use crate::session::GradingSession;
use crate::timing_cpus::lane;
pub use done::ClassResult;
use done::FinishedSubmission;
use entries::not_gradable;
use grader_model::{Grade, Submission};
use grader_sandbox::bind_this_thread;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
pub use store::{CachedGrade, ClassObserver, GradeOrigin, GradeRef, GradeStore};

/// Executables of this many bytes are kept to be measured again at the end of a class run, whatever its size: some
/// forty submissions. The others are built again.
const KEPT_EXECUTABLES_BYTES: u64 = 256 << 20;

/// One run over a class.
pub struct ClassRun<'a> {
    /// The grader of the module.
    pub grader: &'a Grader,
    /// How many submissions at once.
    pub jobs: usize,
    /// Draws the secret seed of each fresh grading. When it fails, that submission has a fault of ours.
    pub seed: &'a (dyn Fn() -> Result<u64> + Sync),
    /// Set to end early: what is done stays done.
    pub stop: &'a AtomicBool,
    /// Earlier results and where new ones go.
    pub store: &'a dyn GradeStore,
    /// Receives the progress and the grades.
    pub watch: &'a dyn ClassObserver,
}

impl ClassRun<'_> {
    /// Grades all that was discovered, `jobs` at a time.
    pub fn run(&self, discovery: &ClassContents) -> ClassResult {
        let shelf = ExecutableShelf::new(KEPT_EXECUTABLES_BYTES);
        let done = self.grade_all(&discovery.found, &shelf);
        let done = self.measure_again(&discovery.found, done, &shelf);
        let entries = not_gradable(self.grader, &discovery.unusable);
        let entries = entries.iter().map(|grade| self.keep(grade, GradeOrigin::Graded)).collect();
        ClassResult::of(done, entries, discovery.found.len())
    }

    fn grade_all(
        &self,
        found: &[FoundSubmission],
        shelf: &ExecutableShelf,
    ) -> Vec<FinishedSubmission> {
        let next = AtomicUsize::new(0);
        let done = Mutex::new(Vec::new());
        let workers = self.jobs.clamp(1, found.len().max(1));
        thread::scope(|scope| {
            for worker in 0..workers {
                let home = lane().home(worker, workers, self.grader.exclusive_width());
                let next = &next;
                let done = &done;
                scope.spawn(move || {
                    // Each builds, judges and measures on CPUs of its own. If they cannot be had,
                    // measurements have neighbours, which CPU time bears.
                    bind_this_thread(&home);
                    while let Some(one) = self.next(found, next, shelf) {
                        done.lock().unwrap_or_else(PoisonError::into_inner).push(one);
                    }
                });
            }
        });
        done.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next submission; `None` when there is none, or when stopped.
    fn next(
        &self,
        found: &[FoundSubmission],
        next: &AtomicUsize,
        shelf: &ExecutableShelf,
    ) -> Option<FinishedSubmission> {
        if self.stop.load(Ordering::Relaxed) {
            return None;
        }
        let found = found.get(next.fetch_add(1, Ordering::Relaxed))?;
        self.watch.started(&found.student);
        self.one(found, shelf)
    }

    /// One submission; `None` when stopped in the middle.
    fn one(&self, found: &FoundSubmission, shelf: &ExecutableShelf) -> Option<FinishedSubmission> {
        let collected = self.grader.collect(found);
        let key = self.grader.key(&collected.submission.content_hash);
        if collected.sources.is_ok()
            && let Ok(Some(mut known)) = self.store.cached(&key, &collected.submission)
            // What could not be decided then may be now.
            && !known.grade.may_be_decided()
            // A task or case that is new in the rubric has no evidence yet: graded below.
            && let RescoreOutcome::Scored(scored) =
                rescore(&known.grade, &self.grader.module, &self.grader.timing)
        {
            // Other points are an attempt of their own, so that the history shows the change. Other
            // titles and hints are not: reports apply today's rubric to what is stored.
            let same_points = has_same_points(&known.grade, &scored);
            known.grade = *scored;
            // Identical content of another student is this student's attempt too; and who goes back to an
            // earlier version has made an attempt, or the newest one would be of what was taken back.
            let same =
                same_points && known.newest && known.grade.submission == collected.submission;
            known.grade.submission = collected.submission;
            known.grade.recorded = None;
            if same {
                let student = known.grade.submission.student.clone();
                let kept = GradeRef::Stored { student, number: known.number };
                self.watch.finished(&known.grade, GradeOrigin::EarlierRun);
                return Some(FinishedSubmission::new(kept, &known.grade, GradeOrigin::EarlierRun));
            }
            let source = Some(known.number);
            return Some(FinishedSubmission {
                source,
                ..self.keep(&known.grade, GradeOrigin::SameContent)
            });
        }
        let seed = match (self.seed)() {
            Ok(seed) => seed,
            Err(fault) => {
                let grade = faulty(self.grader, collected.submission, &fault);
                return Some(self.keep(&grade, GradeOrigin::Graded));
            }
        };
        let session = GradingSession { grader: self.grader, seed, stop: self.stop };
        let graded = grade_one(&session, collected)?;
        if let Some(executable) = graded.executable {
            shelf.keep(&found.student, executable);
        }
        Some(self.keep(&graded.grade, GradeOrigin::Graded))
    }

    fn keep(&self, grade: &Grade, origin: GradeOrigin) -> FinishedSubmission {
        let recorded = self.store.record(grade);
        self.watch.finished(grade, origin);
        let here = || GradeRef::InMemory(Box::new(grade.clone()));
        match recorded {
            Ok(Some(number)) => {
                let student = grade.submission.student.clone();
                FinishedSubmission::new(GradeRef::Stored { student, number }, grade, origin)
            }
            Ok(None) => FinishedSubmission::new(here(), grade, origin),
            Err(failed) => {
                let unstored = Some(format!("{}: {failed}", grade.submission.student));
                FinishedSubmission { unstored, ..FinishedSubmission::new(here(), grade, origin) }
            }
        }
    }
}

/// The grade of a submission for which no seed could be drawn: a fault of ours.
fn faulty(grader: &Grader, submission: Submission, fault: &Fault) -> Grade {
    assemble(grader, submission, NO_SEED, Score::of_fault(fault), GradingEvidence::default())
}

fn has_same_points(one: &Grade, other: &Grade) -> bool {
    let points = |grade: &Grade| {
        let tasks = grade.tasks.iter();
        let tasks: Vec<_> = tasks
            .map(|task| [task.points, task.max_points, task.pending].map(f64::to_bits))
            .collect();
        (grade.points.map(f64::to_bits), tasks)
    };
    points(one) == points(other)
}
