//! A whole class: in parallel, resumable, each submission on its own.

use crate::collect::{Discovery, Found};
use crate::fault::Result;
use crate::grade::Grader;
use crate::lane::lane;
use grader_model::{Grade, Outcome, Submission};
use grader_sandbox::bind_this_thread;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

/// Where results are kept between runs.
pub trait Store: Sync {
    /// The stored result for a content key, if there is one.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn cached(&self, key: &str) -> Result<Option<Grade>>;

    /// Keeps a result. When this returns, a kill loses nothing of it.
    ///
    /// # Errors
    /// When the store cannot be written.
    fn record(&self, grade: &Grade) -> Result<()>;
}

/// Is told how a class run goes on.
pub trait Watch: Sync {
    /// `student`'s submission is being graded.
    fn started(&self, student: &str);
    /// It is done; `reused` if nothing had changed since an earlier run.
    fn finished(&self, grade: &Grade, reused: bool);
}

/// How a class is to be graded.
pub struct ClassRun<'a> {
    /// With what.
    pub grader: &'a Grader,
    /// How many submissions at once.
    pub jobs: usize,
    /// Draws the secret seed of each fresh grading.
    pub seed: &'a (dyn Fn() -> u64 + Sync),
    /// Set to end early: what is done stays done.
    pub stop: &'a AtomicBool,
    /// Earlier results and where new ones go.
    pub store: &'a dyn Store,
    /// Who is told.
    pub watch: &'a dyn Watch,
}

/// What a class run brought.
#[derive(Debug, Default)]
pub struct ClassResult {
    /// The grades, by student.
    pub grades: Vec<Grade>,
    /// How many were graded now.
    pub fresh: usize,
    /// How many were known already.
    pub reused: usize,
    /// Whether the run was ended before all were graded.
    pub interrupted: bool,
    /// Results that could not be stored: still in `grades`, to be graded again next time.
    pub unstored: Vec<String>,
}

enum Done {
    Fresh(Grade, Option<String>),
    Reused(Grade, Option<String>),
}

impl ClassRun<'_> {
    /// Grades all that was discovered, `jobs` at a time.
    pub fn run(&self, discovery: &Discovery) -> ClassResult {
        let next = AtomicUsize::new(0);
        let done = Mutex::new(Vec::new());
        let workers = self.jobs.clamp(1, discovery.found.len().max(1));
        let others = lane().others(self.grader.lane_width());
        thread::scope(|scope| {
            for _ in 0..workers {
                scope.spawn(|| {
                    // They compile and judge on; only beside the CPUs on which speed is measured. If
                    // it cannot be had, measurements have neighbours, which they can bear.
                    bind_this_thread(others);
                    self.work(&discovery.found, &next, &done);
                });
            }
        });
        let mut done = done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        self.measure_again(discovery, &mut done);
        self.sum_up(discovery, done)
    }

    /// Grades again what could not be decided beside others, now that nothing else runs: once, and
    /// what is then still undecided stays so.
    fn measure_again(&self, discovery: &Discovery, done: &mut [Done]) {
        for one in done {
            let Done::Fresh(grade, unstored) = one else { continue };
            if !grade.may_be_decided() || self.stop.load(Ordering::Relaxed) {
                continue;
            }
            let of = |found: &&Found| found.student == grade.submission.student;
            let Some(found) = discovery.found.iter().find(of) else { continue };
            let prepared = self.grader.prepare(found);
            let Some(again) = self.grader.grade(prepared, (self.seed)(), self.stop) else { return };
            // A fault of ours must not take the place of a grade.
            if again.points.is_some() {
                *unstored = self.keep(&again);
                *grade = again;
            }
        }
    }

    fn work(&self, found: &[Found], next: &AtomicUsize, done: &Mutex<Vec<Done>>) {
        while !self.stop.load(Ordering::Relaxed) {
            let Some(found) = found.get(next.fetch_add(1, Ordering::Relaxed)) else { return };
            self.watch.started(&found.student);
            let Some(one) = self.one(found) else { return };
            let (Done::Fresh(grade, _) | Done::Reused(grade, _)) = &one;
            self.watch.finished(grade, matches!(one, Done::Reused(..)));
            done.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(one);
        }
    }

    /// One submission; `None` when stopped in the middle.
    fn one(&self, found: &Found) -> Option<Done> {
        let prepared = self.grader.prepare(found);
        let key = self.grader.key(&prepared.submission.content_hash);
        if prepared.sources.is_ok()
            && let Ok(Some(mut known)) = self.store.cached(&key)
            // What could not be decided then may be now.
            && !known.may_be_decided()
        {
            let same = known.submission == prepared.submission;
            known.submission = prepared.submission;
            // Identical content of another student is this student's attempt too.
            let unstored = if same { None } else { self.keep(&known) };
            return Some(Done::Reused(known, unstored));
        }
        let grade = self.grader.grade(prepared, (self.seed)(), self.stop)?;
        let unstored = self.keep(&grade);
        Some(Done::Fresh(grade, unstored))
    }

    fn keep(&self, grade: &Grade) -> Option<String> {
        let failed = self.store.record(grade).err()?;
        Some(format!("{}: {failed}", grade.submission.student))
    }

    fn sum_up(&self, discovery: &Discovery, done: Vec<Done>) -> ClassResult {
        let mut result = ClassResult {
            interrupted: done.len() < discovery.found.len(),
            ..ClassResult::default()
        };
        for one in done {
            let (grade, unstored) = match one {
                Done::Fresh(grade, unstored) => {
                    result.fresh += 1;
                    (grade, unstored)
                }
                Done::Reused(grade, unstored) => {
                    result.reused += 1;
                    (grade, unstored)
                }
            };
            result.unstored.extend(unstored);
            result.grades.push(grade);
        }
        result
            .grades
            .extend(discovery.unusable.iter().map(|one| self.unusable(&one.name, &one.reason)));
        result.grades.sort_by(|a, b| a.submission.student.cmp(&b.submission.student));
        result
    }

    /// An entry of the class that is no submission: no grade, and no zero either.
    fn unusable(&self, name: &str, reason: &str) -> Grade {
        let submission = Submission {
            student: name.into(),
            module: self.grader.module.slug.clone(),
            content_hash: String::new(),
        };
        let mut grade = self.grader.blank(submission, 0);
        grade.outcome = Outcome::Refused;
        grade.notes.push(reason.into());
        grade
    }
}
