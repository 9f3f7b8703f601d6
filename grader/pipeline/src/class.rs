//! A whole class: in parallel, resumable, each submission on its own.

use crate::collect::{Discovery, Found, Unusable};
use crate::fault::{Fault, Result};
use crate::grade::Grader;
use crate::lane::lane;
use crate::rescore::{Rescored, rescore};
use grader_model::{Grade, Hidden, Outcome, Remark, Submission};
use grader_sandbox::bind_this_thread;
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
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

/// How the result of a submission came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// It was graded now.
    Graded,
    /// It is the result of an earlier run: nothing has changed since.
    EarlierRun,
    /// It is the result of another submission with the same content, or of an earlier attempt.
    SameContent,
}

/// Follows a class run.
pub trait Watch: Sync {
    /// `student`'s submission is being graded.
    fn started(&self, student: &str);
    /// It is done, and stored if it could be: its report can be written.
    fn finished(&self, grade: &Grade, origin: Origin);
}

/// How a class is to be graded.
pub struct ClassRun<'a> {
    /// With what.
    pub grader: &'a Grader,
    /// How many submissions at once.
    pub jobs: usize,
    /// Draws the secret seed of each fresh grading. When it fails, that submission has a fault of ours.
    pub seed: &'a (dyn Fn() -> Result<u64> + Sync),
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
    /// How many have no grade: our faults, and entries that cannot be graded.
    pub without_grade: usize,
    /// How many were graded now.
    pub fresh: usize,
    /// How many were known from an earlier run.
    pub reused: usize,
    /// How many have the same content as another submission of this run.
    pub same_content: usize,
    /// Whether the run was ended before all were graded.
    pub interrupted: bool,
    /// Results that could not be stored: still in `grades`, to be graded again next time.
    pub unstored: Vec<String>,
}

/// A submission that was graded, or known.
struct Done {
    kept: Kept,
    origin: Origin,
    outcome: Outcome,
    /// Whether it has points.
    graded: bool,
    /// Whether measuring again may decide it.
    open: bool,
    /// The number of the attempt that the result was taken from.
    source: Option<i64>,
    /// Why it could not be stored, if so.
    unstored: Option<String>,
}

