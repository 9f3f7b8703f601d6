//! A whole class: in parallel, resumable, each submission on its own.

use crate::collect::{Discovery, Found};
use crate::fault::Result;
use crate::grade::Grader;
use crate::lane::lane;
use crate::rescore::{Rescored, rescore};
use grader_model::{Grade, Outcome, Submission};
use grader_sandbox::bind_this_thread;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

/// Where results are kept between runs.
pub trait Store: Sync {
    /// The stored result for a content key, if there is one: this student's newest, if it has that key,
    /// else anybody's.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn cached(&self, key: &str, of: &Submission) -> Result<Option<Known>>;

    /// Keeps a result and returns its number, by which it can be had again; `None` from a store that
    /// keeps nothing. When this returns, a kill loses nothing of it.
    ///
    /// # Errors
    /// When the store cannot be written.
    fn record(&self, grade: &Grade) -> Result<Option<i64>>;
}

/// A result that was stored before.
#[derive(Clone, Debug)]
pub struct Known {
    /// The result.
    pub grade: Grade,
    /// Its number.
    pub number: i64,
    /// Whether it is the newest of the student who was asked for.
    pub newest: bool,
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

/// Where a grade is: it does not stay in memory when a store has it, so that a class of a thousand
/// needs no more of it than one of ten.
#[derive(Debug)]
pub enum Kept {
    /// In the store.
    Stored {
        /// Whose it is.
        student: String,
        /// Its number there.
        number: i64,
    },
    /// Here: the store could not keep it.
    Here(Box<Grade>),
}

impl Kept {
    /// Whose grade it is.
    pub fn student(&self) -> &str {
        match self {
            Self::Stored { student, .. } => student,
            Self::Here(grade) => &grade.submission.student,
        }
    }

    /// The grade, if it is here.
    pub fn here(&self) -> Option<&Grade> {
        match self {
            Self::Stored { .. } => None,
            Self::Here(grade) => Some(grade),
        }
    }
}

/// What a class run brought.
#[derive(Debug, Default)]
pub struct ClassResult {
    /// Where the grades are, by student.
    pub grades: Vec<Kept>,
    /// How many of them are faults of ours.
    pub faults: usize,
    /// How many were graded now.
    pub fresh: usize,
    /// How many were known already.
    pub reused: usize,
    /// Whether the run was ended before all were graded.
    pub interrupted: bool,
    /// Results that could not be stored: still in `grades`, to be graded again next time.
    pub unstored: Vec<String>,
}

/// A submission that was graded, or known.
struct Done {
    kept: Kept,
    fresh: bool,
    /// Whether it is a fault of ours.
    fault: bool,
    /// Whether measuring again may decide it.
    open: bool,
    /// Why it could not be stored, if so.
    unstored: Option<String>,
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
        for one in done.iter_mut().filter(|one| one.fresh && one.open) {
            if self.stop.load(Ordering::Relaxed) {
                return;
            }
            let of = |found: &&Found| found.student == one.kept.student();
            let Some(found) = discovery.found.iter().find(of) else { continue };
            let prepared = self.grader.prepare(found);
            let Some(again) = self.grader.grade(prepared, (self.seed)(), self.stop) else { return };
            // A fault of ours must not take the place of a grade.
            if again.points.is_some() {
                *one = self.keep(again, true);
            }
        }
    }

    fn work(&self, found: &[Found], next: &AtomicUsize, done: &Mutex<Vec<Done>>) {
        while !self.stop.load(Ordering::Relaxed) {
            let Some(found) = found.get(next.fetch_add(1, Ordering::Relaxed)) else { return };
            self.watch.started(&found.student);
            let Some(one) = self.one(found) else { return };
            done.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(one);
        }
    }

    /// One submission; `None` when stopped in the middle.
    fn one(&self, found: &Found) -> Option<Done> {
        let prepared = self.grader.prepare(found);
        let key = self.grader.key(&prepared.submission.content_hash);
        if prepared.sources.is_ok()
            && let Ok(Some(mut known)) = self.store.cached(&key, &prepared.submission)
            // What could not be decided then may be now.
            && !known.grade.may_be_decided()
            // A task or case that is new in the rubric has no evidence yet: graded below.
            && let Rescored::Scored(scored) =
                rescore(&known.grade, &self.grader.module, &self.grader.timing)
        {
            // Other points are an attempt of their own, so that the history shows the change. Other
            // titles and hints are not: reports apply today's rubric to what is stored.
            let same_points = has_same_points(&known.grade, &scored);
            known.grade = *scored;
            // Identical content of another student is this student's attempt too; and who goes back to an
            // earlier version has made an attempt, or the newest one would be of what was taken back.
            let same = same_points && known.newest && known.grade.submission == prepared.submission;
            known.grade.submission = prepared.submission;
            known.grade.recorded = None;
            self.watch.finished(&known.grade, true);
            if same {
                let (fault, number) = (is_fault(&known.grade), known.number);
                let kept = Kept::Stored { student: known.grade.submission.student, number };
                return Some(Done { kept, fresh: false, fault, open: false, unstored: None });
            }
            return Some(self.keep(known.grade, false));
        }
        let grade = self.grader.grade(prepared, (self.seed)(), self.stop)?;
        self.watch.finished(&grade, false);
        Some(self.keep(grade, true))
    }

    fn keep(&self, grade: Grade, fresh: bool) -> Done {
        let (fault, open) = (is_fault(&grade), grade.may_be_decided());
        let (kept, unstored) = match self.store.record(&grade) {
            Ok(Some(number)) => (Kept::Stored { student: grade.submission.student, number }, None),
            Ok(None) => (Kept::Here(Box::new(grade)), None),
            Err(failed) => {
                let unstored = format!("{}: {failed}", grade.submission.student);
                (Kept::Here(Box::new(grade)), Some(unstored))
            }
        };
        Done { kept, fresh, fault, open, unstored }
    }

    fn sum_up(&self, discovery: &Discovery, done: Vec<Done>) -> ClassResult {
        let mut result = ClassResult {
            interrupted: done.len() < discovery.found.len(),
            fresh: done.iter().filter(|one| one.fresh).count(),
            reused: done.iter().filter(|one| !one.fresh).count(),
            faults: done.iter().filter(|one| one.fault).count(),
            ..ClassResult::default()
        };
        for one in done {
            result.unstored.extend(one.unstored);
            result.grades.push(one.kept);
        }
        let unusable = discovery.unusable.iter();
        let unusable = unusable.map(|one| self.unusable(&one.name, &one.reason));
        result.grades.extend(unusable.map(|grade| Kept::Here(Box::new(grade))));
        result.grades.sort_by(|a, b| a.student().cmp(b.student()));
        result
    }

    /// An entry of the class that is no submission: no grade, and no zero either.
    fn unusable(&self, name: &str, reason: &str) -> Grade {
        let submission = Submission {
            student: name.into(),
            module: self.grader.module.slug.clone(),
            content_hash: String::new(),
            ..Submission::default()
        };
        let mut grade = self.grader.blank(submission, 0);
        grade.outcome = Outcome::NotGraded;
        grade.notes.push(reason.into());
        grade
    }
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

fn is_fault(grade: &Grade) -> bool {
    grade.outcome == Outcome::GraderFault
}