impl ClassRun<'_> {
    /// Grades all that was discovered, `jobs` at a time.
    pub fn run(&self, discovery: &Discovery) -> ClassResult {
        let next = AtomicUsize::new(0);
        let done = Mutex::new(Vec::new());
        let workers = self.jobs.clamp(1, discovery.found.len().max(1));
        thread::scope(|scope| {
            for worker in 0..workers {
                let home = lane().home(worker, workers, self.grader.exclusive_width());
                let (next, done) = (&next, &done);
                scope.spawn(move || {
                    // Each builds, judges and measures on CPUs of its own. If they cannot be had,
                    // measurements have neighbours, which CPU time bears.
                    bind_this_thread(&home);
                    self.work(&discovery.found, next, done);
                });
            }
        });
        let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        self.measure_again(discovery, &mut done);
        self.sum_up(discovery, done)
    }

    /// Grades again what could not be decided beside others, now that nothing else runs: once, and
    /// what is then still undecided stays so.
    fn measure_again(&self, discovery: &Discovery, done: &mut [Done]) {
        for one in done.iter_mut().filter(|one| one.origin == Origin::Graded && one.open) {
            if self.stop.load(Ordering::Relaxed) {
                return;
            }
            let of = |found: &&Found| found.student == one.kept.student();
            let Some(found) = discovery.found.iter().find(of) else { continue };
            // Without a seed the first result stays.
            let Ok(seed) = (self.seed)() else { return };
            let prepared = self.grader.prepare(found);
            let Some(again) = self.grader.grade(prepared, seed, self.stop) else { return };
            // A fault of ours must not take the place of a grade.
            if again.points.is_some() {
                *one = self.keep(&again, Origin::Graded);
            }
        }
    }

    fn work(&self, found: &[Found], next: &AtomicUsize, done: &Mutex<Vec<Done>>) {
        while !self.stop.load(Ordering::Relaxed) {
            let Some(found) = found.get(next.fetch_add(1, Ordering::Relaxed)) else { return };
            self.watch.started(&found.student);
            let Some(one) = self.one(found) else { return };
            done.lock().unwrap_or_else(PoisonError::into_inner).push(one);
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
            if same {
                let student = known.grade.submission.student.clone();
                let kept = Kept::Stored { student, number: known.number };
                self.watch.finished(&known.grade, Origin::EarlierRun);
                return Some(Done::new(kept, &known.grade, Origin::EarlierRun));
            }
            let source = Some(known.number);
            return Some(Done { source, ..self.keep(&known.grade, Origin::SameContent) });
        }
        let seed = match (self.seed)() {
            Ok(seed) => seed,
            Err(fault) => {
                return Some(self.keep(&self.faulty(prepared.submission, &fault), Origin::Graded));
            }
        };
        let grade = self.grader.grade(prepared, seed, self.stop)?;
        Some(self.keep(&grade, Origin::Graded))
    }

    fn keep(&self, grade: &Grade, origin: Origin) -> Done {
        let recorded = self.store.record(grade);
        self.watch.finished(grade, origin);
        let here = || Kept::Here(Box::new(grade.clone()));
        match recorded {
            Ok(Some(number)) => {
                let student = grade.submission.student.clone();
                Done::new(Kept::Stored { student, number }, grade, origin)
            }
            Ok(None) => Done::new(here(), grade, origin),
            Err(failed) => {
                let unstored = Some(format!("{}: {failed}", grade.submission.student));
                Done { unstored, ..Done::new(here(), grade, origin) }
            }
        }
    }

    fn sum_up(&self, discovery: &Discovery, done: Vec<Done>) -> ClassResult {
        let graded =
            |one: &&Done| one.origin == Origin::Graded && one.outcome != Outcome::NotGraded;
        let same_content = with_content_of_this_run(&done);
        let known = done.iter().filter(|one| one.origin != Origin::Graded).count();
        let mut result = ClassResult {
            interrupted: done.len() < discovery.found.len(),
            fresh: done.iter().filter(graded).count(),
            reused: known - same_content,
            same_content,
            ..ClassResult::default()
        };
        let entries = self.not_gradable(&discovery.unusable);
        let entries = entries.into_iter().map(|grade| self.keep(&grade, Origin::Graded));
        for one in done.into_iter().chain(entries) {
            result.faults += usize::from(one.outcome == Outcome::GraderFault);
            result.without_grade += usize::from(!one.graded);
            result.unstored.extend(one.unstored);
            result.grades.push(one.kept);
        }
        result.grades.sort_by(|a, b| a.student().cmp(b.student()));
        result
    }

    /// The entries that cannot be graded, by the student whom they belong to: no grade, and no zero
    /// either. As a student's attempt such an entry is found under the student's name, and a later one
    /// that can be graded takes its place.
    fn not_gradable(&self, entries: &[Unusable]) -> Vec<Grade> {
        let mut by_student: BTreeMap<String, Vec<Remark>> = BTreeMap::new();
        for entry in entries {
            let reasons = by_student.entry(entry.student.clone()).or_default();
            let reason =
                Remark::UnusableEntry { name: entry.name.clone(), reason: entry.reason.clone() };
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
        }
        let grade = |(student, notes): (String, Vec<Remark>)| {
            let module = self.grader.module.slug.clone();
            let submission = Submission { student, module, ..Submission::default() };
            let blank = self.grader.blank(submission, 0);
            Grade { outcome: Outcome::NotGraded, notes, ..blank }
        };
        by_student.into_iter().map(grade).collect()
    }

    /// A submission that could not be graded through a fault of ours.
    fn faulty(&self, submission: Submission, fault: &Fault) -> Grade {
        let fault = Some(Hidden::text(&fault.to_string()));
        Grade { fault, ..self.grader.blank(submission, 0) }
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

/// How many results were taken from one that was graded in this run, by way of whatever other copies.
fn with_content_of_this_run(done: &[Done]) -> usize {
    let by_number: HashMap<i64, &Done> =
        done.iter().filter_map(|one| Some((one.number()?, one))).collect();
    let is_of_this_run = |copy: &Done| {
        let mut origin = copy;
        while let Some(source) = origin.source {
            match by_number.get(&source) {
                Some(known) => origin = known,
                None => return false,
            }
        }
        origin.origin == Origin::Graded
    };
    done.iter().filter(|one| one.source.is_some() && is_of_this_run(one)).count()
}

impl Done {
    /// Its number in the store.
    const fn number(&self) -> Option<i64> {
        match self.kept {
            Kept::Stored { number, .. } => Some(number),
            Kept::Here(_) => None,
        }
    }

    fn new(kept: Kept, grade: &Grade, origin: Origin) -> Self {
        Self {
            kept,
            origin,
            outcome: grade.outcome,
            graded: grade.points.is_some(),
            open: grade.may_be_decided(),
            source: None,
            unstored: None,
        }
    }
}
